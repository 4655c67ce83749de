"""Which of the times that fit is best: a sum of named reasons, the citizen's first, which words can tell.

Pure. Points are fourteenths, so that "sooner" can fall by one a day over four weeks. Same input, same order;
of two equally good times the earlier. (A bus that fits is no reason here: nobody tells us when it goes.)
"""

from collections.abc import Iterable, Sequence
from datetime import date

from app.availability.rules import PartOfDay, wish_spans
from app.scheduling.alternatives import distance
from app.scheduling.candidates import CLOSES, DAY, CandidateTime
from app.scheduling.fit import FittingTime, TimeSearch
from app.scheduling.intervals import is_span_free, merge_spans
from app.scheduling.rules import OfferReason, TimeOffer, UncertainCalendar

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
    OfferReason.MORNING: 4 * ONE,
    OfferReason.MIDDAY: 4 * ONE,
    OfferReason.AFTERNOON: 4 * ONE,
    OfferReason.FREE_DAY: 3 * ONE,
    OfferReason.STRAIGHT_AFTER: 3 * ONE,
    OfferReason.RESTED: 2 * ONE,
    OfferReason.EARLY_MONDAY: -ONE,
    OfferReason.LAST_HOUR: -ONE,
    OfferReason.RATHER_NOT: -8 * ONE,  # more than all that speaks for a time
}

Scored = tuple[int, tuple[OfferReason, ...]]


class Preferences:
    """What speaks for and against the times of one search; each day and each minute is judged once."""

    def __init__(self, search: TimeSearch) -> None:
        limits = search.inputs.limits
        self.part = limits.part_of_day if limits else None
        self.gather = limits.gather if limits else False
        self.spread = limits.spread if limits else False
        self.slow = limits.slow if limits else False
        self.from_day = search.first_noticed if search.search_request.notice else search.first
        self.moves = search.search_request.around is not None
        self.spot = search.spot
        self.sits = search.sits
        self.met_on = {one.day for one in self.sits}
        soft = wish_spans(search.inputs.wishes, search.first, search.last, hard=False)
        self.rather_not = merge_spans((int(start.timestamp()), int(end.timestamp())) for start, end in soft)
        self._days: dict[date, Scored] = {}
        self._minutes: dict[tuple[bool, int], Scored] = {}
        self._both: dict[tuple[Scored, Scored], Scored] = {}

    def of(self, one: CandidateTime) -> Scored:
        """Return the points of a time, and the reasons, those that weigh most first."""
        on_day = self._days.get(one.day) or self._days.setdefault(one.day, self._of_day(one.day))
        key = one.day.weekday() == MONDAY, one.minute
        at = self._minutes.get(key) or self._minutes.setdefault(key, self._of_minute(*key))
        scored = self._both.get((on_day, at)) or self._both.setdefault((on_day, at), _sum(on_day, at))
        if self.rather_not and not is_span_free(self.rather_not, one.start, one.end):
            scored = _sum(scored, _scored([OfferReason.RATHER_NOT]))
        if self.gather and self._is_straight_after(one):
            scored = _sum(scored, _scored([OfferReason.STRAIGHT_AFTER]))
        return scored

    def _of_day(self, day: date) -> Scored:
        reasons = []
        if not self.gather and day not in self.met_on:
            reasons.append(OfferReason.FREE_DAY)
        if day - DAY not in self.met_on and not (self.spread and day + DAY in self.met_on):
            reasons.append(OfferReason.RESTED)
        if self.moves:  # soon is no gain: it has its time already
            return _scored(reasons)
        waits = max(0, (day - self.from_day).days)
        points = min(SOONEST, waits) if self.slow else max(0, SOONEST - waits)
        if self.slow and waits >= SOON_DAYS:
            reasons.append(OfferReason.TIME_BEFORE)
        if not self.slow and waits < SOON_DAYS:
            reasons.append(OfferReason.SOON)
        return _sum((points, ()), _scored(reasons))

    def _of_minute(self, is_monday: bool, minute: int) -> Scored:
        reasons = []
        if self.part and PARTS[self.part][0] <= minute < PARTS[self.part][1]:
            reasons.append(OfferReason(self.part.value))
        if is_monday and minute < TEN:
            reasons.append(OfferReason.EARLY_MONDAY)
        if minute >= LAST_HOUR:
            reasons.append(OfferReason.LAST_HOUR)
        return _scored(reasons)

    def _is_straight_after(self, one: CandidateTime) -> bool:
        return any(0 <= one.start - sit.end <= STRAIGHT and sit.spot == self.spot for sit in self.sits)


def _scored(reasons: Sequence[OfferReason]) -> Scored:
    return sum(POINTS.get(one, 0) for one in reasons), tuple(reasons)


def _sum(one: Scored, other: Scored) -> Scored:
    both = sorted((*one[1], *other[1]), key=lambda reason: -POINTS.get(reason, 0))
    return one[0] + other[0], tuple(both)


def ranked_offers(search: TimeSearch, found: Iterable[FittingTime]) -> list[TimeOffer]:
    """Return the times as offers, best first; of a meeting that is moved the nearest first.

    Last come the days of which somebody's own calendar could not be read: nobody knows that they are free.
    """
    taste, around = Preferences(search), search.search_request.around
    scored = [(taste.of(one.time), one) for one in found]
    scored.sort(key=lambda pair: -pair[0][0])  # stable, and they came earliest first
    if around is not None:
        scored.sort(key=lambda pair: distance(pair[1].time.slot.start, around))
    warnings = WarningsByDay(search.inputs.uncertain)
    offers = [
        TimeOffer(one.time.slot, reasons, warnings.on(one.time.day), one.interpreter_id)
        for (_, reasons), one in scored
    ]
    return sorted(offers, key=lambda one: one.is_uncertain) if warnings.vary else offers


class WarningsByDay:
    """What is unsure of the calendars of those who are to meet, day by day."""

    def __init__(self, uncertain: Sequence[UncertainCalendar]) -> None:
        self.all = tuple(uncertain)
        self.vary = any(one.is_of_days for one in uncertain)
        self._days: dict[date, tuple[UncertainCalendar, ...]] = {}

    def on(self, day: date) -> tuple[UncertainCalendar, ...]:
        if not self.vary:
            return self.all
        if day not in self._days:
            self._days[day] = tuple(one for one in self.all if one.holds_on(day))
        return self._days[day]
