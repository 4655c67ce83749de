from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.dates.local_time import DANISH_TIME
from app.dates.workdays import holiday_name
from app.errors import Refused
from app.meetings.rules import (
    LONGEST,
    MOST_OPTIONS,
    MOST_PEOPLE,
    ClosedThatDay,
    InvalidSlot,
    MeetingRequest,
    NoOffset,
    NoSuchTime,
    NotBookable,
    OddMinutes,
    PastTime,
    Slot,
    TooFarAway,
    TooManyTimes,
    WrongNumberOfPeople,
    is_skipped,
    slot_of,
)
from tests.booking.requests import WORKDAYS, at, request_for
from tests.cast import NOW

HOUR = timedelta(hours=1)
quarters = st.integers(0, 28 * 96).map(lambda n: datetime(2026, 3, 2, tzinfo=UTC) + n * timedelta(minutes=15))
spans = st.tuples(quarters, st.integers(1, 48)).map(
    lambda one: (one[0], one[0] + one[1] * timedelta(minutes=15))
)
slots = spans.map(lambda span: Slot(*span))


def time_of(asked: MeetingRequest) -> Slot:
    return slot_of(asked, now=NOW, zone=DANISH_TIME, holiday_name=holiday_name)


@given(slots, slots)
def test_overlapping_is_mutual_and_means_a_common_minute(one: Slot, other: Slot) -> None:
    common = max(one.start, other.start) < min(one.end, other.end)
    assert one.overlaps(other) == other.overlaps(one) == common


@pytest.mark.parametrize(
    ("text", "skipped"),
    [
        ("2027-03-28T02:30:00+01:00", True),
        ("2027-03-28T02:30:00+02:00", True),
        ("2027-03-28T02:30:00+00:00", False),  # 04:30 in Denmark
        ("2027-03-28T03:00:00+02:00", False),
        ("2027-10-31T02:30:00+01:00", False),  # it comes twice, which is another matter
    ],
)
def test_the_skipped_hour_is_known(text: str, skipped: bool) -> None:
    assert is_skipped(datetime.fromisoformat(text), DANISH_TIME) is skipped


def test_twice_the_same_time_of_day_is_two_moments() -> None:
    first, second = (datetime.fromisoformat(f"2026-10-25T02:30:00+0{n}:00") for n in (2, 1))
    assert not Slot(first, first + HOUR).overlaps(Slot(second, second + HOUR))


WRONG: list[tuple[type[Refused], str, Callable[[], MeetingRequest]]] = [
    (PastTime, "starts_at", lambda: request_for("2026-03-02 09:00")),
    (TooFarAway, "starts_at", lambda: request_for("2030-03-05 10:00")),
    (InvalidSlot, "ends_at", lambda: request_for(minutes=0)),
    (InvalidSlot, "ends_at", lambda: request_for(minutes=-30)),
    (InvalidSlot, "ends_at", lambda: request_for(minutes=26 * 60)),
    (ClosedThatDay, "starts_at", lambda: request_for("2026-04-03 10:00")),
    (ClosedThatDay, "starts_at", lambda: request_for("2026-04-01 22:00", 3 * 60)),
    (NoSuchTime, "starts_at", lambda: request_for("2026-03-29 02:30")),
    (NoOffset, "starts_at", lambda: request_for(starts_at=datetime(2026, 3, 5, 10))),
    (NoOffset, "ends_at", lambda: request_for(ends_at=datetime(2026, 3, 5, 11))),
    (OddMinutes, "starts_at", lambda: request_for(starts_at=at("2026-03-05 10:00:30"))),
]


@pytest.mark.parametrize(("refusal", "field", "asked"), WRONG)
def test_a_time_that_cannot_be_is_refused_and_named(
    refusal: type[Refused], field: str, asked: Callable[[], MeetingRequest]
) -> None:
    with pytest.raises(NotBookable) as caught:
        time_of(asked())
    assert type(caught.value) is refusal
    assert caught.value.field == field


def test_a_holiday_is_refused_by_name() -> None:
    with pytest.raises(ClosedThatDay) as caught:
        time_of(request_for("2026-04-03 10:00"))
    assert caught.value.params == {"name": "langfredag"}


@pytest.mark.parametrize("minutes", [1, 45, 12 * 60])
def test_a_meeting_lasts_up_to_twelve_hours(minutes: int) -> None:
    slot = time_of(request_for(minutes=minutes))
    assert slot.end - slot.start == timedelta(minutes=minutes) <= LONGEST


def test_a_meeting_may_end_at_midnight_before_a_holiday() -> None:
    assert time_of(request_for("2026-04-01 22:00", 120)).end == at("2026-04-02 00:00")


def test_a_closing_day_of_the_municipality_can_be_booked_all_the_same() -> None:
    assert WORKDAYS.is_closing_day(date(2026, 12, 24))
    assert time_of(request_for("2026-12-24 10:00")).start == at("2026-12-24 10:00")


def test_a_refusal_names_the_number_that_holds() -> None:
    """The sentences are plain text, so that they can be translated; the numbers are told from here."""
    assert f"højst {MOST_OPTIONS} tider" in TooManyTimes.reason
    assert f"mellem 1 og {MOST_PEOPLE} andre" in WrongNumberOfPeople.reason
