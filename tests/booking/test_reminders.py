"""Reminders: on the wall, not at night, at most once, and never of a meeting that is not agreed as it was."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from app.booking import reminders
from app.booking.models import MeetingReminder
from app.booking.reminders import (
    EVENING,
    MINUTES_BEFORE,
    MORNING,
    plan_reminders,
    remind_at,
    send_due_reminders,
)
from app.dates.local_time import DANISH_TIME
from app.meetings.life_cycle import MeetingState
from app.meetings.models import Meeting
from app.notifications.models import Notice
from app.store.db import Database
from tests.booking.fixtures import Booked
from tests.booking.requests import at
from tests.cast import NOW, People

pytestmark = pytest.mark.both_databases

WEEK, DAY = MINUTES_BEFORE
Change = Callable[[Meeting], None]


def plan(database: Database, meeting_id: UUID, change: Change | None = None, now: datetime = NOW) -> None:
    """Change a meeting as a service would, and plan its reminders."""
    with database.writing() as writing:
        meeting = writing.get_one(Meeting, meeting_id)
        if change is not None:
            change(meeting)
            meeting.sequence += 1
        plan_reminders(writing, meeting, now=now)


def send(database: Database, now: datetime) -> int:
    with database.writing() as writing:
        return send_due_reminders(writing, now=now)


def told(session: Session, people: People) -> list[datetime]:
    """Return when Anna was told that she has a meeting soon."""
    session.rollback()
    wanted = select(Notice.at).where(Notice.kind == "meeting_soon", Notice.person_id == people.anna.id)
    return sorted(session.exec(wanted).all())


def planned(session: Session) -> list[tuple[int, int]]:
    session.rollback()
    rows = session.exec(select(MeetingReminder).where(MeetingReminder.dropped_at == None))  # noqa: E711
    return sorted((one.sequence, one.minutes_before) for one in rows)


@pytest.mark.parametrize(
    ("starts", "minutes", "wall"),
    [
        ("2026-03-10 10:00", WEEK, "2026-03-03 10:00"),
        ("2026-03-10 10:00", DAY, "2026-03-09 10:00"),
        ("2026-03-10 07:30", DAY, "2026-03-08 19:00"),  # not in the early morning: the evening before
        ("2026-03-10 20:30", DAY, "2026-03-09 19:00"),
        ("2026-03-10 08:00", DAY, "2026-03-09 08:00"),
        ("2026-03-10 00:15", WEEK, "2026-03-02 19:00"),
    ],
)
def test_it_comes_by_day(starts: str, minutes: int, wall: str) -> None:
    assert remind_at(at(starts), minutes) == at(wall)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2036, 12, 31), timezones=st.just(DANISH_TIME)),
    st.sampled_from(MINUTES_BEFORE),
)
def test_never_at_night_and_never_late(start: datetime, minutes: int) -> None:
    moment = remind_at(start, minutes).astimezone(DANISH_TIME)
    assert MORNING <= moment.time() < EVENING
    assert moment.replace(tzinfo=None) <= start.replace(tzinfo=None) - timedelta(minutes=minutes)


def test_both_are_sent_once_each(
    database: Database, session: Session, people: People, booked: Booked
) -> None:
    meeting = booked("2026-03-10 10:00", said_yes=True)
    for _twice in range(2):
        plan(database, meeting)
    week, day = at("2026-03-03 10:00"), at("2026-03-09 10:00")
    rounds = [send(database, now) for now in (week - timedelta(minutes=1), week, week, day, day)]
    assert rounds == [0, 1, 0, 1, 0]
    assert told(session, people) == [week, day]


def test_one_whose_moment_has_passed_is_not_planned(
    database: Database, session: Session, booked: Booked
) -> None:
    plan(database, booked("2026-03-05 10:00", said_yes=True))  # in three days
    assert planned(session) == [(0, DAY)]


def test_a_proposal_gets_none(database: Database, session: Session, booked: Booked) -> None:
    plan(database, booked("2026-03-10 10:00"))
    assert planned(session) == []


@pytest.mark.parametrize("state", [one for one in MeetingState if one is not MeetingState.AGREED])
def test_none_is_sent_of_a_meeting_in_another_state(
    database: Database, session: Session, people: People, booked: Booked, state: MeetingState
) -> None:
    """Even where somebody forgot to plan anew: what the meeting is like is read when sending."""
    meeting = booked("2026-03-10 10:00", said_yes=True)
    plan(database, meeting)
    with database.writing() as writing:
        writing.get_one(Meeting, meeting).state = state
    assert send(database, at("2026-03-03 10:00")) == 0
    with database.writing() as writing:
        writing.get_one(Meeting, meeting).state = MeetingState.AGREED
    assert send(database, at("2026-03-03 10:01")) == 0  # it was dropped, not kept back
    assert told(session, people) == []


def test_a_cancelled_meeting_is_no_longer_soon(
    database: Database, session: Session, people: People, booked: Booked
) -> None:
    meeting = booked("2026-03-10 10:00", said_yes=True)
    plan(database, meeting)
    send(database, at("2026-03-03 10:00"))

    def cancel(found: Meeting) -> None:
        found.state = MeetingState.CANCELLED

    plan(database, meeting, cancel, at("2026-03-04 10:00"))
    assert told(session, people) == []
    assert send(database, at("2026-03-09 10:00")) == 0


def test_a_change_that_leaves_the_time_keeps_what_was_told_and_what_is_to_come(
    database: Database, session: Session, people: People, booked: Booked
) -> None:
    meeting = booked("2026-03-10 10:00", said_yes=True)
    plan(database, meeting)
    week, day = at("2026-03-03 10:00"), at("2026-03-09 10:00")

    def change(found: Meeting) -> None:
        found.bring = "Brevet"

    send(database, week)
    plan(database, meeting, change, week + timedelta(hours=1))
    assert [send(database, now) for now in (week + timedelta(hours=2), day)] == [0, 1]
    assert told(session, people) == [week, day]


def test_one_about_to_be_sent_is_not_lost_by_a_change(
    database: Database, session: Session, people: People, booked: Booked
) -> None:
    meeting = booked("2026-03-10 10:00", said_yes=True)
    plan(database, meeting)
    due = at("2026-03-03 10:00")

    def change(found: Meeting) -> None:
        found.bring = "Brevet"

    plan(database, meeting, change, due + timedelta(seconds=20))  # before the worker's round
    assert send(database, due + timedelta(seconds=50)) == 1


def test_after_days_without_a_worker_only_the_nearest_is_sent(
    database: Database, session: Session, people: People, booked: Booked
) -> None:
    plan(database, booked("2026-03-10 10:00", said_yes=True))
    assert send(database, at("2026-03-09 12:00")) == 1
    assert len(told(session, people)) == 1


def test_it_leads_to_the_meeting_and_says_nothing_of_it(
    database: Database, session: Session, people: People, booked: Booked
) -> None:
    meeting = booked("2026-03-10 10:00", said_yes=True)
    plan(database, meeting)
    send(database, at("2026-03-03 10:00"))
    notice = session.exec(select(Notice).where(Notice.kind == "meeting_soon")).one()
    assert (notice.about_id, notice.actor_id) == (meeting, None)


def test_without_the_look_at_the_moment_of_sending_it_would_be_sent(
    database: Database, booked: Booked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: with that look taken away, a meeting that was cancelled behind our back is reminded of."""
    meeting = booked("2026-03-10 10:00", said_yes=True)
    plan(database, meeting)
    with database.writing() as writing:
        writing.get_one(Meeting, meeting).state = MeetingState.CANCELLED
    monkeypatch.setattr(reminders, "_is_true", lambda *_: True)
    assert send(database, at("2026-03-03 10:00")) == 1
