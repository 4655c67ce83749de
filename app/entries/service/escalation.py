"""When the answer doesn't come: it is said openly, and somebody else can give it."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from app.dates.local_time import danish_day
from app.entries.models import Entry
from app.entries.news import ENTRY_LATE
from app.entries.rules import EntryEventKind, EntryState
from app.entries.service.transitions import add_event
from app.notifications.rules import NoticeContent
from app.notifications.service import add_notice
from app.plan.models import Plan
from app.plan.rules import PlanState
from app.plan.service import find_contact, open_cover, substitute_id

AT_A_TIME = 100


def mark_late(session: Session, *, now: datetime) -> int:
    """Make each answer that is overdue a dated event, and let the substitute in; return how many became late.

    At most AT_A_TIME, so that nobody waits long for the database: the next round takes the rest. Each becomes
    late once. What another worker has in hand is left to it. Plans are taken in one order, so
    that two workers, each with entries of the same plans, don't wait for each other.
    """
    overdue = (
        select(Entry, Plan.citizen_id)
        .join(Plan, col(Plan.id) == Entry.plan_id)
        .where(
            Entry.state == EntryState.SHARED,
            Entry.author_id == Plan.citizen_id,
            Plan.state == PlanState.ACTIVE,
            col(Entry.answer_by) < danish_day(now),
            col(Entry.late_at).is_(None),
        )
        .order_by(col(Entry.plan_id), col(Entry.answer_by), col(Entry.id))
        .limit(AT_A_TIME)
        .with_for_update(of=Entry, skip_locked=True)
    )
    found = session.exec(overdue).all()
    for entry, citizen_id in found:
        entry.late_at = now
        add_event(session, entry, EntryEventKind.LATE, by=None, now=now)
        _notify_and_cover(session, entry.id, citizen_id, now=now)
    return len(found)


def _notify_and_cover(session: Session, entry_id: UUID, citizen_id: UUID, *, now: datetime) -> None:
    told = {citizen_id}
    contact = find_contact(session, citizen_id)
    if contact is not None:
        told.add(contact.id)
        stands_in = substitute_id(session, contact.id, now=now)
        if stands_in is not None:
            open_cover(session, citizen_id, stands_in, entry_id, now=now)
            told.add(stands_in)
    for person_id in sorted(told):
        add_notice(session, person_id, NoticeContent(ENTRY_LATE, citizen_id, about=entry_id), now=now)
