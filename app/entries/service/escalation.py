"""When the answer doesn't come: it is said openly, and somebody else can give it."""

from datetime import datetime

from sqlmodel import Session, col, or_, select

from app.dates.local_time import danish_day
from app.entries.models import Entry
from app.entries.news import ENTRY_LATE
from app.entries.rules import EntryEventKind, EntryState
from app.entries.service.transitions import add_event
from app.notifications.rules import NoticeContent
from app.notifications.service import add_notice, withdraw_notice
from app.plan.models import Plan
from app.plan.rules import PlanState
from app.plan.service import let_substitute_in
from app.plan.tie_conditions import has_new_contact

AT_A_TIME = 100


def mark_late(session: Session, *, now: datetime) -> int:
    """Make each answer that is overdue a dated event, and let the substitute in; return how many became late.

    At most AT_A_TIME, so that nobody waits long for the database: the next round takes the rest. Each becomes
    late once, and once more with each new contact person, so that who stands in for them is let in instead.
    What another worker has in hand is left to it. Plans are taken in one order, so
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
            or_(col(Entry.late_at).is_(None), has_new_contact(Plan.citizen_id, Entry.late_at)),
        )
        .order_by(col(Entry.plan_id), col(Entry.answer_by), col(Entry.id))
        .limit(AT_A_TIME)
        .with_for_update(of=Entry, skip_locked=True)
    )
    found = session.exec(overdue).all()
    for entry, citizen_id in found:
        if entry.late_at is None:
            add_event(session, entry, EntryEventKind.LATE, by=None, now=now)
        entry.late_at = now
        answering = let_substitute_in(session, citizen_id, entry.id, now=now)
        withdraw_notice(session, ENTRY_LATE, entry.id)  # late anew is told once
        for person_id in sorted({citizen_id, *answering}):
            add_notice(session, person_id, NoticeContent(ENTRY_LATE, citizen_id, about=entry.id), now=now)
    return len(found)
