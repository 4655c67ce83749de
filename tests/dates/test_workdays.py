"""Working days: weekends, holidays and the municipality's closing days do not count."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.dates.workdays import WorkingCalendar, holiday_name

CLOSED = frozenset({date(2026, 12, 24), date(2026, 12, 31)})
WORKDAYS = WorkingCalendar(CLOSED, answer_days=5, reply_days=3)
days = st.dates(date(2024, 1, 1), date(2036, 12, 31))


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2026, 3, 2), 5, date(2026, 3, 9)),  # Monday to Monday
        (date(2026, 3, 27), 5, date(2026, 4, 8)),  # over Easter: 2, 3, 5 and 6 April are holidays
        # 24 and 31 December are closing days, 25 December and 1 January holidays
        (date(2026, 12, 22), 5, date(2027, 1, 4)),
    ],
)
def test_days_to_answer(day: date, count: int, expected: date) -> None:
    assert WORKDAYS.working_day_after(day, count) == WORKDAYS.answer_by(day) == expected


def test_the_first_day_on_which_the_municipality_works() -> None:
    assert WORKDAYS.working_day_from(date(2026, 3, 9)) == date(2026, 3, 9)
    assert WORKDAYS.working_day_from(date(2026, 3, 7)) == date(2026, 3, 9)
    assert WORKDAYS.working_day_from(date(2026, 12, 24)) == date(2026, 12, 28)


def test_store_bededag_ended_in_2024() -> None:
    assert holiday_name(date(2023, 5, 5)) is not None
    assert holiday_name(date(2024, 4, 26)) is None


def test_holidays_have_danish_names() -> None:
    assert holiday_name(date(2027, 3, 26)) == "langfredag"


@given(days, st.integers(1, 15))
def test_exactly_so_many_working_days_pass(day: date, count: int) -> None:
    last = WORKDAYS.working_day_after(day, count)
    passed = [date.fromordinal(n) for n in range(day.toordinal() + 1, last.toordinal() + 1)]
    assert sum(map(WORKDAYS.is_working_day, passed)) == count
    assert WORKDAYS.is_working_day(last)
    assert list(WORKDAYS.working_days(day + timedelta(days=1), last))[-1] == last


def test_counting_starts_at_one() -> None:
    with pytest.raises(ValueError, match="one"):
        WORKDAYS.working_day_after(date(2026, 3, 2), 0)
