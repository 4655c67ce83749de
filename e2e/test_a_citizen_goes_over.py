"""Line hands two citizens over to Omar; her list is lines on a desk, and big targets on a phone."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from app.demo.cast import person_id
from e2e.at_work import DESK, PHONE, AtWork
from e2e.conftest import SignIn
from e2e.page_checks import layout
from tests.caseload.test_many_citizens import seed_fifty
from tests.databases import Templates

NOTE = "Jeg går på barsel. Ring gerne."
ROWS, ROW = 25, 32  # on a desk
TAP = 48
HEIGHTS = "all => all.map(one => Math.round(one.getBoundingClientRect().height))"


@pytest.fixture
def database_url(database_kind: str, templates: Templates) -> Iterator[str]:
    with templates.copy(database_kind, seed_fifty) as url:
        yield url


def test_two_citizens_go_over_to_a_colleague(sign_in: SignIn) -> None:
    line = sign_in("line")
    line.goto("/borgere")
    line.get_by_role("link", name="Overdrag borgere").click()
    line.get_by_role("button", name="Se, hvad der flytter med").click()
    expect(line.get_by_role("link", name="Vælg mindst én borger.")).to_be_visible()
    for name in ("Bent Aagaard", "Karim Haddad"):
        line.get_by_label(name).check()
    line.get_by_label("Hvem tager over?").select_option("Omar Saleh")
    line.get_by_label("Et par ord med på vejen").fill(NOTE)
    line.get_by_role("button", name="Se, hvad der flytter med").click()
    expect(line.get_by_role("heading", name="Bent Aagaard")).to_be_visible()
    assert layout(line) == []
    line.get_by_role("button", name="Ret", exact=True).click()
    expect(line.get_by_label("Et par ord med på vejen")).to_have_value(NOTE)
    line.get_by_role("button", name="Se, hvad der flytter med").click()
    line.get_by_role("button", name="Overdrag 2 borgere").click()
    expect(line.get_by_text("Borgerne har en ny kontaktperson. De har fået besked.")).to_be_visible()
    line.get_by_role("link", name="Min dag").click()
    expect(line.get_by_text("Omar Saleh overtog 2 af dine borgere")).to_be_visible()

    expect(sign_in("bent").get_by_text("Omar er nu din kontaktperson.")).to_be_visible()
    expect(sign_in("omar").get_by_text("Karim: Du er nu kontaktperson.")).to_be_visible()


@pytest.mark.parametrize("window", [PHONE, DESK], ids=["phone", "desk"])
def test_one_of_many_is_found_by_name_and_opened(sign_in: SignIn, window: ViewportSize) -> None:
    page = sign_in("line")
    page.set_viewport_size(window)
    line = AtWork(page)
    if window == PHONE:
        line.go("link", "Find en borger", within=page.locator(".top"))
    found = line.main if window == PHONE else page.locator(".top")
    found.get_by_label("Find en borger").fill("kari")
    line.go("button", "Find", within=found, exact=True)
    line.costs(taps=2)
    expect(line.main.get_by_text("Karim Haddad").first).to_be_visible()
    expect(line.page).to_have_url(re.compile(f"{person_id('karim')}/plan$"))
    assert layout(page) == []


def test_a_desk_shows_twenty_five_lines_and_a_phone_big_targets(sign_in: SignIn) -> None:
    line = sign_in("line")
    line.goto("/borgere")
    assert min(_heights(line, ".row a.mark, .row__title a")) >= TAP
    line.locator("summary").get_by_text("Filter").click()
    assert min(_heights(line, "[name=til]")) >= TAP
    assert layout(line) == []
    line.get_by_role("button", name="Skal have tolk").click()
    off = line.get_by_role("button", name="Tag filteret væk: Skal have tolk")
    expect(line.get_by_role("heading", name="Anna Jensen")).to_have_count(0)
    assert layout(line) == []
    off.click()
    expect(line.get_by_role("heading", name="Anna Jensen")).to_be_visible()

    line.set_viewport_size(DESK)
    line.goto("/borgere")
    top = line.locator(".row").first.evaluate("one => one.getBoundingClientRect().top")
    assert top + ROWS * ROW <= DESK["height"]
    ((most, _times),) = Counter(_heights(line, ".row")).most_common(1)
    assert most == ROW


def _heights(page: Page, selector: str) -> list[int]:
    found: list[int] = page.locator(selector).evaluate_all(HEIGHTS)
    assert found
    return found
