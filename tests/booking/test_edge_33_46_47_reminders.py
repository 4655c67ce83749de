"""Edge cases 33, 46 and 47: the week the clocks change, a meeting that is moved, a worker that was down."""

import logging
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session

from app.booking.reminders import MINUTES_BEFORE, remind_at
from app.dates.local_time import DANISH_TIME
from app.meetings.models import Meeting
from app.store.db import Database
from tests.booking.fixtures import Booked
from tests.booking.requests import at
from tests.booking.test_reminders import plan, send, told
from tests.cast import People

pytestmark = pytest.mark.both_databases

WEEK, DAY = MINUTES_BEFORE
START = "2026-03-10 10:00"


def test_case_33_seven_days_before_is_the_same_time_of_day_in_the_week_the_clocks_change() -> None:
    start = datetime(2027, 3, 30, 10, tzinfo=DANISH_TIME)
    moment = remind_at(start, WEEK)
    assert moment.astimezone(DANISH_TIME) == datetime(2027, 3, 23, 10, tzinfo=DANISH_TIME)
    assert start.astimezone(UTC) - moment.astimezone(UTC) == timedelta(hours=167)


def test_case_46_of_a_moved_meeting_only_the_new_time_is_told(
    database: Database, session: Session, people: People, booked: Booked
) -> None:
    meeting = booked(START, said_yes=True)
    plan(database, meeting)

    def move(found: Meeting) -> None:
        found.starts_at += timedelta(days=2)
        found.ends_at += timedelta(days=2)

    plan(database, meeting, move, at("2026-03-02 12:00"))
    moments = [at(f"2026-03-{day:02} 10:00") for day in range(2, 13)]
    assert [now.day for now in moments if send(database, now)] == [5, 11]
    assert told(session, people) == [at("2026-03-05 10:00"), at("2026-03-11 10:00")]


def test_case_46_moved_but_not_planned_anew_the_old_is_still_not_sent(
    database: Database, session: Session, people: People, booked: Booked
) -> None:
    meeting = booked(START, said_yes=True)
    plan(database, meeting)
    with database.writing() as writing:
        writing.get_one(Meeting, meeting).sequence += 1
    assert send(database, at("2026-03-03 10:00")) == 0
    assert told(session, people) == []


@pytest.mark.parametrize(
    ("down_until", "sent"),
    [
        ("2026-03-09 15:00", 1),  # five hours late
        ("2026-03-10 08:00", 1),  # two hours before it begins
        ("2026-03-10 08:01", 0),
        ("2026-03-10 11:30", 0),  # it is over
    ],
)
def test_case_47_a_late_reminder_goes_once_while_it_is_of_use(
    database: Database,
    session: Session,
    booked: Booked,
    caplog: pytest.LogCaptureFixture,
    down_until: str,
    sent: int,
) -> None:
    plan(database, booked(START, said_yes=True))
    send(database, at("2026-03-03 10:00"))
    with caplog.at_level(logging.WARNING, logger="enplan.reminders"):
        assert [send(database, at(down_until)) for _again in range(2)] == [sent, 0]
    assert len(told(session, People())) == 1 + sent
    assert len(caplog.messages) == 1 - sent
