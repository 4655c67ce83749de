"""No thanks to an offer: no meeting, no other time and no question. There is none to a duty."""

from datetime import datetime, timedelta

from flask import Flask
from sqlmodel import Session, select

from app.booking.models import MeetingTask
from app.dates.clock import fixed_clock
from app.meetings.life_cycle import MeetingState
from app.meetings.models import Meeting, Occupancy, Participant
from app.meetings.rules import Channel, Reply
from tests.booking.desk import Desk
from tests.booking.fixtures import Booked
from tests.cast import NOW, People
from tests.conftest import Browser

NO_THANKS = {"reply": "declined", "seen": "0"}
PEOPLE = People()


def test_no_thanks_to_a_proposal_ends_it_and_asks_nobody_for_more(
    browser_of: Browser, people: People, booked: Booked, session: Session
) -> None:
    client, meeting = browser_of(people.anna), booked("2026-03-09 10:00")
    assert "Du får ikke flere forslag om det her møde" in client.get(f"/kalender/{meeting}").text
    said = client.post(f"/kalender/{meeting}/svar", data=NO_THANKS, follow_redirects=True).text
    assert session.get_one(Meeting, meeting).state is MeetingState.CANCELLED
    assert session.get_one(Participant, (meeting, people.anna.id)).reply is Reply.DECLINED
    assert session.exec(select(Occupancy)).all() == []
    assert session.exec(select(MeetingTask)).all() == []
    assert "Vil du have en ny tid?" not in said
    assert 'name="start"' not in said
    assert "Samtale om din bolig" not in client.get("/").text.partition("Dit næste")[2]


def test_a_proposal_that_is_brought_back_asks_again(
    browser_of: Browser, people: People, booked: Booked, session: Session
) -> None:
    client, meeting = browser_of(people.anna), booked("2026-03-09 10:00")
    client.post(f"/kalender/{meeting}/svar", data=NO_THANKS)
    client.post(f"/kalender/{meeting}/fortryd")
    assert session.get_one(Meeting, meeting).state is MeetingState.PROPOSED
    assert session.get_one(Participant, (meeting, people.anna.id)).reply is None
    assert "Passer tiden?" in client.get(f"/kalender/{meeting}").text


def test_who_can_not_come_to_an_offer_is_asked_for_another_time_and_no_thanks_is_not(
    browser_of: Browser, people: People, booked: Booked
) -> None:
    client = browser_of(people.anna)
    for day, reply, asked in (("09", "cannot", True), ("11", "declined", False)):
        here = f"/kalender/{booked(f'2026-03-{day} 10:00', channel=Channel.PHONE, said_yes=True)}"
        said = client.post(f"{here}/svar", data={"reply": reply, "seen": "0"}, follow_redirects=True).text
        assert ("Vil du have en ny tid? Vælg en her." in said, 'name="start"' in said) == (asked, asked)


def test_another_time_is_hers_to_choose_while_she_can_take_the_no_back(
    app: Flask, browser_of: Browser, desk: Desk
) -> None:
    meeting = desk.place("2026-03-09 10:00", channel=Channel.PHONE, said_yes=True)
    client, here = browser_of(PEOPLE.anna), f"/kalender/{meeting.id}"
    said = client.post(f"{here}/svar", data={"reply": "cannot", "seen": "0"}, follow_redirects=True).text
    start = said.partition('name="start" value="')[2].partition('"')[0]
    seen = said.partition('name="seen" value="')[2].partition('"')[0]
    assert client.post(f"{here}/tid", data={"start": start, "seen": seen}).status_code == 303
    again = desk.read(meeting)
    assert (again.state, again.starts_at) == (MeetingState.AGREED, datetime.fromisoformat(start))
    other = desk.place("2026-03-16 10:00", channel=Channel.PHONE, said_yes=True)
    client.post(f"/kalender/{other.id}/svar", data={"reply": "cannot", "seen": "0"})
    app.extensions["clock"] = fixed_clock(NOW + timedelta(minutes=11))
    assert 'name="start"' not in client.get(f"/kalender/{other.id}").text


def test_there_is_no_thanks_to_a_duty(
    browser_of: Browser, people: People, booked: Booked, session: Session
) -> None:
    client, meeting = browser_of(people.anna), booked("2026-03-09 10:00", duty=True)
    assert 'value="declined"' not in client.get(f"/kalender/{meeting}").text
    assert client.post(f"/kalender/{meeting}/svar", data=NO_THANKS).status_code == 404
    assert session.get_one(Meeting, meeting).state is MeetingState.AGREED


def test_a_no_thanks_that_was_written_down_and_undone_asks_her_again(
    browser_of: Browser, people: People, booked: Booked, session: Session
) -> None:
    meeting = booked("2026-03-09 10:00")
    line, there = browser_of(people.line), f"{people.anna.url}/kalender/{meeting}"
    assert line.post(f"{there}/svaret", data={"said": "declined", "seen": "0"}).status_code == 303
    assert session.get_one(Meeting, meeting).state is MeetingState.CANCELLED
    session.rollback()
    assert line.post(f"{there}/fortryd").status_code == 303
    assert session.get_one(Participant, (meeting, people.anna.id)).reply is None
    assert "Passer tiden?" in browser_of(people.anna).get(f"/kalender/{meeting}").text


def test_after_no_thanks_the_page_says_what_it_did(
    browser_of: Browser, people: People, booked: Booked
) -> None:
    client, meeting = browser_of(people.anna), booked("2026-03-09 10:00")
    said = client.post(f"/kalender/{meeting}/svar", data=NO_THANKS, follow_redirects=True).text
    assert "Du har sagt nej tak til mødet" in said
    assert "Du får ikke flere forslag om det her møde. De andre har fået besked." in said
    assert "Anna: Et møde er aflyst." in browser_of(people.line).get("/dag").text
