"""Danish time of day to moments, also on the two nights a year when the clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DANISH_TIME = ZoneInfo("Europe/Copenhagen")

MINUTE = timedelta(minutes=1)


@lru_cache(maxsize=8192)
def to_instant(day: date, at: time) -> datetime | None:
    """Return the moment of a Danish time of day, or None on the night when that time is skipped.

    A time that comes twice is its first.
    """
    wall = datetime.combine(day, at, DANISH_TIME)
    moment = wall.astimezone(UTC)
    return (
        moment if moment.astimezone(DANISH_TIME).replace(tzinfo=None) == wall.replace(tzinfo=None) else None
    )


@lru_cache(maxsize=8192)
def span_edge(day: date, at: time, *, last: bool = False) -> datetime:
    """Return the moment at which a span of time on the wall begins, or ends (`last`).

    A skipped time is the moment at which the clock jumps. A time that comes twice is its first when something
    begins, its second when something ends: a span in words never covers less than it says.
    """
    wall = datetime.combine(day, at, DANISH_TIME)
    while to_instant(wall.date(), wall.time()) is None:
        wall += MINUTE
    return wall.replace(fold=int(last)).astimezone(UTC)


def wall_time(moment: datetime) -> str:
    """Return a moment as it stands on the wall in Denmark: YYYY-MM-DDTHH:MM."""
    return moment.astimezone(DANISH_TIME).strftime("%Y-%m-%dT%H:%M")


def last_day(ends_at: datetime) -> date | None:
    """Return the last day of something that ends at midnight; None: it ends in the course of a day.

    Nobody says "until Monday at 0.00": the day before is the last one.
    """
    wall = ends_at.astimezone(DANISH_TIME)
    return wall.date() - timedelta(days=1) if wall.time() == time() else None


def danish_day(moment: datetime) -> date:
    """Return the calendar day it is in Denmark at `moment`: 00:15 there is the day before in UTC."""
    return moment.astimezone(DANISH_TIME).date()
