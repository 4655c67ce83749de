"""A database of the version before: what nobody but the citizen could read becomes visible to nobody."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.event import listen, remove
from sqlmodel import Session, col, select, update

from app.dates.clock import system_clock
from app.entries.rules import EntryState
from app.messages.models import Message, MessageDraft, PlanRequest
from app.messages.queries import list_message_drafts
from app.migrations import schema
from app.notifications.models import Notice
from app.plan.models import Cover, Plan
from app.plan.rules import PlanState
from app.store.db import Database
from tests.cast import People
from tests.conftest import Browser
from tests.messages.stored import (
    APPROVED,
    BEFORE,
    REPLY,
    SAID,
    SHARED,
    TAKEN_BACK,
    TALK,
    come_up,
    day,
    lay,
    let_in,
    told,
)
from tests.messages.thread import text_of

pytestmark = pytest.mark.both_databases

WAITS: dict[str, Any] = {
    "state": EntryState.SHARED,
    "shared_version": 1,
    "shared_at": day(9),
    "answer_by": date(2026, 3, 4),
}
ANSWERED: dict[str, Any] = {"answered_at": day(8), "answered_by": People().line.id}
TALKED: dict[str, Any] = {"state": EntryState.TALK, "reply": REPLY, "shared_version": 1, "shared_at": day(9)}
STANDS: dict[str, Any] = {
    "state": EntryState.IN_PLAN,
    "shared_version": 1,
    "approved_version": 1,
    "shared_at": day(9),
}


def drafts(session: Session) -> list[str]:
    return sorted(session.exec(select(MessageDraft.words)))


def plan_is(database: Database, plan_id: UUID, state: PlanState) -> None:
    closed_at = day(1) if state is PlanState.CLOSED else None
    with database.writing() as session:
        session.exec(update(Plan).where(col(Plan.id) == plan_id).values(state=state, closed_at=closed_at))


@pytest.mark.parametrize("state", [PlanState.CLOSED, PlanState.WAITING])
def test_with_the_plan_not_open_all_of_it_is_drafts_and_it_is_told_once(
    database: Database, people: People, plan_id: UUID, session: Session, browser_of: Browser, state: PlanState
) -> None:
    anna = people.anna.id
    with database.writing() as writing:
        lay(writing, plan_id, anna, ["Vent."], [(SHARED, 1)], **WAITS)
        lay(writing, plan_id, anna, ["Tal."], [(SHARED, 1), (TALK, 1)], **TALKED, **ANSWERED)
        lay(writing, plan_id, anna, ["Stod."], [(SHARED, 1), (APPROVED, 1)], **STANDS, **ANSWERED)
    plan_is(database, plan_id, state)
    come_up(database)
    assert session.exec(select(Message)).all() == []
    assert session.exec(select(PlanRequest)).all() == []
    assert drafts(session) == ["Stod.", f"Tal.\n\n{SAID}", "Vent."]
    assert told(session, anna) == ["drafts_moved"]
    helper = text_of(browser_of(people.line), f"/borgere/{anna}/beskeder")
    assert [one for one in ("Vent.", "Tal.", "Stod.", REPLY) if one in helper] == []


def test_what_was_taken_back_after_a_talk_is_hers_with_what_was_said(
    database: Database, people: People, plan_id: UUID, session: Session, browser_of: Browser
) -> None:
    happened = [(SHARED, 1), (TALK, 1), (SHARED, 2), (TAKEN_BACK, 2)]
    with database.writing() as writing:
        lay(writing, plan_id, people.anna.id, ["Først.", "Så."], happened, **ANSWERED)
    come_up(database)
    assert session.exec(select(Message)).all() == []
    assert drafts(session) == ["Først.", f"Så.\n\n{SAID}"]
    assert "Line skrev:" in text_of(browser_of(people.anna), "/beskeder")


def test_only_the_newest_of_a_talk_that_goes_on_is_sent(
    database: Database, people: People, plan_id: UUID, session: Session
) -> None:
    """What was talked about before has been out of the contact person's sight since it was shared again."""
    happened = [(SHARED, 1), (TALK, 1), (SHARED, 2)]
    with database.writing() as writing:
        waits = WAITS | {"shared_version": 2}
        lay(writing, plan_id, people.anna.id, ["Først.", "Så."], happened, **waits, **ANSWERED)
        stands = STANDS | {"shared_version": 2, "approved_version": 2}
        happened.append((APPROVED, 2))
        lay(writing, plan_id, people.anna.id, ["Ja.", "Ja. Nu."], happened, **stands, **ANSWERED)
    come_up(database)
    assert set(session.exec(select(Message.words))) == {"Så.", "Ja. Nu."}
    assert drafts(session) == [f"Først.\n\n{SAID}", SAID]


def test_a_message_is_not_a_draft_too(
    database: Database, people: People, plan_id: UUID, session: Session
) -> None:
    with database.writing() as writing:
        happened = [(SHARED, 1), (TALK, 1), (SHARED, 2), (TALK, 2)]
        talked = TALKED | {"shared_version": 2}
        texts = ["Først.", "Så.", "Så. Og mere."]
        lay(writing, plan_id, people.anna.id, texts, happened, **talked, **ANSWERED)
    come_up(database)
    sent = {one.words: one.author_id for one in session.exec(select(Message))}
    assert sent == {"Så.": people.anna.id, REPLY: people.line.id}
    assert drafts(session) == ["Først.", f"Så. Og mere.\n\n{SAID}"]


def test_what_was_said_to_somebody_without_a_contact_person_is_kept_for_them(
    database: Database, people: People, plan_id: UUID, session: Session
) -> None:
    fremmed, long = people.fremmed.id, "å" * 3990
    with database.writing() as writing:
        own = Plan(citizen_id=fremmed, state=PlanState.WAITING, opened_at=day(30))
        writing.add(own)
        writing.flush()
        for words in ("Kort.", long):
            lay(writing, own.id, fremmed, [words], [(SHARED, 1), (TALK, 1)], **TALKED, **ANSWERED)
    come_up(database)
    assert drafts(session) == [f"Kort.\n\n{SAID}", SAID, long]
    assert {one.words for one in list_message_drafts(session, fremmed, fremmed)} == set(drafts(session))
    assert told(session, fremmed) == ["drafts_moved"]


def test_what_is_told_is_new_when_the_step_is_taken(
    database: Database, people: People, plan_id: UUID, session: Session
) -> None:
    with database.writing() as writing:
        lay(writing, plan_id, people.anna.id, ["Stod.", "Nyt."], [(SHARED, 1)], **STANDS)
    began = system_clock().replace(microsecond=0)
    come_up(database)
    moved = select(Notice.kind, Notice.at).where(Notice.person_id == people.anna.id)
    at = dict(session.exec(moved.where(col(Notice.kind).in_(["drafts_moved", "plan_requested"]))).all())
    asked_at = session.exec(select(PlanRequest.asked_at)).one()
    ended = system_clock()
    assert [began <= one <= ended for one in (*at.values(), asked_at)] == [True, True, True]


def test_a_substitute_stays_for_what_still_waits_alone(
    database: Database, people: People, plan_id: UUID, session: Session, browser_of: Browser
) -> None:
    with database.writing() as writing:
        waits = lay(writing, plan_id, people.anna.id, ["Vent."], [(SHARED, 1)], **WAITS, late_at=day(1))
        other = lay(writing, plan_id, people.anna.id, ["Kladde."])
    stays, ends = (let_in(database, people.anna.id, one) for one in (waits, other))
    come_up(database)
    found = {one.id: one for one in session.exec(select(Cover))}
    assert (found[stays].needs_plan, found[stays].ends_at) == (False, None)
    assert found[ends].needs_plan
    assert found[ends].ends_at is not None


def test_a_no_is_not_undone_by_an_answer_that_was_late(
    database: Database, people: People, plan_id: UUID, session: Session, browser_of: Browser
) -> None:
    with database.writing() as writing:
        late = lay(writing, plan_id, people.anna.id, ["Vent."], [(SHARED, 1)], **WAITS, late_at=day(1))
    let_in(database, people.anna.id, late)
    plan_is(database, plan_id, PlanState.CLOSED)
    come_up(database)
    assert session.exec(select(Cover.ends_at)).one() is not None
    assert browser_of(people.omar).get(f"/borgere/{people.anna.id}/beskeder").status_code == 404


def test_many_are_moved_in_the_statements_of_one(database: Database, people: People, plan_id: UUID) -> None:
    """SQLite takes 32,766 values in one statement: none grows with what is stored, in number or in size."""
    seen: list[tuple[str, int]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, many: bool) -> None:
        seen.append((statement, 0 if many else len(values or ())))

    def moved() -> list[tuple[str, int]]:
        listen(database.engine, "before_cursor_execute", note)
        come_up(database)
        remove(database.engine, "before_cursor_execute", note)
        found = [one for one in seen if one[0].startswith(("SELECT", "UPDATE", "DELETE"))]
        found = [one for one in found if "sqlite_master" not in one[0]]  # tables are asked for in no order
        seen.clear()
        return found

    def store(number: int) -> None:
        with database.writing() as writing:
            for one in range(number):
                happened = [(SHARED, 1), (TALK, 1)]
                lay(writing, plan_id, people.anna.id, [f"{one}."], happened, **TALKED, **ANSWERED)
                lay(writing, plan_id, people.anna.id, [f"{one}."], [(SHARED, 1)], **STANDS, **ANSWERED)
                lay(writing, plan_id, people.anna.id, [f"{one}."])

    store(2)
    few = moved()
    schema.migrate(database, BEFORE)
    store(20)
    assert moved() == few
