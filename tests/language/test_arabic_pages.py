"""No Danish text of ours is left for one who reads Arabic, and the page says which language it is in."""

import pytest
from flask import Flask

from app.identity.login import DEMO_COOKIE
from tests.conftest import enter
from tests.language.foreign import danish_left
from tests.language.measured import pages_of
from tests.language.pages import texts


@pytest.mark.parametrize(("code", "direction"), [("ar", "rtl"), ("en", "ltr")])
@pytest.mark.parametrize("who", ["karim", "anna", "ny"])
def test_no_danish_is_left_on_a_citizens_page(who: str, code: str, direction: str, app: Flask) -> None:
    seen = pages_of(app, who, code)
    assert len(seen) > 10
    for address, html in seen.items():
        assert f'<html lang="{code}" dir="{direction}"' in html
        assert '<a class="top__leave" href="?sprog=da" lang="da" hreflang="da">Dansk</a>' in html
        running, labels = texts(html)
        assert (address, danish_left(running + labels, code)) == (address, [])


def test_danish_that_is_left_is_seen(app: Flask) -> None:
    browser = app.test_client()
    browser.set_cookie(DEMO_COOKIE, enter(app, "karim"), domain="localhost")
    running, labels = texts(browser.get("/").text)
    assert len(danish_left(running + labels, "ar")) > 10
    assert danish_left(["سطر. Line svarer senest i morgen. سطر."], "ar") != []
    assert danish_left(["Sara Holm", "Solbjerg Rådhus"], "ar") == []
