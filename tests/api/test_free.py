"""Asking for times by machine: best first, with what speaks for them, and never why another is not there."""

from datetime import datetime, time
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlmodel import Session, col, select
from werkzeug.test import TestResponse

from app.access.models import AccessLogEntry
from app.api.rate_limit import RateLimiter
from app.availability.models import CalendarWish
from app.availability.rules import WishKind
from app.dates.local_time import DANISH_TIME
from app.identity.models import Municipality, Person
from app.store.db import Database
from tests.api.systems import Machine, body, told
from tests.booking.requests import can_take_much
from tests.cast import NOW, People

PROBLEMS = "http://localhost:5000/problems"
FREE = "/api/v1/free"
PRIVATE = ("treatment", "behandling", "ønske", "vil", "hvile", "grænse", "kan ikke", "helst")


def query(people: People, **more: Any) -> dict[str, Any]:
    asked = {
        "citizen": str(people.anna.id),
        "with": [str(people.line.id), str(people.jonas.id)],
        "from": "2026-03-09T00:00:00+01:00",
        "to": "2026-03-14T00:00:00+01:00",
        "minutes": "45",
    } | more
    return {name: value for name, value in asked.items() if value is not None}


def ask(machine: Machine, asked: dict[str, Any]) -> TestResponse:
    headers = {"Authorization": f"Bearer {machine.token}"}
    return machine.app.test_client().get(FREE, query_string=asked, headers=headers)


def test_each_time_suits_everybody_and_says_why(machine: Machine, people: People, database: Database) -> None:
    can_take_much(database)
    slots = told(ask(machine, query(people)))["slots"]
    assert len(slots) > 3
    assert all(set(one) == {"starts_at", "ends_at", "why"} and one["why"].endswith(".") for one in slots)
    best = {name: slots[0][name] for name in ("starts_at", "ends_at")}
    both = [str(people.line.id), str(people.jonas.id)]
    assert machine.post(body(people=both, duty=True) | best).status_code == 201
    assert best["starts_at"] not in {one["starts_at"] for one in told(ask(machine, query(people)))["slots"]}


def test_a_plus_in_an_address_that_nobody_escaped_is_understood(machine: Machine, people: People) -> None:
    address = "&".join(
        f"{name}={one}"
        for name, value in query(people).items()
        for one in (value if isinstance(value, list) else [value])
    )
    assert told(machine.get(f"{FREE}?{address}")) == told(ask(machine, query(people)))


def test_what_the_citizen_wishes_is_kept_to_and_never_told(
    machine: Machine, people: People, database: Database
) -> None:
    with database.writing() as session:
        session.add_all(
            CalendarWish(
                citizen_id=people.anna.id,
                kind=WishKind.TREATMENT,
                weekday=2,
                from_time=time(8),
                until_time=time(16),
                hard=hard,
                created_at=NOW,
            )
            for hard in (True, False)
        )
    answer = ask(machine, query(people))
    days = {datetime.fromisoformat(one["starts_at"]).weekday() for one in told(answer)["slots"]}
    assert days
    assert 2 not in days
    assert not {word for word in PRIVATE for one in told(answer)["slots"] if word in one["why"].lower()}


def test_each_search_is_written_in_the_citizens_log(
    machine: Machine, people: People, session: Session
) -> None:
    ask(machine, query(people))
    entry = session.exec(select(AccessLogEntry)).one()
    assert (entry.action, entry.relation, entry.citizen_id) == ("times:find", "system", people.anna.id)


FAULTS: list[tuple[str, dict[str, Any]]] = [
    ("citizen", {"citizen": None}),
    ("citizen", {"citizen": "anna"}),
    ("citizen", {"citizen": str(uuid4())}),
    ("with", {"with": None}),
    ("with", {"with": ["line"]}),
    ("with", {"with": [str(uuid4())]}),
    ("with", {"with": [str(uuid4()) for _ in range(30)]}),
    ("from", {"from": "2026-03-09T00:00:00"}),
    ("from", {"from": "i morgen"}),
    ("to", {"to": None}),
    ("to", {"to": "2026-03-08T00:00:00+01:00"}),
    ("to", {"to": "2026-06-14T00:00:00+02:00"}),
    ("to", {"to": "9999-12-31T23:59:00-14:00"}),
    ("minutes", {"minutes": "0"}),
    ("minutes", {"minutes": "45.0"}),
    ("minutes", {"minutes": "-1"}),
    ("minutes", {"minutes": "1" * 5000}),
    ("minutes", {"minutes": "721"}),
    ("channel", {"channel": "røgsignal"}),
    ("place_id", {"place_id": str(uuid4())}),
]


def test_what_cannot_be_asked_is_refused_by_its_name(
    machine: Machine, people: People, session: Session
) -> None:
    for field, more in FAULTS:
        refused = ask(machine, query(people, **more))
        assert refused.status_code == 422, more
        assert (told(refused)["type"], told(refused)["field"]) == (f"{PROBLEMS}/invalid", field), more
    assert session.exec(select(AccessLogEntry)).all() == []


def test_a_citizen_of_another_municipality_is_unknown(
    machine: Machine, people: People, database: Database
) -> None:
    with database.writing() as session:
        other = Municipality(name="Nabo Kommune")
        session.add(other)
        session.flush()
        for one in (people.anna, people.line, people.jonas):
            session.get_one(Person, one.id).municipality_id = other.id
    for refused in (ask(machine, query(people)), machine.post(body())):
        assert (refused.status_code, told(refused)["field"]) == (422, "citizen")


def test_a_system_books_between_six_and_twenty_two(machine: Machine, database: Database) -> None:
    can_take_much(database)
    for start, minutes in (
        ("2026-03-05T03:00:00+01:00", 60),
        ("2026-03-05T05:59:00+01:00", 60),
        ("2026-03-05T21:30:00+01:00", 31),
        ("2026-03-05T23:30:00+01:00", 60),
        ("2026-03-05T04:30:00Z", 30),
    ):
        refused = machine.post(body(start, minutes, duty=True))
        assert (refused.status_code, told(refused)["field"]) == (422, "starts_at"), start
    for start in ("2026-03-05T06:00:00+01:00", "2026-03-05T21:00:00+01:00"):
        assert machine.post(body(start, duty=True)).status_code == 201


def options(*starts: str) -> dict[str, Any]:
    asked = body(options=[{"starts_at": f"{one}:00+01:00", "ends_at": f"{one}:45+01:00"} for one in starts])
    return {name: value for name, value in asked.items() if name not in ("starts_at", "ends_at")}


def test_times_to_choose_between_are_all_held(machine: Machine, people: People) -> None:
    made = machine.post(options("2026-03-09T10", "2026-03-10T10", "2026-03-11T13"))
    assert made.status_code == 201
    meeting = told(made)
    assert [one["starts_at"][:13] for one in meeting["options"]] == [
        "2026-03-09T10",
        "2026-03-10T10",
        "2026-03-11T13",
    ]
    assert (meeting["state"], meeting["starts_at"]) == ("proposed", meeting["options"][0]["starts_at"])
    assert meeting["expires_at"] is not None
    for one in meeting["options"]:
        taken = machine.post(body(citizen=str(people.karim.id)) | one)
        assert taken.status_code == 409


BAD_OPTIONS: list[dict[str, Any]] = [
    options("2026-03-09T10"),
    options(*(f"2026-03-{day:02}T10" for day in (9, 10, 11, 12))),
    options("2026-03-09T10", "2026-03-09T10"),
    options("2026-03-09T10", "2026-03-10T03"),
    options("2026-03-09T10", "2026-02-10T10"),
    options("2026-03-09T10", "2026-03-10T10") | {"starts_at": "2026-03-09T10:00:00+01:00"},
    options() | {"options": "i morgen"},
    options() | {"options": [1, 2]},
    options() | {"options": [{"starts_at": "2026-03-09T10:00:00+01:00"}] * 2},
]


def test_times_that_cannot_be_offered_are_refused_as_options(machine: Machine) -> None:
    for sent in BAD_OPTIONS:
        refused = machine.post(sent)
        assert (refused.status_code, told(refused)["field"]) == (422, "options"), sent


def test_a_system_that_asks_too_fast_is_told_how_long_to_wait(
    app: Flask, database: Database, machine: Machine
) -> None:
    app.extensions["pace"] = RateLimiter(most=2)
    address = f"/api/v1/meetings/{uuid4()}"
    assert [machine.get(address).status_code for _ in range(3)] == [404, 404, 429]
    refused = machine.get(address)
    assert (refused.mimetype, told(refused)["type"]) == ("application/problem+json", f"{PROBLEMS}/pace")
    assert refused.headers["Retry-After"] == "30"
    assert Machine(app, database, name="Et andet").get(address).status_code == 404


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("GET", "/api/v1/no-such-thing", 404),
        ("GET", "/api/", 404),
        ("GET", "/api/v1/meetings", 405),
        ("DELETE", "/api/v1/meetings", 405),
        ("POST", "/api/openapi.json", 405),
        ("PATCH", "/api/v1/free", 405),
        ("GET", "/api/v1/meetings/no-uuid", 404),
    ],
)
def test_what_is_no_call_is_a_problem_too(app: Flask, method: str, address: str, status: int) -> None:
    refused = app.test_client().open(address, method=method)
    assert (refused.status_code, refused.mimetype) == (status, "application/problem+json")
    assert ("Allow" in refused.headers) is (status == 405)


def test_a_time_in_the_answer_is_danish(machine: Machine, people: People) -> None:
    slots = told(ask(machine, query(people)))["slots"]
    for one in slots:
        moment = datetime.fromisoformat(one["starts_at"])
        assert moment.utcoffset() == moment.astimezone(DANISH_TIME).utcoffset()


def test_a_citizen_without_a_token_finds_nothing(app: Flask, people: People, session: Session) -> None:
    assert app.test_client().get(FREE, query_string=query(people)).status_code == 401
    assert session.exec(select(col(AccessLogEntry.id))).all() == []
