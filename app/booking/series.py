"""Meetings that are asked for together: every so many weeks, at the same time of day on the wall.

A series is expanded: each is a meeting of its own, checked like any other and against each other. All are
booked or none; where one can't be, whoever asks first chooses to skip it or to put it somewhere else.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from app.booking.book import (
    check_citizen_limits,
    check_proposals,
    check_requested_time,
    find_by_request_key,
    new_meeting,
    record_reply,
)
from app.booking.cancel import cancel_locked
from app.booking.expiry import expires_at
from app.booking.locking import lock_for_booking, lock_meetings, lock_meetings_for_times
from app.booking.notify import notify_everybody
from app.booking.occupancy import write_occupancy
from app.booking.participants import MeetingMembers, add_participants, check_people, ensure_subjects
from app.booking.reschedule import NewMeetingTime, check_free_day, reschedule_locked
from app.booking.tasks import BY_ANOTHER_TIME, settle_tasks
from app.dates.local_time import DANISH_TIME, danish_day, to_instant
from app.dates.workdays import WorkingCalendar
from app.errors import Missing
from app.meetings.life_cycle import STANDING, MeetingChanged
from app.meetings.models import Meeting, MeetingSeries
from app.meetings.news import MEETING_CANCELLED, MEETING_MOVED, MEETING_NEW
from app.meetings.rules import MeetingRequest, NoSuchTime, NotASeries, Reply, Slot

MOST_WEEKS = 26  # from the first to the last
MOST_WEEKS_BETWEEN = 8
FEWEST, MOST_OCCURRENCES = 2, 30
Seen = Collection[tuple[UUID, int]]  # each meeting, and its sequence as a page showed it


@dataclass(frozen=True, slots=True)
class SeriesShift:
    """Where a whole series goes: so many days on (or back), at this time of day on the wall."""

    days: int
    at: time


def series_days(request: MeetingRequest, every_weeks: int, occurrences: int) -> list[date]:
    """Return the days in Denmark on which the series falls.

    Raises:
        NotASeries: too few, too many, too long, or so close that it would clash with itself.
    """
    right = 1 <= every_weeks <= MOST_WEEKS_BETWEEN and FEWEST <= occurrences <= MOST_OCCURRENCES
    if not right or every_weeks * (occurrences - 1) > MOST_WEEKS or request.options:
        raise NotASeries
    first = danish_day(request.starts_at)
    return [first + timedelta(weeks=every_weeks * number) for number in range(occurrences)]


def request_on_day(request: MeetingRequest, day: date) -> MeetingRequest:
    """Return the request at the same time of day on another day; raise NoSuchTime where it is skipped."""
    start = to_instant(day, request.starts_at.astimezone(DANISH_TIME).time())
    if start is None:
        raise NoSuchTime
    return replace(request, starts_at=start, ends_at=start + elapsed_length(request))


def elapsed_length(request: MeetingRequest) -> timedelta:
    """Return how long the meeting truly is: two moments of one zone differ by the clock on the wall."""
    return request.ends_at.astimezone(UTC) - request.starts_at.astimezone(UTC)


def book_series(  # noqa: PLR0913 — what, how often, and what is chosen where it can't be
    session: Session,
    request: MeetingRequest,
    every_weeks: int,
    occurrences: int,
    *,
    skip: frozenset[date],
    now: datetime,
    workdays: WorkingCalendar,
    instead: Mapping[date, Slot] | None = None,
) -> list[Meeting]:
    """Book the whole series or nothing, but for the days in `skip`; `instead` puts a day's somewhere else.

    One message tells of all. The same `request_key` gives the series that it gave before.

    Raises:
        NotBookable: one of them can't be had by anybody.
        Clash: somebody is taken at one of the times, or it is more than the citizen can take.
    """
    days = [day for day in series_days(request, every_weeks, occurrences) if day not in skip]
    if not days:
        raise NotASeries
    slots = [_time_on(request, day, instead or {}, now) for day in days]
    members = check_people(session, request, now=now)
    ensure_subjects(session, members)
    lock_for_booking(session, members.ids, slots, now=now, workdays=workdays)
    before = find_by_request_key(session, request.request_key)
    if before is not None:
        return _members_of(session, before.series_id) if before.series_id else [before]
    series = MeetingSeries(
        citizen_id=request.citizen_id, every_weeks=every_weeks, occurrences=occurrences, created_at=now
    )
    meetings = [_one(request, slot, series, now) for slot in slots]
    meetings[0].request_key = request.request_key
    if not request.said_yes:
        coming = [(meeting.id, slot) for meeting, slot in zip(meetings, slots, strict=True)]
        check_citizen_limits(session, members, coming, now=now)
    if not request.agreed:
        check_proposals(session, request.citizen_id, now=now)
        for meeting, slot in zip(meetings, slots, strict=True):
            meeting.expires_at = expires_at([slot], now, workdays)
    _write(session, series, meetings, members, said_yes=request.said_yes, now=now)
    notify_everybody(session, meetings[0], MEETING_NEW, by=request.organiser_id, now=now, others=meetings[1:])
    return meetings


def _write(
    session: Session,
    series: MeetingSeries,
    meetings: list[Meeting],
    members: MeetingMembers,
    *,
    said_yes: bool,
    now: datetime,
) -> None:
    session.add(series)
    session.flush()
    session.add_all(meetings)
    session.flush()
    for meeting in meetings:
        add_participants(session, meeting.id, members)
        if said_yes:
            record_reply(session, meeting, Reply.COMING, now=now)
    write_occupancy(session, meetings)


def end_series(  # noqa: PLR0913 — which, from where, by whom, why, and as seen when
    session: Session,
    series_id: UUID,
    *,
    by: UUID | None,
    now: datetime,
    reason: str | None = None,
    seen: Seen | None = None,
    first_id: UUID | None = None,
) -> int:
    """Cancel what is left of a series; what has been stays. Returns how many. One message.

    `reason` in plain words; `seen`: each meeting and its sequence as a page showed them, None: as they are.
    `first_id`: from that meeting on; None: from now on.

    Raises:
        Missing: there is no such series.
        MeetingChanged: what is left is not what was seen. Nothing is cancelled.
    """
    series, members = _get_series(session, series_id)
    meetings = _to_come(lock_meetings(session, [one.id for one in members]), now, first_id)
    _check_seen(meetings, seen)
    series.ended_at = series.ended_at or now
    if meetings:
        cancel_locked(session, meetings, by=by, now=now, reason=reason)
        for meeting in meetings:
            settle_tasks(session, meeting.id, by=by, now=now)
        notify_everybody(session, meetings[0], MEETING_CANCELLED, by=by, now=now, others=meetings[1:])
    return len(meetings)


def move_series(  # noqa: PLR0913 — which, where to, by whom, and whose own move stands
    session: Session,
    series_id: UUID,
    shift: SeriesShift,
    *,
    by: UUID | None,
    now: datetime,
    workdays: WorkingCalendar,
    said_yes: bool = False,
    also_moved: bool = False,
    seen: Seen | None = None,
    first_id: UUID | None = None,
) -> list[Meeting]:
    """Move what is left of a series, all or nothing. One that was moved alone stays there, unless asked.

    `seen`, `first_id`: as in `end_series`; the first is moved in any case.

    Raises:
        Missing: there is no such series.
        MeetingChanged: what is left is not what was seen. Nothing is moved.
        NotBookable, Clash: as for one meeting that is moved.
    """
    _series, members = _get_series(session, series_id)
    ids, around = [one.id for one in members], [_shifted(one, shift) for one in members]
    locked = lock_meetings_for_times(session, ids, around, now=now, workdays=workdays)
    left, moves = _to_come(locked, now, first_id), []
    _check_seen(left, seen)
    for meeting in left:
        slot = _shifted(meeting, shift)
        if also_moved or meeting.starts_at == meeting.original_start or meeting.id == first_id:
            check_free_day(slot, now=now)
            moves.append(NewMeetingTime(meeting, slot, said_yes or by == meeting.citizen_id))
    if not moves:
        return []
    reschedule_locked(session, moves, now=now, workdays=workdays)
    meetings = [new.meeting for new in moves]
    for new in moves:
        new.meeting.original_start = new.slot.start
        settle_tasks(session, new.meeting.id, by=by, now=now, kinds=BY_ANOTHER_TIME)
    notify_everybody(session, meetings[0], MEETING_MOVED, by=by, now=now, others=meetings[1:])
    return meetings


def _time_on(request: MeetingRequest, day: date, instead: Mapping[date, Slot], now: datetime) -> Slot:
    other = instead.get(day)
    wanted = (
        replace(request, starts_at=other.start, ends_at=other.end) if other else request_on_day(request, day)
    )
    return check_requested_time(wanted, now=now)


def _one(request: MeetingRequest, slot: Slot, series: MeetingSeries, now: datetime) -> Meeting:
    meeting = new_meeting(replace(request, request_key=None), slot, now=now)
    meeting.series_id, meeting.original_start = series.id, slot.start
    return meeting


def _members_of(session: Session, series_id: UUID) -> list[Meeting]:
    wanted = select(Meeting).where(Meeting.series_id == series_id).order_by(col(Meeting.starts_at))
    return list(session.exec(wanted.execution_options(populate_existing=True)))


def _get_series(session: Session, series_id: UUID) -> tuple[MeetingSeries, list[Meeting]]:
    """Return a series and all its meetings; raise Missing if there is none."""
    series = session.get(MeetingSeries, series_id)
    if series is None:
        raise Missing
    return series, _members_of(session, series_id)


def _to_come(locked: Sequence[Meeting], now: datetime, first_id: UUID | None = None) -> list[Meeting]:
    """Return those of a series' meetings, now locked, that are to come and still stand; from one on.

    Raises:
        Missing: that one is not of the series.
    """
    since = next((one.starts_at for one in locked if one.id == first_id), None)
    if first_id and since is None:
        raise Missing
    left = [one for one in locked if one.state in STANDING and one.starts_at > now]
    return sorted((one for one in left if not since or one.starts_at >= since), key=lambda one: one.starts_at)


def _check_seen(meetings: Iterable[Meeting], seen: Seen | None) -> None:
    if seen is not None and {(one.id, one.sequence) for one in meetings} != set(seen):
        raise MeetingChanged


def _shifted(meeting: Meeting, shift: SeriesShift) -> Slot:
    """Return where the series puts a meeting when it is shifted; raise NoSuchTime if that time is skipped."""
    day = danish_day(meeting.original_start or meeting.starts_at) + timedelta(days=shift.days)
    start = to_instant(day, shift.at)
    if start is None:
        raise NoSuchTime
    return Slot(start, start + (meeting.ends_at - meeting.starts_at))
