"""Whether taken time is as the meetings say: for the doctor. What overlaps, the database itself refuses."""

from typing import NamedTuple

from sqlalchemy import Connection, func
from sqlmodel import and_, col, or_, select

from app.booking.occupancy_rules import TAKES
from app.booking.queries import OCCUPANCY
from app.meetings.life_cycle import MeetingState
from app.meetings.models import Meeting, Participant
from app.meetings.rules import OccupancyKind, ParticipantRole


class Inconsistencies(NamedTuple):
    """How often time is not as the meetings say."""

    missing: int  # people who must be in a meeting, and whose time it does not take or hold
    stray: int  # rows that no standing meeting has, or of somebody who is not in it


def count_inconsistencies(connection: Connection) -> Inconsistencies:
    """Count both over all meetings. Reads everything: seconds for a large site."""
    states = (*TAKES, MeetingState.PROPOSED)
    # Whoever has time for it, found by the meeting: by the person one would read all that they are in.
    have_time = select(OCCUPANCY.c.subject_id).where(
        OCCUPANCY.c.meeting_id == Participant.meeting_id,
        or_(
            OCCUPANCY.c.kind == OccupancyKind.MEETING,
            and_(OCCUPANCY.c.kind == OccupancyKind.HOLD, Meeting.state == MeetingState.PROPOSED),
        ),
    )
    missing = (
        select(func.count())
        .select_from(Participant)
        .join(Meeting, col(Meeting.id) == Participant.meeting_id)
        .where(
            col(Meeting.state).in_(states),
            Participant.role != ParticipantRole.OPTIONAL,
            col(Participant.subject_id).not_in(have_time),
        )
    )
    inside = select(Participant.meeting_id).where(
        Participant.meeting_id == OCCUPANCY.c.meeting_id,
        Participant.subject_id == OCCUPANCY.c.subject_id,
    )
    stray = (
        select(func.count())
        .select_from(OCCUPANCY)
        .join(Meeting, col(Meeting.id) == OCCUPANCY.c.meeting_id)
        .where(or_(col(Meeting.state).not_in(states), ~inside.exists()))
    )
    return Inconsistencies(connection.execute(missing).scalar_one(), connection.execute(stray).scalar_one())
