"""Working days in Denmark: weekends, public holidays and the municipality's own closing days.

Pure but for the `holidays` tables, which are imported on first use (they cost memory at start).
Source: the package `holidays` (it knows that Store Bededag ended in 2024).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

SATURDAY = 5
ONE_DAY = timedelta(days=1)


@lru_cache(maxsize=64)
def public_holidays(year: int) -> dict[date, str]:
    """Return Denmark's public holidays in `year` with their Danish names."""
    import holidays  # noqa: PLC0415

    return dict(holidays.country_holidays("DK", years=year, language="da").items())


def holiday_name(day: date) -> str | None:
    """Return the Danish name of the public holiday on `day`, or None on any other day.

    It stands inside a sentence, where Danish has a small letter: only Kristi himmelfartsdag
    begins with a name.
    """
    name = public_holidays(day.year).get(day)
    return name if name is None or name.startswith("Kristi ") else name[:1].lower() + name[1:]


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """The days on which a municipality works, and how many of them there are to answer a citizen in.

    Read once with the settings (`Site.workdays`) and handed down as `workdays` to whatever counts a deadline,
    so that a page, a booking and the worker count the same days. It has no default anywhere: whoever counts
    without it would promise a day on which nobody is there.
    """

    closing_days: frozenset[date]
    answer_days: int
    reply_days: int

    def is_closing_day(self, day: date) -> bool:
        """Say whether the municipality has chosen to close on `day`, whatever day that is."""
        return day in self.closing_days

    def is_open(self, day: date) -> bool:
        """Say whether `day`, which may be at a weekend, is neither a public holiday nor a closing day."""
        return day not in self.closing_days and holiday_name(day) is None

    def is_working_day(self, day: date) -> bool:
        """Say whether the municipality works on `day`."""
        return day.weekday() < SATURDAY and self.is_open(day)

    def working_days(self, first: date, last: date) -> Iterator[date]:
        """Yield the working days from `first` to `last`, both included."""
        while first <= last:
            if self.is_working_day(first):
                yield first
            first += ONE_DAY

    def working_day_from(self, day: date) -> date:
        """Return `day` if the municipality works on it, else the next day on which it does."""
        return day if self.is_working_day(day) else self.working_day_after(day, 1)

    def working_day_after(self, day: date, count: int) -> date:
        """Return the `count`-th working day after `day`; `day` itself never counts.

        Raises:
            ValueError: `count` is below one.
        """
        if count < 1:
            raise ValueError("count starts at one")
        while count:
            day += ONE_DAY
            count -= self.is_working_day(day)
        return day

    def answer_by(self, day: date) -> date:
        """Return the last day to answer what a citizen shares on `day`."""
        return self.working_day_after(day, self.answer_days)

    def reply_by(self, day: date) -> date:
        """Return the last day to answer a message that the citizen sends on `day`."""
        return self.working_day_after(day, self.reply_days)
