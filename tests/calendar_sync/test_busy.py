"""A professional's own calendar advises: read where it is published, kept when it fails, never in the way."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlmodel import Session, select

from app.availability.models import BusySource, BusyTime
from app.booking.models import MeetingTask
from app.booking.rules import TaskKind
from app.booking.tasks import open_task
from app.calendar_sync import busy
from app.config import DEMO_SITE, read_site
from app.dates.clock import fixed_clock
from app.notifications.models import Notice
from app.run.worker import run_due_jobs
from app.store.db import Database
from tests.booking.fixtures import Booked
from tests.booking.requests import WORKDAYS
from tests.calendar_sync.files import entry, file, romance
from tests.calendar_sync.publishing import URL, Publisher, publishing
from tests.cast import NOW, People
from tests.conftest import Browser

pytestmark = pytest.mark.both_databases

SITE = read_site(DEMO_SITE)
HALF_HOUR = timedelta(minutes=30)


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Publisher]:
    with publishing(tmp_path_factory.mktemp("machine")) as publisher:
        yield publisher


@pytest.fixture
def published(machine: Publisher, database: Database, people: People) -> Publisher:
    """Line's calendar, published, and its address told to us."""
    machine.body, machine.status, machine.instead = calendar(), 200, None
    machine.asked.clear()
    with database.writing() as session:
        busy.add_source(session, people.line.id, URL, now=NOW)
    return machine


def span(start: str, hours: int = 1) -> str:
    moment = datetime.fromisoformat(start)
    return romance(f"{moment:%Y%m%dT%H%M%S}", f"{moment + timedelta(hours=hours):%Y%m%dT%H%M%S}")


def calendar(*starts: str) -> bytes:
    return file(*[entry(span(start), f"id {start}") for start in starts])


def fetch(database: Database, publisher: Publisher, now: datetime = NOW) -> int:
    return busy.fetch_due(database, SITE, now, fetcher=publisher.fetcher())


def times(session: Session) -> list[str]:
    session.rollback()  # a new look
    return [f"{one:%Y-%m-%d %H:%M}" for one in sorted(session.exec(select(BusyTime.starts_at)))]


def source(session: Session) -> BusySource:
    session.rollback()
    return session.exec(select(BusySource)).one()


def test_it_is_fetched_every_half_hour_and_replaced_as_a_whole(
    database: Database, session: Session, published: Publisher
) -> None:
    published.body = calendar("2026-03-05 10:00", "2026-03-05 10:30", "2026-03-06 10:00")  # two overlap
    assert fetch(database, published) == 1
    assert times(session) == ["2026-03-05 09:00", "2026-03-05 09:30", "2026-03-06 09:00"]
    published.body = calendar("2026-03-09 12:00")
    assert fetch(database, published, NOW + HALF_HOUR - timedelta(seconds=1)) == 0
    assert fetch(database, published, NOW + HALF_HOUR) == 1
    assert times(session) == ["2026-03-09 11:00"]
    assert source(session).fetched_at == NOW + HALF_HOUR


@pytest.mark.parametrize(
    ("status", "body", "fault"),
    [
        (404, b"", "refused"),
        (200, file(), "empty"),
        (200, b"<html>Log ind</html>", "not_a_calendar"),
        (200, calendar("2026-03-09 12:00")[:-30], "broken"),
        (200, file(entry(f"{span('2026-03-09 12:00')}RRULE:FREQ=SECONDLY")), "too_often"),
        (200, b"x" * (1024 * 1024 + 1), "too_big"),
    ],
    ids=["gone", "empty", "a page", "cut off", "a bomb", "large"],
)
def test_case_41_a_fetch_that_gives_nothing_keeps_the_old_copy_and_its_age(
    database: Database, session: Session, published: Publisher, status: int, body: bytes, fault: str
) -> None:
    published.body = calendar("2026-03-05 10:00", "2026-03-06 10:00")
    fetch(database, published)
    published.status, published.body = status, body
    assert fetch(database, published, NOW + HALF_HOUR) == 0
    assert times(session) == ["2026-03-05 09:00", "2026-03-06 09:00"]
    kept = source(session)
    assert (kept.fetched_at, kept.fault) == (NOW, fault)


def test_a_calendar_that_has_nothing_left_to_lose_may_be_empty(
    database: Database, session: Session, published: Publisher
) -> None:
    published.body = calendar("2026-03-02 12:00")
    fetch(database, published)
    published.body = file()
    assert fetch(database, published, NOW + timedelta(days=1)) == 1
    assert times(session) == []


@pytest.mark.parametrize("wrapped", [False, True], ids=["as it is", "by Outlook"])
def test_case_42_our_own_meeting_comes_back_and_is_no_clash_with_itself(
    wrapped: bool, database: Database, session: Session, published: Publisher, booked: Booked
) -> None:
    meeting_id = booked(duty=True)
    uid = outlook_id(meeting_id) if wrapped else str(meeting_id).upper()
    other = entry(span("2026-03-06 10:00"), "other")
    published.body = file(entry(span("2026-03-05 10:00", hours=2), uid), other)
    fetch(database, published)
    assert times(session) == ["2026-03-06 09:00"]
    assert session.exec(select(MeetingTask)).all() == []


def test_what_ends_as_the_meeting_begins_or_begins_as_it_ends_is_nothing_to_settle(
    database: Database, session: Session, published: Publisher, booked: Booked
) -> None:
    booked("2026-03-05 10:00", duty=True)
    published.body = calendar("2026-03-05 09:00", "2026-03-05 11:00")
    assert fetch(database, published) == 1
    assert session.exec(select(MeetingTask)).all() == []


def outlook_id(meeting_id: UUID) -> str:
    """Return an id of another calendar as Outlook wraps it in one of its own."""
    head = bytes.fromhex("040000008200E00074C5B7101A82E008") + bytes(20)
    body = b"vCal-Uid\x01\x00\x00\x00" + str(meeting_id).encode() + b"\x00"
    return (head + len(body).to_bytes(4, "little") + body).hex().upper()


def test_case_43_busy_over_an_agreed_meeting_is_a_task_of_the_professional_alone(
    database: Database, session: Session, published: Publisher, booked: Booked, people: People
) -> None:
    meeting_id = booked("2026-03-05 10:00", 60, "line", "jonas", duty=True)
    booked("2026-03-06 10:00", duty=True)  # the very same time: written into the calendar by hand
    booked("2026-03-09 10:00", duty=True)  # only perhaps busy
    with database.reading() as before:
        told = len(before.exec(select(Notice)).all())
    perhaps = entry(f"{span('2026-03-09 10:00', hours=3)}STATUS:TENTATIVE", "c")
    over = entry(span("2026-03-05 10:30"), "a")
    published.body = file(over, entry(span("2026-03-06 10:00"), "b"), perhaps)
    fetch(database, published)
    (task,) = session.exec(select(MeetingTask)).all()
    assert (task.meeting_id, task.kind, task.person_id) == (
        meeting_id, TaskKind.BUSY_ELSEWHERE, people.line.id,
    )  # fmt: skip
    with database.reading() as after:
        assert len(after.exec(select(Notice)).all()) == told


def test_what_somebody_has_seen_to_is_not_asked_about_each_half_hour(
    database: Database, session: Session, published: Publisher, booked: Booked, people: People
) -> None:
    booked(duty=True)
    published.body = calendar("2026-03-05 10:30")
    fetch(database, published)
    with database.writing() as writing:
        task = writing.exec(select(MeetingTask)).one()
        task.done_at, task.done_by = NOW, people.line.id
    fetch(database, published, NOW + HALF_HOUR)
    assert len(session.exec(select(MeetingTask)).all()) == 1


def waiting(session: Session) -> set[UUID | None]:
    """Return whose own calendar is asked about now."""
    session.rollback()
    asked = session.exec(select(MeetingTask).where(MeetingTask.kind == TaskKind.BUSY_ELSEWHERE)).all()
    return {one.person_id for one in asked if one.done_at is None}


def test_what_was_asked_is_settled_when_the_calendar_says_so_no_more(
    database: Database, session: Session, published: Publisher, booked: Booked, people: People
) -> None:
    meeting, jonas, line = booked(duty=True), people.jonas.id, people.line.id
    with database.writing() as writing:
        open_task(
            writing,
            people.anna.id,
            meeting,
            TaskKind.BUSY_ELSEWHERE,
            now=NOW,
            workdays=WORKDAYS,
            person_id=jonas,
        )
    over, elsewhere = "2026-03-05 10:30", "2026-03-06 14:00"

    def told(number: int, *starts: str, status: int = 200) -> set[UUID | None]:
        published.body, published.status = calendar(*starts), status
        fetch(database, published, NOW + number * HALF_HOUR)
        return waiting(session)

    both = {jonas, line}
    assert told(0, over) == both
    assert told(1, over, elsewhere) == both
    assert told(2, status=404) == both  # what can't be read says nothing
    assert told(3, elsewhere) == {jonas}
    done = session.exec(select(MeetingTask).where(MeetingTask.person_id == line)).one()
    assert (done.done_at, done.done_by) == (NOW + 3 * HALF_HOUR, line)
    assert told(4, over) == both
    with database.writing() as writing:
        busy.remove_source(writing, line, now=NOW + 5 * HALF_HOUR)
    assert waiting(session) == {jonas}


def test_the_worker_goes_on_when_there_is_nothing_to_fetch(database: Database) -> None:
    assert run_due_jobs(database, SITE, NOW)["busy"] == 0


def test_an_address_that_is_taken_away_meanwhile_gets_no_copy(
    database: Database, session: Session, published: Publisher, people: People
) -> None:
    published.body = calendar("2026-03-05 10:00")

    class Slow:
        def fetch(self, url: str) -> bytes:
            with database.writing() as writing:
                busy.remove_source(writing, people.line.id, now=NOW)
            return published.fetcher().fetch(url)

    assert busy.fetch_due(database, SITE, NOW, fetcher=Slow()) == 0  # type: ignore[arg-type]
    assert times(session) == []


def test_a_professional_writes_the_address_sees_its_age_and_takes_it_away(
    browser_of: Browser, people: People, database: Database, machine: Publisher, app: Flask
) -> None:
    machine.body, machine.status, machine.instead = calendar("2026-03-05 10:00"), 200, None
    page = "/indstillinger/arbejdskalender"
    line = browser_of(people.line)
    for wrong in ("", "http://kalender.example.dk/x.ics", "https://192.168.1.1/x.ics", "ikke en adresse"):
        refused = line.post(page, data={"url": wrong})
        assert refused.status_code == 422
        assert "Der er problemer" in refused.text
    saved = line.post(page, data={"url": URL.replace("https:", "webcal:")}, follow_redirects=True).text
    assert "Adressen er gemt." in saved
    assert "Den bliver læst om lidt, og senest om en halv time." in saved
    assert "jonas.ics" not in saved  # the address is a secret: only its host is shown
    fetch(database, machine)
    assert "Fra nu af er der én optaget tid." in line.get(page).text
    machine.status = 404
    fetch(database, machine, NOW + timedelta(minutes=29, hours=6))
    app.extensions["clock"] = fixed_clock(NOW + timedelta(minutes=29, hours=6))
    old = browser_of(people.line).get(page).text
    assert "Kalenderen er ikke på adressen mere." in old
    assert "Det, vi ved, er gammelt." in old
    app.extensions["clock"] = fixed_clock(NOW)
    assert "ikke læst mere" in line.post(f"{page}/fjern", follow_redirects=True).text
    with database.reading() as session:
        assert times(session) == []


def test_citizens_and_guardians_have_no_such_page(browser_of: Browser, people: People) -> None:
    for person in (people.anna, people.vibeke):
        assert browser_of(person).get("/indstillinger/arbejdskalender").status_code == 404
        assert "Din arbejdskalender" not in browser_of(person).get("/indstillinger").text
    assert "Din arbejdskalender" in browser_of(people.line).get("/indstillinger").text
