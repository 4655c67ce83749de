"""What time alone does: what is over was held, a proposal lives on in its later times, no history is read."""

import re
from collections.abc import Callable
from datetime import UTC, timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, text, update
from sqlmodel import Session

from app.booking.cancel import expire_proposals
from app.booking.mark_held import mark_held
from app.calendar_sync import feed
from app.config import DEMO_SITE, read_site
from app.dates.clock import fixed_clock
from app.meetings.life_cycle import MeetingState
from app.meetings.models import Meeting
from app.meetings.rules import Channel, TooManyProposals
from app.run.worker import JOBS
from app.store.db import Database
from tests.booking.desk import Desk
from tests.booking.requests import at
from tests.cast import NOW, People
from tests.conftest import Browser

pytestmark = pytest.mark.both_databases

SITE = read_site(DEMO_SITE)
PHONE: dict[str, Any] = {"channel": Channel.PHONE}


def test_what_was_agreed_is_held_when_it_is_over(desk: Desk) -> None:
    meeting, later = desk.place("2026-03-03 10:00", duty=True), desk.place("2026-03-03 11:00", duty=True)
    desk.now = at("2026-03-03 10:59")
    assert desk.do(mark_held) == 0
    desk.now = at("2026-03-03 11:00")
    assert [desk.do(mark_held), desk.do(mark_held)] == [1, 0]
    assert [desk.read(one).state for one in (meeting, later)] == [MeetingState.HELD, MeetingState.AGREED]
    assert desk.read(meeting).sequence == 0
    desk.check()


def test_what_will_not_be_is_not_held(desk: Desk) -> None:
    desk.cancel(desk.place("2026-03-03 10:00", **PHONE, duty=True))
    desk.place("2026-03-03 12:00", **PHONE)
    desk.now = at("2026-03-10 10:00")
    desk.do(expire_proposals)
    assert desk.do(mark_held) == 0
    assert {one.state for one in desk.all()} == {MeetingState.CANCELLED, MeetingState.EXPIRED}


def hold_past_the_first(desk: Desk) -> None:
    """Let what is offered wait as long as proposals did before an answer was due the day before."""
    later = update(Meeting).values(expires_at=at("2026-03-06 00:00"))
    desk.write(lambda session: session.exec(later))


def test_a_proposal_lives_on_in_its_later_times_when_the_first_has_gone_by(
    desk: Desk, app: Flask, browser_of: Browser, people: People
) -> None:
    meeting = desk.offer("2026-03-03 10:00", "2026-03-05 12:00", "2026-03-05 10:00", **PHONE)
    hold_past_the_first(desk)
    desk.now = at("2026-03-04 10:00")
    assert [desk.do(mark_held), desk.do(mark_held)] == [1, 0]
    desk.check()
    app.extensions["clock"] = fixed_clock(desk.now.astimezone(UTC))
    client, here = browser_of(people.anna), f"/kalender/{meeting.id}"
    assert str(meeting.id) in client.get("/kalender").text
    page = client.get(here).text
    assert [page.count(f'name="tid" value="{one}"') for one in (1, 2, 3)] == [0, 1, 1]
    assert desk.read(meeting).wall_start == "2026-03-05T10:00"  # the next one, whatever its place
    client.post(f"{here}/svar", data={"reply": "coming", "tid": "2", "seen": "0"})
    agreed = desk.read(meeting)
    assert (agreed.state, agreed.wall_start, agreed.sequence) == (MeetingState.AGREED, "2026-03-05T12:00", 1)
    desk.check()


def test_it_is_still_one_of_two_that_wait_for_an_answer(desk: Desk) -> None:
    for hour in (10, 12):
        desk.offer(f"2026-03-03 {hour}:00", f"2026-03-05 {hour}:00", **PHONE)
    hold_past_the_first(desk)
    desk.now = at("2026-03-04 10:00")
    desk.do(mark_held)
    with pytest.raises(TooManyProposals):
        desk.place("2026-03-11 10:00", **PHONE)


def test_what_is_offered_beside_an_agreed_meeting_is_one_of_the_two(desk: Desk) -> None:
    agreed = [desk.place(f"2026-03-{day} 10:00", said_yes=True, **PHONE) for day in (12, 13, 16)]
    desk.repropose(agreed[0], "2026-03-17 10:00", "2026-03-18 10:00")
    desk.repropose(agreed[1], "2026-03-19 10:00", "2026-03-20 10:00")
    with pytest.raises(TooManyProposals):
        desk.repropose(agreed[2], "2026-03-24 10:00")
    with pytest.raises(TooManyProposals):
        desk.place("2026-03-24 10:00", **PHONE)
    desk.accept(agreed[0], 1)
    desk.repropose(agreed[2], "2026-03-24 10:00")


GROWS = ("meeting", "meeting_task", "meeting_reminder", "meeting_option", "occupancy", "participant")
SCAN = re.compile(rf"SCAN ({'|'.join(GROWS)})\b")
EACH_MINUTE = ("expire", "passed", "reminders", "leaving")


def plan(database: Database, work: Callable[[Session], object]) -> list[str]:
    """Return how SQLite finds what `work` reads."""
    asked: list[tuple[str, Any]] = []

    def note(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        asked.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        database.retrying(work)
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    with database.engine.connect() as connection:
        return [
            str(row[-1])
            for statement, parameters in asked
            if statement.lstrip().startswith("SELECT")
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]


def scans(database: Database, job: str) -> list[str]:
    """Return which tables that only grow a job of the worker reads from end to end."""
    steps = plan(database, lambda session: JOBS[job](session, SITE, NOW + timedelta(days=9)))
    assert steps
    return [one for one in steps if SCAN.search(one)]


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("job", EACH_MINUTE)
def test_each_minute_the_worker_reads_what_waits_and_not_all_that_was(desk: Desk, job: str) -> None:
    assert scans(desk.database, job) == []


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_phone_that_asks_reads_no_meeting_of_others(desk: Desk, people: People) -> None:
    asks = feed.ActiveFeed(people.anna.id, people.anna.id, False, "da", None)
    steps = plan(desk.database, lambda session: feed.feed_text(session, asks, now=NOW))
    first = next(one for one in steps if "participant" in one or "meeting" in one)
    assert first.startswith("SEARCH participant USING INDEX ix_participant_subject_id")


def _drop(session: Session, name: str) -> None:
    session.connection().execute(text(f"DROP INDEX {name}"))


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_without_their_indexes_they_would_read_all(desk: Desk) -> None:
    of_reminders = ("ix_meeting_reminder_waiting", "ix_meeting_reminder_due_at")
    for name in (*of_reminders, "ix_meeting_agreed_ends_at", "ix_meeting_state_expires_at"):
        desk.write(partial(_drop, name=name))
    assert all(scans(desk.database, job) for job in ("expire", "passed", "reminders"))
