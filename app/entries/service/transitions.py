"""What every verb does with the rows: lock, stand, note what happened."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from app.entries.models import Entry, EntryEvent
from app.entries.news import ENTRY_LATE
from app.entries.rules import (
    AlreadyApproved,
    AlreadyInTalk,
    EntryEventKind,
    EntryStanding,
    EntryState,
    IllegalMove,
    TakenBack,
    Versions,
)
from app.errors import Missing
from app.identity.models import Person
from app.identity.rules import first_name
from app.notifications.service import withdraw_notice
from app.plan.models import Plan
from app.plan.service import close_cover, record_revision


def lock_entry(session: Session, citizen_id: UUID, entry_id: UUID) -> Entry:
    """Return the citizen's entry, locked until the transaction ends; raise Missing if there is none."""
    wanted = select(Entry).join(Plan, col(Plan.id) == Entry.plan_id)
    wanted = wanted.where(Entry.id == entry_id, Plan.citizen_id == citizen_id)
    entry = session.exec(wanted.with_for_update(of=Entry)).first()
    if entry is None:
        raise Missing
    return entry


def read_standing(entry: Entry) -> EntryStanding:
    return EntryStanding(entry.state, Versions(entry.version, entry.shared_version, entry.approved_version))


def write_standing(entry: Entry, new: EntryStanding) -> None:
    """Write where the entry stands now. Fields that hang on the state must follow before any query."""
    entry.state, entry.version = new.state, new.versions.written
    entry.shared_version, entry.approved_version = new.versions.shared, new.versions.approved


def close_waiting(session: Session, entry: Entry, *, now: datetime) -> None:
    """Nothing is to be answered: no day, not late or told as late, and nobody covers for it any more."""
    entry.answer_by = entry.late_at = None
    close_cover(session, entry.id, now=now)
    withdraw_notice(session, ENTRY_LATE, entry.id)


def add_event(
    session: Session, entry: Entry, what: EntryEventKind, *, by: UUID | None, now: datetime
) -> None:
    """Keep that something happened to the newest written or shared version; the plan gets a revision."""
    version = (
        entry.version if what in (EntryEventKind.WRITTEN, EntryEventKind.TAKEN_BACK) else entry.shared_version
    )
    words = entry.reply if what is EntryEventKind.TALK else None
    session.flush()
    session.add(
        EntryEvent(
            entry_id=entry.id, version=version or entry.version, what=what, at=now, actor_id=by, words=words
        )
    )
    record_revision(session, entry.plan_id, f"entry_{what}", by=by, now=now)


def conflict_for(session: Session, entry: Entry, citizen_id: UUID, seen: int | None) -> IllegalMove:
    """Return the kind sentence for one who came second: what happened to version `seen`, and by whom."""
    if entry.state is EntryState.TALK:
        return AlreadyInTalk(name=get_person_name(session, entry.answered_by))
    if entry.state is EntryState.IN_PLAN and entry.approved_version == seen:
        return AlreadyApproved(name=get_person_name(session, entry.answered_by))
    return TakenBack(name=get_person_name(session, entry.author_id))


def get_person_name(session: Session, person_id: UUID | None) -> str:
    person = session.get(Person, person_id) if person_id else None
    return first_name(person.name) if person else ""
