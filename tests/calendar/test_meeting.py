import pytest
from flask import Flask
from sqlmodel import Session

from app.dates.clock import fixed_clock
from app.identity.models import Person
from app.meetings.life_cycle import MeetingState
from app.meetings.models import Meeting, Participant
from app.meetings.rules import Channel, Reply
from app.store.db import Database
from tests.booking.fixtures import Booked
from tests.cast import NOW, People
from tests.conftest import Browser


def test_the_page_tells_all_of_it(browser_of: Browser, people: People, booked: Booked) -> None:
    more = {
        "why": "Så din datter kan bo hos dig.",
        "bring": "Brevet",
        "place": "Rådhuset",
        "directions": "Bus 15",
    }
    page = browser_of(people.anna).get(f"/kalender/{booked('2026-03-03 10:00', 45, **more)}").text
    for words in (
        "i morgen kl. 10.00–10.45",
        "Uge 10 · tirsdag den 3. marts",
        "Du bestemmer, om du vil komme.",
        *more.values(),
    ):
        assert words in page


def test_those_who_may_call_are_led_to_when_an_answer_asks_for_it(
    browser_of: Browser, people: People, booked: Booked, database: Database
) -> None:
    meeting = booked("2026-03-05 10:00", 60, "line", "thea", citizen="bent")

    def can_call(who: str) -> bool:
        page = browser_of(getattr(people, who)).get(f"{people.bent.url}/kalender/{meeting}").text
        return "tel:+4512345678" in page.partition('id="meeting-answer"')[2].partition("</section>")[0]

    with database.writing() as session:
        session.get_one(Person, people.bent.id).phone = "12345678"
    assert not can_call("line")
    with database.writing() as session:
        session.get_one(Participant, (meeting, people.bent.id)).reply = Reply.CALL_ME
    assert {who: can_call(who) for who in ("line", "thea", "vibeke")} == {
        "line": True,
        "thea": True,
        "vibeke": False,
    }


def test_a_duty_says_so_and_whom_to_call(browser_of: Browser, people: People, booked: Booked) -> None:
    page = browser_of(people.anna).get(f"/kalender/{booked(duty=True)}").text
    assert "Du har pligt til at være med" in page
    assert "Ring til Line, hvis du ikke kan være med." in page
    assert "Jeg kommer<" in page


@pytest.mark.both_databases
def test_by_the_call_from_a_meeting_stands_when_she_is_at_work_again(
    app: Flask, browser_of: Browser, people: People, booked: Booked
) -> None:
    meeting = booked(duty=True)
    app.extensions["clock"] = fixed_clock(NOW.replace(hour=18))
    said = "Line er ikke på arbejde lige nu: tirsdag kl.\u00a09.00."
    assert said in browser_of(people.anna).get(f"/kalender/{meeting}").text


@pytest.mark.usefixtures("line_is_away")
def test_while_she_is_away_her_hours_tell_nothing_at_a_meeting(
    app: Flask, browser_of: Browser, people: People, booked: Booked
) -> None:
    meeting = booked(duty=True)
    app.extensions["clock"] = fixed_clock(NOW.replace(hour=18))
    assert "Line er ikke på arbejde" not in browser_of(people.anna).get(f"/kalender/{meeting}").text


def test_the_need_for_an_interpreter_stands_on_it(
    browser_of: Browser, people: People, booked: Booked
) -> None:
    meeting = booked(citizen="karim")
    own = browser_of(people.karim).get(f"/kalender/{meeting}").text
    assert "Tolk: <bdi>arabisk</bdi>. Vi er ved at finde en." in own
    helped = browser_of(people.line).get(f"{people.karim.url}/kalender/{meeting}").text
    assert "Karim har brug for tolk: <bdi>arabisk</bdi>" in helped
    assert "Vi har ikke fundet en tolk til mødet endnu." in helped


def test_an_interpreter_of_a_language_nobody_knows_is_asked_about(
    browser_of: Browser, people: People, booked: Booked
) -> None:
    anna, meeting = browser_of(people.anna), booked()
    assert "tolk" not in anna.get(f"/kalender/{meeting}").text
    anna.post("/kalender/oensker/tolk", data={"answer": "andet"})
    assert 'href="/kalender/oensker/tolkens-sprog">Skriv sproget' in anna.get(f"/kalender/{meeting}").text
    helped = browser_of(people.line).get(f"{people.anna.url}/kalender/{meeting}").text
    assert "Vi mangler at vide, hvilket sprog." in helped
    anna.post("/kalender/oensker/tolkens-sprog", data={"answer": "dansk tegnsprog"})
    said = "Tolk: <bdi>dansk tegnsprog</bdi>. Vi er ved at finde en."
    assert said in anna.get(f"/kalender/{meeting}").text


@pytest.mark.parametrize(
    ("channel", "words"),
    [(Channel.PHONE, "På telefon"), (Channel.VIDEO, "På video"), (Channel.HOME, "Hjemme hos dig")],
)
def test_how_it_is_held_stands_in_words(
    browser_of: Browser, people: People, booked: Booked, channel: Channel, words: str
) -> None:
    assert words in browser_of(people.anna).get(f"/kalender/{booked(channel=channel)}").text


@pytest.mark.parametrize(
    ("reader", "sees"),
    [("signe", True), ("omar", True), ("thea", False)],
)
def test_a_protected_home_is_shown_to_the_nearest_only(
    browser_of: Browser, people: People, booked: Booked, reader: str, sees: bool
) -> None:
    home = {"channel": Channel.HOME, "place": "Skovvej 7", "directions": "Ned ad stien"}
    meeting = booked("2026-03-05 10:00", 60, "thea", citizen="signe", **home)
    start = "" if reader == "signe" else people.signe.url
    client = browser_of(getattr(people, reader))
    for address in (f"{start}/kalender", f"{start}/kalender/{meeting}"):
        page = client.get(address).text
        assert "Hjemme hos" in page
        assert ("Skovvej 7" in page) is sees
        assert "Ned ad stien" not in page


def test_an_open_address_is_shown_to_the_team(browser_of: Browser, people: People, booked: Booked) -> None:
    meeting = booked("2026-03-05 10:00", 60, "jonas", channel=Channel.HOME, place="Skovvej 7")
    assert "Skovvej 7" in browser_of(people.jonas).get(f"{people.anna.url}/kalender/{meeting}").text


def test_what_systems_write_is_shown_as_text(browser_of: Browser, people: People, booked: Booked) -> None:
    nasty = "<script>alert(1)</script><b onclick=x hx-get=/>"
    meeting = booked(purpose=nasty, why=nasty, bring=nasty, place=nasty)
    for address in ("/kalender", f"/kalender/{meeting}"):
        page = browser_of(people.anna).get(address).text
        assert "&lt;script&gt;" in page
        assert "<b onclick" not in page


@pytest.mark.parametrize(
    ("state", "words"), [(MeetingState.CANCELLED, "Mødet er aflyst"), (MeetingState.HELD, "Mødet er slut")]
)
def test_a_meeting_that_is_no_more_can_be_read_and_not_answered(
    browser_of: Browser, people: People, booked: Booked, database: Database, state: MeetingState, words: str
) -> None:
    meeting = booked(duty=True)
    with database.writing() as session:
        session.get_one(Meeting, meeting).state = state
    page = browser_of(people.anna).get(f"/kalender/{meeting}").text
    assert words in page
    assert 'name="reply"' not in page
    before = browser_of(people.anna).get("/kalender").text.partition(">Aflyst<")[0]
    assert "Samtale om din bolig" not in before


def test_another_citizens_meeting_is_as_absent(
    browser_of: Browser, people: People, booked: Booked, session: Session
) -> None:
    meeting = booked()
    client = browser_of(people.karim)
    absent = client.get("/kalender/00000000-0000-0000-0000-000000000000")
    assert (client.get(f"/kalender/{meeting}").data, absent.status_code) == (absent.data, 404)
    helper = browser_of(people.line)
    assert helper.get(f"{people.karim.url}/kalender/{meeting}").status_code == 404
    assert helper.get(f"{people.anna.url}/kalender/{meeting}").status_code == 200
