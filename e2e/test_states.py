"""All that /demo/tilstande offers, tapped one after the other on a small phone: axe is silent, all fits."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from app.demo.state_list import PAGES
from app.demo.states import State
from e2e.conftest import PATIENCE, Site
from e2e.looking import axe, layout, small_targets

pytestmark = pytest.mark.slow

# In a low window axe takes what the bar half covers for too small; the list of states is the longest page.
TALL = ViewportSize(width=320, height=40_000)
SCROLLS = {"cut off: INPUT.field__input"}  # a field of one line with a text that is too long for any
STATES = [state for page in PAGES for state in page.states]


@pytest.fixture
def page(chromium: Browser, site: Site) -> Iterator[Page]:
    context = chromium.new_context(
        base_url=site.url, viewport=TALL, locale="da-DK", reduced_motion="reduce", service_workers="block"
    )
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


def tap(page: Page, state: State) -> None:
    """Press the state's button, and the one of its form if it has one."""
    page.goto(f"/demo/tilstande/{state.key}", wait_until="domcontentloaded")
    there = page.get_by_role("button", name="Send formularen")
    if not there.is_visible():
        _press(page, "Gå til tilstanden")
    if state.sends is not None:
        _press(page, "Send formularen")


def _press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name).click()


def findings(page: Page) -> list[str]:
    outside = [one for one in layout(page) if one.strip() not in SCROLLS]
    return axe(page) + outside + small_targets(page)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_every_state_can_be_reached_and_used_on_a_small_phone(page: Page) -> None:
    found = []
    for state in STATES:
        tap(page, state)
        found += [f"{state.key}: {one}" for one in findings(page)]
    page.goto("/demo/tilstande")
    found += [f"the list: {one}" for one in findings(page)]
    assert not found, "\n".join(found)
