"""Who leaves, or hands a citizen over: the meetings stay, and the citizen's contact person sees to them."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, and_, col, or_, select

from app.booking.models import MeetingTask
from app.booking.rules import TaskKind
from app.booking.tasks import open_task, settle_tasks
from app.dates.local_time import danish_day
from app.dates.workdays import WorkingCalendar
from app.identity.models import PersonRole
from app.identity.rules import STAFF
from app.meetings.models import CalendarSubject, Meeting, Occupancy
from app.meetings.rules import OccupancyKind, SubjectKind
from app.plan.models import ContactHandover
from app.plan.tie_conditions import helps, is_contact

AT_A_TIME = 200


def open_leaver_tasks(session: Session, *, now: datetime, workdays: WorkingCalendar) -> int:
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
    is_staff = select(CalendarSubject.id).where(
        CalendarSubject.id == Occupancy.subject_id, CalendarSubject.kind == SubjectKind.PROFESSIONAL
    )
    ended = select(PersonRole.person_id).where(left <= now)  # few: those who work here are not looked through
    theirs = (
        select(Meeting.id, Meeting.citizen_id)
        .join(Occupancy, col(Occupancy.meeting_id) == Meeting.id)
        .where(
            col(Occupancy.subject_id).in_(ended),
            is_staff.exists(),
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
        open_task(session, citizen_id, meeting_id, TaskKind.LEAVING, now=now, workdays=workdays)
    return len(found)


def open_handover_tasks(session: Session, *, now: datetime, workdays: WorkingCalendar) -> int:
    """Ask who took over to settle each meeting to come that the contact person before is still in.

    They can't read it any more, unless they are on the team. Returns how many handovers were looked at.
    """
    done = col(ContactHandover.done_at).is_not(None), col(ContactHandover.meetings_asked_at).is_(None)
    wanted = select(ContactHandover).where(*done).order_by(col(ContactHandover.done_at)).limit(AT_A_TIME)
    found = session.exec(wanted.with_for_update()).all()
    moment = {"now": now, "today": danish_day(now)}
    for handover in found:
        handover.meetings_asked_at = now
        whose = handover.citizen_id, handover.from_id
        theirs = (
            select(Meeting.id)
            .join(Occupancy, col(Occupancy.meeting_id) == Meeting.id)
            .where(
                Meeting.citizen_id == handover.citizen_id,
                Occupancy.subject_id == handover.from_id,
                Occupancy.kind != OccupancyKind.TRAVEL,
                Occupancy.starts_at > now,
                ~helps(*whose),
                ~is_contact(*whose),
            )
            .distinct()
        )
        for meeting_id in sorted(session.exec(theirs, params=moment), key=str):
            open_task(session, handover.citizen_id, meeting_id, TaskKind.LEAVING, now=now, workdays=workdays)
    return len(found)


def close_handover_tasks(
    session: Session, undone: Collection[ContactHandover], *, since: datetime, by: UUID, now: datetime
) -> int:
    """Ask no more what was asked because these, now undone, were done at `since`; return how many tasks.

    What was asked of a meeting that the one before is not in was asked of another who leaves, and stays.
    """
    session.flush()
    asked = (
        select(MeetingTask.meeting_id)
        .join(
            ContactHandover,
            and_(
                ContactHandover.citizen_id == MeetingTask.citizen_id,
                col(ContactHandover.id).in_([one.id for one in undone]),
            ),
        )
        .join(
            Occupancy,
            and_(
                Occupancy.meeting_id == MeetingTask.meeting_id,
                Occupancy.subject_id == ContactHandover.from_id,
                Occupancy.kind != OccupancyKind.TRAVEL,
            ),
        )
        .where(
            MeetingTask.kind == TaskKind.LEAVING,
            MeetingTask.created_at >= since,
            col(MeetingTask.done_at).is_(None),
        )
    )
    kinds = (TaskKind.LEAVING,)
    meeting_ids = sorted(set(session.exec(asked)), key=str)
    return sum(settle_tasks(session, one, by=by, now=now, kinds=kinds) for one in meeting_ids)
