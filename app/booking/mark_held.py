"""What time alone brings to meetings: an agreed one has been held, a proposal goes on to its next time.

Nobody is asked whether they came: silence is no no-show. The time that is taken stays as it is.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import func, literal_column
from sqlmodel import Session, and_, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from app.booking.locking import lock_subjects
from app.booking.participants import read_people_by_meeting
from app.meetings.life_cycle import MeetingState, OptionState
from app.meetings.models import Meeting, MeetingOption
from app.meetings.rules import Slot
from app.meetings.service import held_until, transition_meeting

AT_A_TIME = 200
# As their indexes have it: SQLite knows no other.
AGREED: Any = literal_column(f"'{MeetingState.AGREED.value}'")
PROPOSED: Any = literal_column(f"'{MeetingState.PROPOSED.value}'")


def mark_held(session: Session, *, now: datetime) -> int:
    """Note what is over as held, and let proposals begin at the first of their times that is still to come.

    Else a proposal would be over with its first time, while the others are held. Nothing is told and nothing
    counted as a change. Returns how many: at most AT_A_TIME, the next round takes the rest.
    """
    ids = session.exec(select(Meeting.id).where(_gone_by(now)).limit(AT_A_TIME)).all()
    if not ids:
        return 0
    lock_subjects(session, set().union(*read_people_by_meeting(session, ids).values()))
    still = select(Meeting).where(col(Meeting.id).in_(ids), _gone_by(now)).order_by(col(Meeting.id))
    meetings = session.exec(still.execution_options(populate_existing=True)).all()
    for meeting in meetings:
        if meeting.state is MeetingState.AGREED:
            transition_meeting(meeting, MeetingState.HELD, now=None)
        else:
            _begin_at_the_next(session, meeting, now=now)
    return len(meetings)


def _gone_by(now: datetime) -> Any:
    """Return what is true of agreed meetings that are over, and of proposals whose own time has begun."""
    over = and_(
        Meeting.state == AGREED,
        Meeting.ends_at <= now,
        col(Meeting.offers_until).is_(None),  # what is held beside it ends first
    )
    begun = and_(
        Meeting.state == PROPOSED,
        func.coalesce(Meeting.expires_at, now) > now,  # so that it is found by when it begins
        Meeting.starts_at <= now,
        _to_come(now).where(MeetingOption.meeting_id == Meeting.id).exists(),
    )
    return or_(over, begun)


def _begin_at_the_next(session: Session, meeting: Meeting, *, now: datetime) -> None:
    wanted = _to_come(now).where(MeetingOption.meeting_id == meeting.id)
    first = session.exec(wanted.order_by(col(MeetingOption.starts_at)).limit(1)).one()
    slot = Slot(first.starts_at, first.ends_at)
    transition_meeting(meeting, MeetingState.PROPOSED, slot=slot, held_until=held_until(meeting), now=None)


def _to_come(now: datetime) -> SelectOfScalar[MeetingOption]:
    return select(MeetingOption).where(MeetingOption.state == OptionState.OPEN, MeetingOption.starts_at > now)
