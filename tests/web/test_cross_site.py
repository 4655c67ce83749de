"""State changes come only from our own pages."""

import pytest

from app.web.headers import is_our_own
from tests.cast import People
from tests.conftest import ORIGIN, Browser

pytestmark = pytest.mark.one_database


@pytest.mark.parametrize(
    ("site", "origin", "ours"),
    [
        ("same-origin", None, True),
        ("same-origin", "http://evil.test", True),  # the browser itself says so
        ("cross-site", ORIGIN, False),
        ("same-site", None, False),
        ("none", None, False),
        (None, ORIGIN, True),
        (None, "http://evil.test", False),
        (None, "null", False),
        (None, None, False),
    ],
)
def test_only_our_own_pages_may_change_things(site: str | None, origin: str | None, ours: bool) -> None:
    assert is_our_own(site, origin, ORIGIN) is ours


def test_a_form_on_another_site_changes_nothing(browser_of: Browser, people: People) -> None:
    anna = browser_of(people.anna)
    assert anna.post("/log-af", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert anna.get("/plan").status_code == 200
