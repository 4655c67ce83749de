"""What a citizen's wishes mean in hours and minutes. Pure; why something is wished plays no part."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from app.dates.local_time import span_edge

Span = tuple[datetime, datetime]  # half-open

MIDNIGHT = time(0)
DAY = timedelta(days=1)
Planned = tuple[UUID, date]  # a meeting, and a day in Denmark on which it is or could be


class WishKind(StrEnum):
    """Why a time does not suit. The citizen's own; nobody else reads it."""

    TREATMENT = "treatment"
    CHILD = "child"
    REST = "rest"
    ENERGY = "energy"
    OTHER = "other"


class PartOfDay(StrEnum):
    MORNING = "morning"
    MIDDAY = "midday"
    AFTERNOON = "afternoon"


class WishedTime(Protocol):
    """A rule in Danish wall time; CalendarWish says what each part means."""

    weekday: int | None
    from_time: time | None
    until_time: time | None
    starts_on: date | None
    ends_on: date | None
    hard: bool


@dataclass(frozen=True, slots=True)
class TimeRule:
    """When something holds, in Danish wall time; how much it binds is another matter."""

    weekday: int | None = None
    from_time: time | None = None
    until_time: time | None = None
    starts_on: date | None = None
    ends_on: date | None = None

    @classmethod
    def of(cls, wish: WishedTime) -> "TimeRule":
        return cls(wish.weekday, wish.from_time, wish.until_time, wish.starts_on, wish.ends_on)

    @property
    def fields(self) -> dict[str, Any]:
        """The same, by the names of a wish's columns."""
        return asdict(self)


def wish_spans(rows: Iterable[WishedTime], first: date, last: date, *, hard: bool = True) -> list[Span]:
    """Return when the hard (or the soft) wishes hold from `first` to `last`, both included, earliest first.

    A night belongs to the day it begins on, and the one that begins the day before `first` is among them.
    Wishes may overlap, and so may the spans.
    """
    return sorted(span for row in rows if row.hard is hard for span in _spans_of(row, first - DAY, last))


def _spans_of(row: WishedTime, first: date, last: date) -> Iterator[Span]:
    day = max(first, row.starts_on or first)
    until = min(last, row.ends_on or last)
    step = DAY
    if row.weekday is not None:
        day += DAY * ((row.weekday - day.weekday()) % 7)
        step = 7 * DAY
    while day <= until:
        yield _span_on(row, day)
        day += step


def _span_on(row: WishedTime, day: date) -> Span:
    begins, ends = row.from_time or MIDNIGHT, row.until_time or MIDNIGHT
    return span_edge(day, begins), span_edge(day if begins < ends else day + DAY, ends, last=True)


class PlanningPreferences(Protocol):
    """What a citizen has said of how much and how; CalendarLimits says what each part means."""

    per_day: int
    per_week: int
    notice_days: int
    rest_after: bool
    gather: bool
    spread: bool
    slow: bool
    part_of_day: PartOfDay | None
    needs_interpreter: bool


@dataclass(frozen=True, slots=True)
class CitizenLimits:
    """What one citizen can take. `notice_days` is for whoever looks for a time, not for booking one."""

    per_day: int = 2
    per_week: int = 3  # in an ISO week of Danish days
    notice_days: int = 3
    rest_after: bool = False  # no meeting the day after one


USUAL = CitizenLimits()


def is_too_much(limits: CitizenLimits, others: Iterable[Planned], day: date) -> bool:
    """Say whether one more meeting on `day` would be more than the citizen can take, beside the others."""
    planned = set(others)
    that_day = {meeting for meeting, other in planned if other == day}
    week = {meeting for meeting, other in planned if other.isocalendar()[:2] == day.isocalendar()[:2]}
    beside = limits.rest_after and any(abs(other - day) == DAY for _meeting, other in planned)
    return beside or len(that_day) >= limits.per_day or len(week) >= limits.per_week
