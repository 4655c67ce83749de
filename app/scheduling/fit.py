"""Which times suit everybody: nobody is taken, the citizen gets there and on to the next, and can take it.

Pure. `SearchRules` says what is kept to, so that the same search can be run again without one of them.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import chain, groupby
from typing import NamedTuple
from uuid import UUID

from app.availability.rules import USUAL as USUAL_LIMITS
from app.availability.rules import wish_spans
from app.dates.local_time import danish_day
from app.dates.workdays import WorkingCalendar
from app.meetings.rules import Channel
from app.meetings.travel import HOME, PROFESSIONAL_LEAD, Spot, spot_of, travel_time
from app.meetings.travel import Known as Ways
from app.scheduling.alternatives import is_apart
from app.scheduling.candidates import (
    CLOSES,
    DAY,
    EARLIEST,
    LATEST,
    OPENS,
    CandidateTime,
    candidate_times,
    exact_candidate,
)
from app.scheduling.inputs import CitizenStay, SearchInputs
from app.scheduling.intervals import Seconds, free_candidates, is_span_free, merge_spans
from app.scheduling.rules import SearchRequest

MOST_DAYS = 26 * 7


@dataclass(frozen=True, slots=True)
class SearchRules:
    """What a search keeps to. A citizen's "kan ikke" is always kept to."""

    without: UUID | None = None  # this one need not be there
    opens: time = OPENS
    closes: time = CLOSES
    limits: bool = True  # at most so many a day and a week, and the rest after
    notice: bool = True


ALL = SearchRules()


@dataclass(frozen=True, slots=True)
class TimeSearch:
    """One search: what is asked, what is known, and the days to look at, the last included."""

    search_request: SearchRequest
    inputs: SearchInputs
    first: date
    last: date
    now: datetime
    workdays: WorkingCalendar

    @property
    def first_noticed(self) -> date:
        """The first day that leaves the citizen the days before that were asked for."""
        limits = self.inputs.limits or USUAL_LIMITS
        return max(self.first, danish_day(self.now) + limits.notice_days * DAY)

    @property
    def spot(self) -> Spot | None:
        return spot_of(self.search_request.channel, self.search_request.place_id, self.search_request.place)

    @property
    def sits(self) -> list[CitizenStay]:
        """The citizen's meetings, the way to them left out."""
        return [stay for stay in self.inputs.stays if not stay.is_travel]


class FittingTime(NamedTuple):
    """A time that suits everybody, and who could interpret."""

    time: CandidateTime
    interpreter_id: UUID | None


def search_days(search_request: SearchRequest, now: datetime) -> tuple[date, date]:
    """Return the first and the last day to look at; what the citizen needs to know beforehand comes later."""
    first = max(danish_day(search_request.from_), danish_day(now))
    return first, min(danish_day(search_request.to), first + MOST_DAYS * DAY)


def fitting_times(search: TimeSearch, rules: SearchRules = ALL) -> list[FittingTime]:
    """Return every time that suits everybody and keeps to the rules, earliest first."""
    days = _open_days(search, rules)
    candidates = list(_candidates(search, rules, days))
    sits = search.sits
    own = merge_spans(chain(((one.start, one.end) for one in sits), _cannot(search)))
    needed = search.search_request.needed_ids - {rules.without}
    others = [taken for who, taken in search.inputs.taken.items() if who in needed]
    # By phone the way to the next meeting is time taken; on foot it is laid anew, and looked at below.
    ways_to = [(one.start, one.end) for one in search.inputs.stays if one.is_travel and search.spot is None]
    found = free_candidates(candidates, chain(own, ways_to, *others))
    if search.spot is not None:
        found = _within_reach(search, search.spot, found, own)
    if search.search_request.channel is Channel.HOME:
        found = _driven_to(search, rules, found)
    if search.search_request.not_near:
        found = [one for one in found if is_apart(one.slot, search.search_request.not_near)]
    return list(_interpreted(search, found))


def _cannot(search: TimeSearch) -> Iterator[Seconds]:
    for start, end in wish_spans(search.inputs.wishes, search.first, search.last):
        yield int(start.timestamp()), int(end.timestamp())


def _candidates(search: TimeSearch, rules: SearchRules, days: Iterable[date]) -> Iterator[CandidateTime]:
    if search.search_request.exact:
        yield from (exact_candidate(search.search_request.exact.slot) for _day in days)
        return
    begins = max(int(search.search_request.from_.timestamp()), int(search.now.timestamp()) + 1)
    ends = int(search.search_request.to.timestamp())
    opens, closes = (EARLIEST, LATEST) if search.search_request.wide_hours else (rules.opens, rules.closes)
    for day in days:
        for one in candidate_times(day, search.search_request.length, opens, closes):
            if one[0] >= begins and one[1] <= ends:
                yield one


def _open_days(search: TimeSearch, rules: SearchRules) -> Iterator[date]:
    """Yield the working days, or the exact time's, on which the citizen can take one more meeting."""
    first = search.first_noticed if rules.notice and search.search_request.notice else search.first
    days = search.workdays.working_days(first, search.last)
    if search.search_request.exact:
        days = iter([danish_day(search.search_request.exact.slot.start)])
    limits = search.inputs.limits or USUAL_LIMITS
    meetings = {(one.meeting_id, one.day) for one in search.sits}
    on_day = Counter(day for _id, day in meetings)
    in_week = Counter(week for _id, week in {(one, day.isocalendar()[:2]) for one, day in meetings})
    for day in days:
        if not rules.limits:
            yield day
        elif on_day[day] >= limits.per_day or in_week[day.isocalendar()[:2]] >= limits.per_week:
            continue
        elif not (limits.rest_after and (on_day[day - DAY] or on_day[day + DAY])):
            yield day


def _within_reach(
    search: TimeSearch, spot: Spot, candidates: Iterable[CandidateTime], own: Sequence[Seconds]
) -> list[CandidateTime]:
    """Return the candidates that the citizen gets to in time, and from which the next meeting is reached."""
    sits = {day: list(these) for day, these in groupby(search.sits, key=lambda one: one.day)}
    usual = int(travel_time(HOME, spot, search.inputs.travel).total_seconds())
    found = []
    for one in candidates:
        here = sits.get(one.day)
        if here is None:
            if not usual or is_span_free(own, one.start - usual, one.start):
                found.append(one)
        elif _reaches(one, spot, here, own, search.inputs.travel):
            found.append(one)
    return found


def _reaches(
    one: CandidateTime, spot: Spot, sits: Sequence[CitizenStay], own: Sequence[Seconds], travel: Ways
) -> bool:
    places = [(sit, sit.spot) for sit in sits if sit.spot is not None]
    before = next((at for sit, at in reversed(places) if sit.end <= one.start), HOME)
    way = int(travel_time(before, spot, travel).total_seconds())
    if way and not is_span_free(own, one.start - way, one.start):
        return False
    after = next(((sit, at) for sit, at in places if sit.start >= one.end), None)
    if after is None:
        return True
    start, leaves = after[0].start, after[0].start - int(travel_time(spot, after[1], travel).total_seconds())
    return leaves >= one.end and not any(sit.start < start and sit.end > leaves for sit in sits)


def _driven_to(
    search: TimeSearch, rules: SearchRules, candidates: Iterable[CandidateTime]
) -> list[CandidateTime]:
    """Return the candidates before which everybody has time to drive to the citizen's home."""
    drive = int(PROFESSIONAL_LEAD.total_seconds())
    everybody = [who for who in search.search_request.with_ids if who != rules.without]
    taken = merge_spans(chain.from_iterable(search.inputs.taken.get(who, ()) for who in everybody))
    return [one for one in candidates if is_span_free(taken, one.start - drive, one.start)]


def _interpreted(search: TimeSearch, candidates: Iterable[CandidateTime]) -> Iterator[FittingTime]:
    """Yield the candidates for which an interpreter is free, if one is needed."""
    if not search.inputs.interpreters:
        yield from (FittingTime(one, None) for one in candidates)
        return
    taken = {who: merge_spans(search.inputs.taken.get(who, ())) for who in search.inputs.interpreters}
    for one in candidates:
        who = next((who for who in taken if is_span_free(taken[who], one.start, one.end)), None)
        if who is not None:
            yield FittingTime(one, who)
