"""Every page, in every dress: axe is silent, nothing is cut off, all can be tapped, nobody else is asked."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from e2e.conftest import PATIENCE, SMALL, Site
from e2e.looking import LARGE_TEXT, SPACED_TEXT, TALL, axe, lay_style, layout, small_targets
from e2e.places import PLACES, Place
from tests.conftest import enter

pytestmark = pytest.mark.slow

WATCH_POLICY = (
    "window.broken = [];"
    "addEventListener('securitypolicyviolation', (e) => broken.push(e.effectiveDirective));"
)


@pytest.fixture
def page(chromium: Browser, site: Site) -> Iterator[Page]:
    context = chromium.new_context(base_url=site.url, viewport=SMALL, locale="da-DK", reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    context.add_init_script(WATCH_POLICY)
    yield context.new_page()
    context.close()


def open_place(page: Page, site: Site, place: Place) -> None:
    page.context.clear_cookies()
    if place.who:
        page.context.add_cookies([{"name": "s", "value": enter(site.app, place.who), "url": site.url}])
    page.goto(place.address)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("who", sorted({place.who for place in PLACES}), ids=lambda who: who or "nobody")
def test_axe_finds_nothing(page: Page, site: Site, who: str) -> None:
    found = []
    page.set_viewport_size(TALL)
    for place in (one for one in PLACES if one.who == who):
        open_place(page, site, place)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            found += [f"{place} {scheme}: {one}" for one in axe(page)]
        page.evaluate("document.documentElement.dir = 'rtl'")
        found += [f"{place} right-to-left: {one}" for one in axe(page) + layout(page)]
        page.emulate_media(color_scheme="light")
    assert found == []


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("who", sorted({place.who for place in PLACES}), ids=lambda who: who or "nobody")
def test_nothing_is_cut_off_and_everything_can_be_tapped(page: Page, site: Site, who: str) -> None:
    found = []
    for place in (one for one in PLACES if one.who == who):
        open_place(page, site, place)
        found += [f"{place}: {one}" for one in layout(page) + small_targets(page) + page.evaluate("broken")]
        for dress in (LARGE_TEXT, SPACED_TEXT):
            lay_style(page, dress)
            found += [f"{place} {dress[:30]}: {one}" for one in layout(page)]
        page.set_viewport_size({"width": 320, "height": 256})  # what a window of 1280 px lays out at 400 %
        lay_style(page, "")
        found += [f"{place} at 400 %: {one}" for one in layout(page)]
        page.set_viewport_size(SMALL)
    assert found == []


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_no_page_asks_another_host(page: Page, site: Site) -> None:
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    for place in PLACES:
        open_place(page, site, place)
    assert asked == {urlsplit(site.url).netloc}
