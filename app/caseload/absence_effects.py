"""Being away, with all that follows: citizens are told, meetings asked about. Callers own the transaction."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app.booking.absence_tasks import list_needing, open_absence_tasks, settle_absence_tasks
from app.dates.workdays import WorkingCalendar
from app.plan.absence_queries import AbsenceInput
from app.plan.absences import change_absence, end_absence, get_open_absence, register_absence


def register_away(
    session: Session,
    person_id: UUID,
    wanted: AbsenceInput,
    *,
    by: UUID,
    now: datetime,
    workdays: WorkingCalendar,
) -> None:
    """Note that somebody will be away; each of their meetings then waits to be settled.

    Raises as `register_absence`.
    """
    absence = register_absence(session, person_id, wanted, by=by, now=now)
    open_absence_tasks(session, absence, now=now, workdays=workdays)


def change_away(
    session: Session,
    absence_id: UUID,
    wanted: AbsenceInput,
    *,
    by: UUID,
    now: datetime,
    workdays: WorkingCalendar,
) -> None:
    """Give an absence other days or another substitute; meetings of days no longer in it are let be.

    Raises as `change_absence`; Missing if there is none.
    """
    absence = get_open_absence(session, absence_id, now=now)
    before = [meeting_id for meeting_id, _citizen_id in list_needing(session, absence, now=now)]
    change_absence(session, absence, wanted, by=by, now=now)
    settle_absence_tasks(session, before, by=by, now=now)
    open_absence_tasks(session, absence, now=now, workdays=workdays)


def come_back(session: Session, absence_id: UUID, *, by: UUID, now: datetime) -> None:
    """Let somebody be back now, or not go at all; their meetings stand. Raises Missing if there is none."""
    absence = get_open_absence(session, absence_id, now=now)
    before = [meeting_id for meeting_id, _citizen_id in list_needing(session, absence, now=now)]
    end_absence(session, absence, now=now)
    settle_absence_tasks(session, before, by=by, now=now)
