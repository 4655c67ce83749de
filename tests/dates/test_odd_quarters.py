"""Edge cases 30 and 32, and the 88 quarters of an hour 2026-2036 that don't exist or come twice."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from app.availability.models import CalendarWish
from app.availability.rules import WishKind, wish_spans
from app.dates.local_time import DANISH_TIME, span_edge, to_instant
from app.meetings.rules import Slot, is_skipped
from app.scheduling.candidates import candidate_times
from tests.cast import NOW
from tests.scheduling.searches import CITIZEN

QUARTER = timedelta(minutes=15)


def last_sunday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)


YEARS = range(2026, 2037)
SKIPPED = [(last_sunday(year, 3), time(2, m)) for year, m in product(YEARS, (0, 15, 30, 45))]
TWICE = [(last_sunday(year, 10), time(2, m)) for year, m in product(YEARS, (0, 15, 30, 45))]


def test_there_are_88_odd_quarters_and_no_more() -> None:
    quarters = [time(hour, minute) for hour in range(24) for minute in (0, 15, 30, 45)]
    first, last = date(2026, 1, 1), date(2036, 12, 31)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    odd = [(day, at) for day in days for at in quarters if _offsets(day, at)[0] != _offsets(day, at)[1]]
    assert odd == sorted([*SKIPPED, *TWICE])
    assert len(odd) == 88


def _offsets(day: date, at: time) -> list[timedelta | None]:
    wall = datetime.combine(day, at, DANISH_TIME)
    return [wall.replace(fold=fold).utcoffset() for fold in (0, 1)]


def test_case_30_a_time_that_does_not_exist_is_no_moment_and_is_never_offered() -> None:
    for day, at in SKIPPED:
        assert to_instant(day, at) is None
        assert is_skipped(datetime.combine(day, at, DANISH_TIME), ZoneInfo("Europe/Copenhagen"))
        starts = {one.slot.start for one in candidate_times(day, QUARTER, time(0), time(6))}
        assert len(starts) == 20  # of six hours on the wall, one is not there
        assert datetime.combine(day, time(1), UTC) in starts  # 03.00: the minute after 01.59
        assert span_edge(day, at) == span_edge(day, at, last=True) == datetime.combine(day, time(1), UTC)


def test_a_time_that_comes_twice_is_its_first_and_the_two_do_not_clash() -> None:
    for day, at in TWICE:
        first, second = span_edge(day, at), span_edge(day, at, last=True)
        assert to_instant(day, at) == first
        assert second - first == timedelta(hours=1)
        assert not Slot(first, first + QUARTER).overlaps(Slot(second, second + QUARTER))
        assert first in {one.slot.start for one in candidate_times(day, QUARTER, time(0), time(6))}


@pytest.mark.parametrize(
    ("evening", "hours"), [(date(2027, 3, 27), 7), (date(2027, 3, 29), 8), (date(2027, 10, 30), 9)]
)
def test_case_32_a_night_lasts_as_long_as_it_lasts(evening: date, hours: int) -> None:
    night = CalendarWish(
        citizen_id=CITIZEN,
        kind=WishKind.REST,
        from_time=time(22),
        until_time=time(6),
        starts_on=evening,
        ends_on=evening,
        hard=True,
        created_at=NOW,
    )
    morning = evening + timedelta(days=1)
    [(start, end)] = wish_spans([night], evening, morning)
    assert end - start == timedelta(hours=hours)
    assert end.astimezone(DANISH_TIME) == datetime.combine(morning, time(6), DANISH_TIME)
    assert wish_spans([night], morning, morning) == [(start, end)]  # it began the day before
    assert wish_spans([night], morning + timedelta(days=1), morning + timedelta(days=9)) == []
