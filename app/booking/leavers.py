"""A professional who leaves: the meetings stay, and each citizen's contact person sees to them."""

from collections.abc import Collection
from datetime import date, datetime

from sqlmodel import Session, and_, col, or_, select

from app.booking.models import MeetingTask
from app.booking.rules import TaskKind
from app.booking.tasks import open_task
from app.identity.models import PersonRole
from app.identity.rules import STAFF
from app.meetings.models import CalendarSubject, Meeting, Occupancy
from app.meetings.rules import OccupancyKind, SubjectKind

AT_A_TIME = 200


def open_leaver_tasks(session: Session, *, now: datetime, closing_days: Collection[date] = ()) -> int:
    """Ask the contact person to settle each meeting to come of somebody who works here no more.

    Nothing is deleted or moved. Each is asked about once for each who leaves. Returns how many were found.
    """
    works_here = select(PersonRole.id).where(
        PersonRole.person_id == Occupancy.subject_id,
        col(PersonRole.role).in_(STAFF),
        or_(col(PersonRole.ends_at).is_(None), col(PersonRole.ends_at) > now),
    )
    left = col(PersonRole.ends_at)
    asked = (
        select(MeetingTask.id)
        .join(PersonRole, and_(PersonRole.person_id == Occupancy.subject_id, left.is_not(None)))
        .where(
            MeetingTask.meeting_id == Occupancy.meeting_id,
            MeetingTask.kind == TaskKind.LEAVING,
            MeetingTask.created_at >= left,
        )
    )
    theirs = (
        select(Meeting.id, Meeting.citizen_id)
        .join(Occupancy, col(Occupancy.meeting_id) == Meeting.id)
        .join(CalendarSubject, col(CalendarSubject.id) == Occupancy.subject_id)
        .where(
            CalendarSubject.kind == SubjectKind.PROFESSIONAL,
            Occupancy.kind != OccupancyKind.TRAVEL,
            Occupancy.starts_at > now,
            ~works_here.exists(),
            ~asked.exists(),
        )
        .distinct()
        .limit(AT_A_TIME)
    )
    found = session.exec(theirs).all()
    for meeting_id, citizen_id in sorted(found, key=lambda row: (str(row[1]), str(row[0]))):
        open_task(session, citizen_id, meeting_id, TaskKind.LEAVING, now=now, closing_days=closing_days)
    return len(found)
