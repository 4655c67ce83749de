"""The only module that asks what time it is; everyone else is handed `now`."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]

DANISH_TIME = ZoneInfo("Europe/Copenhagen")


def system_clock() -> datetime:
    """Return this moment as an aware UTC datetime."""
    return datetime.now(UTC)


def fixed_clock(moment: datetime) -> Clock:
    """Return a clock that always shows `moment` (the demo's `--now`, and the tests).

    Raises:
        ValueError: `moment` is naive.
    """
    if moment.tzinfo is None:
        raise ValueError("a fixed clock needs an offset")
    return lambda: moment.astimezone(UTC)


def danish_day(moment: datetime) -> date:
    """Return the calendar day it is in Denmark at `moment`: 00:15 there is the day before in UTC."""
    return moment.astimezone(DANISH_TIME).date()
