"""One week of a citizen's meetings, day by day: what stands, what is held, and the way there. Reads only."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import Uuid, bindparam
from sqlmodel import select

from app.access.policy import SubjectReader
from app.calendar.meeting_row import BusySpan, MeetingRow, held_times
from app.calendar.queries import list_past, list_upcoming
from app.dates.local_time import danish_day, span_edge
from app.dates.workdays import SATURDAY, WorkingCalendar, holiday_name
from app.meetings.life_cycle import MeetingState
from app.meetings.models import Occupancy
from app.meetings.rules import OccupancyKind
from app.store.db import UtcDateTime
from app.store.prepared import Reader

ONE_DAY, ONE_WEEK = timedelta(days=1), timedelta(weeks=1)
SHOWN = (MeetingState.PROPOSED, MeetingState.AGREED, MeetingState.HELD)

_TRIPS = select(Occupancy.meeting_id, Occupancy.starts_at, Occupancy.ends_at).where(
    Occupancy.subject_id == bindparam("citizen_id", type_=Uuid()),
    Occupancy.kind == OccupancyKind.TRAVEL,
    Occupancy.ends_at >= bindparam("first", type_=UtcDateTime()),
    Occupancy.ends_at < bindparam("last", type_=UtcDateTime()),
)

Leaving = dict[tuple[UUID, datetime], datetime]  # by meeting and when it begins: when to set out


@dataclass(frozen=True, slots=True)
class WeekEntry:
    """A time that a meeting takes, or holds while the citizen chooses."""

    meeting: MeetingRow | None  # None: it is not the reader's to see
    starts_at: datetime
    ends_at: datetime
    held: bool
    leaves_at: datetime | None = None  # None: there is no way to go, or it is not the reader's to know


@dataclass(frozen=True, slots=True)
class WeekDay:
    """One day, with its times in order."""

    day: date
    entries: Sequence[WeekEntry]
    holiday: str | None  # its Danish name
    closed: bool  # the municipality is, though it is no public holiday


def monday_of(day: date) -> date:
    """Return the first day of the ISO week that `day` is in."""
    return day - timedelta(days=day.weekday())


def read_week(
    session: Reader, reader: SubjectReader, monday: date, *, now: datetime, workdays: WorkingCalendar
) -> list[WeekDay]:
    """Return Monday to Friday of a week, and its Saturday and Sunday if there is a meeting on either."""
    past, ahead = list_past(session, reader, now=now), list_upcoming(session, reader, now=now)
    leaving = _leaving(session, reader.subject.citizen_id, monday)
    entries = [
        *entries_of([*past.meetings, *ahead.meetings], leaving),
        *_busy_entries([*past.busy, *ahead.busy]),
    ]
    found: dict[date, list[WeekEntry]] = {}
    for one in sorted(entries, key=lambda entry: entry.starts_at):
        found.setdefault(danish_day(one.starts_at), []).append(one)
    days = [monday + ONE_DAY * number for number in range(7)]
    length = 7 if any(day in found for day in days[SATURDAY:]) else SATURDAY
    named = [(day, holiday_name(day)) for day in days[:length]]
    return [
        WeekDay(day, found.get(day, ()), holiday, workdays.is_closing_day(day) and not holiday)
        for day, holiday in named
    ]


def entries_of(meetings: Iterable[MeetingRow], leaving: Leaving) -> Iterator[WeekEntry]:
    """Yield the times of meetings: a proposal's are those to choose between, each held."""
    for one in {meeting.id: meeting for meeting in meetings}.values():
        proposed = one.state is MeetingState.PROPOSED
        if one.state not in SHOWN or (proposed and one.over):
            continue
        for start, end, held in held_times(one.state, one.starts_at, one.ends_at, one.options):
            leaves_at = None if one.hidden else leaving.get((one.id, start))
            yield WeekEntry(one, start, end, held, leaves_at)


def _busy_entries(busy: Iterable[BusySpan]) -> Iterator[WeekEntry]:
    for one in dict.fromkeys(busy):
        yield WeekEntry(None, one.starts_at, one.ends_at, held=False)


def _leaving(session: Reader, citizen_id: UUID, monday: date) -> Leaving:
    first, last = span_edge(monday, time(0)), span_edge(monday + ONE_WEEK, time(0))
    rows = session.exec(_TRIPS, params={"citizen_id": citizen_id, "first": first, "last": last})
    return {(meeting_id, ends_at): starts_at for meeting_id, starts_at, ends_at in rows}
