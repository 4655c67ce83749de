"""What is new stays until it is opened or set aside, however often it was shown; then it stands on /nyt."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, select

from app.entries.news import ENTRY_APPROVED, ENTRY_TALK
from app.meetings.rules import Channel
from app.notifications.models import Notice
from app.notifications.rules import NoticeContent, NoticeKind
from app.notifications.service import add_notice
from app.store.db import Database
from tests.booking.fixtures import Booked
from tests.cast import NOW, People
from tests.conftest import Browser
from tests.home.pages import news_of

APPROVED = "Line tog dit forslag med i planen."
OF_ANNA = select(Notice.seen_at).where(Notice.person_id == People().anna.id)
TALK = "Line vil gerne tale med dig om dit forslag."


@pytest.fixture
def anna(people: People, browser_of: Browser) -> FlaskClient:
    return browser_of(people.anna)


def told(database: Database, people: People, kind: NoticeKind, *, hours: int = 0) -> None:
    with database.writing() as session:
        news = NoticeContent(kind, people.anna.id, by=people.line.id)
        add_notice(session, people.anna.id, news, now=NOW - timedelta(hours=hours))


def said(page: str) -> list[str]:
    return [words for _href, words in news_of(page)]


def test_news_that_was_only_shown_is_still_new_in_the_next_visit(
    database: Database, people: People, anna: FlaskClient, browser_of: Browser, session: Session
) -> None:
    told(database, people, ENTRY_APPROVED)
    for visit in (anna, anna, browser_of(people.anna)):
        page = visit.get("/").text
        assert said(page) == [APPROVED]
        assert ">1 ny ting</a>" in page
    assert session.exec(OF_ANNA).all() == [None]


def test_what_is_opened_is_read_and_stands_under_what_was_new(
    database: Database, people: People, anna: FlaskClient
) -> None:
    for _twice in range(2):
        told(database, people, ENTRY_APPROVED)
    told(database, people, ENTRY_TALK)
    page = anna.get("/").text
    both = "Line tog 2 af dine forslag med i planen."
    opened = next(href for href, words in news_of(page) if words == both)
    assert (anna.get(opened).status_code, anna.get(opened).location) == (303, "/plan")
    assert said(anna.get("/").text) == [TALK]
    was = anna.get("/nyt").text.partition("Det, der var nyt")[2]
    assert (both in was, TALK in was) == (True, False)
    assert anna.get(opened).location == "/plan"  # what was read leads there still


def test_what_came_after_the_page_was_shown_is_not_set_aside_with_it(
    database: Database, people: People, anna: FlaskClient
) -> None:
    told(database, people, ENTRY_APPROVED, hours=1)
    page = anna.get("/").text
    until = page.partition('name="til" value="')[2].partition('"')[0]
    told(database, people, ENTRY_TALK)
    aside = anna.post("/nyt/til-side", data={"til": until})
    assert (aside.status_code, aside.location) == (303, "/?nyt=lagt-til-side")
    after = anna.get(aside.location).text
    assert said(after) == [TALK]
    assert "Det nye er lagt til side." in after
    assert APPROVED in anna.get("/nyt").text


@pytest.mark.parametrize(
    "until", ["", "i går", "2026-03-02T10:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-23:00"]
)
def test_a_form_that_tells_no_time_sets_nothing_aside(
    database: Database, people: People, anna: FlaskClient, until: str
) -> None:
    told(database, people, ENTRY_APPROVED)
    assert anna.post("/nyt/til-side", data={"til": until}).location == "/"
    assert said(anna.get("/").text) == [APPROVED]


def test_what_the_page_asks_is_read_when_the_thing_is_opened_and_not_before(
    anna: FlaskClient, booked: Booked, session: Session
) -> None:
    meeting = booked("2026-03-09 10:00", channel=Channel.PHONE)
    about = select(Notice.seen_at).where(Notice.about_id == meeting, Notice.person_id == People().anna.id)
    assert said(anna.get("/").text) == []
    assert session.exec(about).all() == [None]
    session.rollback()
    answered = anna.post(f"/kalender/{meeting}/svar", data={"reply": "coming", "seen": "0"})
    anna.get(answered.location)
    assert said(anna.get("/").text) == []
    assert session.exec(about).all() == [NOW]


def test_a_message_that_is_read_in_the_thread_is_no_longer_new(
    people: People, anna: FlaskClient, browser_of: Browser
) -> None:
    line = browser_of(people.line)
    form = {"words": "Vi ses", "gem": "del", "key": uuid4().hex}
    assert line.post(f"{people.anna.url}/beskeder", data=form).status_code == 303
    assert len(said(anna.get("/").text)) == 1
    anna.get("/beskeder")
    assert said(anna.get("/").text) == []


def test_another_persons_news_is_nobody_elses_to_open(
    database: Database, people: People, anna: FlaskClient, browser_of: Browser, session: Session
) -> None:
    told(database, people, ENTRY_APPROVED)
    [(href, _words)] = news_of(anna.get("/").text)
    absent = browser_of(people.karim).get(f"/nyt/{uuid4()}")
    theirs = browser_of(people.karim).get(href)
    assert (theirs.status_code, theirs.location, theirs.data) == (303, "/nyt", absent.data)
    assert session.exec(OF_ANNA).all() == [None]


def test_without_news_there_is_a_road_to_what_was(anna: FlaskClient) -> None:
    assert '<a class="link" href="/nyt">Det, der var nyt</a>' in anna.get("/").text
    assert "Der er ikke noget nyt endnu." in anna.get("/nyt").text


def test_what_the_page_asks_about_is_set_aside_with_the_rest(
    database: Database, people: People, anna: FlaskClient, booked: Booked
) -> None:
    """The newest is a question on I dag, and no news there: it is not left behind on /nyt."""
    told(database, people, ENTRY_APPROVED, hours=1)
    booked("2026-03-09 10:00", 30, "line", organiser_id=people.line.id)
    page = anna.get("/").text
    assert said(page) == [APPROVED]
    until = re.search(r'name="til" value="([^"]+)"', page)
    assert until
    anna.post("/nyt/til-side", data={"til": until[1]})
    assert 'name="til"' not in anna.get("/nyt").text
