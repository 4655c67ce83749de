"""A phone's own calendar: the same moments as the pages, few words, and dead when it is closed."""

import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import update
from sqlmodel import Session, col, select

from app.booking.accept import accept_meeting
from app.booking.cancel import cancel_meeting
from app.booking.reschedule import reschedule_meeting
from app.calendar_sync import feed
from app.calendar_sync.models import CalendarFeed
from app.config import Settings
from app.dates.clock import fixed_clock
from app.dates.local_time import DANISH_TIME
from app.identity.models import Person
from app.meetings.models import Meeting
from app.meetings.rules import Channel, Slot
from app.store.db import Database
from tests.booking.fixtures import Booked
from tests.booking.requests import WORKDAYS, at
from tests.calendar_sync.readers import Shown, read_both
from tests.cast import NOW, People, Someone
from tests.conftest import Browser

Made = Callable[..., str]
Show = Callable[..., list[Shown]]
SECOND_HALF_PAST_TWO = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)  # half past two, the second time that night
CANARIES = ("Torvet", "bolig", "Line", "Jonas", "brevet")


@pytest.fixture
def made(database: Database, people: People) -> Made:
    """Make a feed of Anna's (or another's), and return its address."""

    def go(person: Someone | None = None, *, detailed: bool = False) -> str:
        with database.writing() as session:
            who = (person or people.anna).id
            secret = feed.make_feed(session, who, "Min telefon", detailed=detailed, now=NOW)
        return f"/ics/{secret}.ics"

    return go


@pytest.fixture
def shown(settings: Settings, app: Flask) -> Show:
    """Read a feed as a phone does, at a moment; both readers agree on it."""

    def go(address: str, now: datetime = NOW) -> list[Shown]:
        app.extensions["clock"] = fixed_clock(now)
        answer = app.test_client().get(address)
        assert (answer.status_code, answer.content_type) == (200, "text/calendar; charset=utf-8")
        return read_both(answer.text)

    return go


def agree(database: Database, meeting_id: UUID) -> None:
    with database.writing() as session:
        meeting = session.get_one(Meeting, meeting_id)
        accept_meeting(
            session, meeting.citizen_id, meeting_id, None, by=meeting.citizen_id, now=NOW, workdays=WORKDAYS
        )


def cancel(database: Database, meeting_id: UUID) -> None:
    with database.writing() as session:
        meeting = session.get_one(Meeting, meeting_id)
        cancel_meeting(
            session, meeting_id, sequence=meeting.sequence, by=meeting.citizen_id, now=NOW, workdays=WORKDAYS
        )


def test_case_29_a_weekly_meeting_is_at_nine_on_the_phone_all_spring(
    booked: Booked, made: Made, shown: Show
) -> None:
    days = ("03-16", "03-23", "03-30", "04-06")
    for day in days:
        booked(f"2027-{day} 09:00", said_yes=True)
    hours = [one.start.hour for one in shown(made())]
    assert hours == [8, 8, 7, 7]
    assert [one.start for one in shown(made())] == [at(f"2027-{day} 09:00") for day in days]


def test_case_44_a_cancelled_meeting_stays_two_weeks_with_the_next_sequence(
    booked: Booked, made: Made, shown: Show, database: Database
) -> None:
    address, meeting_id = made(), booked(duty=True)
    (before,) = shown(address)
    cancel(database, meeting_id)
    (after,) = shown(address)
    assert (before.uid, before.sequence, before.status, before.summary) == (
        str(meeting_id), 0, "CONFIRMED", "Aftale",
    )  # fmt: skip
    assert (after.uid, after.sequence, after.status, after.summary) == (
        str(meeting_id), 1, "CANCELLED", "Aflyst: Aftale",
    )  # fmt: skip
    assert (after.start, after.end) == (before.start, before.end)
    assert len(shown(address, after.end + timedelta(days=14, seconds=-1))) == 1
    assert shown(address, after.end + timedelta(days=14)) == []


def test_case_45_a_closed_address_is_answered_as_one_that_never_was(
    app: Flask, made: Made, browser_of: Browser, people: People, database: Database
) -> None:
    address = made()
    phone = app.test_client()
    assert phone.get(address).status_code == 200
    with database.reading() as session:
        feed_id = session.exec(select(CalendarFeed.id)).one()
    browser_of(people.anna).post(f"/kalender/telefon/{feed_id}/luk")
    closed, never = phone.get(address), phone.get(f"/ics/{'x' * 43}.ics")
    assert (closed.status_code, closed.data) == (404, never.data)
    assert dict(closed.headers) == dict(never.headers)


def test_i11_the_feed_and_the_page_show_the_same_moments(
    booked: Booked, made: Made, shown: Show, browser_of: Browser, people: People
) -> None:
    booked("2026-03-28 23:00", 240, duty=True)  # over the night the clocks go forward
    booked("2026-10-25 01:30", 60, duty=True)  # into the hour that comes twice
    second = {"starts_at": SECOND_HALF_PAST_TWO, "ends_at": SECOND_HALF_PAST_TWO + timedelta(minutes=20)}
    booked(duty=True, **second)
    booked("2027-06-01 09:15", 45, "jonas", said_yes=True)
    proposal = booked("2026-03-04 12:00")  # on the page, and not in the feed
    events = shown(made())
    assert len(events) == 4
    assert str(proposal) not in {one.uid for one in events}
    anna = browser_of(people.anna)
    for one in events:
        page = anna.get(f"/kalender/{one.uid}").text
        on_page = re.search(r'class="when">\s*<time datetime="([^"]+)"', page)
        assert on_page
        assert datetime.fromisoformat(on_page[1]) == one.start
        begins, ends = (f"{moment.astimezone(DANISH_TIME):%-H.%M}" for moment in (one.start, one.end))
        assert f"{begins}–{ends}" in page
    assert SECOND_HALF_PAST_TWO in {one.start for one in events}


def test_a_proposal_is_not_in_it_until_the_yes(
    booked: Booked, made: Made, shown: Show, database: Database
) -> None:
    address, meeting_id = made(), booked()
    assert shown(address) == []
    agree(database, meeting_id)
    assert [one.sequence for one in shown(address)] == [1]
    dropped = booked("2026-03-09 10:00")
    cancel(database, dropped)
    assert [one.uid for one in shown(address)] == [str(meeting_id)]


def test_a_meeting_that_moved_is_the_same_event_at_the_new_time(
    booked: Booked, made: Made, shown: Show, database: Database
) -> None:
    address, meeting_id = made(), booked(duty=True)
    slot = Slot(at("2026-03-06 12:00"), at("2026-03-06 13:00"))
    with database.writing() as session:
        reschedule_meeting(session, meeting_id, slot, sequence=0, by=None, now=NOW, workdays=WORKDAYS)
    (after,) = shown(address)
    assert (after.uid, after.sequence, after.start) == (str(meeting_id), 1, slot.start)


def test_it_says_little_unless_its_owner_chose_more(
    booked: Booked, made: Made, shown: Show, app: Flask
) -> None:
    booked(duty=True, place="Torvet 1", bring="brevet")
    neutral = app.test_client().get(made()).text
    assert not any(word in neutral for word in CANARIES)
    assert "CLASS:PRIVATE" in neutral
    (more,) = shown(made(detailed=True))
    assert (more.summary, more.location) == ("Samtale om din bolig", "Torvet 1")
    assert more.description == "Med Line\nTag med: brevet"


@pytest.mark.parametrize("channel", list(Channel))
def test_a_protected_address_is_in_no_feed(
    channel: Channel, booked: Booked, made: Made, app: Flask, database: Database, people: People
) -> None:
    with database.writing() as session:
        session.exec(update(Person).where(col(Person.id) == people.anna.id).values(protected_address=True))
    meeting_id = booked(duty=True, channel=channel, place="Hemmelig Vej 7", directions="Ring på hos Holm")
    for address in (made(detailed=True), made(people.line)):
        text = app.test_client().get(address).text
        assert "Hemmelig" not in text
        assert "Holm" not in text
        assert str(meeting_id) in text


def test_those_who_help_get_their_own_meetings_without_a_word(
    booked: Booked, made: Made, shown: Show, people: People
) -> None:
    booked(duty=True, place="Torvet 1")
    (one,) = shown(made(people.line, detailed=True))
    assert (one.summary, one.location, one.description) == ("Aftale", "", "")
    assert shown(made(people.jonas)) == []


def test_what_has_not_changed_is_not_sent_again(booked: Booked, made: Made, app: Flask) -> None:
    booked(duty=True)
    address, phone = made(), app.test_client()
    first = phone.get(address)
    again = phone.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    booked("2026-03-09 10:00", duty=True)
    changed = phone.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    for line in ("METHOD:PUBLISH", "REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H"):
        assert line in first.text
    assert "RDATE" not in first.text


def test_a_fetch_is_written_down_at_most_once_an_hour(
    made: Made, shown: Show, database: Database, asked: list[str]
) -> None:
    address = made()

    def used() -> datetime | None:
        with database.reading() as session:
            return session.exec(select(CalendarFeed.last_used_at)).one()

    shown(address)
    assert used() == NOW
    asked.clear()
    shown(address, NOW + timedelta(minutes=59))
    assert not any("UPDATE" in one for one in asked)
    shown(address, NOW + timedelta(hours=1))
    assert used() == NOW + timedelta(hours=1)


def test_an_address_that_nobody_reads_for_90_days_is_dead(made: Made, app: Flask) -> None:
    address = made()
    app.extensions["clock"] = fixed_clock(NOW + timedelta(days=90))
    assert app.test_client().get(address).status_code == 404


def test_neither_address_nor_content_is_in_the_database_or_the_log(
    made: Made, app: Flask, session: Session, caplog: pytest.LogCaptureFixture, booked: Booked
) -> None:
    booked(duty=True)
    address = made()
    secret = address.removeprefix("/ics/").removesuffix(".ics")
    with caplog.at_level(logging.DEBUG):
        app.test_client().get(address)
    assert secret not in caplog.text
    assert "Samtale" not in caplog.text
    row = session.exec(select(CalendarFeed)).one()
    assert secret not in str(row.model_dump())
    assert len(secret) == 43


def test_one_meeting_comes_from_a_plain_link_to_its_owner_alone(
    booked: Booked, browser_of: Browser, people: People
) -> None:
    meeting_id = booked(duty=True, place="Torvet 1")
    mine = browser_of(people.anna).get(f"/kalender/{meeting_id}.ics")
    assert mine.content_type == "text/calendar; charset=utf-8"
    assert [one.summary for one in read_both(mine.text)] == ["Aftale"]
    more = browser_of(people.anna).get(f"/kalender/{meeting_id}.ics?alt")
    assert [(one.summary, one.location) for one in read_both(more.text)] == [
        ("Samtale om din bolig", "Torvet 1")
    ]
    assert browser_of(people.bent).get(f"/kalender/{meeting_id}.ics").status_code == 404
    assert browser_of(None).get(f"/kalender/{meeting_id}.ics").status_code == 303
    proposal = booked("2026-03-09 10:00")
    assert browser_of(people.anna).get(f"/kalender/{proposal}.ics").status_code == 404


def test_a_phone_is_connected_seen_and_closed_on_one_page(
    browser_of: Browser, people: People, database: Database, app: Flask
) -> None:
    anna = browser_of(people.anna)
    assert "Ingen telefon henter" in anna.get("/kalender/telefon").text
    told = anna.post("/kalender/telefon", data={"name": "Min\n telefon", "detailed": "y"}).text
    assert 'value="http://localhost:5000/ics/' in told
    assert 'href="webcal://localhost:5000/ics/' in told
    listed = anna.get("/kalender/telefon").text
    assert "Min telefon" in listed
    assert "Viser også emne, sted og personer." in listed
    assert "/ics/" not in listed  # it was shown once
    with database.reading() as session:
        feed_id = session.exec(select(CalendarFeed.id)).one()
    assert browser_of(people.line).post(f"/kalender/telefon/{feed_id}/luk").status_code == 404
    closed = anna.post(f"/kalender/telefon/{feed_id}/luk", follow_redirects=True).text
    assert "Ingen telefon henter" in closed


def test_those_who_help_can_not_choose_more_and_ten_addresses_are_enough(
    browser_of: Browser, people: People, database: Database
) -> None:
    line = browser_of(people.line)
    for _ in range(10):
        assert line.post("/kalender/telefon", data={"detailed": "y"}).status_code == 200
    assert line.post("/kalender/telefon", data={}).status_code == 409
    with database.reading() as session:
        assert set(session.exec(select(CalendarFeed.detailed))) == {False}


def test_an_address_is_made_only_by_one_who_has_just_signed_in(
    browser_of: Browser, people: People, app: Flask, database: Database
) -> None:
    anna = browser_of(people.anna)
    app.extensions["clock"] = fixed_clock(NOW + timedelta(minutes=6))
    assert "Log ind igen" in anna.get("/kalender/telefon").text
    asked = anna.post("/kalender/telefon", data={})
    assert (asked.status_code, asked.location) == (303, "/log-ind?igen=telefon")
    with database.reading() as session:
        assert session.exec(select(CalendarFeed)).all() == []
