"""The author's verbs: write, revise, share, take back."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from app.dates.local_time import danish_day
from app.dates.workdays import WorkingCalendar
from app.entries.models import Entry, EntryVersion
from app.entries.news import ENTRY_SHARED, ENTRY_TAKEN_BACK
from app.entries.rules import (
    EntryEventKind,
    EntryKind,
    EntryNeedsConsent,
    EntryNeedsContact,
    EntryState,
    IllegalMove,
)
from app.entries.service.transitions import (
    add_event,
    close_waiting,
    conflict_for,
    lock_entry,
    read_standing,
    write_standing,
)
from app.errors import Missing
from app.notifications.rules import NoticeContent
from app.notifications.service import add_notice
from app.plan.models import Plan
from app.plan.rules import PlanState
from app.plan.service import find_absence, find_contact, lock_citizen, open_plan


def write_entry(
    session: Session, citizen_id: UUID, kind: EntryKind, words: str, *, by: UUID, now: datetime
) -> Entry:
    """Keep `words` as a draft that only the author sees, version 1. One may write before the yes."""
    plan = _latest_plan(session, citizen_id)
    if plan is None:
        lock_citizen(session, citizen_id)
        plan = _latest_plan(session, citizen_id) or open_plan(session, citizen_id, now=now)
    entry = Entry(plan_id=plan.id, author_id=by, kind=kind, written_at=now)
    session.add(entry)
    _save_words(session, entry, words, by=by, now=now)
    return entry


def revise_entry(
    session: Session, citizen_id: UUID, entry_id: UUID, words: str, *, by: UUID, now: datetime
) -> Entry:
    """Keep `words` as the next version; the same words again change nothing.

    Raises:
        Missing: no such entry of this author.
        WaitsForAnswer: it is shared; take it back first.
    """
    entry = _lock_own(session, citizen_id, entry_id, by)
    if words == session.get_one(EntryVersion, (entry.id, entry.version)).words:
        return entry
    write_standing(entry, read_standing(entry).revised())
    entry.written_at = now
    _save_words(session, entry, words, by=by, now=now)
    return entry


def share_entry(
    session: Session,
    citizen_id: UUID,
    entry_id: UUID,
    *,
    by: UUID,
    now: datetime,
    workdays: WorkingCalendar,
) -> Entry:
    """Show the newest words to the contact person, who has some working days to answer. Twice is once.

    Raises:
        Missing: no such entry of this author.
        EntryNeedsConsent, EntryNeedsContact: nobody may read it yet, or nobody is there to. The draft
            is kept.
        NothingNew: these words are in the plan already.
    """
    entry = _lock_own(session, citizen_id, entry_id, by)
    if entry.state is EntryState.SHARED:
        return entry
    readers = _readers(session, citizen_id, entry, now=now)
    write_standing(entry, read_standing(entry).shared())
    entry.answer_by = workdays.answer_by(danish_day(now))
    entry.shared_at, entry.late_at, entry.reply = now, None, None
    add_event(session, entry, EntryEventKind.SHARED, by=by, now=now)
    for reader in readers:
        add_notice(
            session,
            reader,
            NoticeContent(ENTRY_SHARED, citizen_id, by=by, about=entry.id),
            now=now,
        )
    return entry


def take_back_entry(session: Session, citizen_id: UUID, entry_id: UUID, *, by: UUID, now: datetime) -> Entry:
    """Let the contact person stop reading: a draft again, or the approved version alone. Twice is once.

    Raises:
        Missing: no such entry of this author.
        AlreadyApproved, AlreadyInTalk: the answer came first.
    """
    entry = _lock_own(session, citizen_id, entry_id, by)
    if _is_back(entry):
        return entry
    try:
        write_standing(entry, read_standing(entry).taken_back())
    except IllegalMove:
        raise conflict_for(session, entry, citizen_id, entry.shared_version) from None
    if entry.approved_version is None:
        entry.shared_at = None
    close_waiting(session, entry, now=now)
    add_event(session, entry, EntryEventKind.TAKEN_BACK, by=by, now=now)
    contact = find_contact(session, citizen_id)
    if contact is not None:
        add_notice(
            session,
            contact.id,
            NoticeContent(ENTRY_TAKEN_BACK, citizen_id, by=by, about=entry.id),
            now=now,
        )
    return entry


def _is_back(entry: Entry) -> bool:
    """Say whether the newest words are the author's alone."""
    beside = entry.state is EntryState.IN_PLAN and entry.version != entry.approved_version
    return beside or entry.state is EntryState.DRAFT


def _readers(session: Session, citizen_id: UUID, entry: Entry, *, now: datetime) -> set[UUID]:
    """Return who is to be told: the contact person, and who stands in while they are away."""
    if session.get_one(Plan, entry.plan_id).state is not PlanState.ACTIVE:
        raise EntryNeedsConsent
    contact = find_contact(session, citizen_id)
    if contact is None:
        raise EntryNeedsContact
    away = find_absence(session, contact.id, now=now)
    return {contact.id, away[1].id} if away else {contact.id}


def _lock_own(session: Session, citizen_id: UUID, entry_id: UUID, by: UUID) -> Entry:
    """Return the entry if `by` wrote it: nobody edits, shares or takes back another's words."""
    entry = lock_entry(session, citizen_id, entry_id)
    if entry.author_id != by:
        raise Missing
    return entry


def _save_words(session: Session, entry: Entry, words: str, *, by: UUID, now: datetime) -> None:
    session.flush()
    session.add(
        EntryVersion(entry_id=entry.id, number=entry.version, words=words, written_at=now, author_id=by)
    )
    add_event(session, entry, EntryEventKind.WRITTEN, by=by, now=now)


def _latest_plan(session: Session, citizen_id: UUID) -> Plan | None:
    """Return the citizen's plan in whatever state: a yes opens the newest again, with all that is in it."""
    wanted = select(Plan).where(Plan.citizen_id == citizen_id).order_by(col(Plan.opened_at).desc())
    return session.exec(wanted).first()
