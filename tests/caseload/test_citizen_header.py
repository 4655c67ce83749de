"""What stands above everything of a citizen, for those who help: true now, and the same on each page."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from app.access import page_cache
from app.booking.reschedule import reschedule_meeting
from app.consent.rules import ActingScope, RepresentationKind
from app.dates.clock import fixed_clock
from app.demo.cast import add_acting
from app.meetings.models import Meeting
from app.plan.consent_effects import withdraw_yes
from app.plan.models import Absence
from app.store.db import Database
from tests.access.planted_plan import BR, browser_that_keeps
from tests.access.test_page_cache import built_look, kept_look
from tests.booking.desk import slot
from tests.booking.requests import WORKDAYS, can_take_much
from tests.cast import NOW, People, Someone
from tests.conftest import Browser
from tests.goals.plans import TODAY

Booked = Callable[..., UUID]
Heads = Callable[[Someone, Someone], list[str]]
PART = re.compile(r'<section class="whose".*?</section>', re.DOTALL)
PLAN = f"{People().anna.url}/plan"


def header(html: str) -> str:
    found = PART.findall(html)
    assert len(found) == 1
    return str(found[0])


def facts(html: str) -> list[str]:
    """Return what a page's header tells, line by line."""
    lines = re.findall(r"<li[ >].*?</li>", header(html).partition("<nav")[0], re.DOTALL)
    return [" ".join(unescape(re.sub(r"<[^>]+>", "", one)).split()) for one in lines]


@pytest.fixture
def told(browser_of: Browser) -> Heads:
    """What somebody is told above a citizen's calendar."""
    return lambda who, of: facts(browser_of(who).get(f"{of.url}/kalender").text)


@pytest.mark.both_databases
def test_each_is_told_what_is_theirs_to_know_and_of_other_meetings_that_the_time_is_taken(
    told: Heads, database: Database, booked: Booked, people: People
) -> None:
    can_take_much(database)
    booked("2026-03-03 10:00", 30, "line", said_yes=True)
    booked("2026-03-04 10:00", 30, "jonas", organiser_id=people.jonas.id)
    shared = ["Kontaktperson: Line Madsen", "Har sagt ja til én plan"]
    assert told(people.line, people.anna) == ["Næste møde: i morgen kl. 10.00", *shared]
    busy = "Optaget: i morgen kl. 10.00–10.30"
    assert told(people.jonas, people.anna) == [busy, "Foreslået møde: ons. 4. mar. kl. 10.00", *shared]
    assert told(people.sara, people.anna) == [busy, *shared]
    since = TODAY - timedelta(days=9)
    with database.writing() as session:
        add_acting(
            *(session, people.anna.id, people.vibeke.id, RepresentationKind.GUARDIAN, [ActingScope.MEETINGS]),
            since=since,
        )
        withdraw_yes(session, people.anna.id, by=people.anna.id, now=NOW)
    untold = "Intet ja til én plan lige nu"
    assert told(people.line, people.anna) == [
        "Næste møde: i morgen kl. 10.00",
        shared[0],
        "Trak sit ja tilbage den 2. marts 2026",
    ]
    assert told(people.jonas, people.anna) == [busy, "Foreslået møde: ons. 4. mar. kl. 10.00", untold]
    assert told(people.vibeke, people.anna) == ["Næste møde: i morgen kl. 10.00", shared[0], untold]


def test_who_may_not_know_of_the_meetings_is_not_told_when_the_citizen_is_busy(
    database: Database, booked: Booked, people: People, browser_of: Browser
) -> None:
    booked("2026-03-03 10:00", 30, "line", said_yes=True)
    plan_alone = RepresentationKind.GUARDIAN, [ActingScope.PLAN]
    with database.writing() as session:
        add_acting(session, people.anna.id, people.vibeke.id, *plan_alone, since=TODAY - timedelta(days=9))
    vibeke = browser_of(people.vibeke)
    assert vibeke.get(f"{people.anna.url}/kalender").status_code == 403
    assert facts(vibeke.get(PLAN).text) == ["Kontaktperson: Line Madsen", "Har sagt ja til én plan"]


def test_what_one_must_know_of_a_citizen_stands_there_and_never_where_they_live(
    told: Heads, browser_of: Browser, database: Database, people: People
) -> None:
    assert told(people.line, people.karim)[:2] == ["Sprog: arabisk", "Tolk: arabisk"]
    for who in (people.omar, people.thea):
        assert told(who, people.signe)[0] == "Beskyttet adresse"
    assert "Beskyttet adresse" not in told(people.line, people.anna)
    assert told(people.line, people.ny)[-1] == "Har ikke sagt ja til én plan"
    with database.writing() as session:
        since, until = NOW - timedelta(hours=1), NOW + timedelta(days=2)
        line, omar = people.line.id, people.omar.id
        session.add(Absence(person_id=line, substitute_id=omar, starts_at=since, ends_at=until))
    assert told(people.jonas, people.karim)[-3:-1] == ["Kontaktperson: Line Madsen", "Vikar: Omar Saleh"]
    assert 'class="whose"' not in browser_of(people.anna).get("/plan").text


def test_it_is_one_and_the_same_on_every_page_about_a_citizen(
    app: Flask, browser_of: Browser, booked: Booked, people: People
) -> None:
    meeting, line, seen = booked("2026-03-03 10:00", 30, "line"), browser_of(people.line), dict[str, str]()
    for rule in app.url_map.iter_rules():
        values = {"citizen_id": people.anna.id, "meeting_id": meeting}
        if rule.rule.startswith("/borgere/<") and "GET" in (rule.methods or ()):
            built = rule.build({name: values.get(name, uuid4()) for name in rule.arguments})
            assert built is not None
            answer = line.get(built[1])
            if answer.status_code == 200:
                seen[rule.endpoint] = header(answer.text).partition("<nav")[0]
    assert len(seen) > 15
    assert len(set(seen.values())) == 1
    assert 'class="whose"' not in line.get("/godkend").text  # each entry says whose it is


def moved(database: Database, meeting: UUID, starts: str, by: UUID) -> None:
    with database.writing() as session:
        seen = session.get_one(Meeting, meeting).sequence
        more: dict[str, Any] = {
            "sequence": seen,
            "by": by,
            "now": NOW,
            "workdays": WORKDAYS,
            "said_yes": True,
        }
        reschedule_meeting(session, meeting, slot(starts, 30), **more)


@pytest.mark.parametrize("slug", ["line", "sara"])
def test_a_meeting_that_is_moved_or_over_leaves_no_old_header_on_a_kept_page(
    app: Flask, database: Database, booked: Booked, people: People, slug: str
) -> None:
    meeting = booked("2026-03-03 10:00", 30, "line", said_yes=True)
    client = browser_that_keeps(app, getattr(people, slug))
    assert "i morgen kl. 10.00" in header(kept_look(client, PLAN))
    assert kept_look(client, PLAN) == built_look(client, PLAN)
    moved(database, meeting, "2026-03-03 10:15", people.line.id)
    assert "i morgen kl. 10.15" in header(kept_look(client, PLAN))
    moved(database, meeting, "2026-03-02 10:30", people.line.id)
    app.extensions["clock"] = fixed_clock(NOW + timedelta(minutes=20))
    assert "i dag kl. 10.30" in header(kept_look(client, PLAN))
    for minutes in (40, 61):  # so that nobody is signed out
        app.extensions["clock"] = fixed_clock(NOW + timedelta(minutes=minutes))
        shown = header(kept_look(client, PLAN))
    assert "10.30" not in shown


def test_without_the_header_in_what_a_kept_page_hangs_on_an_old_one_would_be_seen(
    app: Flask, booked: Booked, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: that a meeting is over gives the plan no revision."""
    monkeypatch.setattr(page_cache, "citizen_header", lambda: None)
    booked("2026-03-02 10:15", 30, "line", said_yes=True, organiser_id=people.line.id)
    client = browser_that_keeps(app, people.line)
    assert "i dag kl. 10.15" in header(kept_look(client, PLAN))
    for minutes in (25, 46):  # so that nobody is signed out
        app.extensions["clock"] = fixed_clock(NOW + timedelta(minutes=minutes))
        shown = header(kept_look(client, PLAN))
    assert "i dag kl. 10.15" in shown
    assert "10.15" not in header(built_look(client, PLAN))


def test_it_asks_the_same_however_much_there_is(
    app: Flask, database: Database, booked: Booked, people: People, asked: list[str]
) -> None:
    can_take_much(database)
    client = browser_that_keeps(app, people.jonas)

    def questions() -> int:
        client.get(f"{people.anna.url}/kontakt", headers=BR)
        asked.clear()
        client.get(f"{people.anna.url}/kontakt", headers=BR)
        return len(asked)

    few = questions()
    for day in (3, 4, 5, 6, 9, 10):
        booked(f"2026-03-{day:02} 10:00", 30, "line", said_yes=True)
    assert questions() == few


def test_a_citizen_is_looked_for_beside_who_one_is(browser_of: Browser, people: People) -> None:
    for who in (people.line, people.jonas):
        page = browser_of(who).get("/dag").text
        assert page.count('action="/borgere" role="search"') == page.count('href="/borgere#navn"') == 1
        own = browser_of(who).get("/borgere").text  # there the field stands on the page
        assert (own.count('role="search"'), 'id="navn"' in own) == (1, True)
    for who, begins in ((people.lone, "/ledelse/forsinket"), (people.vibeke, "/borgere"), (people.anna, "/")):
        assert 'role="search"' not in browser_of(who).get(begins).text
