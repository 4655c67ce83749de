"""I dag: the soonest meeting stands first; what waits is asked; what was called off can be taken back."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.dates.clock import fixed_clock
from app.meetings.life_cycle import MeetingState
from app.meetings.models import Meeting
from app.meetings.news import MEETING_ANSWERED, MEETING_NEW
from app.meetings.rules import Channel, Reply
from app.notifications.rules import NewsGroup, NoticeKind
from app.store.db import Database
from tests.booking.desk import Desk
from tests.booking.storm import prepare
from tests.cast import NOW, People
from tests.conftest import Browser
from tests.home.pages import news_of

HEADING = "Det venter på dit svar"


def reply(browser: FlaskClient, meeting: Meeting, said: Reply, seen: int) -> None:
    answer = browser.post(f"/kalender/{meeting.id}/svar", data={"reply": said.value, "seen": str(seen)})
    assert answer.status_code == 303


def asked(page: str) -> list[str]:
    """Return the questions, as they stand."""
    if HEADING not in page:
        return []
    section = page[page.index(HEADING) :].partition("</section>")[0].replace("\u00a0", " ")
    return [" ".join(one.split()) for one in re.findall(r'<a href="/kalender/[^"]+">([^<]+)</a>', section)]


@pytest.fixture
def desk(database: Database) -> Desk:
    prepare(database)
    return Desk(database)


@pytest.fixture
def anna(people: People, browser_of: Browser) -> FlaskClient:
    return browser_of(people.anna)


@pytest.fixture
def agreed(desk: Desk, anna: FlaskClient) -> Meeting:
    """The next meeting, that Anna has said yes to as to the one after it."""
    first, second = desk.place("2026-03-03 10:00"), desk.place("2026-03-04 10:00")
    for meeting in (first, second):
        reply(anna, meeting, Reply.COMING, meeting.sequence)
    return first


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, "Kommer du mandag den 16. marts kl. 10.30?"),
        ({"channel": Channel.PHONE}, "Kan vi ringe til dig mandag den 16. marts kl. 10.30?"),
        ({"channel": Channel.HOME}, "Er du hjemme mandag den 16. marts kl. 10.30?"),
        ({"channel": Channel.VIDEO}, "Er du med på video mandag den 16. marts kl. 10.30?"),
    ],
)
def test_what_waits_is_asked_after_what_comes_sooner(
    desk: Desk, anna: FlaskClient, agreed: Meeting, more: dict[str, Any], said: str
) -> None:
    meeting = desk.place("2026-03-16 10:30", duty=True, **more)
    page = anna.get("/").text
    assert asked(page) == [said]
    assert f'href="/kalender/{meeting.id}"' in page
    assert page.index("Dit næste møde") < page.index('id="kontaktperson"') < page.index(HEADING)
    reply(anna, meeting, Reply.COMING, meeting.sequence)
    assert asked(anna.get("/").text) == []


@pytest.mark.usefixtures("agreed")
def test_a_proposal_says_who_and_how_many_times_and_by_when(desk: Desk, anna: FlaskClient) -> None:
    desk.offer("2026-03-16 10:30")
    desk.offer("2026-03-17 10:30", "2026-03-18 10:30", "2026-03-19 10:30")
    page = anna.get("/").text
    assert asked(page) == [
        "Passer det mandag den 16. marts kl. 10.30?",
        "Line foreslår et møde. Vælg mellem 3 tider.",
    ]
    assert page.count("Svar senest ") == 2


@pytest.mark.usefixtures("agreed")
def test_what_is_asked_is_not_told_as_news_too(desk: Desk, anna: FlaskClient) -> None:
    meeting = desk.place("2026-03-16 10:30", duty=True)
    desk.move(meeting, "2026-03-17 10:30")
    page = anna.get("/").text
    assert asked(page) == ["Kommer du tirsdag den 17. marts kl. 10.30?"]
    assert "Flyttet fra mandag den 16. marts 2026 kl. 10.30." in page
    assert [said for _href, said in news_of(page)] == ["Line har sat 2 møder i din kalender."]
    desk.change(meeting, purpose="Noget andet")
    [href] = [one for one, said in news_of(anna.get("/").text) if said.startswith("Line har ændret et møde")]
    assert anna.get(href).location == f"/kalender/{meeting.id}"


def test_when_the_next_meeting_waits_too_it_stands_first(desk: Desk, anna: FlaskClient) -> None:
    desk.place("2026-03-03 10:00", duty=True)
    desk.place("2026-03-16 10:30", duty=True)
    desk.place("2026-03-17 10:30", duty=True)
    page = anna.get("/").text
    order = (
        "Dit næste møde",
        "Jeg kan ikke",
        'id="kontaktperson"',
        "Og så kommer",
        "Mandag den 16.",
        HEADING,
    )
    places = [page.index(said) for said in order]
    assert places == sorted(places)
    assert asked(page) == ["Kommer du tirsdag den 17. marts kl. 10.30?"]


@pytest.mark.usefixtures("agreed")
def test_two_are_asked_and_the_rest_is_a_link(desk: Desk, anna: FlaskClient) -> None:
    for day in (16, 17, 18):
        desk.place(f"2026-03-{day} 10:30", duty=True)
    page = anna.get("/").text
    assert len(asked(page)) == 2
    assert '<a class="link" href="/kalender#venter">' in page
    assert 'id="venter"' in anna.get("/kalender").text


@pytest.mark.usefixtures("agreed")
def test_other_times_beside_an_agreed_one_wait_too(desk: Desk, anna: FlaskClient) -> None:
    meeting = desk.place("2026-03-16 10:30", duty=True)
    reply(anna, meeting, Reply.OTHER_TIME, meeting.sequence)
    assert asked(anna.get("/").text) == []
    desk.repropose(meeting, "2026-03-17 10:30", "2026-03-18 10:30")
    assert asked(anna.get("/").text) == ["Der er 2 nye tider til et møde. Vælg en."]


def test_what_she_called_off_can_be_taken_back_for_ten_minutes(
    app: Flask, anna: FlaskClient, agreed: Meeting, desk: Desk
) -> None:
    reply(anna, agreed, Reply.CANNOT, desk.read(agreed).sequence)
    page = anna.get("/").text
    assert "Du har aflyst mødet i morgen kl.\u00a010.00." in page
    back = re.search(r'action="(/kalender/[0-9a-f-]+/fortryd)"', page)
    assert back
    app.extensions["clock"] = fixed_clock(NOW + timedelta(minutes=11))
    assert "Du har aflyst mødet" not in anna.get("/").text
    app.extensions["clock"] = fixed_clock(NOW + timedelta(minutes=9))
    assert anna.post(back[1]).status_code == 303
    page = anna.get("/").text
    assert "Du har aflyst mødet" not in page
    assert "Dit næste møde" in page


def test_a_proposal_and_an_answer_written_down_are_told_as_what_they_are() -> None:
    assert said(MEETING_NEW, MeetingState.PROPOSED) == "Line foreslår et møde. Vælg en tid."
    assert said(MEETING_NEW, MeetingState.AGREED) == "Line har sat et møde i din kalender."
    assert said(MEETING_ANSWERED) == "Line skrev dit svar ned. Se, om det passer."


def said(kind: NoticeKind, state: MeetingState | None = None) -> str:
    assert kind.to_citizen
    return kind.to_citizen(NewsGroup("Line", "Anna", NOW, detail=state))
