"""One week of a citizen's meetings, day by day: what stands, what is held, and the way there. Reads only."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlmodel import Session, select

from app.calendar.queries import MeetingRow, list_past, list_upcoming
from app.dates.local_time import danish_day, span_edge
from app.dates.workdays import SATURDAY, holiday_name
from app.meetings.life_cycle import MeetingState
from app.meetings.models import Occupancy
from app.meetings.rules import OccupancyKind

ONE_DAY, ONE_WEEK = timedelta(days=1), timedelta(weeks=1)
SHOWN = (MeetingState.PROPOSED, MeetingState.AGREED, MeetingState.HELD)

Leaving = dict[tuple[UUID, datetime], datetime]  # by meeting and when it begins: when to set out


@dataclass(frozen=True, slots=True)
class WeekEntry:
    """A time that a meeting takes, or holds while the citizen chooses."""

    meeting: MeetingRow
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
    session: Session, citizen_id: UUID, monday: date, *, now: datetime, closing_days: Collection[date]
) -> list[WeekDay]:
    """Return Monday to Friday of a week, and its Saturday and Sunday if there is a meeting on either."""
    meetings = [
        *list_past(session, citizen_id, now=now),
        *list_upcoming(session, citizen_id, now=now),
    ]
    leaving = _leaving(session, citizen_id, monday)
    found: dict[date, list[WeekEntry]] = {}
    for one in sorted(entries_of(meetings, leaving), key=lambda entry: entry.starts_at):
        found.setdefault(danish_day(one.starts_at), []).append(one)
    days = [monday + ONE_DAY * number for number in range(7)]
    length = 7 if any(day in found for day in days[SATURDAY:]) else SATURDAY
    return [
        WeekDay(day, found.get(day, ()), holiday_name(day), day in closing_days and not holiday_name(day))
        for day in days[:length]
    ]


def entries_of(meetings: Iterable[MeetingRow], leaving: Leaving) -> Iterator[WeekEntry]:
    """Yield the times of meetings: a proposal's are those to choose between, each held."""
    for one in {meeting.id: meeting for meeting in meetings}.values():
        proposed = one.state is MeetingState.PROPOSED
        if one.state not in SHOWN or (proposed and one.over):
            continue
        times = [(option.starts_at, option.ends_at, True) for option in one.options]
        if not (proposed and times):
            times = [(one.starts_at, one.ends_at, proposed), *times]
        for start, end, held in times:
            yield WeekEntry(one, start, end, held, leaving.get((one.id, start)))


def _leaving(session: Session, citizen_id: UUID, monday: date) -> Leaving:
    rows = session.exec(
        select(Occupancy.meeting_id, Occupancy.starts_at, Occupancy.ends_at).where(
            Occupancy.subject_id == citizen_id,
            Occupancy.kind == OccupancyKind.TRAVEL,
            Occupancy.ends_at >= span_edge(monday, time(0)),
            Occupancy.ends_at < span_edge(monday + ONE_WEEK, time(0)),
        )
    )
    return {(meeting_id, ends_at): starts_at for meeting_id, starts_at, ends_at in rows}
