"""All that /demo/tilstande offers, one visit each: two checkers, and every dress a reader may lay on a page.

The dark and the other direction are tried on one state of each page: the states of a page are made alike.
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from app.demo.state_list import PAGES
from app.demo.states import PageState
from e2e.conftest import PATIENCE, SMALL, Site
from e2e.page_checks import (
    COLOURS_OF_AXE,
    IBM,
    LARGE_TEXT,
    SPACED_TEXT,
    axe,
    ibm,
    lay_style,
    layout,
    lost_in_forced_colours,
    measure,
    script,
)

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]

# axe takes what a bar half covers for too small; `covered` looks at the bars where they are.
BARS_AT_REST = ".top, .tabs, .reach { position: static !important }"
ZOOMED = ViewportSize(width=320, height=256)  # what a window of 1280 x 1024 px lays out at 400 %
WIDE = ViewportSize(width=1280, height=1024)
TURN = "document.documentElement.dir = document.documentElement.dir === 'rtl' ? 'ltr' : 'rtl'"
WATCH_POLICY = (
    "window.broken = [];"
    "addEventListener('securitypolicyviolation', (e) => broken.push(e.effectiveDirective));"
)
STATES = [state for page in PAGES for state in page.states]
FIRST = {page.states[0].key for page in PAGES}
PARTS = 6  # so that two workers are done at the same time


@pytest.fixture
def page(chromium: Browser, site: Site) -> Iterator[Page]:
    context = chromium.new_context(
        base_url=site.url, viewport=SMALL, locale="da-DK", reduced_motion="reduce", service_workers="block"
    )
    context.set_default_timeout(PATIENCE)
    context.add_init_script(WATCH_POLICY)
    yield context.new_page()
    context.close()


def go_to(page: Page, state: PageState) -> None:
    """Go where the state's button leads, and press the one of its form if it has one."""
    sent = page.context.request.post(
        f"/demo/tilstande/{state.key}", headers={"Sec-Fetch-Site": "same-origin"}, max_redirects=0
    )
    stays = page.goto(sent.headers["location"], wait_until="domcontentloaded") is None
    if stays:  # the address differs in its last part alone
        page.reload(wait_until="domcontentloaded")
    if state.sends is not None:
        with page.expect_navigation():
            page.get_by_role("button", name="Send formularen").click()


def findings(page: Page) -> Iterator[str]:
    """Yield what is wrong with the page as it stands, and in each dress that asks only for room."""
    page.set_viewport_size(SMALL)
    page.evaluate(script("settled"))
    first = measure(page)
    yield from first.wrong + page.evaluate("broken")
    lay_style(page, BARS_AT_REST)
    yield from axe(page) + (ibm(page) if IBM.is_file() else [])
    for name, size, style in (
        ("200 % text", SMALL, LARGE_TEXT),
        ("text spacing", SMALL, SPACED_TEXT),
        ("400 % zoom", ZOOMED, ""),
        ("wide window", WIDE, ""),
    ):
        page.set_viewport_size(size)
        lay_style(page, style)
        now = measure(page)
        lost = [] if now.words == first.words else [f"the words are others: {now.words}"]
        yield from (f"{name}: {one}" for one in now.wrong + lost)
    yield from (f"forced colours: {one}" for one in lost_in_forced_colours(page))


def turned_findings(page: Page) -> Iterator[str]:
    """Yield what is wrong in the dark and when the page runs the other way."""
    page.set_viewport_size(SMALL)
    lay_style(page, BARS_AT_REST)
    page.emulate_media(color_scheme="dark")
    yield from (f"dark: {one}" for one in axe(page, COLOURS_OF_AXE))
    yield from (f"dark, forced colours: {one}" for one in lost_in_forced_colours(page))
    page.emulate_media(color_scheme="light")
    page.evaluate(TURN)
    yield from (f"turned: {one}" for one in axe(page) + layout(page))


@pytest.mark.parametrize("part", range(PARTS))
def test_every_state_can_be_reached_and_used_in_every_dress(page: Page, site: Site, part: int) -> None:
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    found = []
    for state in STATES[part::PARTS]:
        go_to(page, state)
        found += [f"{state.key}: {one}" for one in findings(page)]
        if state.key in FIRST:
            found += [f"{state.key}: {one}" for one in turned_findings(page)]
    assert not found, "\n".join(found)
    assert asked == {urlsplit(site.url).netloc}
