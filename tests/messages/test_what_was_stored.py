"""A database of the version before: what was written as "something else" is messages and drafts now."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from app.entries.models import Entry, EntryEvent, EntryVersion
from app.entries.rules import EntryKind, EntryState
from app.goals.models import Goal
from app.messages.models import Message, MessageDraft, PlanRequest
from app.migrations import schema
from app.plan.models import Cover, Plan
from app.plan.rules import PlanState
from app.plan.service import open_cover
from app.store.db import Database
from tests.cast import NOW, People
from tests.conftest import Browser
from tests.messages.stored import (
    APPROVED,
    BEFORE,
    REPLY,
    SHARED,
    TAKEN_BACK,
    TALK,
    UNMOVED,
    come_up,
    day,
    lay,
    let_in,
    told,
)
from tests.messages.thread import answered, asked, text_of

pytestmark = pytest.mark.both_databases


def test_what_only_she_saw_stays_hers_and_no_word_is_lost(
    database: Database, people: People, plan_id: UUID, session: Session
) -> None:
    anna = people.anna.id
    with database.writing() as writing:
        lay(writing, plan_id, anna, ["Jeg er bange.", "Jeg er bange. For brevene."])
        lay(writing, plan_id, anna, ["Først det ene.", "Så det andet."])
        lay(writing, plan_id, anna, ["Taget tilbage."], [(SHARED, 1), (TAKEN_BACK, 1)])
        lay(writing, plan_id, anna, ["En drøm."], kind=EntryKind.DREAM)
    come_up(database)
    drafts = session.exec(select(MessageDraft)).all()
    assert {one.words for one in drafts} == {
        "Jeg er bange. For brevene.",
        "Først det ene.",
        "Så det andet.",
        "Taget tilbage.",
    }
    assert {(one.citizen_id, one.author_id) for one in drafts} == {(anna, anna)}
    assert session.exec(select(Message)).all() == []
    assert session.exec(select(Entry.kind, EntryVersion.words).join(EntryVersion)).all() == [
        (EntryKind.DREAM, "En drøm.")
    ]
    assert told(session, anna) == ["drafts_moved"]


def test_what_was_shared_is_sent_and_waits_for_its_answer_as_before(
    database: Database, people: People, plan_id: UUID, session: Session
) -> None:
    anna, last_day = people.anna.id, date(2026, 3, 4)
    shared = {"shared_version": 1, "shared_at": day(9), "answer_by": last_day, "state": EntryState.SHARED}
    with database.writing() as writing:
        entry_id = lay(writing, plan_id, anna, ["Ring til mig."], [(SHARED, 1)], **shared, late_at=day(1))
    let_in(database, anna, entry_id)
    come_up(database)
    message = session.exec(select(Message)).one()
    assert (message.words, message.sent_at, message.answer_by) == ("Ring til mig.", day(9), last_day)
    assert (message.read_at, message.late_at) == (None, day(1))
    assert session.exec(select(Cover.about_id, Cover.needs_plan)).one() == (message.id, False)


def test_what_was_talked_about_keeps_what_was_said(
    database: Database, people: People, plan_id: UUID, session: Session
) -> None:
    with database.writing() as writing:
        lay(
            writing,
            plan_id,
            people.anna.id,
            ["Møder om morgenen er svære.", "Og så er der bussen."],
            [(SHARED, 1), (TALK, 1)],
            state=EntryState.TALK,
            reply=REPLY,
            shared_version=1,
            shared_at=day(9),
            answered_at=day(8),
            answered_by=people.line.id,
        )
    come_up(database)
    said = {one.author_id: one.words for one in session.exec(select(Message))}
    assert said == {people.anna.id: "Møder om morgenen er svære.", people.line.id: REPLY}
    assert session.exec(select(MessageDraft.words)).all() == ["Og så er der bussen."]


def test_what_stood_in_the_plan_leaves_the_others_sight_and_she_is_asked(
    database: Database, people: People, plan_id: UUID, session: Session, browser_of: Browser
) -> None:
    with database.writing() as writing:
        stood = {"state": EntryState.IN_PLAN, "shared_version": 1, "approved_version": 1, "shared_at": day(9)}
        answered = {"answered_at": day(8), "answered_by": people.line.id}
        lay(
            writing,
            plan_id,
            people.anna.id,
            ["Min mor drikker.", "Min mor drikker ikke mere."],
            [(SHARED, 1), (APPROVED, 1)],
            **stood | answered,
        )
    come_up(database)
    message = session.exec(select(Message)).one()
    assert session.exec(select(PlanRequest.message_id)).all() == [message.id]
    assert told(session, people.anna.id) == ["drafts_moved", "plan_requested"]
    page = text_of(browser_of(people.anna), "/beskeder")
    assert "Det her stod før i din plan." in page
    assert "Min mor drikker ikke mere." in page
    for who in (people.line, people.jonas):
        assert "Min mor drikker" not in text_of(browser_of(who), f"/borgere/{people.anna.id}/plan")


def test_a_newer_version_that_waits_is_a_message_of_its_own(
    database: Database, people: People, plan_id: UUID, session: Session
) -> None:
    with database.writing() as writing:
        lay(
            writing,
            plan_id,
            people.anna.id,
            ["Kom om formiddagen.", "Kom klokken ti."],
            [(SHARED, 1), (APPROVED, 1), (SHARED, 2)],
            state=EntryState.SHARED,
            shared_version=2,
            approved_version=1,
            shared_at=day(2),
            answer_by=date(2026, 3, 6),
        )
    come_up(database)
    waits = {one.words: one.answer_by for one in session.exec(select(Message))}
    assert waits == {"Kom om formiddagen.": None, "Kom klokken ti.": date(2026, 3, 6)}
    of = session.exec(select(Message.words).join(PlanRequest)).all()
    assert of == ["Kom om formiddagen."]


def test_without_a_contact_person_all_of_it_is_drafts_and_it_is_told_once(
    database: Database, people: People, plan_id: UUID, session: Session
) -> None:
    stranger = people.fremmed.id
    with database.writing() as writing:
        own = Plan(citizen_id=stranger, state=PlanState.WAITING, opened_at=day(30))
        writing.add(own)
        writing.flush()
        shared = {"state": EntryState.SHARED, "shared_version": 1, "shared_at": day(9)}
        lay(writing, own.id, stranger, ["Et."], [(SHARED, 1)], **shared, answer_by=date(2026, 3, 4))
        lay(writing, own.id, stranger, ["To."])
    come_up(database)
    assert session.exec(select(Message)).all() == []
    assert set(session.exec(select(MessageDraft.words))) == {"Et.", "To."}
    assert told(session, stranger) == ["drafts_moved"]


def all_words(session: Session) -> list[tuple[str, EntryState]]:
    session.rollback()
    found = session.exec(select(EntryVersion, Entry).join(Entry))
    return sorted((version.words, entry.state) for version, entry in found)


def test_down_again_her_own_words_are_drafts(
    database: Database, people: People, plan_id: UUID, session: Session
) -> None:
    with database.writing() as writing:
        lay(writing, plan_id, people.anna.id, ["Jeg er bange."])
    for _round in range(2):
        come_up(database)
        schema.migrate(database, BEFORE)
    assert all_words(session) == [("Jeg er bange.", EntryState.DRAFT)]
    session.rollback()
    schema.migrate(database)


def test_down_again_what_was_said_is_kept_and_nobody_is_let_in_by_it(
    database: Database, people: People, plan_id: UUID, session: Session
) -> None:
    """A step down and up again as well: what has become an entry is no message, too."""
    come_up(database)
    answered(database, people.anna, people.line.id, "Jeg ringer.")
    late = asked(database, people.anna, "Ring.")
    asked(database, people.ny, "Hvad er det?")  # who has no plan
    with database.writing() as writing:
        open_cover(writing, people.anna.id, people.omar.id, late, now=NOW, needs_plan=False)
    schema.migrate(database, UNMOVED)
    for _round in range(2):
        schema.migrate(database)
        schema.migrate(database, UNMOVED)
    draft = EntryState.DRAFT
    assert all_words(session) == [
        ("Hvad er det?", draft),
        ("Line skrev:\nJeg ringer.", draft),
        ("Ring.", draft),
    ]
    session.rollback()
    schema.migrate(database)
    assert session.exec(select(Cover.ends_at)).one() is not None


def test_what_else_is_in_the_plans_stays(
    database: Database, people: People, plan_id: UUID, session: Session
) -> None:
    """`entry` can't be made anew on SQLite: its rows would take all that hangs on them along."""
    dream = {"kind": EntryKind.DREAM} | {
        "state": EntryState.IN_PLAN,
        "shared_version": 1,
        "approved_version": 1,
    }
    with database.writing() as writing:
        entry_id = lay(writing, plan_id, people.anna.id, ["En drøm."], [(SHARED, 1), (APPROVED, 1)], **dream)
        goal_id = lay(writing, plan_id, people.anna.id, ["Et mål."], kind=EntryKind.GOAL)
        writing.add(Goal(entry_id=goal_id, dream_id=entry_id))
    before = session.exec(select(EntryEvent.what, EntryEvent.at)).all()
    session.rollback()
    for _round in range(2):
        come_up(database)
        assert [one for one, _state in all_words(session)] == ["En drøm.", "Et mål."]
        assert session.exec(select(Goal.dream_id)).all() == [entry_id]
        assert session.exec(select(EntryEvent.what, EntryEvent.at)).all() == before
        session.rollback()
        schema.migrate(database, BEFORE)
    schema.migrate(database)


def test_only_a_yes_to_a_message_makes_something_else_afterwards(
    database: Database, people: People, plan_id: UUID
) -> None:
    """Each connection that is open meanwhile knows the rule, and it is gone again a step before."""
    with database.writing() as writing:
        lay(writing, plan_id, people.anna.id, ["Før."])
    with database.reading() as other:
        other.exec(select(Entry)).all()
    come_up(database)
    with pytest.raises(IntegrityError, match="other_by_yes"), database.writing() as writing:
        lay(writing, plan_id, people.anna.id, ["Efter."])
    schema.migrate(database, BEFORE)
    with database.writing() as writing:
        lay(writing, plan_id, people.anna.id, ["Før igen."])
    schema.migrate(database)
