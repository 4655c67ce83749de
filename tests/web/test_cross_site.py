"""State changes come only from our own pages."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.web.headers import is_our_own
from tests.cast import People
from tests.conftest import ORIGIN, Browser


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


def test_the_demo_is_entered_from_a_phone_on_the_same_network(app: Flask) -> None:
    """By the address that the phone knows, over http, where no browser says `Sec-Fetch-Site`."""
    nearby = {"base_url": "http://192.168.1.20:5000"}
    phone, form = FlaskClient(app), {"person": "anna"}
    evil = phone.post("/demo/log-ind", data=form, headers={"Origin": "http://evil.test"}, **nearby)
    assert evil.status_code == 403
    own = phone.post("/demo/log-ind", data=form, headers={"Origin": nearby["base_url"]}, **nearby)
    assert (own.status_code, own.location) == (303, "/")
