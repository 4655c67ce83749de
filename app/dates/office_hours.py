"""When somebody can be called, as words of one form that people read and the app counts with. Pure.

"Mandag til torsdag kl. 9.00–15.00. Fredag kl. 9.00–13.00." is what is stored, so that nobody sees other hours
than those counted with. Words of another form still stand on pages, but nothing follows from them: who isn't
known to be away is never said to be, and unknown is never shown as free.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import combinations

from app.dates.local_time import danish_day, span_edge
from app.dates.workdays import WorkingCalendar

WEEKDAYS = ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag")
HOURS_MOST = 200  # characters, as they are stored
TYPED_MOST = 3 * HOURS_MOST  # as they are typed: each pair of hours is compared
LOOK_AHEAD = 31  # days: who opens on none of them has told hours that don't hold
_DAY = "|".join(WEEKDAYS)
_CLOCK = r"([01]?\d|2[0-3])(?!\d)(?:[.:]([0-5]\d))?"
# People type either dash.
_PART = (
    rf"({_DAY})(?:\s*(?:til|[-–])\s*({_DAY}))?,?:?\s*"
    rf"(?:kl\.?\s*|fra\s*)*{_CLOCK}\s*(?:til|[-–])\s*(?:kl\.?\s*)?{_CLOCK}"
)
_BETWEEN = r"[\s.,;]*(?:og\s+)?"
_WHOLE = re.compile(rf"(?:{_PART}{_BETWEEN})+", re.IGNORECASE)
_ONE = re.compile(_PART, re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Opening:
    """From one day of the week to another (Monday is 0), the same hours each day."""

    first: int
    last: int
    opens: time
    closes: time

    def is_on(self, weekday: int) -> bool:
        return self.first <= weekday <= self.last

    def overlaps(self, other: "Opening") -> bool:
        days = self.first <= other.last and other.first <= self.last
        return days and self.opens < other.closes and other.opens < self.closes


@lru_cache(maxsize=1024)
def read_hours(text: str | None) -> tuple[Opening, ...]:
    """Return the hours that words tell; nothing if they are of no such form, or contradict themselves."""
    if not text or len(text) > TYPED_MOST or not _WHOLE.fullmatch(text.strip()):
        return ()
    found = tuple(_opening(*one.groups()) for one in _ONE.finditer(text))
    wrong = any(one.first > one.last or one.opens >= one.closes for one in found)
    return () if wrong or any(one.overlaps(other) for one, other in combinations(found, 2)) else found


def _opening(first: str, last: str | None, *clock: str | None) -> Opening:
    hour, minute, end_hour, end_minute = (int(one or 0) for one in clock)
    return Opening(
        WEEKDAYS.index(first.lower()),
        WEEKDAYS.index((last or first).lower()),
        time(hour, minute),
        time(end_hour, end_minute),
    )


def write_hours(openings: tuple[Opening, ...]) -> str:
    """Return hours as the words that are stored; `read_hours` reads them back."""
    return " ".join(f"{_days(one)} kl. {_time(one.opens)}–{_time(one.closes)}." for one in openings)


def _days(one: Opening) -> str:
    days = WEEKDAYS[one.first] + (f" til {WEEKDAYS[one.last]}" if one.last > one.first else "")
    return days.capitalize()


def _time(at: time) -> str:
    return f"{at.hour}.{at.minute:02}"


def next_opening(text: str | None, now: datetime, workdays: WorkingCalendar) -> datetime | None:
    """Return when somebody is at work again; None while they are, and when their hours aren't known.

    Nobody is at work on a public holiday or on a day when the municipality is closed. Hours are Danish time
    of day, also across the nights when the clocks change.
    """
    openings = read_hours(text)
    for start, end in _spans(openings, danish_day(now), workdays):
        if now < end:
            return start if now < start else None
    return None


def _spans(
    openings: tuple[Opening, ...], day: date, workdays: WorkingCalendar
) -> Iterator[tuple[datetime, datetime]]:
    """Yield the hours from `day` on in order of time."""
    for ahead in range(LOOK_AHEAD if openings else 0):
        that = day + timedelta(days=ahead)
        if workdays.is_open(that):
            today = [one for one in openings if one.is_on(that.weekday())]
            for one in sorted(today, key=lambda opening: opening.opens):
                yield span_edge(that, one.opens), span_edge(that, one.closes, last=True)
