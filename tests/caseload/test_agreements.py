"""What was agreed at a meeting stands in the plan after one tap, and the citizen is told."""

from dataclasses import replace
from threading import Barrier, Thread
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlmodel import Session, col, func, select

from app.caseload.agreements import add_agreement_to_plan
from app.entries.models import Entry
from app.entries.rules import EntryKind, EntryState
from app.goals.models import Promise, Step
from app.minutes.models import MeetingAgreement
from app.notifications.models import Notice
from app.plan.consent_effects import withdraw_yes
from app.store.db import Database
from tests.access.planted_plan import chose
from tests.booking.fixtures import Booked, booked
from tests.booking.requests import WORKDAYS
from tests.cast import NOW, People
from tests.conftest import Browser
from tests.minutes.held_meetings import (
    NOW_ON,
    PROMISE,
    PROMISE_LINE,
    STEP,
    STEP_LINE,
    WORDS,
    reader,
    wrote_down,
)
from tests.writing import wrote

GOAL = "Jeg får en lejlighed"
pytestmark = pytest.mark.both_databases

__all__ = ["booked"]


@pytest.fixture
def meeting(booked: Booked) -> UUID:
    return booked(NOW_ON, 60, "line", "jonas", said_yes=True)


def ids(session: Session) -> dict[str, UUID]:
    session.rollback()
    return {one.words: one.id for one in session.exec(select(MeetingAgreement))}


def address(people: People, meeting: UUID, agreement: UUID) -> str:
    return f"{people.anna.url}/kalender/{meeting}/aftaler/{agreement}/med"


def test_a_step_and_a_promise_stand_in_the_plan_after_one_tap_each(
    browser_of: Browser, database: Database, session: Session, people: People, meeting: UUID
) -> None:
    wrote_down(database, meeting, by=reader("jonas", "professional"))
    line, known = browser_of(people.line), ids(session)
    page = line.get(f"{people.anna.url}/kalender/{meeting}").text
    assert "Tag skridtet med i planen" in page
    assert "Tag løftet med i planen" in page
    for agreement in known.values():
        for _twice in range(2):
            answer = line.post(address(people, meeting, agreement))
            assert answer.location == f"{people.anna.url}/kalender/{meeting}#aftalt"
    session.rollback()
    entry = session.exec(select(Entry).where(Entry.kind == EntryKind.STEP)).one()
    assert (entry.author_id, entry.state, entry.answered_by) == (
        people.jonas.id,
        EntryState.IN_PLAN,
        people.line.id,
    )
    step, promise = session.exec(select(Step)).one(), session.exec(select(Promise)).one()
    assert (step.doer_id, step.due_on) == (STEP_LINE.doer_id, STEP_LINE.due_on)
    assert (promise.by_id, promise.due_on) == (PROMISE_LINE.doer_id, PROMISE_LINE.due_on)
    after = line.get(f"{people.anna.url}/kalender/{meeting}").text
    assert after.count("Med i planen") == 2
    assert "med i planen<" not in after.replace("Med i planen<", "")
    plan = browser_of(people.anna).get("/plan").text
    assert STEP in plan
    assert PROMISE in plan


def test_the_citizen_is_told_and_nobody_is_asked_for_an_answer_already_given(
    browser_of: Browser, database: Database, session: Session, people: People, meeting: UUID
) -> None:
    wrote_down(database, meeting, by=reader("jonas", "professional"))
    line = browser_of(people.line)
    for agreement in ids(session).values():
        line.post(address(people, meeting, agreement))
    session.rollback()
    told = select(Notice.person_id).where(col(Notice.kind).in_(("entry_shared", "promise_made")))
    assert session.exec(told).all() == [people.anna.id] * 2
    today = browser_of(people.anna).get("/").text
    assert "Line" in today
    assert WORDS not in today
    assert "Ingen venter på svar" in line.get("/godkend").text


def test_who_may_not(
    browser_of: Browser, database: Database, session: Session, people: People, meeting: UUID
) -> None:
    wrote_down(database, meeting)
    agreement = ids(session)[STEP]
    for slug, status in {
        "anna": 403,
        "jonas": 403,
        "thea": 403,
        "bent": 404,
        "lone": 404,
        "omar": 404,
    }.items():
        answer = browser_of(getattr(people, slug)).post(address(people, meeting, agreement))
        assert (slug, answer.status_code) == (slug, status)
    assert (
        "Tag skridtet med" not in browser_of(people.jonas).get(f"{people.anna.url}/kalender/{meeting}").text
    )
    assert "Tag skridtet med" not in browser_of(people.anna).get(f"/kalender/{meeting}").text
    wrong = address(people, meeting, agreement).replace(str(people.anna.id), str(people.bent.id))
    assert browser_of(people.line).post(wrong).status_code == 404
    assert session.exec(select(func.count()).select_from(Step)).one() == 0


def test_a_draft_is_not_put_anywhere(
    browser_of: Browser, database: Database, session: Session, people: People, meeting: UUID
) -> None:
    wrote_down(database, meeting, share=False)
    line = browser_of(people.line)
    assert "Tag skridtet med" not in line.get(f"{people.anna.url}/kalender/{meeting}").text
    assert line.post(address(people, meeting, ids(session)[STEP])).status_code == 404


def test_without_a_yes_to_one_plan_there_is_nowhere_to_put_it(
    browser_of: Browser, database: Database, session: Session, people: People, meeting: UUID
) -> None:
    wrote_down(database, meeting)
    with database.writing() as writing:
        withdraw_yes(writing, people.anna.id, by=people.anna.id, now=NOW)
    line = browser_of(people.line)
    assert "Tag skridtet med" not in line.get(f"{people.anna.url}/kalender/{meeting}").text
    assert line.post(address(people, meeting, ids(session)[STEP])).status_code == 403


def test_a_line_that_was_rewritten_meanwhile_is_not_put_in(
    browser_of: Browser, database: Database, session: Session, people: People, meeting: UUID
) -> None:
    wrote_down(database, meeting)
    line, old = browser_of(people.line), ids(session)[STEP]
    wrote_down(database, meeting, PROMISE_LINE, version=1)
    for gone in (old, uuid4()):
        answer = line.post(address(people, meeting, gone))
        assert (answer.status_code, "Aftalen er lige blevet rettet." in answer.text) == (409, True)


def test_what_stands_in_the_plan_is_not_rewritten_by_one_who_did_not_see_that(
    browser_of: Browser, database: Database, session: Session, people: People, meeting: UUID
) -> None:
    version = wrote_down(database, meeting)
    line = browser_of(people.line)
    line.post(address(people, meeting, ids(session)[STEP]))
    form = {"version": str(version), "linjer": "3", "gem": "del", "words": "Rettet"}
    there = f"{people.anna.url}/kalender/{meeting}/referat"
    assert line.post(there, data=form).status_code == 409
    assert line.post(there, data={**form, "version": str(version + 1)}).status_code == 303
    assert set(ids(session)) == {STEP}  # the promise was left out of the form; the step can't be


def test_two_taps_at_once_make_one_step(
    app: Flask, database: Database, session: Session, people: People, meeting: UUID
) -> None:
    wrote_down(database, meeting)
    agreement, together, said = ids(session)[STEP], Barrier(2), list[bool]()

    def tap() -> None:
        together.wait()
        said.append(
            database.retrying(
                lambda writing: add_agreement_to_plan(
                    writing,
                    people.anna.id,
                    meeting,
                    agreement,
                    by=people.line.id,
                    now=NOW,
                    workdays=WORKDAYS,
                )
            )
        )

    taps = [Thread(target=tap) for _ in range(2)]
    for one in taps:
        one.start()
    for one in taps:
        one.join()
    session.rollback()
    assert sorted(said) == [False, True]
    assert session.exec(select(func.count()).select_from(Step)).one() == 1


@pytest.fixture
def goal(database: Database) -> UUID:
    return wrote(database, People().anna, "in_plan", words=GOAL, kind=EntryKind.GOAL).id


def test_what_was_agreed_names_its_goal_and_stands_under_it_in_the_plan(
    browser_of: Browser, session: Session, people: People, meeting: UUID, goal: UUID
) -> None:
    line, there = browser_of(people.line), f"{people.anna.url}/kalender/{meeting}"
    assert GOAL in line.get(f"{there}/referat").text
    form = {"version": "0", "linjer": "2", "gem": "del", "words": WORDS}
    for number, kind in enumerate((STEP_LINE, PROMISE_LINE), 1):
        form |= {
            f"words_{number}": kind.words,
            f"kind_{number}": kind.kind,
            f"doer_{number}": str(kind.doer_id),
        }
        form |= {f"due_{number}": str(kind.due_on), f"goal_{number}": str(goal)}
    assert line.post(f"{there}/referat", data=form | {"goal_1": str(uuid4())}).status_code == 422
    assert line.post(f"{there}/referat", data=form).status_code == 303
    assert line.get(there).text.count(GOAL) == 2
    for agreement in ids(session).values():
        line.post(address(people, meeting, agreement))
    session.rollback()
    assert session.exec(select(Step.goal_id).where(col(Step.goal_id).is_not(None))).all() == [goal]
    assert session.exec(select(Promise.goal_id)).all() == [goal]


def test_who_sees_no_goals_names_none_and_keeps_those_of_others(
    browser_of: Browser, database: Database, session: Session, people: People, meeting: UUID, goal: UUID
) -> None:
    chose(database, "none", people.jonas)
    version = wrote_down(database, meeting, replace(STEP_LINE, goal_id=goal))
    jonas, there = browser_of(people.jonas), f"{people.anna.url}/kalender/{meeting}"
    pages = jonas.get(there).text + jonas.get(f"{there}/referat").text
    assert STEP in pages
    assert GOAL not in pages
    assert "Et mål, som andre har valgt" in pages
    form = {"version": str(version), "linjer": "1", "gem": "del", "words": "Rettet", "words_1": STEP}
    form |= {"kind_1": "step", "doer_1": str(people.anna.id), "due_1": str(STEP_LINE.due_on)}
    assert jonas.post(f"{there}/referat", data=form | {"goal_1": str(goal)}).status_code == 303
    session.rollback()
    assert session.exec(select(MeetingAgreement.goal_id)).one() == goal
