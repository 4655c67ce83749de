"""When a proposal's times are given up, and what happens then. Silence is never a yes and never a no-show."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from app.booking.notify import notify_everybody
from app.booking.occupancy import release_occupancy, write_occupancy
from app.booking.rules import TaskKind
from app.booking.tasks import open_task
from app.dates.local_time import danish_day, span_edge
from app.dates.workdays import WorkingCalendar
from app.meetings.life_cycle import MeetingState
from app.meetings.models import Meeting
from app.meetings.news import MEETING_EXPIRED
from app.meetings.rules import NoDayToReply, Slot
from app.meetings.service import held_until, release_options, transition_meeting

HELD_DAYS = 3  # working days


def last_day_to_reply(now: datetime, workdays: WorkingCalendar) -> date:
    """Return the last day to answer a proposal that is sent at `now`, whose first time comes later."""
    return workdays.working_day_after(danish_day(now), HELD_DAYS)


def hold_expires_at(now: datetime, workdays: WorkingCalendar) -> datetime:
    """Return when times that are held from `now` are given up: as the last day to answer ends."""
    return span_edge(last_day_to_reply(now, workdays) + timedelta(days=1), time())


def expires_at(slots: Sequence[Slot], now: datetime, workdays: WorkingCalendar) -> datetime:
    """Return when a proposal's times are given up: at the latest as the day before the first of them ends.

    Raises:
        NoDayToReply: that day has gone, so nobody could answer.
    """
    end = min(hold_expires_at(now, workdays), span_edge(danish_day(min(slots).start), time()))
    if end <= now:
        raise NoDayToReply
    return end


def is_overdue(meeting: Meeting, *, now: datetime) -> bool:
    """Say whether nobody answered in time. An agreed meeting can hold other times beside its own."""
    end = held_until(meeting)
    return end is not None and end <= now


def expire_meetings(
    session: Session, meeting_ids: Collection[UUID], *, now: datetime, workdays: WorkingCalendar
) -> int:
    """Give up what these proposals hold, tell everybody, and ask the contact person to take it from there.

    Their people are locked. An agreed meeting keeps its own time. Returns how many there were. Done by the
    worker, and in a booking that wants the time before the worker came by: the day it must be settled by is
    the same.
    """
    wanted = select(Meeting).where(col(Meeting.id).in_(meeting_ids)).order_by(col(Meeting.id))
    rows = session.exec(wanted.execution_options(populate_existing=True))
    dead = [meeting for meeting in rows if is_overdue(meeting, now=now)]
    if not dead:
        return 0
    freed = release_occupancy(session, [meeting.id for meeting in dead])
    for meeting in dead:
        stays = meeting.state is MeetingState.AGREED
        transition_meeting(meeting, MeetingState.AGREED if stays else MeetingState.EXPIRED, now=now)
    release_options(session, [meeting.id for meeting in dead])
    write_occupancy(session, dead, freed)
    for meeting in sorted(dead, key=lambda one: str(one.citizen_id)):
        notify_everybody(session, meeting, MEETING_EXPIRED, by=None, now=now)
        open_task(session, meeting.citizen_id, meeting.id, TaskKind.EXPIRED, now=now, workdays=workdays)
    return len(dead)
