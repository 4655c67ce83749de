"""When the visits of a large made-up municipality are: none of them clashes."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta

from app.config import Site
from app.dates.local_time import danish_day, span_edge

VISITS = 8  # of each citizen, in the days around today
DAYS_BEFORE, DAYS_AFTER = timedelta(days=160), timedelta(days=60)
LENGTH = timedelta(minutes=30)
OPENS = 8  # o'clock

Busy = tuple[datetime, datetime]


class Diary:
    """The times of one contact person: each visit of each citizen has its own, and none is taken twice."""

    def __init__(
        self, site: Site, now: datetime, size: int, busy: Collection[tuple[datetime, datetime]]
    ) -> None:
        today = danish_day(now)
        around = today - DAYS_BEFORE, today + DAYS_AFTER
        self._days: Sequence[date] = list(site.workdays.working_days(*around))
        self._size, self._next, self._busy = size, 0, busy

    def times(self) -> list[datetime]:
        """Return when the next citizen comes, from the first visit to the last, but when they are busy."""
        turn, self._next = self._next, self._next + 1
        times = [self._at(visit * self._size + turn) for visit in range(VISITS)]
        return [
            one for one in times if not any(one < end and begin < one + LENGTH for begin, end in self._busy)
        ]

    def _at(self, number: int) -> datetime:
        """Return the time of the `number`th of all visits: they are spread evenly over the days."""
        days, visits = len(self._days), self._size * VISITS
        day = number * days // visits
        place = number + day * visits // -days  # among those of the day
        return span_edge(self._days[day], time(OPENS)) + place * LENGTH
