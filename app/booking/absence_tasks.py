"""Meetings to come of somebody who is away then: each is asked about, none is moved by itself.

Decision: it is asked of the citizen's contact person, whose substitute reads it while they are away. A
professional who will be away later sees to their own meetings first. A task stays while anybody who must be
there is away at the meeting's time.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, and_, col, select

from app.booking.models import MeetingTask
from app.booking.rules import TaskKind
from app.booking.tasks import open_task, settle_tasks
from app.dates.workdays import WorkingCalendar
from app.meetings.models import Meeting, Occupancy, Participant
from app.meetings.queries import goes_on_at
from app.meetings.rules import LONGEST, OccupancyKind, ParticipantRole
from app.plan.models import Absence
from app.plan.service import find_contact
from app.plan.tie_conditions import is_away_during

SUDDEN = timedelta(days=2)  # who is away sooner than that may not come to settle anything

_IS_NEEDED: Any = and_(
    Participant.meeting_id == Occupancy.meeting_id,
    Participant.subject_id == Occupancy.subject_id,
    Participant.role == ParticipantRole.REQUIRED,
    Occupancy.kind != OccupancyKind.TRAVEL,
)
_SOMEBODY_IS_AWAY: Any = (
    select(Absence.id)
    .join(Occupancy, col(Occupancy.subject_id) == Absence.person_id)
    .join(Participant, _IS_NEEDED)
    .where(
        Occupancy.meeting_id == MeetingTask.meeting_id,
        is_away_during(Occupancy.starts_at, Occupancy.ends_at),
    )
    .exists()
)


def open_absence_tasks(
    session: Session, absence: Absence, *, now: datetime, workdays: WorkingCalendar
) -> int:
    """Ask about each meeting that needs somebody while they are away; return how many there are."""
    found = list_needing(session, absence, now=now)
    for meeting_id, citizen_id in found:
        whose = _whose(session, absence, citizen_id, now=now)
        open_task(session, citizen_id, meeting_id, TaskKind.AWAY, now=now, workdays=workdays, person_id=whose)
    return len(found)


def list_needing(session: Session, absence: Absence, *, now: datetime) -> list[tuple[UUID, UUID]]:
    """Return the meetings that need somebody while they are away, and whose they are."""
    session.flush()
    begins, ends = absence.starts_at, absence.ends_at
    needing = (
        select(Meeting.id, Meeting.citizen_id)
        .join(Occupancy, col(Occupancy.meeting_id) == Meeting.id)
        .join(Participant, _IS_NEEDED)
        .where(
            Occupancy.subject_id == absence.person_id,
            Occupancy.starts_at > begins - LONGEST,  # or all that ever was would be read
            Occupancy.starts_at < ends,
            Occupancy.ends_at > begins,
            goes_on_at(now),
        )
    )
    return sorted(set(session.exec(needing).all()), key=lambda row: (row[1], row[0]))


def settle_absence_tasks(
    session: Session, meeting_ids: Collection[UUID], *, by: UUID | None, now: datetime
) -> None:
    """Settle what was asked of these meetings, where all who must be there are there after all."""
    session.flush()
    asked = select(MeetingTask.meeting_id).where(
        col(MeetingTask.meeting_id).in_(meeting_ids),
        MeetingTask.kind == TaskKind.AWAY,
        col(MeetingTask.done_at).is_(None),
        ~_SOMEBODY_IS_AWAY,
    )
    for meeting_id in sorted(set(session.exec(asked).all())):
        settle_tasks(session, meeting_id, by=by, now=now, kinds=[TaskKind.AWAY])


def _whose(session: Session, absence: Absence, citizen_id: UUID, *, now: datetime) -> UUID | None:
    contact = find_contact(session, citizen_id)
    is_contact, begins = contact is not None and contact.id == absence.person_id, absence.starts_at
    return None if is_contact or begins < now + SUDDEN else absence.person_id
