"""Edge cases 21-37: limits, weeks, holidays, the nights when clocks change, series."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlmodel import select

from app.availability.models import CalendarWish
from app.availability.rules import USUAL, CitizenLimits, WishKind, is_too_much, wish_spans
from app.booking.cancel import expire_proposals
from app.booking.series import SeriesShift, book_series, end_series, move_series
from app.booking.series_preview import plan_series
from app.dates.local_time import DANISH_TIME
from app.dates.workdays import holiday_name
from app.demo.cast import person_id
from app.meetings.life_cycle import MeetingState
from app.meetings.models import Meeting
from app.meetings.rules import Channel, Clash, ClosedThatDay, NoSuchTime, NotASeries, Obstacle, OccupancyKind
from app.notifications.models import Notice
from tests.booking.desk import Desk, slot
from tests.booking.requests import WORKDAYS, at, closed_on, request_for
from tests.cast import NOW, People

pytestmark = pytest.mark.both_databases

PHONE: dict[str, Any] = {"channel": Channel.PHONE, "duty": True}


def _fill_week(desk: Desk) -> None:
    for day in (9, 10, 11):
        desk.place(f"2026-03-{day:02} 10:00", citizen="karim", **PHONE)


def test_case_22_the_citizens_own_yes_goes_beyond_the_limit(desk: Desk, people: People) -> None:
    _fill_week(desk)
    with pytest.raises(Clash) as refused:
        desk.place("2026-03-12 10:00", citizen="karim", **PHONE)
    assert refused.value.over_limit
    fourth = desk.place("2026-03-12 10:00", citizen="karim", channel=Channel.PHONE, said_yes=True)
    assert fourth.state is MeetingState.AGREED


def test_case_22_so_does_a_yes_to_a_time_that_was_offered_before(desk: Desk) -> None:
    offered = desk.place("2026-03-12 10:00", citizen="karim", channel=Channel.PHONE)
    desk.now = NOW + timedelta(days=7)
    desk.do(expire_proposals)
    desk.now = NOW
    _fill_week(desk)
    assert desk.accept(offered).state is MeetingState.AGREED


def test_case_22_a_move_asks_the_citizen_unless_she_said_yes_to_that_time(desk: Desk) -> None:
    _fill_week(desk)
    later = desk.place("2026-03-16 10:00", citizen="karim", channel=Channel.PHONE, said_yes=True)
    with pytest.raises(Clash) as refused:
        desk.move(later, "2026-03-12 10:00")
    assert refused.value.over_limit
    asked = desk.move(later, "2026-03-17 10:00")
    assert (asked.state, asked.moved_from) == (MeetingState.PROPOSED, at("2026-03-16 10:00"))
    assert desk.time_of("karim", OccupancyKind.HOLD) == ["10:00-11:00 hold"]
    moved = desk.move(later, "2026-03-12 10:00", said_yes=True)
    assert (moved.state, moved.sequence) == (MeetingState.AGREED, 2)
    desk.check()


@pytest.mark.parametrize(
    ("others", "day", "too_much"),
    [
        (["2026-12-28", "2026-12-30", "2027-01-02"], "2027-01-03", True),  # all in week 53
        (["2026-12-28", "2026-12-30", "2027-01-02"], "2027-01-04", False),
        (["2027-01-02"], "2027-01-02", False),
        (["2027-01-02", "2027-01-02"], "2027-01-02", True),
    ],
)
def test_case_23_a_week_over_new_year_is_one_week(others: list[str], day: str, too_much: bool) -> None:
    planned = [(person_id(str(n)), date.fromisoformat(one)) for n, one in enumerate(others)]
    assert is_too_much(USUAL, planned, date.fromisoformat(day)) is too_much


def test_case_24_a_meeting_just_after_midnight_counts_on_that_day_in_denmark(desk: Desk) -> None:
    for starts in ("2026-03-05 00:15", "2026-03-05 22:00"):
        desk.place(starts, citizen="karim", **PHONE)
    with pytest.raises(Clash):
        desk.place("2026-03-05 12:00", citizen="karim", **PHONE)
    desk.place("2026-03-04 23:00", citizen="karim", **PHONE)


def test_a_day_of_rest_follows_a_meeting_if_the_citizen_needs_one() -> None:
    rests = CitizenLimits(rest_after=True)
    planned = [(person_id("x"), date(2026, 3, 5))]
    days = {day: is_too_much(rests, planned, date(2026, 3, day)) for day in (3, 4, 6, 7)}
    assert days == {3: False, 4: True, 6: True, 7: False}


def test_hours_that_cannot_be_are_refused_with_the_same_word_as_any_other(desk: Desk) -> None:
    desk.place("2026-03-05 14:00", 60, "line", **PHONE)
    hard = CalendarWish(
        citizen_id=person_id("anna"), kind=WishKind.TREATMENT, weekday=3, hard=True, created_at=NOW
    )
    desk.write(lambda session: session.add(hard))
    refusals = []
    for starts, more in (("2026-03-05 14:30", PHONE), ("2026-03-12 10:00", PHONE)):
        with pytest.raises(Clash) as refused:
            desk.place(starts, **more)
        refusals.append((type(refused.value), refused.value.reason, refused.value.params))
        assert not refused.value.over_limit
    assert refusals[0] == refusals[1]
    desk.place("2026-03-12 10:00", channel=Channel.PHONE, said_yes=True)


@pytest.mark.parametrize(
    ("starts", "name"),
    [
        ("2027-03-26 10:00", "langfredag"),
        ("2027-03-28 10:00", "påskedag"),
        ("2028-06-05 10:00", "anden pinsedag"),  # case 27: also Grundlovsdag, which only warns
    ],
)
def test_case_25_and_27_a_public_holiday_is_refused_by_its_name_also_with_a_yes(
    desk: Desk, starts: str, name: str
) -> None:
    desk.now = at(starts) - timedelta(days=30)
    with pytest.raises(ClosedThatDay) as refused:
        desk.place(starts, channel=Channel.PHONE, said_yes=True)
    assert refused.value.params == {"name": name}
    meeting = desk.place("2027-03-22 10:00" if "2027" in starts else "2028-06-06 10:00", **PHONE)
    with pytest.raises(ClosedThatDay):
        desk.move(meeting, starts, said_yes=True)


def test_case_26_the_great_prayer_day_ended_in_2024() -> None:
    assert holiday_name(date(2023, 5, 5)) == "store bededag"
    assert WORKDAYS.is_working_day(date(2024, 4, 26))


def test_case_29_weekly_at_nine_stays_nine_on_the_wall(desk: Desk, people: People) -> None:
    desk.now = at("2027-02-10 10:00")
    weekly = request_for("2027-03-16 09:00", 60, **PHONE)
    meetings = desk.do(book_series, weekly, 1, 4, skip=frozenset())
    assert [one.starts_at.hour for one in meetings] == [8, 8, 7, 7]
    assert {one.wall_start[-5:] for one in meetings} == {"09:00"}
    desk.check()


def test_case_30_a_time_that_is_skipped_does_not_exist(desk: Desk) -> None:
    desk.now = at("2027-03-01 10:00")
    with pytest.raises(NoSuchTime):
        desk.place("2027-03-28 02:30", 30, **PHONE)


def test_case_31_a_time_that_comes_twice_is_its_first_and_the_two_do_not_clash(desk: Desk) -> None:
    desk.now = at("2027-10-01 10:00")
    half_an_hour = timedelta(minutes=30)
    begins = at("2027-10-31 02:30")
    first = desk.place(starts_at=begins, ends_at=begins.astimezone(UTC) + half_an_hour, **PHONE)
    again = at("2027-10-31 02:30").replace(fold=1)
    second = desk.place(starts_at=again, ends_at=again.astimezone(UTC) + half_an_hour, **PHONE)
    assert second.starts_at - first.starts_at == timedelta(hours=1)
    desk.check()


@pytest.mark.parametrize(("day", "hours"), [(date(2027, 3, 27), 7), (date(2027, 10, 30), 9)])
def test_case_32_a_night_off_is_as_long_as_that_night(day: date, hours: int) -> None:
    night = CalendarWish(
        citizen_id=person_id("anna"),
        kind=WishKind.REST,
        from_time=time(22),
        until_time=time(6),
        starts_on=day,
        ends_on=day,
        hard=True,
        created_at=NOW,
    )
    ((start, end),) = wish_spans([night], day, day)
    assert end - start == timedelta(hours=hours)
    assert end.astimezone(DANISH_TIME).hour == 6


MONDAYS = request_for("2027-03-01 09:00", 60, **PHONE)


@pytest.fixture
def early(desk: Desk) -> Desk:
    desk.now = at("2027-02-10 10:00")
    return desk


def test_case_34_nothing_is_booked_of_a_series_before_somebody_chose(early: Desk) -> None:
    early.place("2027-03-08 09:30", 30, "jonas", **PHONE)
    early.place("2027-03-15 09:30", 30, "line", citizen="bent", **PHONE)
    with early.database.reading() as session:
        closed = closed_on(date(2027, 3, 22))
        plan = plan_series(session, MONDAYS, 1, 13, now=early.now, workdays=closed)
    obstacles = {one.slot.start.astimezone(DANISH_TIME).date(): one.obstacle for one in plan if one.obstacle}
    assert obstacles == {
        date(2027, 3, 8): Obstacle.TAKEN,
        date(2027, 3, 15): Obstacle.TAKEN,
        date(2027, 3, 22): Obstacle.CLOSING,
        date(2027, 3, 29): Obstacle.HOLIDAY,
        date(2027, 5, 17): Obstacle.HOLIDAY,
    }
    assert {one.name for one in plan} == {None, "anden påskedag", "anden pinsedag"}
    with pytest.raises(ClosedThatDay):
        early.do(book_series, MONDAYS, 1, 13, skip=frozenset())
    assert len(early.all()) == 2
    holidays = {date(2027, 3, 29), date(2027, 5, 17)}
    with pytest.raises(Clash):
        early.do(book_series, MONDAYS, 1, 13, skip=frozenset(holidays))
    assert len(early.all()) == 2
    chosen: dict[str, Any] = {
        "skip": frozenset(holidays | {date(2027, 3, 8)}),
        "instead": {date(2027, 3, 15): slot("2027-03-16 13:00")},
    }
    assert len(early.do(book_series, MONDAYS, 1, 13, **chosen)) == 10
    early.check()


def test_case_34_a_plan_names_limits_and_times_that_do_not_exist(early: Desk) -> None:
    for day in (2, 3, 4):
        early.place(f"2027-03-{day:02} 12:00", citizen="karim", **PHONE)
    nights = request_for("2027-03-07 02:30", 30, citizen="karim", **PHONE)
    with early.database.reading() as session:
        plan = plan_series(session, nights, 1, 4, now=early.now, workdays=WORKDAYS)
    assert [one.obstacle for one in plan] == [Obstacle.LIMIT, None, None, Obstacle.NO_SUCH_TIME]
    assert plan[-1].slot.start == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(("every_weeks", "occurrences"), [(0, 3), (-1, 3), (9, 2), (1, 1), (1, 31), (8, 5)])
def test_case_35_a_series_that_would_clash_with_itself_or_never_end_is_none(
    early: Desk, every_weeks: int, occurrences: int
) -> None:
    with pytest.raises(NotASeries):
        early.do(book_series, MONDAYS, every_weeks, occurrences, skip=frozenset())


def test_a_series_is_one_proposal_and_one_message_and_its_key_finds_it(early: Desk, people: People) -> None:
    asked = request_for("2027-03-02 09:00", channel=Channel.PHONE, request_key="én gang")
    first = early.do(book_series, asked, 2, 4, skip=frozenset())
    again = early.do(book_series, asked, 2, 4, skip=frozenset())
    assert [one.id for one in first] == [one.id for one in again]
    assert _told(early, people, "meeting_new") == 1
    early.offer("2027-03-11 10:00", "2027-03-12 10:00")


def _told(desk: Desk, people: People, kind: str) -> int:
    wanted = select(Notice).where(Notice.kind == kind, Notice.person_id == people.anna.id)
    with desk.database.reading() as session:
        return len(session.exec(wanted).all())


@pytest.fixture
def tuesdays(early: Desk) -> list[Meeting]:
    weekly = request_for("2027-03-02 09:00", 60, channel=Channel.PHONE, said_yes=True)
    found: list[Meeting] = early.do(book_series, weekly, 1, 5, skip=frozenset({date(2027, 3, 23)}))
    return found


def test_case_36_one_that_was_moved_alone_keeps_its_time_when_the_rest_move(
    early: Desk, tuesdays: list[Meeting]
) -> None:
    series = tuesdays[0].series_id
    early.move(tuesdays[1], "2027-03-11 14:00", said_yes=True)
    shift = SeriesShift(days=1, at=time(10))
    moved = early.do(move_series, series, shift, by=person_id("line"), said_yes=True)
    assert len(moved) == 3
    assert [early.read(one).wall_start for one in tuesdays] == [
        "2027-03-03T10:00",
        "2027-03-11T14:00",
        "2027-03-17T10:00",
        "2027-03-31T10:00",
    ]
    early.do(move_series, series, shift, by=person_id("line"), also_moved=True, said_yes=True)
    assert early.read(tuesdays[1]).wall_start == "2027-03-10T10:00"
    assert early.read(tuesdays[0]).wall_start == "2027-03-04T10:00"
    early.check()


def test_case_36_a_series_moves_whole_or_not_at_all(early: Desk, tuesdays: list[Meeting]) -> None:
    early.place("2027-03-17 10:30", 30, "jonas", **PHONE)
    with pytest.raises(Clash):
        early.do(move_series, tuesdays[0].series_id, SeriesShift(1, time(10)), by=person_id("line"))
    assert [early.read(one).starts_at for one in tuesdays] == [one.starts_at for one in tuesdays]


def test_case_37_ending_a_series_keeps_the_past_and_says_so_once(
    early: Desk, tuesdays: list[Meeting], people: People
) -> None:
    early.now = at("2027-03-10 10:00")
    assert early.do(end_series, tuesdays[0].series_id, by=people.line.id) == 2
    states = [early.read(one).state for one in tuesdays]
    assert states == [MeetingState.AGREED] * 2 + [MeetingState.CANCELLED] * 2
    assert _told(early, people, "meeting_cancelled") == 1
    assert early.do(end_series, tuesdays[0].series_id, by=people.line.id) == 0
    early.check()
