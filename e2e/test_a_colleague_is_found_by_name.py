"""In a large department a substitute is found by name: on a phone and a desk, by hand and by keyboard."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, ViewportSize, expect
from sqlmodel import Session

from app.config import DEMO_SITE, read_site
from app.demo.cast import person_id, seed_people
from app.identity.models import Person
from e2e.at_work import DESK, PHONE
from e2e.conftest import SignIn
from e2e.page_checks import axe, layout, small_targets
from tests.caseload.colleagues import add_colleague
from tests.cast import NOW
from tests.databases import Templates

MANY = 25
NAMES = ("Bo Holm", "Bo Holst", "Åse Lund")


def seed_large_department(session: Session) -> None:
    seed_people(session, read_site(DEMO_SITE), now=NOW)
    line = session.get_one(Person, person_id("line"))
    for number in range(MANY):
        add_colleague(session, line, f"{NAMES[number % len(NAMES)]} {number:02}")


@pytest.fixture
def database_url(database_kind: str, templates: Templates) -> Iterator[str]:
    with templates.copy(database_kind, seed_large_department) as url:
        yield url


@pytest.mark.parametrize("window", [PHONE, DESK], ids=["phone", "desk"])
def test_who_stands_in_is_found_by_name(sign_in: SignIn, window: ViewportSize, javascript: bool) -> None:
    line = sign_in("line")
    line.set_viewport_size(window)
    line.goto("/fravaer")
    expect(line.get_by_label("Omar Saleh")).to_be_checked()
    assert layout(line) == []
    line.get_by_label("Sidste dag").fill("2026-12-31")
    name = line.get_by_label("Vikarens navn", exact=True)
    name.fill("bo holst")
    line.get_by_role("button", name="Find: Vikarens navn").click()
    told = line.get_by_text("Vi fandt 8 med det navn. Vælg en.")
    expect(told).to_be_focused()
    expect(name).to_have_value("bo holst")
    expect(line.get_by_label("Sidste dag")).to_have_value("2026-12-31")
    expect(line.get_by_label("Omar Saleh")).not_to_be_checked()
    assert [*layout(line), *small_targets(line)] == []
    if javascript and window == DESK:  # on a phone the bar stands over one of them
        line.evaluate("scrollTo(0, 0)")
        assert axe(line) == []
    line.get_by_role("button", name="Gem fraværet").click()
    expect(line.get_by_role("link", name="Vælg, hvem der er vikar.")).to_be_visible()
    assert layout(line) == []
    line.get_by_label("Bo Holst 16").check()
    line.get_by_role("button", name="Gem fraværet").click()
    expect(line.get_by_text("Bo Holst 16 er vikar.")).to_be_visible()


def test_enter_saves_and_where_a_name_is_left_open_it_looks_for_it(sign_in: SignIn) -> None:
    line = sign_in("line")
    line.goto("/fravaer")
    name = line.get_by_label("Vikarens navn", exact=True)
    name.fill("Åse")
    name.press("Enter")
    expect(line.get_by_text("Vi fandt 8 med det navn. Vælg en.")).to_be_visible()
    _reach(line, "Åse Lund 05")
    line.keyboard.press("Space")
    last = line.get_by_label("Sidste dag")
    last.fill("2026-12-31")
    last.press("Enter")
    expect(line.get_by_text("Åse Lund 05 er vikar.")).to_be_visible()


def _reach(page: Page, label: str) -> None:
    """Go from what was found to a choice with the keys alone."""
    page.keyboard.press("Tab")
    for _step in range(MANY):
        if page.get_by_label(label).evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(label)
