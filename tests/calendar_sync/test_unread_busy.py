"""What a professional's calendar says and nobody can read is not free: it is told, and offered last."""

import gzip
import os
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from app.availability.models import BusySource, BusyTime
from app.calendar_sync import busy
from app.config import DEMO_SITE, read_site
from app.dates.local_time import danish_day
from app.meetings.rules import Channel
from app.scheduling.rules import SearchRequest, TimeOffer
from app.scheduling.service import best_alternatives, find_times
from app.scheduling.texts import reasons_text, uncertain_text
from app.store.db import Database
from tests.booking.requests import WORKDAYS, at
from tests.calendar_sync.files import entry, file, romance
from tests.calendar_sync.publishing import URL, Publisher, publishing
from tests.calendar_sync.world import CASES
from tests.cast import NOW, People
from tests.conftest import Browser

SITE = read_site(DEMO_SITE)
PAGE = "/indstillinger/arbejdskalender"
# Of the cases; bench/calendar_files.py asks for all of them.
SOME = ("free and busy time", "two of one name", "an empty sequence", "a leave begun long ago")
GOOD = entry(romance("20260305T100000", "20260305T110000"), "good")


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Publisher]:
    with publishing(tmp_path_factory.mktemp("machine")) as publisher:
        yield publisher


@pytest.fixture
def published(machine: Publisher, database: Database, people: People) -> Publisher:
    """Line's calendar, published, and its address told to us."""
    machine.body, machine.status, machine.instead, machine.headers = file(), 200, None, {}
    with database.writing() as session:
        busy.add_source(session, people.line.id, URL, now=NOW)
    return machine


def fetch(database: Database, publisher: Publisher, body: bytes, now: datetime = NOW) -> int:
    publisher.body = body
    return busy.fetch_due(database, SITE, now, fetcher=publisher.fetcher())


def offers(database: Database, people: People, first: str, last: str) -> list[TimeOffer]:
    asked = SearchRequest(
        citizen_id=people.anna.id,
        with_ids=(people.line.id,),
        minutes=60,
        from_=at(f"{first} 00:00"),
        to=at(f"{last} 23:45"),
        channel=Channel.PHONE,
        notice=False,
    )
    with database.reading() as session:
        return find_times(session, asked, now=NOW, workdays=WORKDAYS)


def uncertain_days(found: list[TimeOffer]) -> list[str]:
    return sorted({str(danish_day(one.slot.start)) for one in found if one.is_uncertain})


@pytest.mark.both_databases
def test_a_day_that_can_not_be_read_is_offered_last_and_marked(
    database: Database, people: People, published: Publisher
) -> None:
    before = {one.slot for one in offers(database, people, "2026-03-04", "2026-03-06")}
    assert fetch(database, published, file(GOOD, entry("DTSTART:20260304T100000\nDURATION:PTH", "odd"))) == 1
    found = offers(database, people, "2026-03-04", "2026-03-06")
    assert uncertain_days(found) == ["2026-03-04", "2026-03-05"]  # nobody knows how long it is
    certain = [one.is_uncertain for one in found]
    assert certain == sorted(certain)
    assert {one.slot for one in found} < before  # the good one is taken, and nothing else is
    marked = {
        reasons_text(one, for_staff=True).endswith("Kalenderen er usikker.")
        for one in found
        if one.is_uncertain
    }
    assert marked == {True}
    assert not any("usikker" in reasons_text(one, for_staff=False) for one in found)
    said = {uncertain_text(each) for one in found for each in one.warnings}
    assert said == {"Line: Kalenderen er usikker. Noget i den kunne ikke læses."}
    assert not any(one.is_uncertain for one in best_alternatives(found))


def test_where_the_day_itself_can_not_be_read_every_day_is_unsure(
    database: Database, people: People, published: Publisher
) -> None:
    fetch(database, published, file(GOOD, entry("SUMMARY:uden tid", "odd")))
    found = offers(database, people, "2026-03-09", "2026-03-13")
    assert len(uncertain_days(found)) == 5
    assert [one.slot.start for one in best_alternatives(found)]  # they can be had all the same


def test_the_page_says_how_many_and_which_days_until_they_can_be_read(
    database: Database, people: People, published: Publisher, browser_of: Browser
) -> None:
    odd = (
        entry("DTSTART:20260309T100000Z\nDURATION:-PT1H", "a"),
        entry("DTSTART;VALUE=DATE:20260311\nDTEND:x", "b"),
    )
    fetch(database, published, file(GOOD, *odd))
    line = browser_of(people.line)
    text = line.get(PAGE).text
    assert "2 aftaler i din kalender kunne ikke læses." in text
    assert "Usikre dage: den 9. marts 2026 og fra den 11. marts 2026 og frem." in text
    assert "Nummer 2 i filen, linje 10." in text
    fetch(database, published, file(GOOD), NOW + timedelta(minutes=30))
    assert "kunne ikke læses" not in line.get(PAGE).text
    fetch(database, published, file(GOOD, entry("SUMMARY:x", "c")), NOW + timedelta(hours=1))
    assert "Derfor er alle dage usikre." in line.get(PAGE).text


ANSWERS = {
    "Kalenderen er ikke på adressen mere.": (404, b""),
    "Man skal logge ind for at se kalenderen.": (401, b""),
    "Man skal logge ind for at se kalenderen. ": (200, b"<html><input type='password'></html>"),
    "Adressen er ikke en kalender.": (200, b"<html>Velkommen</html>"),
    "Der er en fejl der, hvor kalenderen ligger.": (503, b""),
    "Vi fik ikke hele kalenderen.": (200, file(GOOD)[:-30]),
    "Kalenderen er for stor.": (200, b"x" * (1024 * 1024 + 1)),
}


def test_each_cause_has_a_sentence_of_its_own_and_what_is_kept_is_said(
    database: Database, people: People, published: Publisher, browser_of: Browser
) -> None:
    line = browser_of(people.line)
    for turn, (sentence, (status, body)) in enumerate(ANSWERS.items()):
        published.status = status
        assert fetch(database, published, body, NOW + turn * busy.EVERY) == 0
        text = line.get(PAGE).text
        assert sentence.strip() in text
        assert "Vi ved ikke endnu, hvornår du er optaget." in text
    published.status = 200
    published.headers = {"Content-Encoding": "gzip"}
    assert fetch(database, published, gzip.compress(file(GOOD)), NOW + timedelta(days=1)) == 1
    published.headers, published.status = {}, 404
    fetch(database, published, b"", NOW + timedelta(days=2))
    assert "Vi beholder det, vi har læst før." in line.get(PAGE).text


@pytest.mark.parametrize("name", sorted(CASES) if "ENPLAN_TEST_EXAMPLES" in os.environ else SOME)
def test_from_https_to_what_is_offered(
    name: str, database: Database, session: Session, people: People, published: Publisher
) -> None:
    raw = CASES[name].raw.replace(b"2027", b"2026").replace(b"20250601", b"20240601")
    assert fetch(database, published, raw) == 1
    kept = session.exec(select(BusyTime.starts_at, BusyTime.ends_at)).all()
    assert len(kept) == len(CASES[name].busy)
    unread = session.exec(select(BusySource.unread)).one()
    assert (unread is not None) == bool(CASES[name].unread)
    found = offers(database, people, "2026-03-03", "2026-03-11")
    assert not any(start < one.slot.end and one.slot.start < end for one in found for start, end in kept)


def test_further_ahead_than_is_read_a_calendar_is_not_free(
    published: Publisher, database: Database, people: People, browser_of: Browser
) -> None:
    far = entry(romance("20261005T090000", "20261005T160000"), "far")
    assert fetch(database, published, file(GOOD, far)) == 1
    said = "Line: kalenderen er ikke læst så langt frem."
    near = offers(database, people, "2026-03-05", "2026-03-06")
    later = offers(database, people, "2026-10-05", "2026-10-06")  # more than half a year from now
    assert not [one for one in near if one.is_uncertain]
    assert later
    assert {uncertain_text(warning) for one in later for warning in one.warnings} == {said}
    assert all(one.is_uncertain for one in later)
