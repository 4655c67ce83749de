"""For ten minutes an approval is undone, and all is as it was before it."""

from datetime import datetime, timedelta
from threading import Barrier, Thread
from uuid import UUID

import pytest
from sqlmodel import Session, select

from app.entries.models import Entry, EntryEvent
from app.entries.rules import (
    ApprovalStands,
    EntryEventKind,
    EntryKind,
    EntryState,
    NewerWords,
    TakenBack,
)
from app.entries.service.authoring import revise_entry, take_back_entry
from app.entries.service.escalation import mark_late
from app.entries.service.reversal import undo_approval
from app.entries.service.review import approve_entry
from app.errors import Missing, Refused
from app.notifications.models import Notice
from app.plan.models import Cover, PlanRevision
from app.store.db import Database
from tests.cast import NOW, People
from tests.writing import SITE, share, wrote

LATER = NOW + timedelta(minutes=10)
LATE = NOW - timedelta(days=20)


def undo(
    database: Database, entry: Entry, *, version: int = 1, by: UUID | None = None, now: datetime = LATER
) -> None:
    with database.writing() as session:
        undo_approval(
            session,
            entry.author_id,
            entry.id,
            version=version,
            by=by or People().line.id,
            now=now,
            workdays=SITE.workdays,
        )


def reshared(database: Database, entry: Entry, *, approve: bool) -> None:
    """Let the author share version 2, and Omar take it into the plan."""
    author = entry.author_id
    with database.writing() as session:
        revise_entry(session, author, entry.id, "Nye ord", by=author, now=NOW)
        share(session, entry)
        if approve:
            approve_entry(session, author, entry.id, version=2, by=People().omar.id, now=NOW)


@pytest.mark.both_databases
def test_it_waits_again_and_the_citizen_is_told(database: Database, session: Session, people: People) -> None:
    entry = wrote(database, people.anna, "in_plan")
    undo(database, entry)
    now = session.get_one(Entry, entry.id)
    assert (now.state, now.shared_version, now.approved_version) == (EntryState.SHARED, 1, None)
    assert (now.answered_by, now.answered_at, now.late_at) == (None, None, None)
    assert now.answer_by == SITE.workdays.answer_by(entry.shared_at.date())  # type: ignore[union-attr]
    told = session.exec(select(Notice.kind).where(Notice.person_id == people.anna.id)).all()
    assert told == ["entry_undone"]  # that it is in the plan was not read, and is not so
    assert session.exec(select(PlanRevision.what)).all()[-1] == "entry_undone"


def test_twice_is_once_and_then_it_can_be_answered(
    database: Database, session: Session, people: People
) -> None:
    entry = wrote(database, people.anna, "in_plan")
    undo(database, entry)
    undo(database, entry)
    with database.writing() as writing:
        approve_entry(writing, people.anna.id, entry.id, version=1, by=people.line.id, now=LATER)
    undone = select(EntryEvent).where(EntryEvent.what == EntryEventKind.UNDONE)
    assert len(session.exec(undone).all()) == 1
    assert session.get_one(Entry, entry.id).state is EntryState.IN_PLAN


def test_after_ten_minutes_it_stands(database: Database, session: Session, people: People) -> None:
    entry = wrote(database, people.anna, "in_plan")
    with pytest.raises(ApprovalStands) as refused:
        undo(database, entry, now=LATER + timedelta(seconds=1))
    assert refused.value.params == {"name": "Anna"}
    assert session.get_one(Entry, entry.id).state is EntryState.IN_PLAN


def test_the_version_before_stands_again_and_who_approved_it(
    database: Database, session: Session, people: People
) -> None:
    entry = wrote(database, people.anna, "in_plan")
    reshared(database, entry, approve=True)
    undo(database, entry, version=2)
    now = session.get_one(Entry, entry.id)
    assert (now.state, now.shared_version, now.approved_version) == (EntryState.SHARED, 2, 1)
    assert (now.answered_by, now.answered_at) == (people.line.id, NOW)
    assert people.omar.id in session.exec(select(Notice.person_id).where(Notice.kind == "entry_undone")).all()


def test_what_was_late_is_late_again_and_is_not_told_so_twice(
    database: Database, session: Session, people: People
) -> None:
    entry = wrote(database, people.anna, "shared", at=LATE)
    with database.writing() as writing:
        mark_late(writing, now=NOW)
        approve_entry(writing, people.anna.id, entry.id, version=1, by=people.omar.id, now=NOW)
    undo(database, entry, by=people.omar.id)
    with database.writing() as writing:
        assert mark_late(writing, now=LATER) == 0
    assert session.get_one(Entry, entry.id).late_at == NOW
    let_in = session.exec(select(Cover).where(Cover.ends_at.is_(None))).one()  # type: ignore[union-attr]
    assert let_in.substitute_id == people.omar.id


def test_what_was_answered_on_its_last_day_has_the_day_to_be_answered_again(
    database: Database, session: Session, people: People
) -> None:
    entry = wrote(database, people.anna, "shared", at=LATE)
    with database.writing() as writing:
        approve_entry(writing, people.anna.id, entry.id, version=1, by=people.line.id, now=NOW)
    undo(database, entry)
    assert session.get_one(Entry, entry.id).answer_by == LATER.date()


def test_what_happened_meanwhile_is_said(database: Database, people: People) -> None:
    newer, back = wrote(database, people.anna, "in_plan"), wrote(database, people.karim, "in_plan")
    reshared(database, newer, approve=False)
    with pytest.raises(NewerWords):
        undo(database, newer)
    undo(database, back)
    with database.writing() as session:
        take_back_entry(session, people.karim.id, back.id, by=people.karim.id, now=LATER)
    with pytest.raises(TakenBack):
        undo(database, back)


@pytest.mark.parametrize("kind", [EntryKind.OTHER, EntryKind.STEP])
def test_what_nobody_was_asked_to_approve_is_nobodys_to_undo(
    database: Database, session: Session, people: People, kind: EntryKind
) -> None:
    """A yes to a message is the citizen's own; a step of a helper's was never a proposal."""
    entry = wrote(database, people.anna, "in_plan", kind=kind, at=NOW)
    if kind is EntryKind.STEP:
        with database.writing() as writing:
            writing.get_one(Entry, entry.id).author_id = people.line.id
    with pytest.raises(Missing), database.writing() as writing:
        undo_approval(
            writing,
            people.anna.id,
            entry.id,
            version=1,
            by=people.line.id,
            now=NOW,
            workdays=SITE.workdays,
        )
    assert session.get_one(Entry, entry.id).state is EntryState.IN_PLAN


@pytest.mark.both_databases
def test_of_an_undo_and_newer_words_at_once_no_word_is_lost(
    database: Database, session: Session, people: People
) -> None:
    entry = wrote(database, people.anna, "in_plan")
    gate, lost = Barrier(2), list[Refused]()

    def both(work: object) -> None:
        gate.wait(10)
        try:
            work()  # type: ignore[operator]
        except Refused as refused:
            lost.append(refused)

    ways = (lambda: undo(database, entry), lambda: reshared(database, entry, approve=False))
    threads = [Thread(target=both, args=(work,)) for work in ways]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    now = session.get_one(Entry, entry.id)
    assert len(lost) == 1  # who came second is told
    assert now.state is EntryState.SHARED
    assert (now.version, now.shared_version, now.approved_version) in ((1, 1, None), (2, 2, 1))
