"""What a calendar says while a meeting is only proposed, whom it is asked of, and an address saved twice."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlmodel import Session, select

from app.availability.models import BusySource, BusyTime
from app.booking.accept import accept_meeting
from app.booking.models import MeetingTask
from app.booking.rules import TaskKind
from app.calendar_sync import busy
from app.config import DEMO_SITE, read_site
from app.store.db import Database
from tests.booking.fixtures import Booked
from tests.booking.race import at_once
from tests.booking.requests import WORKDAYS
from tests.calendar_sync.files import entry, file, romance
from tests.calendar_sync.publishing import URL
from tests.cast import NOW, People
from tests.conftest import Browser

pytestmark = pytest.mark.both_databases

SITE = read_site(DEMO_SITE)
PAGE = "/indstillinger/arbejdskalender"
OVER = entry(romance("20260305T103000", "20260305T113000"), "over")
Read = Callable[..., None]


class Handed:
    """A calendar that is there, without a network."""

    def __init__(self, *entries: str) -> None:
        self.raw = file(*entries)

    def fetch(self, _url: str) -> bytes:
        return self.raw


@pytest.fixture
def read(database: Database, people: People) -> Read:
    """Read Line's calendar, so many half hours after the first time."""
    with database.writing() as session:
        busy.add_source(session, people.line.id, URL, now=NOW)

    def go(turn: int, *entries: str) -> None:
        now = NOW + turn * busy.EVERY
        assert busy.fetch_due(database, SITE, now, fetcher=Handed(*entries)) == 1  # type: ignore[arg-type]

    return go


def asked(database: Database) -> set[UUID | None]:
    with database.reading() as session:
        tasks = session.exec(select(MeetingTask).where(MeetingTask.kind == TaskKind.BUSY_ELSEWHERE)).all()
        return {one.person_id for one in tasks if one.done_at is None}


def agree(database: Database, people: People, meeting_id: UUID) -> None:
    with database.writing() as session:
        accept_meeting(
            session,
            people.anna.id,
            meeting_id,
            None,
            by=people.anna.id,
            now=NOW + 4 * busy.EVERY,
            workdays=WORKDAYS,
        )


def test_busy_time_that_appears_over_a_proposal_is_asked_about_when_it_is_agreed(
    database: Database, people: People, booked: Booked, read: Read
) -> None:
    read(0, entry(romance("20260309T100000", "20260309T110000"), "other"))
    meeting = booked("2026-03-05 10:00", 60, "line", "jonas")
    read(1, OVER)
    read(2, OVER)  # what is there still keeps when it was found
    assert asked(database) == set()
    agree(database, people, meeting)
    assert asked(database) == {people.line.id}


@pytest.mark.parametrize("lines", ["STATUS:TENTATIVE", "TRANSP:TRANSPARENT"])
def test_what_is_not_sure_is_not_asked_about(
    lines: str, database: Database, people: People, booked: Booked, read: Read
) -> None:
    meeting = booked("2026-03-05 10:00", 60, "line")
    read(1, OVER.replace("END:", f"{lines}\nEND:"))
    agree(database, people, meeting)
    assert asked(database) == set()


def test_what_was_there_before_it_was_proposed_is_no_news(
    database: Database, people: People, booked: Booked, read: Read
) -> None:
    read(0, OVER)
    meeting = booked("2026-03-05 10:00", 60, "line")
    read(1, OVER)
    agree(database, people, meeting)
    assert asked(database) == set()


def test_two_saves_of_one_address_at_once_answer_as_one(
    database: Database, people: People, browser_of: Browser
) -> None:
    browsers = [browser_of(people.line) for _ in range(4)]
    assert at_once(lambda n: browsers[n].post(PAGE, data={"url": URL}).status_code, 4) == {303: 4}
    with database.reading() as session:
        assert session.exec(select(BusySource.url)).all() == [URL]


def test_the_same_address_again_forgets_nothing_and_another_all(
    database: Database, session: Session, people: People, read: Read
) -> None:
    read(0, OVER)
    for url, left in ((URL, 1), ("https://andet.example.dk/x.ics", 0)):
        with database.writing() as writing:
            busy.add_source(writing, people.line.id, url, now=NOW)
        session.rollback()
        assert len(session.exec(select(BusyTime)).all()) == left
        source = session.exec(select(BusySource)).one()
        assert (source.tried_at, source.fetched_at is None) == (None, not left)
