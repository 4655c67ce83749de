import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlmodel import Session, select

from app.dates.clock import fixed_clock
from app.identity.models import Person
from app.meetings.life_cycle import MeetingState
from app.meetings.models import Meeting, Occupancy, Participant
from app.meetings.rules import Channel, OccupancyKind, Reply
from app.notifications.models import Notice
from app.plan.models import Plan
from app.store.db import Database
from tests.booking.desk import Desk
from tests.booking.fixtures import Booked
from tests.booking.race import at_once, overlapping_pairs
from tests.cast import NOW, People
from tests.conftest import Browser

REGION = {"HX-Request": "true", "HX-Target": "meeting"}
WHEN = "på torsdag den 5. marts kl. 10.00"


def test_a_yes_makes_a_proposal_agreed(
    browser_of: Browser, people: People, booked: Booked, session: Session
) -> None:
    meeting_id = booked(channel=Channel.PHONE)
    answered = browser_of(people.anna).post(f"/kalender/{meeting_id}/svar", data={"reply": "coming"})
    assert answered.status_code == 303
    meeting = session.get_one(Meeting, meeting_id)
    assert (meeting.state, meeting.sequence) == (MeetingState.AGREED, 1)
    assert [(row.kind, row.exact_meeting_id) for row in session.exec(select(Occupancy))] == [
        (OccupancyKind.MEETING, meeting_id)
    ] * 2
    own = session.get_one(Participant, (meeting_id, people.anna.id))
    assert (own.reply, own.replied_at) == (Reply.COMING, NOW)


@pytest.mark.parametrize(
    ("answer", "title", "note"),
    [
        ("coming", f"Du kommer {WHEN}", f"Tak. Mødet {WHEN} er aftalt."),
        ("other_time", "Du har bedt om en anden tid", "Ellers finder Line en senest onsdag den 4. marts."),
        (
            "cannot",
            "Du kan ikke komme",
            "Line finder en anden tid senest onsdag den 4. marts og giver dig besked.",
        ),
        ("call_me", "Du har bedt os om at ringe", "Line ringer til dig."),
    ],
)
def test_each_answer_is_repeated_in_words(
    browser_of: Browser, people: People, booked: Booked, answer: str, title: str, note: str
) -> None:
    client = browser_of(people.anna)
    moved = client.post(f"/kalender/{booked()}/svar", data={"reply": answer})
    whole, region = (client.get(moved.location, headers=headers).text for headers in ({}, REGION))
    for page in (whole, region):
        assert title in page
        assert note in page
        assert "Ændr dit svar" in page
    assert region.lstrip().startswith('<section class="card" id="meeting"')
    assert "data-status=" in region


SAID = {  # the question, the yes, and how it is repeated to the citizen and to those who help
    Channel.IN_PERSON: ("Kommer du?", "Jeg kommer", "Du kommer", "Anna kommer"),
    Channel.PHONE: ("Passer det?", "Ja, ring til mig", "Du har sagt ja", "Anna har sagt ja til opkaldet"),
    Channel.HOME: (
        "Er du hjemme?",
        "Ja, jeg er hjemme",
        "Du har sagt, at du er hjemme",
        "Anna har sagt ja til at være hjemme",
    ),
    Channel.VIDEO: ("Er du med?", "Ja, jeg er med", "Du er med", "Anna er med"),
}


@pytest.mark.parametrize("channel", Channel)
def test_it_asks_as_the_meeting_is_held(
    browser_of: Browser, people: People, booked: Booked, channel: Channel
) -> None:
    asked, yes, said, helper_reads = SAID[channel]
    client, here = browser_of(people.anna), f"/kalender/{booked(duty=True, channel=channel)}"
    page = client.get(here).text
    assert asked in page
    assert f"{yes}<span" in page
    assert ('value="call_me"' in page) is (channel is not Channel.PHONE)
    client.post(f"{here}/svar", data={"reply": "coming"})
    assert said in client.get(here).text
    assert helper_reads in browser_of(people.line).get(f"{people.anna.url}{here}").text


@pytest.mark.parametrize(("day", "soon"), [("2026-03-02", True), ("2026-03-03", False)])
def test_a_no_on_the_same_day_asks_to_be_said_by_phone_too(
    browser_of: Browser, people: People, booked: Booked, day: str, soon: bool
) -> None:
    client = browser_of(people.anna)
    here = f"/kalender/{booked(f'{day} 14:00', duty=soon)}"
    for answer in ("cannot", "other_time"):
        client.post(f"{here}/svar", data={"reply": answer})
        region = client.get(here, headers=REGION).text
        assert ("Line har fået dit svar. Ring også, for mødet begynder snart." in region) is soon
        assert ('href="tel:' in region) is soon


def test_a_no_on_the_same_day_without_a_number_of_hers_leads_to_the_municipality(
    browser_of: Browser, people: People, booked: Booked, database: Database
) -> None:
    with database.writing() as writing:
        writing.get_one(Person, people.line.id).phone = None
    client = browser_of(people.anna)
    moved = client.post(f"/kalender/{booked('2026-03-02 14:00', duty=True)}/svar", data={"reply": "cannot"})
    region = client.get(moved.location, headers=REGION).text
    assert "Vi har fået dit svar. Ring også, for mødet begynder snart." in region
    assert 'href="tel:+4570123456"' in region


def test_a_duty_that_does_not_suit_says_who_finds_another_time_and_by_when(
    browser_of: Browser, people: People, booked: Booked
) -> None:
    client, here = browser_of(people.anna), f"/kalender/{booked('2026-03-09 10:00', duty=True)}"
    client.post(f"{here}/svar", data={"reply": "other_time"})
    said = ("ingen tider at vælge. Line finder en anden tid senest onsdag den 4. marts", "Ring til Line")
    page = client.get(here).text
    for words in said:
        assert words in page
    assert 'name="start"' not in page


def test_times_to_choose_from_come_in_the_order_of_their_days(
    browser_of: Browser, people: People, booked: Booked
) -> None:
    more = {"channel": Channel.PHONE, "said_yes": True}
    client, here = browser_of(people.anna), f"/kalender/{booked('2026-03-12 10:00', **more)}"
    client.post(f"{here}/svar", data={"reply": "other_time"})
    starts = re.findall(r'name="start" value="([^"]+)"', client.get(here).text)
    assert len(starts) == 3
    assert starts == sorted(starts)


def test_the_question_and_its_buttons_are_left_off_paper(
    browser_of: Browser, people: People, booked: Booked
) -> None:
    client, here = browser_of(people.anna), f"/kalender/{booked()}"
    assert '<section class="stack off-paper" id="meeting-answer"' in client.get(here).text
    client.post(f"{here}/svar", data={"reply": "coming"})
    answered = client.get(here).text
    assert '<section class="stack" id="meeting-answer"' in answered
    assert '<div class="off-paper"><details' in answered


def test_a_no_frees_no_time_by_itself(
    browser_of: Browser, people: People, booked: Booked, session: Session
) -> None:
    meeting_id = booked(channel=Channel.PHONE)
    browser_of(people.anna).post(f"/kalender/{meeting_id}/svar", data={"reply": "cannot"})
    assert session.get_one(Meeting, meeting_id).state is MeetingState.PROPOSED
    assert len(session.exec(select(Occupancy)).all()) == 2


def _told(session: Session) -> list[str]:
    wanted = select(Notice).where(Notice.kind == "meeting_answered")
    return sorted(str(one.person_id) for one in session.exec(wanted))


def test_contact_person_and_organiser_are_told_once_each(
    browser_of: Browser, people: People, booked: Booked, session: Session
) -> None:
    meeting_id = booked("2026-03-05 10:00", 60, "jonas", organiser_id=people.jonas.id)
    plan = select(Plan.revision).where(Plan.citizen_id == people.anna.id)
    before = session.exec(plan).one()
    session.rollback()
    client = browser_of(people.anna)
    for _ in range(2):  # a double tap
        client.post(f"/kalender/{meeting_id}/svar", data={"reply": "coming"})
    assert _told(session) == sorted([str(people.line.id), str(people.jonas.id)])
    assert session.exec(plan).one() == before + 1
    assert session.get_one(Meeting, meeting_id).sequence == 1


def test_an_answer_can_be_changed(
    browser_of: Browser, people: People, booked: Booked, session: Session
) -> None:
    meeting_id = booked(said_yes=True)
    browser_of(people.anna).post(f"/kalender/{meeting_id}/svar", data={"reply": "other_time"})
    assert session.get_one(Participant, (meeting_id, people.anna.id)).reply is Reply.OTHER_TIME
    assert session.get_one(Meeting, meeting_id).state is MeetingState.AGREED


def test_the_same_answer_ten_times_at_once_is_one_answer(
    browser_of: Browser, people: People, booked: Booked, database: Database, session: Session
) -> None:
    meeting_id = booked()
    clients = [browser_of(people.anna) for _ in range(10)]
    said = at_once(
        lambda n: clients[n].post(f"/kalender/{meeting_id}/svar", data={"reply": "coming"}).status_code, 10
    )
    assert said == {303: 10}
    assert _told(session) == [str(people.line.id)]
    assert overlapping_pairs(database) == 0


def test_an_answer_that_comes_too_late_is_told_kindly_and_not_kept(
    app: Flask, browser_of: Browser, people: People, booked: Booked, session: Session
) -> None:
    meeting_id = booked("2026-03-05 10:00")
    app.extensions["clock"] = fixed_clock(NOW + timedelta(days=4))
    client = browser_of(people.anna)
    moved = client.post(f"/kalender/{meeting_id}/svar", data={"reply": "coming"})
    page = client.get(moved.location).text
    assert "er slut eller aflyst. Dit svar er ikke gemt." in page
    assert "Ring til Line, hvis der er noget." in page
    assert session.get_one(Participant, (meeting_id, people.anna.id)).reply is None


@pytest.mark.parametrize("answer", ["", "ja", "COMING"])
def test_no_such_answer_is_the_same_page_again(
    browser_of: Browser, people: People, booked: Booked, answer: str
) -> None:
    refused = browser_of(people.anna).post(f"/kalender/{booked()}/svar", data={"reply": answer})
    assert refused.status_code == 422
    assert "Vælg et af svarene." in refused.text
    assert 'value="coming"' in refused.text


@pytest.mark.parametrize("other", ["line", "omar", "jonas", "karim", "fremmed", "lone"])
def test_only_the_citizen_answers(
    browser_of: Browser, people: People, booked: Booked, session: Session, other: str
) -> None:
    meeting_id = booked()
    refused = browser_of(getattr(people, other)).post(
        f"/kalender/{meeting_id}/svar", data={"reply": "coming"}
    )
    assert refused.status_code == 404
    assert session.get_one(Participant, (meeting_id, people.anna.id)).reply is None


@pytest.mark.both_databases
def test_a_yes_to_one_of_three_says_which_others_are_let_go_and_those_in_it_are_told(
    browser_of: Browser, people: People, desk: Desk
) -> None:
    starts = [f"2026-03-{day} 10:00" for day in ("05", "06", "09")]
    meeting = desk.offer(*starts)
    anna = browser_of(people.anna)
    assert anna.get(f"/kalender/{meeting.id}").text.count("og de andre tider bliver ledige") == 3
    answered = anna.post(f"/kalender/{meeting.id}/svar", data={"reply": "coming", "tid": "2"})
    let_go = "torsdag den 5. marts kl. 10.00 og mandag den 9. marts kl. 10.00"
    assert f"Vi holder ikke længere tiderne {let_go}." in anna.get(answered.location).text
    assert "holder ikke længere" not in anna.get(f"/kalender/{meeting.id}").text
    assert "Anna: Der er svaret på et møde." in browser_of(people.line).get("/dag").text
