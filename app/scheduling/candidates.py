"""The times that could be offered at all: quarters of an hour in office hours on working days."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple

from app.dates.local_time import DANISH_TIME, to_instant
from app.meetings.rules import Slot

OPENS, CLOSES = time(9), time(15)
EARLIEST, LATEST = time(7), time(20)  # what is tried when no time in office hours is found
STEP = timedelta(minutes=15)
DAY = timedelta(days=1)


class CandidateTime(NamedTuple):
    """A time that could be offered: in seconds since 1970, on the wall in Denmark, and the time itself."""

    start: int
    end: int
    day: date
    minute: int  # after midnight
    slot: Slot


def exact_candidate(slot: Slot) -> CandidateTime:
    """Return a time that was agreed elsewhere as a candidate, whatever the hour."""
    wall = slot.start.astimezone(DANISH_TIME)
    starts, ends = int(slot.start.timestamp()), int(slot.end.timestamp())
    return CandidateTime(starts, ends, wall.date(), wall.hour * 60 + wall.minute, slot)


@lru_cache(maxsize=2048)
def candidate_times(
    day: date, length: timedelta, opens: time = OPENS, closes: time = CLOSES
) -> tuple[CandidateTime, ...]:
    """Return the times of a day between opening and closing, a quarter of an hour apart, earliest first.

    A time that the clock skips is none; one that comes twice is its first.
    """
    ends = to_instant(day, closes)
    wall = datetime.combine(day, opens)
    found = []
    while wall.time() < closes and wall.date() == day:
        starts = to_instant(day, wall.time())
        if starts and ends and starts + length <= ends:
            slot = Slot(starts, starts + length)
            minute = wall.hour * 60 + wall.minute
            found.append(CandidateTime(int(starts.timestamp()), int(slot.end.timestamp()), day, minute, slot))
        wall += STEP
    return tuple(found)
