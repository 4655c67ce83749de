"""What of somebody's own calendar could not be read, and the days it may be on. Pure.

What was not read is never free: on those days times are offered last, and it is said.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

READ_AHEAD = timedelta(weeks=26)  # how far an own calendar is read; a meeting can be further ahead
MOST_SPANS = 30  # further days are told as one span
MOST_NAMED = 10
TEXT_MOST = 2000

DAY = timedelta(days=1)
DaySpan = tuple[date | None, date | None]  # both included; None: as far as is looked


@dataclass(frozen=True, slots=True)
class UnreadTime:
    """How many entries were not read, some of them by number and line, and all days they may be on."""

    count: int
    days: tuple[DaySpan, ...]
    named: tuple[tuple[int, int], ...]  # number in the file, and its line

    def covers(self, day: date) -> bool:
        return any((first or date.min) <= day <= (last or date.max) for first, last in self.days)

    def to_text(self) -> str:
        days = [[day.isoformat() if day else "" for day in span] for span in self.days]
        said = {"count": self.count, "days": days, "named": self.named}
        return json.dumps(said, separators=(",", ":"))

    @classmethod
    def from_text(cls, text: str) -> "UnreadTime":
        said = json.loads(text)
        days = tuple((_day(first), _day(last)) for first, last in said["days"])
        return cls(said["count"], days, tuple((number, line) for number, line in said["named"]))


def unread_time(
    entries: Sequence[tuple[int, int, DaySpan]], *, since: date, until: date
) -> UnreadTime | None:
    """Return what was not read between two days; None: all was. An entry is its number, line and days."""
    here = [one for one in entries if (one[2][1] or until) >= since and (one[2][0] or since) <= until]
    if not here:
        return None
    named = sorted({(number, line) for number, line, _days in here})
    return UnreadTime(len(named), _merged(days for *_entry, days in here), tuple(named[:MOST_NAMED]))


def _merged(spans: Iterable[DaySpan]) -> tuple[DaySpan, ...]:
    merged: list[DaySpan] = []
    for first, last in sorted(spans, key=lambda one: one[0] or date.min):
        begins, ends = merged[-1] if merged else (None, None)
        apart = ends is not None and (first or date.min) > ends + DAY
        if not merged or (apart and len(merged) < MOST_SPANS):
            merged.append((first, last))
        else:
            merged[-1] = (begins, max(ends, last) if ends and last else None)
    return tuple(merged)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
