"""Line writes down what she must remember about Anna, meets it on Min dag, does it and undoes it."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from e2e.conftest import SignIn
from e2e.page_checks import axe, layout, small_targets
from tests.cast import NOW

WORDS = "Spørge om nøglen"
DAY = (NOW + timedelta(days=1)).date().isoformat()
DESK = ViewportSize(width=1280, height=900)


def well(page: Page, javascript: bool) -> None:
    assert (layout(page), small_targets(page)) == ([], [])
    assert not javascript or axe(page) == []  # it is a script


def test_line_remembers_something_about_anna(sign_in: SignIn, javascript: bool) -> None:
    line = sign_in("line")
    line.get_by_role("link", name="Anna Jensen").first.click()
    line.get_by_role("link", name="Husk (2)").click()
    line.get_by_label("Hvad skal du huske?").fill(WORDS)
    line.get_by_label("Senest hvornår?").fill(DAY)
    line.get_by_role("button", name="Gem").click()
    expect(line.get_by_role("status").get_by_text("Det står her nu.")).to_be_visible()
    expect(line.get_by_role("link", name="Husk (3)")).to_be_visible()
    well(line, javascript)

    line.get_by_role("link", name="Min dag", exact=True).click()
    row = line.locator("#venter li").filter(has_text=WORDS)
    row.get_by_role("button", name="Det er gjort").click()
    expect(line.get_by_text(f"Det er gjort: {WORDS}")).to_be_visible()
    expect(row).to_have_count(0)
    well(line, javascript)
    line.get_by_role("button", name="Fortryd").click()
    expect(row).to_be_visible()


@pytest.mark.parametrize("window", [ViewportSize(width=320, height=640), DESK], ids=["phone", "desk"])
def test_a_citizen_is_found_from_the_head_of_any_page(
    sign_in: SignIn, javascript: bool, window: ViewportSize
) -> None:
    line = sign_in("line")
    line.set_viewport_size(window)
    top = line.locator(".top")
    if window == DESK:
        top.get_by_label("Find en borger").fill("kar")
        top.get_by_role("button", name="Find").click()
    else:
        top.get_by_role("link", name="Find en borger").click()
        line.get_by_label("Find en borger").fill("kar")
        line.get_by_role("button", name="Find").click()
    head = line.get_by_role("region", name="Om Karim Haddad")
    expect(head.get_by_text("Tolk: arabisk")).to_be_visible()
    box = line.get_by_role("heading", level=1).bounding_box()
    assert box is not None
    assert box["y"] < window["height"] * 2 / 3
    well(line, javascript)
