"""A week of Line's, and what it costs in taps; every receipt is read on the other person's own first page.

Each day begins with the demo as it is laid on its Monday. A day that is a phone's with JavaScript is a desk's
without, so that each is walked in both widths. What a task may cost stands at it: docs/measured.md.
"""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import ViewportSize, expect
from sqlmodel import select

from app.access.models import AccessLogEntry
from app.access.policy import Action
from app.booking.series import book_series
from app.demo.cast import person_id
from app.meetings.life_cycle import MeetingState
from app.meetings.models import Meeting
from app.meetings.rules import Channel
from e2e.at_work import DESK, PHONE, AtWork
from e2e.conftest import SignIn, Site
from e2e.page_checks import layout
from tests.booking.desk import Desk
from tests.booking.requests import request_for

Enter = Callable[[str], AtWork]
TUESDAY, THURSDAY, FRIDAY = (timedelta(days=one) for one in (1, 3, 4))
PROMISE = "Jeg ringer til udlejeren for dig."
STEP, KEPT = "Tage billeder af køkkenet", "Jeg sender dig papirerne."
GOAL = "Jeg får en lejlighed med to værelser tæt på Majas skole"
# What is hers alone: her promises, and minutes that are not shared yet. Then what the citizen showed to her.
OWN = {"/borgere/…/plan?ved=…#loefte-…", "/borgere/…/kalender/…/referat"}
STAYS = OWN | {"/godkend?vis=…&borger=…"}
HANDED = {"anna": "Anna Jensen", "bent": "Bent Aagaard", "karim": "Karim Haddad"}


def entering(sign_in: SignIn, window: ViewportSize) -> Enter:
    def enter(slug: str) -> AtWork:
        page = sign_in(slug)
        page.set_viewport_size(window)
        return AtWork(page)

    return enter


@pytest.fixture
def phone_first(sign_in: SignIn, javascript: bool) -> Enter:
    return entering(sign_in, PHONE if javascript else DESK)


@pytest.fixture
def desk_first(sign_in: SignIn, javascript: bool) -> Enter:
    return entering(sign_in, DESK if javascript else PHONE)


def test_monday_three_are_approved_and_a_message_becomes_a_promise(phone_first: Enter) -> None:
    line = phone_first("line")
    line.go("link", "Svar på det, Anna har delt")
    line.go("button", "Godkend – tag med i planen")
    line.costs(taps=2)
    for _ in range(2):
        line.go("button", "Godkend – tag med i planen")
        expect(line.page.get_by_role("status").first).to_contain_text("er med i planen.")

    line.begin()
    line.go("link", "Svar Anna")
    line.go("link", "Giv et løfte om det")
    line.fill(words=PROMISE, due="2026-03-06")
    line.go("button", "Gem løftet i planen")
    line.costs(taps=4)
    line.sees("Løftet står i planen.")

    anna = phone_first("anna")
    anna.sees("Line tog 5 af dine forslag med i planen.")
    anna.go("link", "Der er et nyt løfte i din plan. Line har skrevet det.")
    anna.sees(PROMISE)
    assert layout(anna.page) == []


def test_monday_one_time_is_agreed_on_the_phone_and_others_are_proposed(desk_first: Enter) -> None:
    line = desk_first("line")
    line.go("link", "Anna Jensen")
    line.go("link", "Kalender", exact=True)
    line.go("link", "Skriv en aftalt tid ind")
    line.fill(purpose="Snak om huslejen", why="Vi ser på tallene.", day="2026-03-12", clock="14:00")
    line.tick("Thea Krogh", among="needed")
    line.go("button", "Find tider")
    line.go("button", "Aftal mødet")
    line.costs(taps=6)
    line.sees("Mødet er aftalt", "Anna og de andre har fået besked.")
    assert layout(line.page) == []

    line.begin()
    line.go("link", "Svar Bent")
    line.go("link", "Kalender", exact=True)
    line.go("link", "Foreslå et møde")
    line.fill(purpose="Brevet fra banken", why="Vi læser det sammen.")
    line.go("button", "Find tider")
    assert is_beside(line, "purpose", "tid") is (line.page.viewport_size == DESK)
    assert layout(line.page) == []
    line.go("button", "Send til Bent")
    line.costs(taps=8)

    desk_first("anna").sees("Line har sat et møde i din kalender.")
    desk_first("thea").sees("Anna: Der er et nyt møde.")
    desk_first("bent").sees("Vælg mellem 3 tider")


def is_beside(who: AtWork, left: str, right: str) -> bool:
    """Say whether both fields are seen, and the first of the one stands to the left of that of the other."""
    seen = [who.main.locator(f"[name={name}]").first.bounding_box() for name in (left, right)]
    return all(seen) and seen[0]["x"] + seen[0]["width"] <= seen[1]["x"]  # type: ignore[index]


def test_tuesday_she_is_ill_and_omar_sees_all(phone_first: Enter, site: Site) -> None:
    free = free_days(phone_first("line"))
    site.now += TUESDAY
    line = phone_first("line")
    waited = waits_of(line)
    line.go("link", "Meld fravær")
    line.fill(last="2026-03-06")
    line.go("button", "Gem fraværet")
    line.sees("Fraværet er gemt.", "Omar Saleh er vikar.")
    assert layout(line.page) == []

    omar = phone_first("omar")
    omar.sees("Du er vikar for Line Madsen til og med", "Svar på det, Anna har delt")
    omar.sees("En, der skal med, er væk den dag")
    assert {kind_of(one) for one in waited - waits_of(omar)} <= OWN
    omar.go("link", "Svar på det, Anna har delt")
    omar.go("button", "Godkend – tag med i planen")
    away = {f"2026-03-0{day}" for day in (3, 4, 5, 6)}
    assert free & away
    assert not free_days(omar, "Line Madsen") & away

    anna = phone_first("anna")
    anna.sees("Se, hvem der svarer dig, mens Line er væk.", "Omar tog")
    anna.sees("Omar svarer i stedet.")


def free_days(who: AtWork, name: str = "") -> set[str]:
    """Return the days on which Line and Bent are offered a talk on the phone."""
    who.page.goto(f"/borgere/{person_id('bent')}/kalender/nyt")
    if name:
        who.tick(name, among="needed")
    who.tick("På telefon")
    who.fill(purpose="Brevet", why="Vi læser det.")
    who.choose(within="Inden for en uge")
    who.go("button", "Find tider")
    found = who.page.locator("[name=tid]").evaluate_all("all => all.map(one => one.value.slice(0, 10))")
    assert found
    return set(found)


def test_thursday_what_was_agreed_is_done_by_both(desk_first: Enter, site: Site) -> None:
    site.now += THURSDAY
    line = desk_first("line")
    line.unfold("Se ")
    line.go("link", "Skriv, hvad I aftalte: Anna Jensen")
    line.unfold("Flere aftaler")
    line.fill(
        words="Vi talte om boligen.", words_1=STEP, due_1="2026-03-05", words_2=KEPT, due_2="2026-03-10"
    )
    line.choose(doer_1="Anna Jensen", goal_1=GOAL, kind_2="Et løfte fra kommunen", doer_2="Line Madsen")
    line.go("button", "Del med Anna")
    line.go("button", f"Tag skridtet med i planen : {STEP}")
    line.go("button", f"Tag løftet med i planen : {KEPT}")
    line.costs(taps=6)
    assert layout(line.page) == []

    site.now += timedelta(hours=1)
    line = desk_first("line")
    line.unfold("Se ")
    line.go("link", f"Dit løfte: Anna Jensen, tirsdag den 10. marts, {KEPT}")
    line.go("button", f"Løftet er holdt : {KEPT}")

    anna = desk_first("anna")
    anna.sees("løfte er holdt")
    anna.go("link", "Se alt")  # three are shown on I dag, and all is new
    anna.sees("Line har skrevet, hvad I aftalte.")
    anna.page.goto("/plan?alle=1")
    anna.go("button", f"Det er gjort : {STEP}")
    expect(anna.main.get_by_role("listitem").filter(has_text=STEP).last).to_contain_text(
        "Du gjorde det i dag"
    )
    desk_first("line").sees("Anna")


@pytest.fixture
def series(site: Site) -> list[Meeting]:
    talks = request_for(
        "2026-03-11 09:00", 30, "line", "thea", citizen="bent", channel=Channel.PHONE, said_yes=True
    )
    found: list[Meeting] = Desk(site.app.extensions["db"]).do(book_series, talks, 1, 4, skip=frozenset())
    return found


def test_friday_a_series_ends_from_here_on(phone_first: Enter, site: Site, series: list[Meeting]) -> None:
    site.now += FRIDAY
    line = phone_first("line")
    line.page.goto(f"/borgere/{person_id('bent')}/kalender/{series[1].id}")
    line.taps = 0
    line.go("link", "Aflys resten af møderne")
    line.fill(reason="Vi er færdige med brevene.")
    line.go("button", "Aflys 3 møder")
    line.costs(taps=3)
    phone_first("bent").sees("Line har aflyst")
    phone_first("thea").sees("Bent: Et møde er aflyst.")
    with site.app.extensions["db"].reading() as session:
        states = [session.get_one(Meeting, one.id).state for one in series]
    assert states == [MeetingState.AGREED] + 3 * [MeetingState.CANCELLED]


def test_friday_three_citizens_go_over_and_nothing_is_lost(desk_first: Enter, site: Site) -> None:
    site.now += FRIDAY
    line = desk_first("line")
    waited = waits_of(line)
    line.go("link", "Alle dine borgere")
    line.go("link", "Overdrag borgere")
    for name in HANDED.values():
        line.tick(name)
    line.choose(to="Omar Saleh")
    line.go("button", "Se, hvad der flytter med")
    line.sees(
        "Du har selv 1 skridt eller løfte.",
        "Du har ikke delt, hvad I aftalte.",
        "Det flytter ikke med",
    )
    line.go("button", "Overdrag 3 borgere")
    line.sees("De har fået besked.")
    assert layout(line.page) == []
    line.begin()
    line.sees("Omar Saleh overtog 3 af dine borgere")
    for slug in HANDED:
        for page in ("plan", "beskeder", "kalender"):
            answer = line.page.goto(f"/borgere/{person_id(slug)}/{page}")
            assert answer is not None
            assert answer.status == 404

    omar = desk_first("omar")
    omar.sees("Anna: Du er nu kontaktperson.")
    assert {kind_of(one) for one in waited - waits_of(omar)} == STAYS
    for slug in HANDED:
        citizen = desk_first(slug)
        citizen.page.goto("/?sprog=da")
        citizen.sees("Omar er nu din kontaktperson.")
    with site.app.extensions["db"].reading() as session:
        rows = session.exec(
            select(AccessLogEntry).where(AccessLogEntry.action == Action.HAND_OVER.value)
        ).all()
    assert {(one.citizen_id, one.actor_id) for one in rows} == {
        (person_id(slug), person_id("line")) for slug in HANDED
    }


def kind_of(there: str) -> str:
    """Return what a row of Min dag leads to: a proposal, an answer that was shown, a promise, …"""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "…", there)


def waits_of(who: AtWork) -> set[str]:
    """Return where what waits on Min dag leads, of the citizens who are handed over."""
    whose = [str(person_id(slug)) for slug in HANDED]
    found = who.main.locator("#venter a").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    return {one for one in found if any(citizen in one for citizen in whose)}
