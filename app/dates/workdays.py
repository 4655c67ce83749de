"""Working days in Denmark: weekends, public holidays and the municipality's own closing days.

Pure but for the `holidays` tables, which are imported on first use (they cost memory at start).
Source: the package `holidays` (it knows that Store Bededag ended in 2024).
"""

from collections.abc import Collection
from datetime import date, timedelta
from functools import lru_cache

SATURDAY = 5


@lru_cache(maxsize=64)
def public_holidays(year: int) -> dict[date, str]:
    """Return Denmark's public holidays in `year` with their Danish names."""
    import holidays  # noqa: PLC0415

    return dict(holidays.country_holidays("DK", years=year, language="da").items())


def holiday_name(day: date) -> str | None:
    """Return the Danish name of the public holiday on `day`, or None on any other day."""
    return public_holidays(day.year).get(day)


def is_working_day(day: date, closing_days: Collection[date] = ()) -> bool:
    """Say whether the municipality works on `day`."""
    return day.weekday() < SATURDAY and day not in closing_days and holiday_name(day) is None


def working_day_after(day: date, count: int, closing_days: Collection[date] = ()) -> date:
    """Return the `count`-th working day after `day`; `day` itself never counts.

    Raises:
        ValueError: `count` is below one.
    """
    if count < 1:
        raise ValueError("count starts at one")
    while count:
        day += timedelta(days=1)
        count -= is_working_day(day, closing_days)
    return day
