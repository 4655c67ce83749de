"""When somebody is at work again: weekdays, holidays, closing days, and the nights when the clocks change."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.dates.office_hours import TYPED_MOST, next_opening, read_hours, write_hours
from app.dates.workdays import WorkingCalendar

HOURS = "Mandag til torsdag kl. 9.00–15.00. Fredag kl. 9.00–13.00."
WORKDAYS = WorkingCalendar(frozenset({date(2026, 12, 24), date(2026, 12, 31)}), answer_days=5, reply_days=3)
DENMARK = ZoneInfo("Europe/Copenhagen")


@pytest.mark.parametrize(
    ("now", "again"),
    [
        ("2026-03-02 08:59", "2026-03-02 09:00"),  # Monday, before nine
        ("2026-03-02 09:00", None),  # at work
        ("2026-03-02 14:59", None),
        ("2026-03-02 15:00", "2026-03-03 09:00"),  # after three
        ("2026-03-06 13:30", "2026-03-09 09:00"),  # Friday closes earlier: Monday
        ("2026-03-07 12:00", "2026-03-09 09:00"),  # Saturday
        ("2026-04-01 16:00", "2026-04-07 09:00"),  # the day before Maundy Thursday: after Easter Monday
        (
            "2026-12-23 15:00",
            "2026-12-28 09:00",
        ),  # a closing day, a holiday, a weekend
        ("2026-12-31 10:00", "2027-01-04 09:00"),  # on a closing day itself
        ("2026-03-28 12:00", "2026-03-30 09:00"),  # the clocks go forward in between
        ("2026-10-24 12:00", "2026-10-26 09:00"),  # and back
        ("2026-10-25 23:59", "2026-10-26 09:00"),
    ],
)
def test_when_she_is_at_work_again(now: str, again: str | None) -> None:
    found = next_opening(HOURS, datetime.fromisoformat(now).replace(tzinfo=DENMARK).astimezone(UTC), WORKDAYS)
    assert (found and f"{found.astimezone(DENMARK):%Y-%m-%d %H:%M}") == again


def test_it_is_the_wall_in_denmark_that_counts() -> None:
    half_past_seven = datetime(2026, 7, 6, 7, 30, tzinfo=UTC)  # 9.30 in summer, 8.30 in winter
    assert next_opening(HOURS, half_past_seven, WORKDAYS) is None
    assert next_opening(HOURS, half_past_seven.replace(month=12, day=7), WORKDAYS) is not None


def test_there_can_be_a_break_at_noon_and_a_saturday() -> None:
    hours = "Mandag kl. 8–12. Mandag kl. 13–15. Lørdag kl. 10–12."
    noon = datetime(2026, 3, 2, 12, 30, tzinfo=DENMARK)
    assert next_opening(hours, noon, WORKDAYS) == datetime(2026, 3, 2, 13, tzinfo=DENMARK)
    assert next_opening(hours, noon.replace(hour=16), WORKDAYS) == datetime(2026, 3, 7, 10, tzinfo=DENMARK)


@pytest.mark.parametrize(
    "unknown",
    [
        *(None, "", "Når jeg er der.", "Mandag kl. 9", "Ring mandag kl. 9–15", "kl. 9–15", "Mandag kl. 9–25"),
        *("Mandag kl. 15–9", "Fredag til mandag kl. 9–15", "Mandag kl. 9–12. Mandag kl. 11–15."),
        "Mandag kl. 9–15, men ikke i uge 7",
    ],
)
def test_of_what_is_not_known_nothing_is_said(unknown: str | None) -> None:
    assert next_opening(unknown, datetime(2026, 3, 7, tzinfo=UTC), WORKDAYS) is None


@pytest.mark.parametrize(
    "typed",
    [
        *("mandag-torsdag 9-15, fredag 9-13", "Mandag til torsdag: 9.00 til 15.00 og fredag kl 9:00-13:00"),
        "MANDAG – TORSDAG kl. 09.00 – 15.00\nFredag fra 9 til kl. 13",
    ],
)
def test_hours_are_stored_in_one_form_however_they_are_typed(typed: str) -> None:
    assert write_hours(read_hours(typed)) == HOURS


CLOCK = st.tuples(st.integers(0, 23), st.integers(0, 59))


@given(st.integers(0, 6), st.integers(0, 6), CLOCK, CLOCK)
def test_what_is_written_is_read_back(
    one: int, other: int, start: tuple[int, int], end: tuple[int, int]
) -> None:
    names = ("Mandag", "Tirsdag", "Onsdag", "Torsdag", "Fredag", "Lørdag", "Søndag")
    text = f"{names[one]} til {names[other]} kl. {start[0]}.{start[1]:02}–{end[0]}.{end[1]:02}."
    hours = read_hours(text)
    assert bool(hours) == (one <= other and start < end)
    assert read_hours(write_hours(hours)) == hours


def test_a_text_longer_than_hours_can_be_is_not_compared_pair_by_pair() -> None:
    assert read_hours(f"{HOURS}{' ' * TYPED_MOST}") == ()
