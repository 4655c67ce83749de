"""What a professional's own calendar says over an agreed meeting, for that professional to see to.

What was in it before the meeting was proposed is no news: whoever proposed it saw it then. (The calendars are
read in calendar_sync, above; what they say is kept in availability, below.)
"""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, and_, col, not_, select

from app.availability.models import BusyTime
from app.booking.rules import TaskKind
from app.booking.tasks import open_task
from app.dates.workdays import WorkingCalendar
from app.meetings.models import Meeting, Participant
from app.meetings.rules import ParticipantRole

AS_HELPERS = (ParticipantRole.REQUIRED, ParticipantRole.OPTIONAL, ParticipantRole.INTERPRETER)


def open_busy_tasks(session: Session, meeting: Meeting, *, now: datetime, workdays: WorkingCalendar) -> None:
    """Give a task to each whose own calendar got something over a meeting while it was only proposed."""
    for person_id in _taken_since(session, meeting):
        open_task(
            session,
            meeting.citizen_id,
            meeting.id,
            TaskKind.BUSY_ELSEWHERE,
            now=now,
            workdays=workdays,
            person_id=person_id,
        )


def _taken_since(session: Session, meeting: Meeting) -> list[UUID]:
    same = and_(BusyTime.starts_at == meeting.starts_at, BusyTime.ends_at == meeting.ends_at)
    wanted = (
        select(BusyTime.person_id)
        .join(Participant, col(Participant.subject_id) == BusyTime.person_id)
        .where(
            Participant.meeting_id == meeting.id,
            col(Participant.role).in_(AS_HELPERS),
            BusyTime.starts_at < meeting.ends_at,
            BusyTime.ends_at > meeting.starts_at,
            ~col(BusyTime.tentative),
            col(BusyTime.found_at) > meeting.created_at,
            not_(same),  # taken to be the meeting itself, written in by hand
        )
        .distinct()
        .order_by(col(BusyTime.person_id))
    )
    return list(session.exec(wanted))
