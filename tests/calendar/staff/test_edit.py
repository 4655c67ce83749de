"""Ret mødet: who is in it, how and where, and what it says. Nobody's change is lost, nobody taken twice."""

import re
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, select

from app.identity.models import PersonRole
from app.meetings.life_cycle import MeetingState
from app.meetings.models import CalendarSubject, Meeting, Occupancy, Participant
from app.meetings.rules import Channel, ParticipantRole, Reply
from app.notifications.models import Notice
from app.store.db import Database
from tests.booking.fixtures import Booked
from tests.booking.storm import PLACES, ROOMS, prepare
from tests.cast import NOW, People, Someone
from tests.conftest import Browser

THURSDAY = "2026-03-05 10:00"
REQUIRED, OPTIONAL = ParticipantRole.REQUIRED, ParticipantRole.OPTIONAL


@pytest.fixture
def meeting(database: Database, booked: Booked, people: People) -> UUID:
    """A call of Anna's with Jonas, who called it, and Line; Anna has said yes."""
    prepare(database)
    return booked(
        THURSDAY,
        45,
        "jonas",
        "line",
        said_yes=True,
        organiser_id=people.jonas.id,
        channel=Channel.PHONE,
        why="Vi vælger en dag.",
    )


def of(people: People, meeting: UUID, page: str = "/ret") -> str:
    return f"{people.anna.url}/kalender/{meeting}{page}"


def fields(html: str) -> dict[str, Any]:
    """Return what the page's form would send, untouched."""
    form = html[html.index('name="seen"') - 100 :]
    found: dict[str, Any] = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form):
        found[name] = unescape(value)
    for name, value in re.findall(r'<input class="field__input" [^>]*name="(\w+)" value="([^"]*)"', form):
        found[name] = unescape(value)
    for name, value in re.findall(
        r'type="(?:checkbox|radio)"\s[^>]*name="(\w+)" value="([^"]*)" checked', form
    ):
        found.setdefault(name, []).append(unescape(value))
    for name, options in re.findall(r'<select [^>]*name="(\w+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        found[name] = re.findall(r'value="([^"]*)" selected', options)[0]
    return found


def saved(browser: FlaskClient, url: str, **change: Any) -> Any:
    """Open the page, change some fields and send the rest as they stand; what it says of why still fits."""
    return browser.post(url, data=fields(browser.get(url).text) | {"passer": "y"} | change)


def read(session: Session, meeting: UUID) -> Meeting:
    session.rollback()
    return session.get_one(Meeting, meeting, populate_existing=True)


def roles(session: Session, meeting: UUID) -> dict[UUID, ParticipantRole]:
    session.rollback()
    rows = session.exec(select(Participant).where(Participant.meeting_id == meeting)).all()
    return {one.subject_id: one.role for one in rows if one.role is not ParticipantRole.CITIZEN}


def reply(session: Session, meeting: UUID, people: People) -> Reply | None:
    session.rollback()
    return session.get_one(Participant, (meeting, people.anna.id), populate_existing=True).reply


def news(session: Session, who: Someone) -> list[str]:
    """Return what somebody was told, each kind as often as it was; of one moment there is no order."""
    return sorted(session.exec(select(Notice.kind).where(Notice.person_id == who.id)))


def test_it_is_reached_from_the_meeting_and_shows_it_as_it_stands(
    browser_of: Browser, people: People, meeting: UUID
) -> None:
    line = browser_of(people.line)
    assert f'href="{of(people, meeting)}"' in line.get(of(people, meeting, "")).text
    shown = fields(line.get(of(people, meeting)).text)
    assert (shown["purpose"], shown["why"], shown["channel"]) == (
        "Samtale om din bolig",
        "Vi vælger en dag.",
        ["phone"],
    )
    assert sorted(shown["needed"]) == sorted([str(people.jonas.id), str(people.line.id)])


def test_what_is_saved_untouched_changes_nothing_and_tells_nobody(
    browser_of: Browser, session: Session, people: People, meeting: UUID
) -> None:
    before = news(session, people.anna)
    assert saved(browser_of(people.line), of(people, meeting)).status_code == 303
    assert (read(session, meeting).sequence, news(session, people.anna)) == (0, before)


def test_people_are_put_in_and_taken_out_and_the_yes_stands(
    browser_of: Browser, session: Session, people: People, meeting: UUID
) -> None:
    who = {"needed": [str(people.line.id), str(people.sara.id)], "welcome": [str(people.thea.id)]}
    answer = saved(browser_of(people.line), of(people, meeting), **who)
    assert (answer.status_code, answer.location) == (303, of(people, meeting, "") + "?gjort=rettet")
    assert roles(session, meeting) == {
        people.line.id: REQUIRED,
        people.sara.id: REQUIRED,
        people.thea.id: OPTIONAL,
    }
    assert reply(session, meeting, people) is Reply.COMING
    assert "meeting_changed" in news(session, people.anna)
    assert "meeting_left" in news(session, people.jonas)
    assert news(session, people.sara) == ["meeting_new"]
    taken = select(Occupancy.subject_id).where(Occupancy.meeting_id == meeting)
    assert people.jonas.id not in session.exec(taken).all()
    today = browser_of(people.anna).get("/").text
    assert "har ændret et møde." in today


def test_a_room_is_chosen_and_taken_and_the_citizen_answers_anew(
    browser_of: Browser, session: Session, people: People, meeting: UUID
) -> None:
    room = str(ROOMS[0])
    answer = saved(browser_of(people.line), of(people, meeting), channel="in_person", place_id=room)
    assert answer.status_code == 303
    changed = read(session, meeting)
    assert (changed.channel, changed.place_id, changed.place) == (Channel.IN_PERSON, PLACES[0], None)
    assert (changed.state, reply(session, meeting, people)) == (MeetingState.AGREED, None)
    assert roles(session, meeting)[ROOMS[0]] is REQUIRED
    assert session.exec(select(Occupancy).where(Occupancy.subject_id == ROOMS[0])).one()
    assert fields(browser_of(people.line).get(of(people, meeting)).text)["place_id"] == room
    card = browser_of(people.anna).get(f"/kalender/{meeting}").text
    assert "Sted 0" in card
    assert "Kommer du?" in card


def test_whether_the_sentence_of_why_still_fits_is_asked_once(
    browser_of: Browser, session: Session, people: People, meeting: UUID
) -> None:
    line, url, question = browser_of(people.line), of(people, meeting), "Passer sætningen stadig?"
    before = fields(line.get(url).text)
    assert "passer" not in before
    met = {"channel": "in_person", "place_id": "", "place": "Biblioteket"}
    asked = line.post(url, data=before | met)
    assert (asked.status_code, question in asked.text) == (422, True)
    assert asked.text.count('name="why"') == 1
    assert (read(session, meeting).channel, read(session, meeting).sequence) == (Channel.PHONE, 0)
    typed = fields(asked.text)
    assert (typed["place"], typed["passer"]) == ("Biblioteket", "y")
    assert line.post(url, data=typed).status_code == 303
    changed = read(session, meeting)
    assert (changed.place, changed.why) == ("Biblioteket", "Vi vælger en dag.")
    again = fields(line.get(url).text) | {"channel": "phone", "why": "Vi ringer i stedet."}
    assert line.post(url, data=again).status_code == 303  # the sentence was changed too


def test_a_typed_place_is_possible_and_nothing_of_it_is_left_by_phone(
    browser_of: Browser, session: Session, people: People, meeting: UUID
) -> None:
    line, url = browser_of(people.line), of(people, meeting)
    assert saved(line, url, channel="in_person", place_id="", place="Biblioteket").status_code == 303
    assert read(session, meeting).place == "Biblioteket"
    assert saved(line, url, channel="phone").status_code == 303
    by_phone = read(session, meeting)
    assert (by_phone.place, by_phone.place_id, by_phone.sequence) == (None, None, 2)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        pytest.param({"purpose": " "}, "Skriv, hvad I skal tale om.", id="purpose"),
        pytest.param({"needed": []}, "Vælg mindst én, der skal med.", id="nobody"),
        pytest.param({"needed": [str(People().lone.id)]}, "Vælg mindst én, der skal med.", id="stranger"),
        pytest.param({"channel": "in_person", "place_id": ""}, "Skriv, hvor I skal mødes.", id="place"),
        pytest.param({"bring": "x" * 301}, "1 tegn for lang", id="long"),
    ],
)
def test_what_is_missing_is_said_and_everything_typed_is_kept(
    browser_of: Browser,
    session: Session,
    people: People,
    meeting: UUID,
    wrong: dict[str, Any],
    sentence: str,
) -> None:
    answer = saved(browser_of(people.line), of(people, meeting), **({"why": "Fordi det regner."} | wrong))
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert "Fordi det regner." in answer.text
    assert read(session, meeting).sequence == 0


# --- somebody is taken ---


def test_one_who_is_taken_is_not_put_in_and_other_times_are_offered(
    browser_of: Browser, session: Session, people: People, meeting: UUID, booked: Booked
) -> None:
    booked(THURSDAY, 60, "sara", citizen="karim", duty=True, channel=Channel.PHONE)
    line, url = browser_of(people.line), of(people, meeting)
    who = {"needed": [str(people.line.id), str(people.sara.id)], "bring": "Din kalender"}
    answer = saved(line, url, **who)
    assert (answer.status_code, "Mødet er ikke ændret." in answer.text) == (409, True)
    assert "Karim" not in answer.text
    assert read(session, meeting).sequence == 0
    times = re.findall(r'name="tid" value="([^"]+)"', answer.text)
    assert len(times) >= 3
    stale = line.post(url, data=fields(answer.text) | {"tid": times[:2]})
    assert (stale.status_code, "Vælg én tid at flytte til." in stale.text) == (422, True)
    assert len(re.findall(r'name="tid" value="([^"]+)"', stale.text)) >= 3
    assert line.post(url, data=fields(answer.text) | {"tid": times[:1]}).status_code == 303
    moved = read(session, meeting)
    assert (moved.sequence, moved.bring, moved.moved_from is not None) == (1, "Din kalender", True)
    assert (moved.state, reply(session, meeting, people)) == (MeetingState.PROPOSED, None)
    assert set(roles(session, meeting)) == {people.line.id, people.sara.id}


def test_a_time_that_was_never_shown_is_not_to_be_had(
    browser_of: Browser, session: Session, people: People, meeting: UUID
) -> None:
    answer = saved(browser_of(people.line), of(people, meeting), tid="2026-03-06T03:00+01:00")
    assert answer.status_code == 409
    assert read(session, meeting).sequence == 0


def test_a_room_that_is_taken_is_refused(
    browser_of: Browser, session: Session, people: People, meeting: UUID, booked: Booked
) -> None:
    booked(THURSDAY, 60, "sara", citizen="karim", duty=True, place_id=PLACES[0], room_id=ROOMS[0])
    line, url, there = browser_of(people.line), of(people, meeting), {"channel": "in_person"}
    assert saved(line, url, **there, place_id=str(ROOMS[0])).status_code == 409
    assert read(session, meeting).channel is Channel.PHONE
    assert saved(line, url, **there, place_id=str(ROOMS[1])).status_code == 303


# --- two at once ---


def test_two_who_change_different_things_lose_neither(
    browser_of: Browser, session: Session, people: People, meeting: UUID
) -> None:
    url, jonas = of(people, meeting), browser_of(people.jonas)
    his = fields(jonas.get(url).text)
    assert saved(browser_of(people.line), url, bring="Nøglen").status_code == 303
    answer = jonas.post(url, data=his | {"purpose": "Om praktikken"})
    assert (answer.status_code, read(session, meeting).purpose) == (409, "Samtale om din bolig")
    stands = fields(answer.text)
    assert (stands["purpose"], stands["bring"], stands["seen"]) == ("Om praktikken", "Nøglen", "1")
    assert "Nu står der" not in answer.text
    assert jonas.post(url, data=stands).status_code == 303
    both = read(session, meeting)
    assert (both.purpose, both.bring, both.sequence) == ("Om praktikken", "Nøglen", 2)


def test_two_who_change_the_same_are_shown_both(
    browser_of: Browser, session: Session, people: People, meeting: UUID
) -> None:
    url, jonas = of(people, meeting), browser_of(people.jonas)
    his = fields(jonas.get(url).text)
    hers = {"purpose": "Om boligen", "needed": [str(people.line.id)]}
    assert saved(browser_of(people.line), url, **hers).status_code == 303
    answer = jonas.post(url, data=his | {"purpose": "Om praktikken", "needed": [str(people.jonas.id)]})
    assert answer.status_code == 409
    now = answer.text[answer.text.index("Nu står der") : answer.text.index('<form class="form"')]
    assert "Om boligen" in now
    assert "Line Madsen" in now
    assert "Jonas" not in now
    stands = fields(answer.text)
    assert (stands["purpose"], stands["needed"]) == ("Om praktikken", [str(people.jonas.id)])
    assert read(session, meeting).purpose == "Om boligen"


def test_a_form_that_says_nothing_of_what_it_showed_overwrites_nothing_unseen(
    browser_of: Browser, session: Session, people: People, meeting: UUID
) -> None:
    url, line = of(people, meeting), browser_of(people.line)
    sent = fields(line.get(url).text) | {"purpose": "Om alt", "before": "[", "seen": ""}
    answer = line.post(url, data=sent)
    assert answer.status_code == 409
    assert read(session, meeting).sequence == 0
    assert "Samtale om din bolig" in answer.text
    assert fields(answer.text)["purpose"] == "Om alt"


# --- who may, and what is not told ---


@pytest.mark.parametrize(
    ("slug", "status"), [("thea", 404), ("anna", 403), ("fremmed", 404), ("vibeke", 404)]
)
def test_others_change_no_meeting_they_did_not_call(
    browser_of: Browser, people: People, meeting: UUID, slug: str, status: int
) -> None:
    browser = browser_of(getattr(people, slug))
    assert browser.get(of(people, meeting)).status_code == status
    assert browser.post(of(people, meeting), data={"purpose": "x"}).status_code == status
    assert of(people, meeting) not in browser_of(people.thea).get(of(people, meeting, "")).text


def test_the_address_of_a_home_is_neither_shown_nor_lost(
    browser_of: Browser, session: Session, people: People, meeting: UUID, booked: Booked
) -> None:
    home = booked("2026-03-10 10:00", 60, "jonas", channel=Channel.HOME, place="Skovvej 7", said_yes=True)
    line, url = browser_of(people.line), of(people, home)
    assert "Skovvej" not in line.get(url).text
    assert saved(line, url, bring="Kaffe").status_code == 303
    kept = read(session, home)
    assert (kept.place, kept.bring, reply(session, home, people)) == ("Skovvej 7", "Kaffe", Reply.COMING)


def test_one_who_works_here_no_more_is_named_and_out_when_it_is_saved(
    browser_of: Browser, database: Database, session: Session, people: People, meeting: UUID
) -> None:
    with database.writing() as writing:
        for role in writing.exec(select(PersonRole).where(PersonRole.person_id == people.jonas.id)):
            role.ends_at = NOW
    line, url = browser_of(people.line), of(people, meeting)
    html = line.get(url).text
    assert "Jonas arbejder her ikke mere." in html
    assert str(people.jonas.id) not in html
    assert saved(line, url).status_code == 303
    assert set(roles(session, meeting)) == {people.line.id}


def test_what_is_over_is_not_changed(
    browser_of: Browser, session: Session, people: People, meeting: UUID
) -> None:
    line, url = browser_of(people.line), of(people, meeting)
    sent = fields(line.get(url).text) | {"bring": "Brevet"}
    line.post(of(people, meeting, "/aflys"), data={"seen": "0", "reason": "Line er syg."})
    late = line.post(url, data=sent)
    assert (late.status_code, "Brevet" in late.text) == (409, True)
    assert read(session, meeting).bring is None
    assert "Mødet kan ikke rettes mere." in line.get(url).text
    assert url not in line.get(of(people, meeting, "")).text


def test_rooms_without_a_name_are_not_offered(
    browser_of: Browser, database: Database, people: People, meeting: UUID
) -> None:
    with database.writing() as writing:
        writing.get_one(CalendarSubject, ROOMS[1]).name = None
    html = browser_of(people.line).get(of(people, meeting)).text
    assert f'value="{ROOMS[0]}"' in html
    assert f'value="{ROOMS[1]}"' not in html
