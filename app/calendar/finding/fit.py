"""Which times suit everybody: nobody is taken, the citizen gets there and on to the next, and can take it.

Pure. `Rules` says what is kept to, so that the same search can be run again without one of them.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import chain, groupby
from typing import NamedTuple
from uuid import UUID

from app.calendar.finding.grid import CLOSES, DAY, EARLIEST, LATEST, OPENS, Candidate, day_grid, working_days
from app.calendar.finding.known import Known, Stay
from app.calendar.finding.offers import Ask
from app.calendar.finding.sweep import Seconds, free, is_free, merged
from app.calendar.finding.three import is_apart
from app.calendar.limits import USUAL as USUAL_LIMITS
from app.calendar.rules import Channel
from app.calendar.travel import HOME, PROFESSIONAL_LEAD, Spot, lead, spot_of
from app.calendar.travel import Known as Ways
from app.calendar.wish_rules import spans
from app.clock import danish_day

MOST_DAYS = 26 * 7


@dataclass(frozen=True, slots=True)
class Rules:
    """What a search keeps to. A citizen's "kan ikke" is always kept to."""

    without: UUID | None = None  # this one need not be there
    opens: time = OPENS
    closes: time = CLOSES
    limits: bool = True  # at most so many a day and a week, and the rest after
    notice: bool = True


ALL = Rules()


@dataclass(frozen=True, slots=True)
class Search:
    """One search: what is asked, what is known, and the days to look at, the last included."""

    ask: Ask
    known: Known
    first: date
    last: date
    now: datetime
    closing_days: Collection[date]

    @property
    def first_noticed(self) -> date:
        """The first day that leaves the citizen the days before that were asked for."""
        limits = self.known.limits or USUAL_LIMITS
        return max(self.first, danish_day(self.now) + limits.notice_days * DAY)

    @property
    def spot(self) -> Spot | None:
        return spot_of(self.ask.channel, self.ask.place_id, self.ask.place)

    @property
    def sits(self) -> list[Stay]:
        """The citizen's meetings, the way to them left out."""
        return [stay for stay in self.known.stays if not stay.is_travel]


class Fitting(NamedTuple):
    """A time that suits everybody, and who could interpret."""

    time: Candidate
    interpreter_id: UUID | None


def days_of(ask: Ask, now: datetime) -> tuple[date, date]:
    """Return the first and the last day to look at; what the citizen needs to know beforehand comes later."""
    first = max(danish_day(ask.from_), danish_day(now))
    return first, min(danish_day(ask.to), first + MOST_DAYS * DAY)


def fitting(search: Search, rules: Rules = ALL) -> list[Fitting]:
    """Return every time that suits everybody and keeps to the rules, earliest first."""
    days = _open_days(search, rules)
    candidates = list(_candidates(search, rules, days))
    sits = search.sits
    own = merged(chain(((one.start, one.end) for one in sits), _cannot(search)))
    needed = search.ask.needed_ids - {rules.without}
    others = [taken for who, taken in search.known.taken.items() if who in needed]
    # By phone the way to the next meeting is time taken; on foot it is laid anew, and looked at below.
    ways_to = [(one.start, one.end) for one in search.known.stays if one.is_travel and search.spot is None]
    found = free(candidates, chain(own, ways_to, *others))
    if search.spot is not None:
        found = _within_reach(search, search.spot, found, own)
    if search.ask.channel is Channel.HOME:
        found = _driven_to(search, rules, found)
    if search.ask.not_near:
        found = [one for one in found if is_apart(one.slot, search.ask.not_near)]
    return list(_interpreted(search, found))


def _cannot(search: Search) -> Iterator[Seconds]:
    for start, end in spans(search.known.wishes, search.first, search.last):
        yield int(start.timestamp()), int(end.timestamp())


def _candidates(search: Search, rules: Rules, days: Iterable[date]) -> Iterator[Candidate]:
    begins = max(int(search.ask.from_.timestamp()), int(search.now.timestamp()) + 1)
    ends = int(search.ask.to.timestamp())
    opens, closes = (EARLIEST, LATEST) if search.ask.wide_hours else (rules.opens, rules.closes)
    for day in days:
        for one in day_grid(day, search.ask.length, opens, closes):
            if one[0] >= begins and one[1] <= ends:
                yield one


def _open_days(search: Search, rules: Rules) -> Iterator[date]:
    """Yield the working days on which the citizen can take one more meeting."""
    first = search.first_noticed if rules.notice and search.ask.notice else search.first
    limits = search.known.limits or USUAL_LIMITS
    meetings = {(one.meeting_id, one.day) for one in search.sits}
    on_day = Counter(day for _id, day in meetings)
    in_week = Counter(week for _id, week in {(one, day.isocalendar()[:2]) for one, day in meetings})
    for day in working_days(first, search.last, search.closing_days):
        if not rules.limits:
            yield day
        elif on_day[day] >= limits.per_day or in_week[day.isocalendar()[:2]] >= limits.per_week:
            continue
        elif not (limits.rest_after and (on_day[day - DAY] or on_day[day + DAY])):
            yield day


def _within_reach(
    search: Search, spot: Spot, candidates: Iterable[Candidate], own: Sequence[Seconds]
) -> list[Candidate]:
    """Return the candidates that the citizen gets to in time, and from which the next meeting is reached."""
    sits = {day: list(these) for day, these in groupby(search.sits, key=lambda one: one.day)}
    usual = int(lead(HOME, spot, search.known.ways).total_seconds())
    found = []
    for one in candidates:
        here = sits.get(one.day)
        if here is None:
            if not usual or is_free(own, one.start - usual, one.start):
                found.append(one)
        elif _reaches(one, spot, here, own, search.known.ways):
            found.append(one)
    return found


def _reaches(one: Candidate, spot: Spot, sits: Sequence[Stay], own: Sequence[Seconds], ways: Ways) -> bool:
    places = [(sit, sit.spot) for sit in sits if sit.spot is not None]
    before = next((at for sit, at in reversed(places) if sit.end <= one.start), HOME)
    way = int(lead(before, spot, ways).total_seconds())
    if way and not is_free(own, one.start - way, one.start):
        return False
    after = next(((sit, at) for sit, at in places if sit.start >= one.end), None)
    if after is None:
        return True
    start, leaves = after[0].start, after[0].start - int(lead(spot, after[1], ways).total_seconds())
    return leaves >= one.end and not any(sit.start < start and sit.end > leaves for sit in sits)


def _driven_to(search: Search, rules: Rules, candidates: Iterable[Candidate]) -> list[Candidate]:
    """Return the candidates before which everybody has time to drive to the citizen's home."""
    drive = int(PROFESSIONAL_LEAD.total_seconds())
    everybody = [who for who in search.ask.with_ids if who != rules.without]
    taken = merged(chain.from_iterable(search.known.taken.get(who, ()) for who in everybody))
    return [one for one in candidates if is_free(taken, one.start - drive, one.start)]


def _interpreted(search: Search, candidates: Iterable[Candidate]) -> Iterator[Fitting]:
    """Yield the candidates for which an interpreter is free, if one is needed."""
    if not search.known.interpreters:
        yield from (Fitting(one, None) for one in candidates)
        return
    taken = {who: merged(search.known.taken.get(who, ())) for who in search.known.interpreters}
    for one in candidates:
        who = next((who for who in taken if is_free(taken[who], one.start, one.end)), None)
        if who is not None:
            yield Fitting(one, who)
