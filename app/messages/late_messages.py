"""When the answer to a message doesn't come: it is said openly, and the substitute is let in meanwhile."""

from datetime import datetime

from sqlmodel import Session, col, or_, select

from app.dates.local_time import danish_day
from app.messages.models import Message
from app.messages.news import MESSAGE_LATE
from app.notifications.rules import NoticeContent
from app.notifications.service import add_notice, withdraw_notice
from app.plan.service import let_substitute_in
from app.plan.tie_conditions import has_new_contact

AT_A_TIME = 100


def mark_late_messages(session: Session, *, now: datetime) -> int:
    """Make each message late whose day has passed, let the substitute in, and return how many became so.

    With a new contact person it becomes late anew, so that who stands in for them is let in instead.
    With or without an open plan: the thread needs no yes. At most AT_A_TIME, and what another worker has in
    hand is left to it.
    """
    overdue = (
        select(Message)
        .where(
            col(Message.answer_by) < danish_day(now),
            col(Message.settled_at).is_(None),
            or_(col(Message.late_at).is_(None), has_new_contact(Message.citizen_id, Message.late_at)),
        )
        .order_by(col(Message.citizen_id), col(Message.answer_by), col(Message.id))
        .limit(AT_A_TIME)
        .with_for_update(skip_locked=True)
    )
    found = session.exec(overdue).all()
    for message in found:
        message.late_at, citizen_id = now, message.citizen_id
        answering = let_substitute_in(session, citizen_id, message.id, now=now, needs_plan=False)
        withdraw_notice(session, MESSAGE_LATE, message.id)  # late anew is told once
        for person_id in sorted({citizen_id, *answering}):
            news = NoticeContent(MESSAGE_LATE, citizen_id, about=message.id)
            add_notice(session, person_id, news, now=now)
    return len(found)
