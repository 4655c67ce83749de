"""Answering what waits, with all that follows from it. Callers own the transaction."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from app.entries.models import Entry
from app.entries.rules import EntryKind, EntryState, IllegalMove
from app.entries.service.review import approve_entry
from app.entries.service.transitions import conflict_for, lock_entry
from app.goals.service import record_agreement
from app.identity.models import Person
from app.identity.rules import first_name
from app.plan.models import Cover

STILL_TOLD = timedelta(hours=1)  # how long one who answered, or stood in, is told what became of it


def approve_with_agreement(
    session: Session, citizen_id: UUID, entry_id: UUID, *, version: int, by: UUID, now: datetime
) -> Entry:
    """Take the words into the plan; with a goal that is also to agree. Raises as `approve_entry`."""
    entry = approve_entry(session, citizen_id, entry_id, version=version, by=by, now=now)
    if entry.kind is EntryKind.GOAL:
        record_agreement(session, entry.id, citizen_id, now=now)
    return entry


def check_waiting(session: Session, citizen_id: UUID, entry_id: UUID, *, version: int) -> None:
    """Raise Missing if there is no such entry, or say who came first if it waits for nobody any more."""
    entry = lock_entry(session, citizen_id, entry_id)
    if entry.state is not EntryState.SHARED:
        raise conflict_for(session, entry, citizen_id, version)


def find_given_answer(
    session: Session, entry_id: UUID, *, by: UUID, now: datetime
) -> tuple[str, EntryState] | None:
    """Return what `by` has just answered: whose words, by first name, and where they stand now.

    None if it was somebody else, or long ago: the citizen may be helped by others by now.
    """
    wanted = (
        select(Person.name, Entry.state)
        .join(Entry, col(Entry.author_id) == Person.id)
        .where(Entry.id == entry_id, Entry.answered_by == by)
        .where(col(Entry.answered_at) > now - STILL_TOLD)
    )
    found = session.exec(wanted).first()
    return (first_name(found[0]), EntryState(found[1])) if found else None


def find_first_answer(
    session: Session, citizen_id: UUID, entry_id: UUID, *, version: int, by: UUID, now: datetime
) -> IllegalMove | None:
    """Return who came first, for one who stood in for a late answer until just now; None for anybody else.

    The answer ends what let them in, so they would otherwise be told that there is no such citizen.
    """
    ended = select(Cover.id).where(Cover.about_id == entry_id, Cover.citizen_id == citizen_id)
    stood_in = session.exec(
        ended.where(Cover.substitute_id == by, col(Cover.ends_at) > now - STILL_TOLD)
    ).first()
    entry = session.get(Entry, entry_id) if stood_in else None
    return conflict_for(session, entry, citizen_id, version) if entry else None
