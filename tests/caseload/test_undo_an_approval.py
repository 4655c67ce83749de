"""An approval is undone from the page where it was given, and from the entry's place in the plan."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, select
from werkzeug.test import TestResponse

from app.dates.clock import fixed_clock
from app.entries.models import Entry
from app.entries.rules import EntryKind, EntryState
from app.entries.service.authoring import revise_entry, write_entry
from app.entries.service.escalation import mark_late
from app.entries.service.review import approve_entry
from app.goals.models import GoalResponse
from app.goals.placing import place_promise, place_step
from app.goals.rules import Agreement, GoalAnswer, NewWork
from app.goals.service import answer_goal, finish_step, set_goal_details
from app.plan.models import Absence
from app.plan.service import assign_contact
from app.store.db import Database
from tests.cast import NOW, People
from tests.conftest import Browser
from tests.house.receipts import words_of
from tests.writing import SITE, WORDS, share, wrote

GOAL, LATER = EntryKind.GOAL, NOW + timedelta(minutes=11)
DUE = date(2026, 3, 20)
UNDO = "Fortryd dit svar på målet fra Anna"


def way(entry: Entry, verb: str) -> str:
    return f"/borgere/{entry.author_id}/forslag/{entry.id}/{verb}"


def say_yes(client: FlaskClient, entry: Entry) -> TestResponse:
    return client.post(way(entry, "godkend"), data={"version": 1})


def undo(client: FlaskClient, entry: Entry, version: int = 1) -> TestResponse:
    return client.post(way(entry, "fortryd"), data={"version": version})


def state(session: Session, entry: Entry) -> EntryState:
    session.rollback()
    return session.get_one(Entry, entry.id).state


@pytest.fixture
def line(people: People, browser_of: Browser) -> FlaskClient:
    return browser_of(people.line)


@pytest.fixture
def goal(line: FlaskClient, database: Database, people: People) -> Entry:
    """A goal of Anna's that Line has just taken into the plan."""
    entry = wrote(database, people.anna, "shared", kind=GOAL)
    say_yes(line, entry)
    return entry


@pytest.fixture
def later(app: Flask) -> Callable[[], None]:
    def passes() -> None:
        app.extensions["clock"] = fixed_clock(LATER)

    return passes


@pytest.mark.both_databases
def test_the_receipt_undoes_it_and_the_agreement_and_the_citizen_reads_so(
    line: FlaskClient, goal: Entry, people: People, browser_of: Browser, session: Session
) -> None:
    page = words_of(line.get(f"/godkend?svaret={goal.id}").text)
    assert UNDO in page
    assert "Så er det et forslag igen, og Anna får det at vide. Du kan fortryde til kl. 10.10." in page
    assert UNDO in words_of(line.get("/godkend").text)  # and for one who has been away from it
    answer = undo(line, goal)
    assert (answer.status_code, state(session, goal)) == (303, EntryState.SHARED)
    after = words_of(line.get(answer.location).text)
    assert "Det er et forslag igen. Anna får det at vide." in after
    assert WORDS in after
    assert UNDO not in after
    assert "Line fortrød det" in after
    assert session.exec(select(GoalResponse)).all() == []
    assert "Line har fortrudt sit svar på dit mål." in words_of(browser_of(people.anna).get("/").text)
    for who, happened in (
        (people.anna, "/plan/historie"),
        (people.jonas, f"{people.anna.url}/plan/historie"),
    ):
        assert "Line fortrød og tog et mål ud af planen igen." in words_of(browser_of(who).get(happened).text)
    assert WORDS not in browser_of(people.jonas).get(f"{people.anna.url}/plan").text


def test_at_its_place_in_the_plan_it_is_undone_by_who_may_while_it_lasts(
    line: FlaskClient, goal: Entry, people: People, browser_of: Browser, later: Callable[[], None]
) -> None:
    there = f"/plan?ved={goal.id}"
    assert UNDO in line.get(people.anna.url + there).text
    assert "fortryd" not in browser_of(people.jonas).get(people.anna.url + there).text
    assert "/fortryd" not in browser_of(people.anna).get(there).text
    assert UNDO not in line.get(f"{people.anna.url}/plan").text  # which is kept for longer than that
    later()
    assert UNDO not in line.get(people.anna.url + there).text
    assert UNDO not in line.get("/godkend").text


def test_too_late_it_stands_and_that_is_said(
    line: FlaskClient, goal: Entry, session: Session, later: Callable[[], None]
) -> None:
    later()
    answer = undo(line, goal)
    assert answer.status_code == 409
    said = "Der er gået mere end ti minutter. Det bliver i planen. Tal med Anna, hvis det skal ændres."
    assert said in answer.text
    assert state(session, goal) is EntryState.IN_PLAN


def test_tapped_twice_it_is_undone_once(line: FlaskClient, goal: Entry, session: Session) -> None:
    assert [undo(line, goal).status_code for _tap in range(2)] == [303, 303]
    assert state(session, goal) is EntryState.SHARED
    assert undo(line, goal, version=2).status_code == 409


def new_step(session: Session, goal: Entry) -> None:
    work, line = NewWork("Ringe til klubben", None, None, goal.id), People().line.id
    place_step(session, goal.author_id, work, author=line, by=line, now=NOW, workdays=SITE.workdays)


def new_promise(session: Session, goal: Entry) -> None:
    work, line = NewWork("Vi finder en klub", People().line.id, DUE, goal.id), People().line.id
    place_promise(session, goal.author_id, work, by=line, now=NOW)


def own_answer(session: Session, goal: Entry) -> None:
    anna = goal.author_id
    answer_goal(session, anna, goal.id, GoalAnswer(Agreement.UNSURE, None), by=anna, now=NOW)


@pytest.mark.both_databases
@pytest.mark.parametrize("builds", [new_step, new_promise, own_answer])
def test_what_is_built_on_is_not_taken_away(
    line: FlaskClient,
    goal: Entry,
    database: Database,
    session: Session,
    builds: Callable[[Session, Entry], None],
) -> None:
    with database.writing() as writing:
        builds(writing, goal)
    assert UNDO not in line.get("/godkend").text
    answer = undo(line, goal)
    assert answer.status_code == 409
    assert "Der er allerede bygget videre på det. Det bliver i planen. Tal med Anna om det." in answer.text
    assert state(session, goal) is EntryState.IN_PLAN


def test_a_goal_under_a_dream_and_a_step_that_is_done_are_built_on(
    line: FlaskClient, database: Database, people: People
) -> None:
    dream, step = (
        wrote(database, people.anna, "shared", kind=one) for one in (EntryKind.DREAM, EntryKind.STEP)
    )
    for one in (dream, step):
        say_yes(line, one)
    with database.writing() as writing:
        under = write_entry(writing, people.anna.id, GOAL, WORDS, by=people.anna.id, now=NOW)
        set_goal_details(writing, under.id, dream_id=dream.id)
        finish_step(writing, people.anna.id, step.id, by=people.anna.id, now=NOW)
    assert [undo(line, one).status_code for one in (dream, step)] == [409, 409]


def test_a_step_under_the_wording_before_hinders_nothing(
    line: FlaskClient, database: Database, people: People, session: Session, later: Callable[[], None]
) -> None:
    goal = wrote(database, people.anna, "in_plan", kind=GOAL)
    with database.writing() as writing:
        new_step(writing, goal)
    later()
    with database.writing() as writing:
        revise_entry(writing, people.anna.id, goal.id, "Nye ord", by=people.anna.id, now=LATER)
        share(writing, goal, now=LATER)
        approve_entry(writing, people.anna.id, goal.id, version=2, by=people.line.id, now=LATER)
    assert undo(line, goal, version=2).status_code == 303
    session.rollback()
    assert session.get_one(Entry, goal.id).approved_version == 1


@pytest.mark.both_databases
def test_the_contact_person_undoes_what_the_substitute_approved_who_is_told(
    line: FlaskClient, database: Database, people: People, browser_of: Browser, session: Session
) -> None:
    entry = wrote(database, people.anna, "shared", kind=GOAL)
    with database.writing() as writing:
        ends = NOW + timedelta(days=1)
        writing.add(
            Absence(person_id=people.line.id, substitute_id=people.omar.id, starts_at=NOW, ends_at=ends)
        )
    omar = browser_of(people.omar)
    say_yes(omar, entry)
    assert UNDO not in line.get("/godkend").text  # it is not what she has done
    assert UNDO in line.get(f"{people.anna.url}/plan?ved={entry.id}").text
    assert undo(line, entry).status_code == 303
    assert state(session, entry) is EntryState.SHARED
    assert "Anna: Et svar er fortrudt. Forslaget venter på et nyt svar." in words_of(omar.get("/dag").text)


@pytest.mark.both_databases
def test_one_whom_a_late_answer_had_let_in_undoes_it_and_answers_again(
    database: Database, people: People, browser_of: Browser, session: Session
) -> None:
    entry = wrote(database, people.anna, "shared", kind=GOAL, at=NOW - timedelta(days=20))
    with database.writing() as writing:
        mark_late(writing, now=NOW - timedelta(minutes=1))
        # Somebody else's citizen gets a new one meanwhile: that is no matter of this entry's.
        assign_contact(writing, people.karim.id, people.ali.id, now=NOW - timedelta(seconds=1))
    omar = browser_of(people.omar)
    say_yes(omar, entry)
    assert UNDO in omar.get("/godkend").text
    answer = undo(omar, entry)
    assert answer.status_code == 303
    assert WORDS in omar.get(answer.location).text
    assert say_yes(omar, entry).status_code == 303
    assert state(session, entry) is EntryState.IN_PLAN
    with database.writing() as writing:
        assign_contact(writing, people.anna.id, people.ali.id, now=NOW + timedelta(minutes=1))
    assert undo(omar, entry).status_code == 404
    assert UNDO not in omar.get("/godkend").text


def test_nobody_else_undoes_it(goal: Entry, people: People, browser_of: Browser, session: Session) -> None:
    expected = {"anna": 403, "jonas": 403, "omar": 404, "lone": 404, "fremmed": 404, "vibeke": 404}
    got = {who: undo(browser_of(getattr(people, who)), goal).status_code for who in expected}
    assert got == expected
    assert state(session, goal) is EntryState.IN_PLAN
