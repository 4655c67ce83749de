"""What a citizen's wishes mean in hours and minutes. Pure; why something is wished plays no part."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol

from app.calendar.wall import edge

Span = tuple[datetime, datetime]  # half-open

MIDNIGHT = time(0)
DAY = timedelta(days=1)


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


def spans(rows: Iterable[WishedTime], first: date, last: date, *, hard: bool = True) -> list[Span]:
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
    return edge(day, begins), edge(day if begins < ends else day + DAY, ends, last=True)
