"""Moving, changing and cancelling by machine: one's own alone, only what was read, once under its key."""

from uuid import uuid4

import pytest
from flask import Flask
from sqlmodel import Session, select
from werkzeug.test import TestResponse

from app.access.conditions import When
from app.access.models import AccessLogEntry
from app.access.policy import TABLE, Action
from app.consent.service import revoke_consent
from app.identity.models import Person
from app.meetings.life_cycle import MeetingState
from app.meetings.models import Meeting, Occupancy
from app.store.db import Database
from tests.api.systems import MEETINGS, Machine, body, told
from tests.booking.requests import can_take_much
from tests.cast import NOW, People

pytestmark = pytest.mark.both_databases

PROBLEMS = "http://localhost:5000/problems"
LATER = {"starts_at": "2026-03-06T13:00:00+01:00", "ends_at": "2026-03-06T14:00:00+01:00"}
PLACE_WORDS = "Rådhuset, lokale 4"


@pytest.fixture
def booked(machine: Machine) -> str:
    """The address of a meeting of this system."""
    return str(machine.post(body()).headers["Location"])


def kind(response: TestResponse) -> str:
    assert response.mimetype == "application/problem+json"
    return str(told(response)["type"]).removeprefix(f"{PROBLEMS}/")


def test_a_meeting_is_moved_and_its_old_time_is_free(
    machine: Machine, booked: str, database: Database
) -> None:
    can_take_much(database)
    moved = machine.patch(booked, LATER)
    assert (moved.status_code, moved.headers["ETag"]) == (200, '"1"')
    assert LATER.items() <= told(moved).items()
    assert told(machine.get(booked)) == told(moved)
    assert machine.post(body(duty=True)).status_code == 201


def test_what_is_not_named_stays(machine: Machine, booked: str, people: People) -> None:
    before = told(machine.get(booked))
    changed = machine.patch(booked, {"place": PLACE_WORDS, "bring": None, "with": [str(people.jonas.id)]})
    assert told(changed) == before | {
        "place": PLACE_WORDS,
        "bring": None,
        "with": [str(people.jonas.id)],
        "sequence": 1,
    }


def test_a_cancelled_meeting_frees_its_time_at_once(machine: Machine, booked: str, session: Session) -> None:
    gone = machine.cancel(booked, {"reason": "Sagsbehandleren er syg"})
    assert (gone.status_code, told(gone)["state"], gone.headers["ETag"]) == (200, "cancelled", '"1"')
    assert session.exec(select(Occupancy)).all() == []
    assert session.exec(select(Meeting)).one().cancel_reason == "Sagsbehandleren er syg"
    session.rollback()
    assert machine.post(body(duty=True)).status_code == 201


def test_a_meeting_can_be_cancelled_without_a_word(machine: Machine, booked: str) -> None:
    headers = {"Authorization": f"Bearer {machine.token}", "Idempotency-Key": "c", "If-Match": '"0"'}
    assert machine.app.test_client().post(f"{booked}/cancel", headers=headers).status_code == 200


@pytest.mark.parametrize("seen", ['"7"', '"-1"', 'W/"0"', '"0x"', '"x", "y"'], ids=range(5))
def test_a_stale_write_changes_nothing(machine: Machine, booked: str, session: Session, seen: str) -> None:
    for refused in (
        machine.patch(booked, LATER, seen=seen),
        machine.patch(booked, {"purpose": "Noget andet"}, seen=seen),
        machine.cancel(booked, seen=seen),
    ):
        assert (refused.status_code, kind(refused)) == (412, "changed")
    found = session.exec(select(Meeting)).one()
    assert (found.sequence, found.state) == (0, MeetingState.PROPOSED)


@pytest.mark.parametrize("headers", [{}, {"if_match": "*"}], ids=["none", "any"])
def test_a_write_must_name_what_was_read(machine: Machine, booked: str, headers: dict[str, str]) -> None:
    for method, address in (("PATCH", booked), ("POST", f"{booked}/cancel")):
        refused = machine.call(method, address, LATER, **headers)
        assert (refused.status_code, kind(refused)) == (428, "changed")


def test_each_change_needs_the_state_after_the_last(machine: Machine, booked: str) -> None:
    assert machine.patch(booked, LATER).status_code == 200
    assert machine.cancel(booked, seen='"0"').status_code == 412
    assert machine.cancel(booked, seen='"0", "1"').status_code == 200


def test_the_same_key_gets_the_first_answer_again(machine: Machine, booked: str) -> None:
    first, again = machine.patch(booked, LATER, key="m"), machine.patch(booked, LATER, key="m")
    assert (again.status_code, again.data, again.headers["ETag"]) == (200, first.data, '"1"')
    gone, twice = (machine.cancel(booked, seen='"1"', key="c") for _ in range(2))
    assert (twice.status_code, twice.data) == (200, gone.data)


def test_the_same_key_for_another_body_meeting_or_call_is_refused(machine: Machine, booked: str) -> None:
    machine.patch(booked, LATER, key="m")
    for refused in (
        machine.patch(booked, {"purpose": "Noget andet"}, key="m"),
        machine.patch(f"{MEETINGS}/{uuid4()}", LATER, key="m"),
        machine.cancel(booked, seen='"1"', key="m"),
        machine.post(body(), key="m"),
    ):
        assert (refused.status_code, kind(refused)) == (422, "idempotency")


def test_a_key_is_needed_for_each_write(machine: Machine, booked: str) -> None:
    headers = {"Authorization": f"Bearer {machine.token}", "If-Match": '"0"'}
    client = machine.app.test_client()
    for refused in (
        client.patch(booked, headers=headers, json=LATER),
        client.post(f"{booked}/cancel", headers=headers, json={}),
    ):
        assert (refused.status_code, kind(refused)) == (400, "idempotency")


def test_a_clash_offers_three_times_and_says_nothing_else(
    machine: Machine, booked: str, people: People, session: Session
) -> None:
    private = body(
        "2026-03-06T13:00:00+01:00",
        citizen=str(people.karim.id),
        purpose="Hemmelig samtale",
        place="Det skjulte sted",
        duty=True,
    )
    assert machine.post(private).status_code == 201
    refused = machine.patch(booked, LATER)
    assert (refused.status_code, kind(refused)) == (409, "clash")
    assert set(told(refused)) == {"type", "title", "status", "detail", "alternatives"}
    assert len(told(refused)["alternatives"]) == 3
    assert all(set(one) == {"starts_at", "ends_at"} for one in told(refused)["alternatives"])
    for word in ("Hemmelig", "skjulte", "Karim", "Line", str(people.karim.id), str(people.line.id)):
        assert word not in refused.text
    assert "meeting:move" in session.exec(select(AccessLogEntry.action)).all()


def test_each_offered_time_can_be_moved_to(machine: Machine, booked: str, database: Database) -> None:
    can_take_much(database)
    machine.post(body("2026-03-06T13:00:00+01:00", duty=True))
    times = told(machine.patch(booked, LATER))["alternatives"]
    assert len(times) == 3
    for number, slot in enumerate(times):
        assert machine.patch(booked, slot, seen=f'"{number}"').status_code == 200


def test_another_systems_meeting_is_as_absent(app: Flask, database: Database, booked: str) -> None:
    other = Machine(app, database, name="Et andet")
    absent = f"{MEETINGS}/{uuid4()}"
    for theirs, none in (
        (other.patch(booked, LATER), other.patch(absent, LATER)),
        (other.patch(booked, {"why": None}, seen='"9"'), other.patch(absent, {"why": None}, seen='"9"')),
        (other.cancel(booked), other.cancel(absent)),
        (other.get(booked), other.get(absent)),
    ):
        assert (theirs.status_code, theirs.data) == (404, none.data)
        assert theirs.mimetype == "application/problem+json"
        assert "ETag" not in theirs.headers


def test_what_is_over_cannot_be_changed(machine: Machine, booked: str) -> None:
    machine.cancel(booked)
    for refused in (machine.patch(booked, LATER, seen='"1"'), machine.cancel(booked, seen='"1"')):
        assert (refused.status_code, kind(refused)) == (409, "over")


FAULTS = [
    ("starts_at", {}),
    ("starts_at", {"unknown": 1}),
    ("starts_at", LATER | {"purpose": "Begge dele"}),
    ("ends_at", {"starts_at": LATER["starts_at"]}),
    ("starts_at", LATER | {"starts_at": "2026-03-06T13:00:00"}),
    ("starts_at", {"starts_at": "2026-03-06T03:00:00+01:00", "ends_at": "2026-03-06T04:00:00+01:00"}),
    ("ends_at", LATER | {"ends_at": LATER["starts_at"]}),
    ("purpose", {"purpose": None}),
    ("channel", {"channel": "røgsignal"}),
    ("with", {"with": []}),
    ("with", {"with": [str(uuid4())]}),
    ("place_id", {"place_id": str(uuid4())}),
    ("place_id", {"place_id": "{" + str(uuid4()) + "}"}),
    ("why", {"why": 7}),
]


def test_a_change_that_cannot_be_is_refused_by_the_name_of_its_field(machine: Machine, booked: str) -> None:
    for field, sent in FAULTS:
        refused = machine.patch(booked, sent)
        assert (refused.status_code, kind(refused), told(refused)["field"]) == (422, "invalid", field), sent
    refused = machine.cancel(booked, {"reason": "x" * 301})
    assert (refused.status_code, told(refused)["field"]) == (422, "reason")
    assert told(machine.get(booked))["sequence"] == 0


def test_what_is_unchanged_is_not_sent_again(machine: Machine, booked: str) -> None:
    unchanged = machine.call("GET", booked, if_none_match='"0"')
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    assert machine.call("GET", booked, if_none_match='"1"').status_code == 200


def test_each_call_is_written_in_the_citizens_log(
    machine: Machine, booked: str, session: Session, people: People
) -> None:
    machine.patch(booked, LATER)
    machine.patch(booked, {"why": None}, seen='"1"')
    machine.cancel(booked, seen='"2"')
    entries = session.exec(select(AccessLogEntry)).all()
    assert sorted(one.action for one in entries) == [
        "meeting:book",
        "meeting:cancel",
        "meeting:change",
        "meeting:move",
    ]
    assert {(one.citizen_id, one.relation) for one in entries} == {(people.anna.id, "system")}


def test_a_home_that_must_not_be_known_is_not_told(
    machine: Machine, database: Database, people: People
) -> None:
    with database.writing() as session:
        assert session.get_one(Person, people.signe.id).protected_address
    asked = body(
        citizen=str(people.signe.id), people=[str(people.omar.id)], channel="home", place="Skjulvej 1"
    )
    booked = machine.post(asked)
    assert (booked.status_code, told(booked)["place"]) == (201, None)
    assert "Skjulvej" not in machine.get(booked.headers["Location"]).text
    assert told(machine.post(asked | LATER | {"channel": "in_person"}))["place"] == "Skjulvej 1"


def test_meetings_go_on_when_the_yes_to_one_plan_is_taken_back(
    machine: Machine, booked: str, database: Database, people: People
) -> None:
    """As on the pages of those who help: nobody needs a yes to one plan to meet."""
    with database.writing() as session:
        revoke_consent(session, people.anna.id, by=people.anna.id, now=NOW)
    assert machine.get(booked).status_code == 200
    assert machine.patch(booked, LATER).status_code == 200
    assert When.CONSENTED not in TABLE[Action.MEETING_PROPOSE].values()
