"""An approval is undone: what was taken into the plan is shared again, just as it was."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from app.dates.local_time import danish_day
from app.dates.workdays import WorkingCalendar
from app.entries.models import Entry, EntryEvent
from app.entries.news import ENTRY_APPROVED, ENTRY_UNDONE
from app.entries.rules import (
    Approval,
    ApprovalStands,
    EntryEventKind,
    EntryState,
    IllegalMove,
    NewerWords,
    approval_before,
    can_be_undone,
)
from app.entries.service.transitions import (
    add_event,
    conflict_for,
    get_person_name,
    lock_entry,
    read_standing,
    write_standing,
)
from app.errors import Missing
from app.notifications.rules import NoticeContent
from app.notifications.service import add_notice, withdraw_notice
from app.plan.service import find_contact, let_substitute_in

OF_APPROVALS = (EntryEventKind.APPROVED, EntryEventKind.UNDONE)


def undo_approval(  # noqa: PLR0913 — whose, which, which version of it, by whom, when, and the working days
    session: Session,
    citizen_id: UUID,
    entry_id: UUID,
    *,
    version: int,
    by: UUID,
    now: datetime,
    workdays: WorkingCalendar,
) -> Entry:
    """Take out of the plan what was approved within the last ten minutes. Twice is once.

    It waits for an answer as before, at least to the end of the day; what was late is late again. The
    citizen, the contact person and who approved it are told, whoever of them did not do it. Who has read it
    meanwhile stands in the access log.

    Raises:
        Missing: there is no such entry that waited for an answer: the citizen said yes to it alone (what a
            message said), or it was taken in as it was written.
        ApprovalStands: it was longer ago.
        NewerWords: the citizen has shared newer words since.
        AlreadyInTalk, TakenBack: it was undone, and what has happened since.
    """
    entry = lock_entry(session, citizen_id, entry_id)
    if entry.answered_by == citizen_id or (entry.author_id != citizen_id and not _has_waited(entry)):
        raise Missing
    if entry.state is EntryState.SHARED and entry.shared_version == version:
        return entry
    approved_by = entry.answered_by
    before = approval_before(_approvals(session, entry), version)
    try:
        new = read_standing(entry).approval_undone(version, before.version if before else None)
    except NewerWords:
        raise NewerWords(name=get_person_name(session, entry.author_id)) from None
    except IllegalMove:
        raise _conflict(session, entry, citizen_id) from None
    if not can_be_undone(entry.answered_at, now):
        raise ApprovalStands(name=get_person_name(session, citizen_id))
    write_standing(entry, new)
    entry.answered_at, entry.answered_by = (before.at, before.by) if before else (None, None)
    _wait_again(session, entry, citizen_id, now=now, workdays=workdays)
    add_event(session, entry, EntryEventKind.UNDONE, by=by, now=now)
    _tell(session, entry, citizen_id, approved_by, by=by, now=now)
    return entry


def _has_waited(entry: Entry) -> bool:
    """Say whether who helps proposed it and another has answered, or is to answer; see `WAS_PROPOSED`."""
    if entry.answered_at is None or entry.shared_at is None:
        return entry.state is EntryState.SHARED
    return entry.answered_by != entry.author_id and entry.shared_at < entry.answered_at


def _conflict(session: Session, entry: Entry, citizen_id: UUID) -> IllegalMove | NewerWords:
    if entry.state is EntryState.SHARED:
        return NewerWords(name=get_person_name(session, entry.author_id))
    return conflict_for(session, entry, citizen_id, None)


def _approvals(session: Session, entry: Entry) -> list[Approval]:
    wanted = select(EntryEvent).where(EntryEvent.entry_id == entry.id, col(EntryEvent.what).in_(OF_APPROVALS))
    return [
        Approval(one.version, one.at, one.actor_id, one.what is EntryEventKind.UNDONE)
        for one in session.exec(wanted)
    ]


def _wait_again(
    session: Session, entry: Entry, citizen_id: UUID, *, now: datetime, workdays: WorkingCalendar
) -> None:
    """Let it wait as it did; what was late lets the substitute in again, and is not told as late anew."""
    shared_at = entry.shared_at or now
    answer_by, today = workdays.answer_by(danish_day(shared_at)), danish_day(now)
    late = select(EntryEvent.at).where(
        EntryEvent.entry_id == entry.id, EntryEvent.what == EntryEventKind.LATE, EntryEvent.at >= shared_at
    )
    with session.no_autoflush:  # a day and a state belong together
        entry.late_at = session.exec(late.order_by(col(EntryEvent.at).desc())).first()
    entry.answer_by = answer_by if entry.late_at else max(answer_by, today)
    if entry.late_at:
        session.flush()
        let_substitute_in(session, citizen_id, entry.id, now=now)


def _tell(
    session: Session, entry: Entry, citizen_id: UUID, approved_by: UUID | None, *, by: UUID, now: datetime
) -> None:
    withdraw_notice(session, ENTRY_APPROVED, entry.id)  # what nobody has read yet is not so
    contact = find_contact(session, citizen_id)
    told = {approved_by, contact.id if contact else None}
    if entry.author_id == citizen_id:  # of what who helps proposed, both are told by who lets it be undone
        told.add(citizen_id)
    news = NoticeContent(ENTRY_UNDONE, citizen_id, by=by, about=entry.id)
    for person_id in sorted(one for one in told if one):
        add_notice(session, person_id, news, now=now)
