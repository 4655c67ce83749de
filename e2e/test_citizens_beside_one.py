"""At a desk Line's citizens stand beside the one she works with; a phone fetches none of it."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, Route, ViewportSize, expect

from e2e.at_work import BESIDE, DESK
from e2e.conftest import SignIn
from e2e.page_checks import axe, covered, layout, lost_in_forced_colours, small_targets
from tests.cast import NOW

PHONE = ViewportSize(width=390, height=844)
BOXES = """() => [...document.querySelectorAll(".top, .main, .main > *, .foot, .tabs")]
  .map((one) => one.getBoundingClientRect().toJSON())"""


def asked_for_list(page: Page) -> list[str]:
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if one.headers.get("hx-target") == BESIDE else None)
    return asked


def test_from_one_citizen_to_the_next_at_a_desk(sign_in: SignIn, javascript: bool) -> None:
    line = sign_in("line")
    line.set_viewport_size(DESK)
    line.get_by_role("link", name="Anna Jensen").first.click()
    beside = line.get_by_role("region", name="Dine borgere")
    if not javascript:
        expect(line.get_by_role("heading", level=1)).to_be_visible()
        expect(beside).to_have_count(0)
        return
    here = beside.get_by_role("link", name="Anna Jensen")
    expect(here).to_have_attribute("aria-current", "true")
    expect(here).to_contain_text("venter")
    assert (layout(line), small_targets(line), covered(line), axe(line)) == ([], [], [], [])
    assert lost_in_forced_colours(line) == []
    beside.get_by_role("link", name="Karim Haddad").click()
    expect(line.get_by_role("region", name="Om Karim Haddad")).to_be_visible()
    expect(beside.get_by_role("link", name="Karim Haddad")).to_have_attribute("aria-current", "true")
    expect(here).not_to_have_attribute("aria-current", "true")
    assert line.evaluate("scrollY") == 0


def test_a_receipt_stands_and_nothing_moves_when_the_list_comes(sign_in: SignIn, javascript: bool) -> None:
    if not javascript:
        return
    line = sign_in("line")
    line.set_viewport_size(DESK)
    line.get_by_role("link", name="Anna Jensen").first.click()
    line.get_by_role("link", name="Husk (2)").click()
    line.get_by_label("Hvad skal du huske?").fill("Spørge om nøglen")
    line.get_by_label("Senest hvornår?").fill((NOW + timedelta(days=1)).date().isoformat())
    held: list[Route] = []
    line.route("**/borgere?ved=*", lambda route: held.append(route))  # noqa: PLW0108 — playwright takes no built-in
    with line.expect_request(lambda one: one.headers.get("hx-target") == BESIDE):
        line.get_by_role("button", name="Gem").click()
    expect(line.get_by_role("status")).to_contain_text("Det står her nu.")
    before = line.evaluate(BOXES)
    held[-1].continue_()
    expect(line.get_by_role("region", name="Dine borgere").get_by_role("link")).not_to_have_count(1)
    expect(line.get_by_role("status")).to_contain_text("Det står her nu.")
    assert line.evaluate(BOXES) == before


@pytest.mark.parametrize("fault", ["no line", "gateway", "not found"])
def test_a_list_that_does_not_come_leaves_a_link_and_the_page_alone(
    sign_in: SignIn, javascript: bool, fault: str
) -> None:
    if not javascript:
        return
    line = sign_in("line")
    line.set_viewport_size(DESK)

    def fail(route: Route) -> None:
        if fault == "no line":
            route.abort()
        elif fault == "gateway":
            route.fulfill(status=200, body="<p>Bad gateway</p>")
        else:
            route.continue_(url=route.request.url.replace("/borgere?", "/findes-ikke?"))

    line.route("**/borgere?ved=*", fail)
    ended = "requestfailed" if fault == "no line" else "requestfinished"
    with line.expect_event(ended, lambda one: one.headers.get("hx-target") == BESIDE):
        line.get_by_role("link", name="Anna Jensen").first.click()
    line.wait_for_load_state("networkidle")
    expect(line.get_by_role("link", name="Vis dine borgere")).to_be_visible()
    expect(line.get_by_role("region", name="Om Anna Jensen")).to_be_visible()
    expect(line.get_by_role("status")).to_have_text("")


def test_a_phone_asks_for_no_list(sign_in: SignIn) -> None:
    line = sign_in("line")
    line.set_viewport_size(PHONE)
    asked = asked_for_list(line)
    line.get_by_role("link", name="Anna Jensen").first.click()
    expect(line.get_by_role("region", name="Om Anna Jensen")).to_be_visible()
    line.wait_for_load_state("networkidle")
    assert asked == []
    expect(line.get_by_role("region", name="Dine borgere")).to_have_count(0)
