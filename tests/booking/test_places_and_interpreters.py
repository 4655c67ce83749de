"""Where meetings are: known places and their rooms, which are taken like people; and who interprets there."""

import re
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session, select

from app.calendar.staff.locations import list_locations
from app.calendar_sync.feed import meeting_text
from app.dates.local_time import DANISH_TIME
from app.identity.models import Municipality
from app.meetings.life_cycle import MeetingState
from app.meetings.models import CalendarSubject, Meeting, Occupancy, Place
from app.meetings.rules import Channel
from app.store.db import Database
from tests.booking.fixtures import Booked
from tests.booking.storm import INTERPRETER, PLACES, ROOMS, prepare
from tests.calendar.staff.test_propose import carried, need, times
from tests.cast import People
from tests.conftest import Browser

pytestmark = pytest.mark.both_databases

THURSDAY = "2026-03-05 10:00"


@pytest.fixture(autouse=True)
def places(database: Database) -> None:
    """Three places, half an hour from the first to the second, and two rooms in the first."""
    prepare(database)
    with database.writing() as session:
        for number, room in enumerate(ROOMS, 1):
            session.get_one(CalendarSubject, room).name = f"lokale {number}"


def walls(html: str) -> list[str]:
    """Return the times that are shown, as on the wall: 2026-03-05 10:00."""
    moments = [datetime.fromisoformat(one).astimezone(DANISH_TIME) for one in times(html)]
    return [one.strftime("%Y-%m-%d %H:%M") for one in moments]


def in_room(people: People, slug: str, room: UUID, **more: Any) -> dict[str, Any]:
    return need(people, slug, channel="in_person", place_id=str(room), minutes="60", **more)


def test_each_place_stands_before_its_rooms_and_others_are_not_told(
    database: Database, session: Session, people: People
) -> None:
    with database.writing() as writing:
        other = Municipality(name="En anden kommune")
        writing.add(other)
        writing.flush()
        place = Place(municipality_id=other.id, name="Et andet sted", address="Langt væk 1")
        writing.add(place)
    found = [one.name for one in list_locations(session, people.anna.id)]
    assert found == ["Sted 0", "Sted 0, lokale 1", "Sted 0, lokale 2", "Sted 1", "Sted 2"]


def test_a_room_that_is_chosen_is_held_and_shown_to_nobody_else_then(
    browser_of: Browser, session: Session, people: People
) -> None:
    jonas, annas = browser_of(people.jonas), f"{people.anna.url}/kalender/nyt"
    assert "Sted 0, lokale 2" in jonas.get(annas).text
    html = jonas.post(annas, data=in_room(people, "jonas", ROOMS[0])).text
    mine = walls(html)[0]
    sent = jonas.post(annas, data=carried(html) | {"tid": times(html)[:1], "trin": "send"})
    assert sent.status_code == 303
    meeting = session.exec(select(Meeting)).one()
    assert (meeting.place_id, meeting.place, meeting.state) == (PLACES[0], None, MeetingState.PROPOSED)
    assert session.exec(select(Occupancy).where(Occupancy.subject_id == ROOMS[0])).one()

    line, bents = browser_of(people.line), f"{people.bent.url}/kalender/nyt"

    def offered(room: UUID) -> list[str]:
        html = line.post(bents, data=in_room(people, "line", room)).text
        late = line.post(bents, data=carried(html) | {"tid": [meeting.starts_at.isoformat()], "trin": "send"})
        return [str(late.status_code), *walls(html)]

    assert offered(ROOMS[0])[0] == "409"
    assert mine not in offered(ROOMS[0])
    assert offered(ROOMS[1])[0] == "303"


def test_the_way_between_two_known_places_is_kept_free(
    browser_of: Browser, people: People, booked: Booked
) -> None:
    booked(THURSDAY, 60, "sara", duty=True, place_id=PLACES[0])
    line, url = browser_of(people.line), f"{people.anna.url}/kalender/nyt"
    html = line.post(url, data=in_room(people, "line", PLACES[1]) | {"said_yes": "y"}).text
    sent = carried(html) | {"trin": "send"}
    early, late = ("2026-03-05T10:15:00+00:00", "2026-03-05T10:30:00+00:00")  # 11.15 and 11.30 in Denmark
    assert line.post(url, data=sent | {"tid": [early]}).status_code == 409
    assert line.post(url, data=sent | {"tid": [late]}).status_code == 303


@pytest.mark.parametrize(
    ("there", "place_id", "typed"),
    [
        pytest.param({"place_id": PLACES[1]}, str(PLACES[1]), "", id="known"),
        pytest.param({"place": "Biblioteket"}, "", "Biblioteket", id="typed"),
    ],
)
def test_where_they_met_last_is_there_again(
    browser_of: Browser, people: People, booked: Booked, there: dict[str, Any], place_id: str, typed: str
) -> None:
    booked(THURSDAY, 60, "sara", duty=True, **there)
    html = browser_of(people.line).get(f"{people.anna.url}/kalender/nyt").text
    assert re.findall(r'name="place" value="([^"]*)"', html) == [typed]
    picker = re.search(r'<select [^>]*name="place_id".*?</select>', html, re.DOTALL)
    assert picker is not None
    assert f'value="{place_id}" selected' in picker[0]


def test_the_card_and_the_phone_tell_the_address_and_the_room(
    browser_of: Browser, session: Session, people: People, booked: Booked
) -> None:
    meeting = booked(THURSDAY, 60, "line", said_yes=True, place_id=PLACES[0], room_id=ROOMS[1])
    whole = "Sted 0, Vej 0, lokale 2"
    assert whole in browser_of(people.anna).get(f"/kalender/{meeting}").text
    text = meeting_text(session, people.anna.id, meeting, language="da", detailed=True)
    assert f"LOCATION:{whole}".replace(",", "\\,") in text
    other = booked("2026-03-09 10:00", 60, "line", said_yes=True, place_id=PLACES[1])
    assert "Sted 1, Vej 1<" in browser_of(people.anna).get(f"/kalender/{other}").text


@pytest.mark.parametrize(
    ("names", "said"),
    [
        pytest.param(
            ["Nadia Aziz"], 'Tolk: <bdi translate="no">Nadia Aziz</bdi> (<bdi>arabisk</bdi>)', id="named"
        ),
        pytest.param([None], "Tolk: <bdi>arabisk</bdi>. Tolken er bestilt.", id="without-a-name"),
        pytest.param([], "Karim har brug for tolk: <bdi>arabisk</bdi>", id="nobody-yet"),
    ],
)
def test_the_card_says_which_language_and_who_interprets(
    browser_of: Browser,
    database: Database,
    people: People,
    booked: Booked,
    names: list[str | None],
    said: str,
) -> None:
    who: dict[str, Any] = {"citizen": "karim", "channel": Channel.PHONE, "duty": True}
    for name in names:
        who["interpreter_id"] = INTERPRETER
        with database.writing() as session:
            session.get_one(CalendarSubject, INTERPRETER).name = name
    meeting = booked(THURSDAY, 60, "line", **who)
    assert said in browser_of(people.line).get(f"{people.karim.url}/kalender/{meeting}").text
