"""What is asked of meetings in more than one room, in statements."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, select

from app.errors import Missing
from app.meetings.life_cycle import STANDING, MeetingState
from app.meetings.models import Meeting


def get_citizens_meeting(
    session: Session, citizen_id: UUID, meeting_id: UUID, *, lock: bool = False
) -> Meeting:
    """Return the citizen's meeting as it is now, its row locked if asked; Missing if she has no such one."""
    wanted = select(Meeting).where(Meeting.id == meeting_id, Meeting.citizen_id == citizen_id)
    rows = session.exec(
        (wanted.with_for_update() if lock else wanted).execution_options(populate_existing=True)
    )
    found = rows.first()
    if found is None:
        raise Missing
    return found


def goes_on_at(now: Any) -> ColumnElement[bool]:
    """Return what is true of a meeting that stands and has not ended: `life_cycle.goes_on`."""
    return and_(col(Meeting.state).in_(STANDING), col(Meeting.ends_at) > now)


def can_be_undone_by(who: Any, *, since: Any, now: Any) -> ColumnElement[bool]:
    """Return what is true of a meeting that `who` can bring back: `life_cycle.refuse_undo`.

    `since`: UNDO before `now`.
    """
    return and_(
        col(Meeting.state) == MeetingState.CANCELLED,
        col(Meeting.cancelled_by) == who,
        col(Meeting.cancelled_at) >= since,
        col(Meeting.starts_at) > now,
    )
