"""A video meeting has a link: those in it have it at once, it is ready in time, and nobody else learns it."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select, text, update

from app.config import Settings
from app.dates.clock import fixed_clock
from app.meetings.models import Meeting, Participant
from app.meetings.rules import Channel, Reply
from app.meetings.video_link import LINK_MOST, link_host, read_link
from app.migrations import schema
from app.notifications.models import Notice
from app.store.db import Database
from tests.access.test_hidden_meetings import hide
from tests.api.systems import Machine, body, told
from tests.booking.desk import Desk
from tests.booking.fixtures import Booked
from tests.booking.requests import at
from tests.calendar.staff.test_edit import fields
from tests.calendar.staff.test_propose import carried, need, times
from tests.cast import People
from tests.conftest import Browser

LINK = "https://video.example.dk/rum/7f3a-91"
OTHER = "https://video.example.dk/rum/0b22-14"
VIDEO: dict[str, Any] = {"channel": Channel.VIDEO, "link": LINK}
GO, SOON, ASK = "Gå til videomødet", "Du finder linket her en halv time før mødet.", "Spørg Line om linket"


@pytest.mark.parametrize(
    ("typed", "link"),
    [
        (LINK, LINK),
        ("HTTPS://Video.example.dk/A", "https://Video.example.dk/A"),
        ("http://video.example.dk:8443/?p=%7b1%7d", "http://video.example.dk:8443/?p=%7b1%7d"),
        ("javascript:alert(1)", None),
        ("ftp://video.example.dk/1", None),
        ("//video.example.dk/1", None),
        ("video.example.dk/1", None),
        ("https://", None),
        ("https://localhost/1", None),
        ("https://kommunen.dk@ond.example/1", None),
        ("https://kommunen.dk\\@ond.example/1", None),
        ("https://video.example.dk:hvad/1", None),
        ("https://video.example.dk/1 og kode 7", None),
        ('https://video.example.dk/"><b>', None),
        ("https://video.example.dk/\u202e1", None),
        ("https://video.example.dk/" + "a" * LINK_MOST, None),
        ("https://teams.microsoft.com\u3164\u3164.ond.example/1", None),
        ("https://teams.microsoft.com%2eond.example/1", None),
        ("https://t\u0435ams.microsoft.com/1", None),
        ("https://video.example.dk\uff0f/1", None),
        ("https://video.example.dk:99999/1", None),
        ("", None),
    ],
)
def test_only_a_link_that_leads_where_it_says_is_taken(typed: str, link: str | None) -> None:
    assert read_link(typed) == link


def test_where_it_leads_is_told_as_people_know_it() -> None:
    assert link_host("https://www.teams.example.com:443/l/1?x=2") == "teams.example.com"


@pytest.mark.both_databases
@pytest.mark.parametrize(("name", "value"), [("link", "javascript:x"), ("channel", "phone")])
def test_the_database_refuses_any_other(database: Database, booked: Booked, name: str, value: str) -> None:
    booked(**VIDEO)
    with pytest.raises(IntegrityError, match="ck_meeting_link"), database.writing() as session:
        session.exec(update(Meeting).values({name: value}))


@pytest.mark.both_databases
def test_a_link_that_stood_as_the_place_is_the_link_now(database: Database, booked: Booked) -> None:
    meeting = booked(**VIDEO)
    steps = [path for path in (schema.HERE / "versions").glob("[0-9]*.py") if path.name > "0024"]
    schema.migrate(database, f"-{len(steps)}")
    with database.reading() as session:
        assert session.connection().execute(text("SELECT place FROM meeting")).scalar() == LINK
    schema.migrate(database)
    with database.reading() as session:
        found = session.get_one(Meeting, meeting)
        assert (found.link, found.place) == (LINK, None)


def test_those_in_it_have_it_at_once_and_nobody_else(
    app: Flask, browser_of: Browser, people: People, booked: Booked
) -> None:
    meeting = booked("2026-03-05 10:00", 45, "jonas", **VIDEO)
    went = f'href="{LINK}" rel="external noreferrer"'
    assert went in browser_of(people.anna).get(f"/kalender/{meeting}").text
    for helper in (people.jonas, people.line):
        assert went in browser_of(helper).get(f"{people.anna.url}/kalender/{meeting}").text
    thea = browser_of(people.thea)
    for page in ("/kalender", "/kalender/uge?dato=2026-03-05", f"/kalender/{meeting}"):
        assert LINK not in thea.get(people.anna.url + page).text
    assert LINK not in browser_of(people.anna).get("/kalender").text
    assert LINK not in browser_of(people.anna).get("/kalender/paa-telefonen").text


def test_who_acts_for_her_has_it_with_the_meetings(
    browser_of: Browser, people: People, booked: Booked
) -> None:
    meeting = booked("2026-03-05 10:00", 45, citizen="bent", **VIDEO)
    assert LINK in browser_of(people.vibeke).get(f"{people.bent.url}/kalender/{meeting}").text


def test_a_hidden_meeting_has_none(
    browser_of: Browser, people: People, booked: Booked, database: Database, settings: Settings
) -> None:
    meeting = booked("2026-03-05 10:00", 45, "thea", **VIDEO)
    hide(database, settings)
    anna = browser_of(people.anna).get(f"/kalender/{meeting}").text
    assert "En aftale" in anna
    assert not any(word in anna for word in (LINK, GO, ASK))
    assert LINK in browser_of(people.thea).get(f"{people.anna.url}/kalender/{meeting}").text


@pytest.mark.parametrize(
    ("minutes", "ready"), [(-31, False), (-30, True), (0, True), (44, True), (45, None)], ids=str
)
def test_on_the_first_page_it_stands_from_half_an_hour_before_until_the_end(
    app: Flask, browser_of: Browser, people: People, booked: Booked, minutes: int, ready: bool | None
) -> None:
    meeting = booked("2026-03-02 10:30", 45, said_yes=True, **VIDEO)
    app.extensions["clock"] = fixed_clock(at("2026-03-02 10:30") + timedelta(minutes=minutes))
    browser = browser_of(people.anna)
    page = browser.get("/").text
    assert (LINK in page, SOON in page) == (bool(ready), ready is False)
    assert (GO in browser.get(f"/kalender/{meeting}").text) == (ready is not None)


def test_without_one_she_is_led_to_ask_for_it(browser_of: Browser, people: People, booked: Booked) -> None:
    meeting = booked(channel=Channel.VIDEO)
    anna = browser_of(people.anna)
    assert f'href="/beskeder?om=meeting-{meeting}#skriv">{ASK}' in anna.get(f"/kalender/{meeting}").text
    assert ASK in anna.get("/").text
    assert (
        "Der er ikke noget link" in browser_of(people.line).get(f"{people.anna.url}/kalender/{meeting}").text
    )


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (None, OTHER, "Nyt: Nu er der et link til videomødet."),
        (LINK, OTHER, "Nyt: Linket til videomødet er et andet."),
        (LINK, None, "Nyt: Linket til videomødet gælder ikke længere."),
    ],
)
def test_another_link_is_told_and_her_yes_stands(
    desk: Desk, browser_of: Browser, people: People, before: str | None, after: str | None, said: str
) -> None:
    meeting = desk.place(channel=Channel.VIDEO, link=before, said_yes=True)
    assert desk.change(meeting, link=after).sequence == 1
    with desk.database.reading() as session:
        assert session.get_one(Participant, (meeting.id, people.anna.id)).reply is Reply.COMING
        kinds = session.exec(select(Notice.kind).where(Notice.person_id == people.anna.id)).all()
    assert "meeting_changed" in kinds
    assert said in browser_of(people.anna).get(f"/kalender/{meeting.id}").text


def test_it_goes_when_the_meeting_is_by_video_no_more(desk: Desk) -> None:
    meeting = desk.place(said_yes=True, **VIDEO)
    assert desk.change(meeting, channel=Channel.PHONE).link is None


def test_those_who_help_write_it_where_they_book(
    browser_of: Browser, session: Session, people: People
) -> None:
    line, url = browser_of(people.line), f"{people.anna.url}/kalender/nyt"
    asked = need(people, "line", channel="video", video_link=LINK)
    wrong = line.post(url, data=asked | {"video_link": "video.example.dk"})
    assert (wrong.status_code, "Indsæt hele linket." in wrong.text) == (422, True)
    html = line.post(url, data=asked).text
    sent = carried(html) | {"tid": times(html)[:1], "trin": "send"}
    answer = line.post(url, data=sent)
    assert session.exec(select(Meeting.link)).all() == [LINK]
    assert "video.example" not in answer.location


def test_those_who_help_change_it_and_a_call_has_none(
    browser_of: Browser, session: Session, people: People, booked: Booked
) -> None:
    line, url = browser_of(people.line), f"{people.anna.url}/kalender/{booked(**VIDEO)}/ret"

    def link_after(**change: str) -> str | None:
        line.post(url, data=fields(line.get(url).text) | {"passer": "y"} | change)
        session.rollback()
        return session.exec(select(Meeting.link)).one()

    assert link_after(video_link=OTHER) == OTHER
    assert link_after(channel="phone", video_link="hvad som helst") is None


def test_another_system_writes_and_reads_it(app: Flask, database: Database) -> None:
    machine = Machine(app, database)
    booked = machine.post(body(channel="video", place=None, link=LINK))
    assert told(booked)["link"] == LINK
    where = str(booked.headers["Location"])
    assert told(machine.patch(where, {"link": OTHER}))["link"] == OTHER
    assert told(machine.patch(where, {"channel": "phone"}, seen='"1"'))["link"] is None
    assert machine.patch(where, {"link": LINK}, seen='"2"').status_code == 422
    assert told(machine.get(where))["channel"] == "phone"
