"""A day that is promised is counted once: the page, the row, a booking and the worker agree on it.

Whatever days the municipality closes on.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import count
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from app.booking.book import book_meeting
from app.booking.cancel import expire_proposals
from app.booking.expiry import last_day_to_reply
from app.booking.models import MeetingTask
from app.booking.series import book_series
from app.booking.tasks import escalate_tasks, list_open_tasks
from app.dates.local_time import DANISH_TIME, danish_day
from app.dates.workdays import WorkingCalendar
from app.entries.models import Entry
from app.entries.rules import EntryKind
from app.entries.service.authoring import share_entry, write_entry
from app.entries.service.escalation import mark_late
from app.meetings.life_cycle import MeetingState
from app.meetings.models import Meeting
from app.meetings.rules import NoDayToReply
from app.store.db import Database
from tests.booking.desk import Desk
from tests.booking.requests import WORKDAYS, at, can_take_much, closed_on, request_for
from tests.calendar.staff.test_propose import carried, need, times
from tests.cast import NOW, People
from tests.conftest import Browser

pytestmark = pytest.mark.both_databases

SETTLED_IN = 3  # working days, when nobody has answered
A_FEW = settings(
    max_examples=6,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
closings = st.sets(st.dates(date(2026, 3, 3), date(2026, 3, 27)), max_size=12)


def ends(day: date) -> datetime:
    """Return the last minute of a day in Denmark."""
    return datetime.combine(day, time(23, 59), DANISH_TIME)


def begins_after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), DANISH_TIME)


def offered(database: Database, workdays: WorkingCalendar, number: int) -> Meeting:
    """Offer Anna a time in June that no other example has asked for."""
    day = WORKDAYS.working_day_after(date(2026, 6, 8), number)
    meeting = book_meeting(database, request_for(f"{day} 10:00"), now=NOW, workdays=workdays)
    with database.reading() as session:
        return session.get_one(Meeting, meeting)


def give_up_by_worker(
    database: Database, _meeting: Meeting, workdays: WorkingCalendar, now: datetime
) -> None:
    with database.writing() as session:
        expire_proposals(session, now=now, workdays=workdays)


def give_up_in_booking(
    database: Database, meeting: Meeting, workdays: WorkingCalendar, now: datetime
) -> None:
    """Let Bent have the time, before the worker has come by."""
    start = meeting.starts_at.astimezone(DANISH_TIME).strftime("%Y-%m-%d %H:%M")
    wanted = request_for(start, citizen="bent", said_yes=True)
    book_meeting(database, wanted, now=now, workdays=workdays)


def task_of(session: Session, meeting: UUID) -> MeetingTask | None:
    session.rollback()
    return session.exec(select(MeetingTask).where(MeetingTask.meeting_id == meeting)).one_or_none()


@pytest.mark.parametrize("give_up", [give_up_by_worker, give_up_in_booking])
def test_an_offer_is_held_and_settled_by_the_days_that_were_promised(
    database: Database,
    session: Session,
    people: People,
    give_up: Callable[[Database, Meeting, WorkingCalendar, datetime], None],
) -> None:
    can_take_much(database)
    can_take_much(database, "bent")
    numbers = count(1)

    @A_FEW
    @given(closings)
    @example({date(2026, 3, 4), date(2026, 3, 5), date(2026, 3, 10)})
    def agree(closed: set[date]) -> None:
        workdays = closed_on(*closed)
        promised = last_day_to_reply(NOW, workdays)
        meeting = offered(database, workdays, next(numbers))
        assert workdays.is_working_day(promised)
        assert meeting.expires_at == begins_after(promised)
        give_up_by_worker(database, meeting, workdays, ends(promised))
        assert task_of(session, meeting.id) is None

        give_up(database, meeting, workdays, begins_after(promised))
        task = task_of(session, meeting.id)
        assert task is not None
        assert task.due_on == workdays.working_day_after(promised + timedelta(days=1), SETTLED_IN)
        assert late_on(database, people.line.id, meeting.id, ends(task.due_on)) == (False, False)
        assert late_on(database, people.line.id, meeting.id, begins_after(task.due_on)) == (True, True)

    agree()


@pytest.mark.parametrize(("first", "until"), [("2026-03-04", "2026-03-04"), ("2026-03-09", "2026-03-06")])
def test_an_answer_is_due_the_day_before_the_first_time_at_the_latest(
    desk: Desk, first: str, until: str
) -> None:
    meeting = desk.offer(f"{first} 10:00", "2026-03-11 10:00")
    assert meeting.expires_at == at(f"{until} 00:00")


def test_a_time_today_is_no_proposal_but_can_be_had_with_a_yes(desk: Desk) -> None:
    today = "2026-03-02 14:00"
    agreed = desk.place("2026-03-09 10:00", said_yes=True)
    asks: list[Callable[[], object]] = [
        lambda: desk.place(today),
        lambda: desk.offer("2026-03-05 10:00", today),
        lambda: desk.move(agreed, today),
        lambda: desk.repropose(agreed, today),
        lambda: desk.do(book_series, request_for(today), 1, 2, skip=frozenset()),
    ]
    for ask in asks:
        with pytest.raises(NoDayToReply):
            ask()
    assert desk.place(today, said_yes=True).state is MeetingState.AGREED


def late_on(database: Database, who: UUID, meeting: UUID, now: datetime) -> tuple[bool, bool]:
    """Return whether a task is late on its list, and by the worker."""
    with database.writing() as session:
        [listed] = [one for one in list_open_tasks(session, who, now=now) if one.meeting_id == meeting]
        escalate_tasks(session, now=now)
        task = session.exec(select(MeetingTask).where(MeetingTask.meeting_id == meeting)).one()
        return listed.late, task.late_at is not None


def test_an_answer_is_late_after_the_day_that_was_promised(
    database: Database, session: Session, people: People
) -> None:
    anna = people.anna.id

    @A_FEW
    @given(closings, st.integers(1, 8))
    def agree(closed: set[date], answer_days: int) -> None:
        workdays = replace(closed_on(*closed), answer_days=answer_days)
        with database.writing() as writing:
            entry = write_entry(writing, anna, EntryKind.STEP, "Ring til mig", by=anna, now=NOW)
            share_entry(writing, anna, entry.id, by=anna, now=NOW, workdays=workdays)
        promised = workdays.answer_by(danish_day(NOW))
        for moment, late in ((ends(promised), False), (begins_after(promised), True)):
            with database.writing() as writing:
                mark_late(writing, now=moment)
            session.rollback()
            found = session.exec(select(Entry).where(col(Entry.id) == entry.id)).one()
            assert (found.answer_by, found.late_at is not None) == (promised, late)

    agree()


def test_the_pages_promise_the_day_that_the_offer_is_held_to(
    app: Flask, browser_of: Browser, session: Session, people: People
) -> None:
    """Wednesday and Thursday are closed: three working days from Monday end on Monday next."""
    old, jonas = app.extensions["settings"], browser_of(people.jonas)
    closed = closed_on(date(2026, 3, 4), date(2026, 3, 5))
    app.extensions["settings"] = replace(old, site=replace(old.site, workdays=closed))
    url = f"{people.anna.url}/kalender/nyt"
    found = jonas.post(url, data=need(people)).text
    assert "højst til og med mandag den 9. marts." in found
    latest = max(times(found))
    sent = jonas.post(url, data=carried(found) | {"tid": [latest], "trin": "send"})
    assert "Anna kan svare til og med mandag den 9. marts." in jonas.get(sent.location).text
    assert session.exec(select(Meeting)).one().expires_at == begins_after(date(2026, 3, 9))
