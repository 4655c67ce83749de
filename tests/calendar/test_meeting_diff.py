"""What is new about a meeting stands on it, beside how it was, until the citizen answers."""

import re
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from app.demo.cast import person_id
from app.meetings.models import Meeting
from app.meetings.rules import Channel
from app.store.db import Database
from tests.booking.desk import Desk
from tests.booking.storm import PLACES
from tests.cast import People
from tests.conftest import Browser

pytestmark = pytest.mark.both_databases


@pytest.fixture
def anna(people: People, browser_of: Browser) -> FlaskClient:
    return browser_of(people.anna)


@pytest.fixture
def meeting(desk: Desk) -> Meeting:
    return desk.place("2026-03-05 10:00", 60, "line", channel=Channel.HOME, place=None, duty=True)


def news(anna: FlaskClient, meeting: UUID) -> list[str]:
    page = anna.get(f"/kalender/{meeting}").text.replace("<bdi>", "").replace("</bdi>", "")
    return re.findall(r"<p>(Nyt: [^<]+)</p>", page)


def test_another_way_to_meet_stands_beside_the_way_it_was_until_she_answers(
    desk: Desk, anna: FlaskClient, meeting: Meeting
) -> None:
    assert news(anna, meeting.id) == []
    desk.change(meeting, channel=Channel.PHONE)
    desk.change(meeting, channel=Channel.VIDEO)
    assert news(anna, meeting.id) == ["Nyt: På video. Før: Hjemme hos dig."]
    seen = desk.read(meeting).sequence
    anna.post(f"/kalender/{meeting.id}/svar", data={"reply": "coming", "seen": str(seen)})
    assert news(anna, meeting.id) == []
    desk.move(meeting, "2026-03-06 10:00")
    assert news(anna, meeting.id) == []


def test_what_is_changed_back_is_not_new(desk: Desk, anna: FlaskClient, meeting: Meeting) -> None:
    desk.change(meeting, channel=Channel.IN_PERSON, place_id=PLACES[0])
    assert news(anna, meeting.id) == ["Nyt: Sted 0, Vej 0. Før: Hjemme hos dig."]
    desk.change(meeting, channel=Channel.HOME, place_id=None)
    assert news(anna, meeting.id) == []


def test_who_came_and_who_left_and_what_it_is_about(desk: Desk, anna: FlaskClient, meeting: Meeting) -> None:
    with_ids = (person_id("line"), person_id("jonas"))
    desk.change(meeting, with_ids=with_ids, purpose="Noget andet", bring="Dit pas")
    assert news(anna, meeting.id) == [
        "Nyt: Jonas er også med.",
        f"Nyt: I skal tale om noget andet. Før: {meeting.purpose}.",
        "Nyt: Se, hvad du skal tage med.",
    ]
    desk.change(meeting, with_ids=(person_id("jonas"),))
    assert news(anna, meeting.id)[:2] == ["Nyt: Jonas er også med.", "Nyt: Line er ikke længere med."]


def test_a_no_has_seen_it_too(database: Database, desk: Desk, anna: FlaskClient, meeting: Meeting) -> None:
    desk.change(meeting, channel=Channel.PHONE)
    seen = desk.read(meeting).sequence
    anna.post(f"/kalender/{meeting.id}/svar", data={"reply": "other_time", "seen": str(seen)})
    assert desk.read(meeting).was is None
