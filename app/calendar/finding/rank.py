"""Which of the times that fit is best: a sum of named reasons, the citizen's first, which words can tell.

Pure. Points are fourteenths, so that "sooner" can fall by one a day over four weeks. Same input, same order;
of two equally good times the earlier. (A bus that fits is no reason here: nobody tells us when it goes.)
"""

from collections.abc import Iterable, Sequence
from datetime import date

from app.calendar.finding.fit import Fitting, Search
from app.calendar.finding.grid import CLOSES, DAY, Candidate
from app.calendar.finding.offers import Offer, Reason
from app.calendar.finding.sweep import is_free, merged
from app.calendar.rules import PartOfDay
from app.calendar.wish_rules import spans

ONE = 14  # points for one in the table of weights
SOONEST = 2 * ONE  # falls by one a day
SOON_DAYS = 14
STRAIGHT = 15 * 60  # seconds between two meetings that follow each other
MONDAY = 0
TEN, LAST_HOUR = 10 * 60, (CLOSES.hour - 1) * 60  # minutes after midnight
PARTS = {  # from and until, in minutes after midnight
    PartOfDay.MORNING: (0, 11 * 60),
    PartOfDay.MIDDAY: (11 * 60, 13 * 60),
    PartOfDay.AFTERNOON: (13 * 60, 24 * 60),
}
POINTS = {
    Reason.MORNING: 4 * ONE,
    Reason.MIDDAY: 4 * ONE,
    Reason.AFTERNOON: 4 * ONE,
    Reason.FREE_DAY: 3 * ONE,
    Reason.STRAIGHT_AFTER: 3 * ONE,
    Reason.RESTED: 2 * ONE,
    Reason.EARLY_MONDAY: -ONE,
    Reason.LAST_HOUR: -ONE,
    Reason.RATHER_NOT: -8 * ONE,  # more than all that speaks for a time
}

Scored = tuple[int, tuple[Reason, ...]]


class Taste:
    """What speaks for and against the times of one search; each day and each minute is judged once."""

    def __init__(self, search: Search) -> None:
        limits = search.known.limits
        self.part = limits.part_of_day if limits else None
        self.gather = limits.gather if limits else False
        self.spread = limits.spread if limits else False
        self.slow = limits.slow if limits else False
        self.from_day = search.first_noticed if search.ask.notice else search.first
        self.spot = search.spot
        self.sits = search.sits
        self.met_on = {one.day for one in self.sits}
        soft = spans(search.known.wishes, search.first, search.last, hard=False)
        self.rather_not = merged((int(start.timestamp()), int(end.timestamp())) for start, end in soft)
        self._days: dict[date, Scored] = {}
        self._minutes: dict[tuple[bool, int], Scored] = {}
        self._both: dict[tuple[Scored, Scored], Scored] = {}

    def of(self, one: Candidate) -> Scored:
        """Return the points of a time, and the reasons, those that weigh most first."""
        on_day = self._days.get(one.day) or self._days.setdefault(one.day, self._of_day(one.day))
        key = one.day.weekday() == MONDAY, one.minute
        at = self._minutes.get(key) or self._minutes.setdefault(key, self._of_minute(*key))
        scored = self._both.get((on_day, at)) or self._both.setdefault((on_day, at), _sum(on_day, at))
        if self.rather_not and not is_free(self.rather_not, one.start, one.end):
            scored = _sum(scored, _scored([Reason.RATHER_NOT]))
        if self.gather and self._is_straight_after(one):
            scored = _sum(scored, _scored([Reason.STRAIGHT_AFTER]))
        return scored

    def _of_day(self, day: date) -> Scored:
        reasons = []
        if not self.gather and day not in self.met_on:
            reasons.append(Reason.FREE_DAY)
        if day - DAY not in self.met_on and not (self.spread and day + DAY in self.met_on):
            reasons.append(Reason.RESTED)
        waits = max(0, (day - self.from_day).days)
        points = min(SOONEST, waits) if self.slow else max(0, SOONEST - waits)
        if self.slow and waits >= SOON_DAYS:
            reasons.append(Reason.TIME_BEFORE)
        if not self.slow and waits < SOON_DAYS:
            reasons.append(Reason.SOON)
        return _sum((points, ()), _scored(reasons))

    def _of_minute(self, is_monday: bool, minute: int) -> Scored:
        reasons = []
        if self.part and PARTS[self.part][0] <= minute < PARTS[self.part][1]:
            reasons.append(Reason(self.part.value))
        if is_monday and minute < TEN:
            reasons.append(Reason.EARLY_MONDAY)
        if minute >= LAST_HOUR:
            reasons.append(Reason.LAST_HOUR)
        return _scored(reasons)

    def _is_straight_after(self, one: Candidate) -> bool:
        return any(0 <= one.start - sit.end <= STRAIGHT and sit.spot == self.spot for sit in self.sits)


def _scored(reasons: Sequence[Reason]) -> Scored:
    return sum(POINTS.get(one, 0) for one in reasons), tuple(reasons)


def _sum(one: Scored, other: Scored) -> Scored:
    both = sorted((*one[1], *other[1]), key=lambda reason: -POINTS.get(reason, 0))
    return one[0] + other[0], tuple(both)


def ranked(search: Search, found: Iterable[Fitting]) -> list[Offer]:
    """Return the times as offers, best first."""
    taste = Taste(search)
    scored = [(taste.of(one.time), one) for one in found]
    scored.sort(key=lambda pair: -pair[0][0])  # stable, and they came earliest first
    unsure = search.known.unsure
    return [Offer(one.time.slot, reasons, unsure, one.interpreter_id) for (_, reasons), one in scored]
