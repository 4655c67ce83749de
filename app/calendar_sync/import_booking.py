"""Doing what a file asks for, one meeting at a time: what can't be done is said why, and the rest is tried.

Everybody is locked. Callers own the transaction, and undo all of it where something could not be done.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from app.booking.book import create_meeting
from app.booking.change import change_meeting
from app.booking.locking import lock_meetings_for_times
from app.booking.notify import notify_everybody
from app.booking.reschedule import NewMeetingTime, reschedule_each
from app.booking.tasks import BY_ANOTHER_TIME, settle_tasks
from app.calendar_sync.ical_reader import CalendarEvent
from app.calendar_sync.import_again import Again, Wanted
from app.dates.workdays import WorkingCalendar
from app.errors import Refused
from app.i18n import gettext
from app.meetings.models import Meeting
from app.meetings.news import MEETING_CHANGED, MEETING_MOVED
from app.meetings.no_overlap import NO_CLASH
from app.meetings.rules import Clash, MeetingChange, Slot
from app.notifications.service import withdraw_notice
from app.store.db import violates

AT_A_TIME = 50  # times that are asked about in one question
TAKEN = "Tiden er optaget. Find en anden tid, eller tag mødet ud af filen."

Refusals = list[tuple[CalendarEvent, str]]  # each entry, and why not


def book_all(
    session: Session, new: Sequence[Wanted], *, now: datetime, workdays: WorkingCalendar
) -> Refusals:
    """Book these; return those that can't be."""
    refused: Refusals = []
    for one, request in new:
        with _tried(session, one, refused):
            create_meeting(session, request, now=now, workdays=workdays)
    return refused


def change_all(
    session: Session,
    changed: Sequence[tuple[Again, MeetingChange]],
    *,
    moved: Collection[UUID],
    now: datetime,
    workdays: WorkingCalendar,
) -> Refusals:
    """Let these be as the file says, but for their time; return those that can't be.

    Of those that are `moved` too everybody has just been told, and is not told twice.
    """
    refused: Refusals = []
    for again, change in changed:
        meeting = again.meeting
        with _tried(session, again.one, refused):
            done = change_meeting(
                session,
                meeting.id,
                change,
                sequence=meeting.sequence,
                by=meeting.organiser_id,
                now=now,
                workdays=workdays,
            )
            done.file_sequence = done.sequence
            if done.id in moved:
                withdraw_notice(session, MEETING_CHANGED, done.id)
    return refused


def move_all(
    session: Session, moved: Sequence[Again], *, now: datetime, workdays: WorkingCalendar
) -> Refusals:
    """Give these their new times, and tell of it once for each series; return those that can't be moved."""
    refused: Refusals = []
    moves: list[tuple[Again, NewMeetingTime]] = []
    for again in moved:
        try:
            slot = Slot(again.one.start, again.one.end)
        except Refused as no:
            refused.append((again.one, _why(no)))
        else:
            moves.append((again, NewMeetingTime(again.meeting, slot, again.request.said_yes)))
    for first in range(0, len(moves), AT_A_TIME):
        some = [new for _again, new in moves[first : first + AT_A_TIME]]
        ids, slots = [new.meeting.id for new in some], [new.slot for new in some]
        lock_meetings_for_times(session, ids, slots, now=now, workdays=workdays)
    why_not = reschedule_each(session, [new for _again, new in moves], now=now, workdays=workdays)
    refused += [
        (again.one, _why(why_not[new.meeting.id])) for again, new in moves if new.meeting.id in why_not
    ]
    if not refused:
        _tell(session, [again for again, _new in moves], now=now)
    return refused


def _tell(session: Session, moved: Sequence[Again], *, now: datetime) -> None:
    together: defaultdict[tuple[str, str], list[Meeting]] = defaultdict(list)
    for one, request, meeting in moved:
        meeting.file_sequence = meeting.sequence
        meeting.request_key = request.request_key  # another time of its series has another
        settle_tasks(session, meeting.id, by=meeting.organiser_id, now=now, kinds=BY_ANOTHER_TIME)
        together[str(meeting.citizen_id), one.uid].append(meeting)
    for _which, (first, *others) in sorted(together.items()):
        notify_everybody(session, first, MEETING_MOVED, by=first.organiser_id, now=now, others=others)


@contextmanager
def _tried(session: Session, one: CalendarEvent, refused: Refusals) -> Iterator[None]:
    """Undo what was tried, and note why, where it is refused."""
    try:
        with session.begin_nested():
            yield
    except Refused as no:
        refused.append((one, _why(no)))
    except IntegrityError as problem:
        if not violates(problem, NO_CLASH):
            raise
        refused.append((one, TAKEN))


def _why(no: Refused) -> str:
    return TAKEN if type(no) is Clash else gettext(no.reason, **no.params)
