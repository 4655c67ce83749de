"""The sweep, the ways and the limits against slow ways to the same answer."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.availability.models import CalendarLimits, CalendarWish
from app.availability.rules import CitizenLimits, WishKind, is_too_much, wish_spans
from app.dates.local_time import DANISH_TIME
from app.meetings.place_names import place_key
from app.meetings.rules import Channel, Slot, SubjectKind
from app.meetings.travel import HOME, Known, travel_trips
from app.scheduling.alternatives import three_alternatives
from app.scheduling.candidates import CandidateTime, candidate_times
from app.scheduling.fit import SearchRules, fitting_times
from app.scheduling.inputs import CitizenStay
from app.scheduling.intervals import free_candidates, is_span_free, merge_spans
from app.scheduling.service import nearest_alternatives
from tests.booking.requests import WORKDAYS, at
from tests.cast import NOW
from tests.scheduling.searches import (
    BEGINS,
    CITIZEN,
    JONAS,
    LINE,
    MINUTE,
    QUARTER,
    by_bits,
    candidates,
    moment,
    monday,
    search,
    search_request,
    stay,
    visits,
)

pytestmark = pytest.mark.both_databases

MONDAY = date(2026, 3, 2)
HOUR = timedelta(hours=1)
EXAMPLES = settings(max_examples=60, derandomize=True, deadline=None)  # no clock: the first fills caches
THERE, ELSEWHERE = map(place_key, ("Rådhuset", "Sundhedshuset"))

minutes_long = st.sampled_from([15, 30, 45, 60, 90, 120])
spans_taken = st.tuples(st.integers(0, 28 * 24 * 60), st.integers(1, 12 * 60)).map(
    lambda one: (BEGINS + one[0] * MINUTE, BEGINS + (one[0] + one[1]) * MINUTE)
)
lots_taken = st.lists(spans_taken, max_size=40)


def in_hours(first: int, last: int) -> st.SearchStrategy[time]:
    return st.builds(time, st.integers(first, last), st.sampled_from([0, 15, 30, 45]))


wishes = st.tuples(st.none() | st.integers(0, 6), in_hours(8, 11), in_hours(12, 16), st.booleans()).map(
    lambda one: CalendarWish(
        citizen_id=CITIZEN,
        kind=WishKind.OTHER,
        weekday=one[0],
        from_time=one[1],
        until_time=one[2],
        hard=one[3],
        created_at=NOW,
    )
)


def times_of(found: list[Any]) -> list[CandidateTime]:
    return [one.time for one in found]


@EXAMPLES
@given(lots_taken, lots_taken, minutes_long)
def test_the_sweep_and_an_integer_of_bits_give_the_same_times(
    one: list[tuple[int, int]], other: list[tuple[int, int]], minutes: int
) -> None:
    asked = search_request(minutes=minutes, with_ids=(LINE, JONAS))
    found = fitting_times(search(asked, taken={LINE: one, JONAS: other}))
    assert times_of(found) == by_bits(candidates(asked), [*one, *other])


@EXAMPLES
@given(lots_taken, st.lists(wishes, max_size=4), minutes_long)
def test_what_the_citizen_cannot_is_as_taken_and_what_she_would_rather_not_is_free(
    taken: list[tuple[int, int]], said: list[CalendarWish], minutes: int
) -> None:
    asked = search_request(minutes=minutes)
    cannot = [
        (int(start.timestamp()), int(end.timestamp())) for start, end in wish_spans(said, monday(), monday(5))
    ]
    found = fitting_times(search(asked, taken={LINE: taken}, wishes=said))
    assert times_of(found) == by_bits(candidates(asked), [*taken, *cannot])


@EXAMPLES
@given(lots_taken)
def test_merging_keeps_every_minute_and_no_two_spans_touch(taken: list[tuple[int, int]]) -> None:
    spans = merge_spans(taken)
    assert {minute for span in taken for minute in range(*span, MINUTE)} <= {
        minute for span in spans for minute in range(span[0], span[1], MINUTE)
    }
    assert all(one[1] < other[0] for one, other in pairwise(spans))
    assert all(not is_span_free(spans, *span) for span in taken)


@st.composite
def days_out(draw: st.DrawFn) -> list[CitizenStay]:
    """Draw a citizen's meetings of some days, apart from each other, each reached in time."""
    found: list[CitizenStay] = []
    for number in range(draw(st.integers(0, 8))):
        begins = BEGINS + draw(st.integers(0, 4)) * 24 * 3600 + draw(st.integers(-4, 24)) * QUARTER
        spot = draw(st.sampled_from([None, THERE, ELSEWHERE, HOME]))
        one = stay(begins, begins + draw(st.integers(1, 4)) * QUARTER, number, spot)
        if stands([*found, one], {}):
            found.append(one)
    return found


def stands(stays: list[CitizenStay], inputs: Known) -> bool:
    """Say whether nothing overlaps, and each place is reached in time, by the code that lays the ways."""
    ordered = sorted(stays)
    apart = all(one.end <= other.start for one, other in pairwise(ordered))
    return apart and not any(trip.lacks for trip in travel_trips(SubjectKind.CITIZEN, visits(stays), inputs))


def with_ways(stays: list[CitizenStay]) -> list[CitizenStay]:
    """Return the stays, and the ways to them as they are stored."""
    laid = [
        CitizenStay(
            int((trip.to.start - trip.wanted).timestamp()),
            int(trip.to.start.timestamp()),
            trip.to.meeting_id,
            None,
            True,
            trip.to.start.astimezone(DANISH_TIME).date(),
        )
        for trip in travel_trips(SubjectKind.CITIZEN, visits(stays), {})
    ]
    return sorted([*stays, *laid])


@EXAMPLES
@given(days_out(), st.sampled_from([THERE, ELSEWHERE, HOME, None]), st.sampled_from([15, 45, 60]))
def test_offered_is_what_can_be_booked_with_the_way_there_and_on_to_the_next(
    stays: list[CitizenStay], spot: str | None, minutes: int
) -> None:
    channel = {HOME: Channel.HOME, None: Channel.PHONE}.get(spot, Channel.IN_PERSON)
    asked = search_request(minutes=minutes, channel=channel, place=spot, to=NOW + timedelta(days=5))
    found = times_of(fitting_times(search(asked, stays=with_ways(stays))))
    could = [one for one in candidates(asked) if stands([*stays, stay(one.start, one.end, 99, spot)], {})]
    assert found == could


@EXAMPLES
@given(
    st.lists(st.tuples(st.integers(0, 27), st.integers(0, 5)), max_size=12),
    st.builds(CitizenLimits, st.integers(1, 3), st.integers(1, 5), st.just(0), st.booleans()),
)
def test_days_are_open_as_booking_counts_them(planned: list[tuple[int, int]], limits: CitizenLimits) -> None:
    starts = [(BEGINS + day * 24 * 3600 + 5 * 3600, number) for day, number in planned]
    stays = [stay(start, start + QUARTER, number) for start, number in starts]
    row = CalendarLimits(
        citizen_id=CITIZEN,
        per_day=limits.per_day,
        per_week=limits.per_week,
        notice_days=0,
        rest_after=limits.rest_after,
        updated_at=NOW,
    )
    asked = search_request(minutes=15)
    offered = {one.day for one in times_of(fitting_times(search(asked, stays=stays, limits=row)))}
    others = {(one.meeting_id, one.day) for one in stays}
    assert offered == {one.day for one in candidates(asked) if not is_too_much(limits, others, one.day)}


def test_times_lie_in_office_hours_on_working_days() -> None:
    walls = [
        one.slot.start.astimezone(DANISH_TIME)
        for day in WORKDAYS.working_days(date(2026, 3, 23), date(2026, 4, 20))
        for one in candidate_times(day, HOUR)
    ]
    assert {(wall.hour, wall.minute) for wall in walls} >= {(9, 0), (14, 0)}
    assert all(9 <= wall.hour < 15 and wall.weekday() < 5 for wall in walls)
    assert not {wall.date() for wall in walls} & {date(2026, 4, 2), date(2026, 4, 3), date(2026, 4, 6)}


def test_office_hours_follow_the_wall_when_the_clocks_change() -> None:
    assert candidate_times(date(2026, 3, 27), HOUR)[0].slot.start == datetime(2026, 3, 27, 8, tzinfo=UTC)
    assert candidate_times(date(2026, 3, 30), HOUR)[0].slot.start == datetime(2026, 3, 30, 7, tzinfo=UTC)


def test_a_meeting_longer_than_the_office_day_is_not_offered() -> None:
    assert candidate_times(MONDAY, timedelta(hours=7)) == ()


def test_without_somebody_their_time_is_no_matter() -> None:
    asked = search_request(with_ids=(LINE, JONAS))
    all_day = [(BEGINS - QUARTER, BEGINS + 28 * 24 * 3600)]
    looked = search(asked, taken={JONAS: all_day})
    assert fitting_times(looked) == []
    assert times_of(fitting_times(looked, SearchRules(without=JONAS))) == candidates(asked)


every_hour = st.sampled_from([one.slot for one in candidates(search_request())])


@EXAMPLES
@given(st.lists(every_hour, unique=True), st.integers(0, 28 * 96))
def test_three_times_are_different_and_as_far_apart_as_can_be(left: list[Slot], quarter: int) -> None:
    around = moment(BEGINS + quarter * QUARTER)
    for picked in (nearest_alternatives(left, around), three_alternatives(sorted(left), lambda slot: slot)):
        assert len(picked) == len(set(picked)) == min(3, len(left))
        assert set(picked) <= set(left)
        days = {slot.start.date() for slot in picked}
        assert len(days) > 1 or len({slot.start.date() for slot in left}) < 2


def test_no_two_of_three_lie_right_beside_each_other_while_there_is_another() -> None:
    day = [at("2026-03-05 11:15"), at("2026-03-05 11:30"), at("2026-03-05 12:00"), at("2026-03-05 13:30")]
    other = [at("2026-03-06 12:15"), at("2026-03-06 12:30")]

    def picked(*starts: datetime) -> list[datetime]:
        return [
            one.start for one in three_alternatives([Slot(at, at + HOUR) for at in starts], lambda one: one)
        ]

    assert picked(*day, *other) == [day[0], other[0], day[3]]  # 12.00 is the other half, and no other time
    assert picked(*day[:3], *other) == [day[0], other[0], day[2]]
    assert picked(*day) == [day[0], day[3], day[2]]
    assert picked(*day[:2]) == day[:2]


def test_the_three_are_the_nearest_another_day_and_the_other_half() -> None:
    slots = [
        one.slot
        for day in WORKDAYS.working_days(MONDAY, date(2026, 3, 20))
        for one in candidate_times(day, HOUR)
    ]
    best, other_day, other_half = nearest_alternatives(slots, at("2026-03-05 10:00"))
    assert best.start == at("2026-03-05 10:00")
    assert other_day.start == at("2026-03-04 10:00")
    assert other_half.start == at("2026-03-05 12:00")
    assert nearest_alternatives([], at("2026-03-05 10:00")) == []


def test_the_sweep_takes_spans_as_half_open() -> None:
    first, *_rest = candidate_times(MONDAY, HOUR)
    assert free_candidates([first], [(first.start - QUARTER, first.start), (first.end, first.end + 1)]) == [
        first
    ]
    assert free_candidates([first], [(first.start - QUARTER, first.start + 1)]) == []
    assert free_candidates([first], [(first.end - 1, first.end + QUARTER)]) == []
