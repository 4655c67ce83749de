import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlmodel import Session, select

from app.access.models import AccessLogEntry
from app.api.responses import KINDS
from app.identity.tokens import create_token, revoke_token
from app.meetings.life_cycle import MeetingState
from app.meetings.models import Meeting, Occupancy, Participant
from app.meetings.rules import OccupancyKind
from app.notifications.models import Notice
from app.plan.models import Plan
from app.retention.purge import purge_due
from app.run.worker import run_due_jobs
from app.store.db import Database
from app.store.idempotency import IdempotencyKey
from tests.api.systems import MEETINGS, Machine, body, told
from tests.booking.requests import can_take_much
from tests.cast import NOW, People
from tests.conftest import Browser
from tests.writing import SITE

PROBLEMS = "http://localhost:5000/problems"
FORGOTTEN = SITE.retention["answers_days"] + timedelta(seconds=1)
TAKEN = "2026-03-05T10:00:00+01:00"


def test_a_booked_meeting_can_be_read_where_it_was_said_to_be(machine: Machine) -> None:
    created = machine.post(body())
    assert created.status_code == 201
    assert created.headers["Location"] == f"{MEETINGS}/{told(created)['id']}"
    read = machine.get(created.headers["Location"])
    assert (read.status_code, told(read)) == (200, told(created))
    assert read.headers["ETag"] == '"0"'


def test_what_was_asked_for_is_what_is_booked(machine: Machine) -> None:
    asked = body()
    assert asked.items() <= told(machine.post(asked)).items()


def test_a_proposal_holds_the_time_of_everybody_in_it(machine: Machine, session: Session) -> None:
    machine.post(body(channel="phone"))
    meeting = session.exec(select(Meeting)).one()
    rows = session.exec(select(Occupancy)).all()
    assert meeting.state is MeetingState.PROPOSED
    assert meeting.wall_start == "2026-03-05T10:00"
    assert [(row.kind, row.exact_meeting_id) for row in rows] == [(OccupancyKind.HOLD, None)] * 2
    assert len(session.exec(select(Participant)).all()) == 2


def test_a_duty_is_agreed_at_once(machine: Machine, session: Session) -> None:
    assert told(machine.post(body(duty=True, channel="phone")))["state"] == "agreed"
    assert {row.kind for row in session.exec(select(Occupancy))} == {OccupancyKind.MEETING}


def test_the_citizen_is_told_and_the_plan_moves_on(
    machine: Machine, session: Session, people: People
) -> None:
    plan = select(Plan.revision).where(Plan.citizen_id == people.anna.id)
    before = session.exec(plan).one()
    session.rollback()
    machine.post(body())
    told = session.exec(select(Notice).where(Notice.kind == "meeting_new"))
    assert {one.person_id for one in told} == {people.anna.id, people.line.id}
    assert session.exec(plan).one() == before + 1


def test_each_look_is_written_down(machine: Machine, session: Session, people: People) -> None:
    machine.get(machine.post(body()).headers["Location"])
    machine.post(body())
    entries = session.exec(select(AccessLogEntry)).all()
    assert sorted(one.action for one in entries) == ["meeting:book", "meeting:book", "meeting:read"]
    assert {(one.citizen_id, one.relation) for one in entries} == {(people.anna.id, "system")}


def test_a_clash_offers_three_other_times_and_says_nothing_else(machine: Machine) -> None:
    machine.post(body(purpose="Hemmelig samtale"))
    refused = machine.post(body())
    assert refused.status_code == 409
    assert refused.mimetype == "application/problem+json"
    assert told(refused)["type"] == f"{PROBLEMS}/clash"
    assert [one["starts_at"] for one in told(refused)["alternatives"]] == [
        "2026-03-05T09:00:00+01:00",
        "2026-03-06T10:00:00+01:00",
        "2026-03-05T12:00:00+01:00",
    ]
    assert set(told(refused)) == {"type", "title", "status", "detail", "alternatives"}
    assert not {"Hemmelig", "Anna", "Line"} & set(refused.text.replace('"', " ").split())


def test_each_offered_time_can_be_booked(machine: Machine, database: Database) -> None:
    can_take_much(database)
    machine.post(body(duty=True))
    for slot in told(machine.post(body()))["alternatives"]:
        assert machine.post(body(duty=True) | slot).status_code == 201


def test_a_clash_is_whoever_is_taken(machine: Machine, people: People) -> None:
    machine.post(body())
    other = body(citizen=str(people.karim.id))
    assert machine.post(other).status_code == 409
    assert machine.post(other | {"with": [str(people.jonas.id)]}).status_code == 201


def test_back_to_back_is_no_clash(machine: Machine, database: Database) -> None:
    can_take_much(database)
    starts = [f"2026-03-05T{hour}:00:00+01:00" for hour in ("10", "11", "09")]
    assert [machine.post(body(start, duty=True)).status_code for start in starts] == [201] * 3


def test_the_same_key_and_body_get_the_first_answer_again(machine: Machine, session: Session) -> None:
    first, again = machine.post(body(), key="1"), machine.post(body(), key="1")
    assert (again.status_code, again.data) == (201, first.data)
    assert again.headers["Location"] == first.headers["Location"]
    assert len(session.exec(select(Meeting)).all()) == 1
    told_of = session.exec(select(Notice.person_id).where(Notice.kind == "meeting_new")).all()
    assert len(told_of) == len(set(told_of))


def test_a_key_whose_answer_is_forgotten_still_gives_its_meeting(
    machine: Machine, database: Database, session: Session
) -> None:
    first = machine.post(body(), key="1")
    assert purge_due(database, SITE.retention, now=NOW + FORGOTTEN)["stored_answer"] == 1
    assert (machine.post(body(), key="1").data, first.status_code) == (first.data, 201)
    assert len(session.exec(select(Meeting)).all()) == 1


def test_the_worker_forgets_old_answers(machine: Machine, database: Database, session: Session) -> None:
    machine.post(body(), key="1")
    run_due_jobs(database, SITE, NOW + SITE.retention["answers_days"])
    session.expire_all()
    assert len(session.exec(select(IdempotencyKey)).all()) == 1
    session.rollback()
    run_due_jobs(database, SITE, NOW + FORGOTTEN)
    assert session.exec(select(IdempotencyKey)).all() == []


def test_the_same_key_for_something_else_is_refused(machine: Machine) -> None:
    machine.post(body(), key="1")
    refused = machine.post(body(purpose="Noget andet"), key="1")
    assert (refused.status_code, told(refused)["type"]) == (422, f"{PROBLEMS}/idempotency")


def test_two_systems_may_use_the_same_key(app: Flask, database: Database, machine: Machine) -> None:
    machine.post(body(), key="1")
    other = Machine(app, database, name="Et andet")
    assert other.post(body("2026-03-06T10:00:00+01:00"), key="1").status_code == 201


def test_a_key_that_met_a_clash_is_not_used_up(
    machine: Machine, database: Database, session: Session
) -> None:
    machine.post(body())
    assert machine.post(body(), key="2").status_code == 409
    assert machine.post(body("2026-03-05T12:00:00+01:00"), key="2").status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 201, "nøgle", "tab\tulator"])
def test_a_key_is_needed(machine: Machine, key: str) -> None:
    headers = {"Authorization": f"Bearer {machine.token}"} | ({"Idempotency-Key": key} if key else {})
    refused = machine.app.test_client().post(MEETINGS, headers=headers, json=body())
    assert (refused.status_code, told(refused)["type"]) == (400, f"{PROBLEMS}/idempotency")


def ends(at: str) -> dict[str, Any]:
    return body(ends_at=f"2026-03-0{at}:00+01:00")


FAULTS: list[tuple[str, dict[str, Any]]] = [
    ("starts_at", body(starts_at="2026-03-05T10:00:00")),
    ("starts_at", body(starts_at="2026-03-05")),
    ("starts_at", body(starts_at="i morgen")),
    ("starts_at", body(starts_at=10**400)),
    ("starts_at", body(starts_at=None)),
    ("starts_at", body("2026-03-01T10:00:00+01:00")),
    ("starts_at", body("2026-04-03T10:00:00+02:00")),
    ("starts_at", body("2026-03-29T02:30:00+01:00")),
    ("starts_at", body(starts_at="0001-01-01T00:00:00+14:00")),
    ("starts_at", body(starts_at="9999-12-31T23:59:00-14:00", ends_at="9999-12-31T23:59:00-14:00")),
    ("ends_at", body(ends_at="9999-12-31T23:59:00-14:00")),
    ("ends_at", ends("5T10:00")),
    ("ends_at", ends("5T09:00")),
    ("ends_at", ends("6T12:00")),
    ("citizen", body(citizen=str(uuid4()))),
    ("citizen", body(citizen="anna")),
    ("citizen", body(citizen=["anna"])),
    ("with", body(people=[str(uuid4())])),
    ("with", body() | {"with": []}),
    ("with", body() | {"with": "line"}),
    ("with", body() | {"with": [{"id": {}}]}),
    ("with", body(people=[str(uuid4()) for _ in range(30)])),
    ("channel", body(channel="røgsignal")),
    ("channel", body(channel=["phone"])),
    ("purpose", body(purpose="  ")),
    ("purpose", body(purpose="x" * 201)),
    ("purpose", body(purpose="\ud800")),
    ("purpose", body(purpose={"a": 1})),
    ("purpose", body(purpose="\x00")),
    ("why", body(why="x" * 1001)),
    ("bring", body(bring=7)),
    ("place", body(place=True)),
    ("duty", body(duty="ja")),
    ("link", body(channel="video", link="javascript:alert(1)")),
    ("link", body(channel="phone", link="https://video.example.dk/1")),
]


def test_what_cannot_be_is_refused_by_the_name_of_its_field(machine: Machine, session: Session) -> None:
    for field, sent in FAULTS:
        refused = machine.post(sent)
        assert refused.status_code == 422, sent
        assert refused.mimetype == "application/problem+json"
        problem = told(refused)
        assert (problem["type"], problem["field"]) == (f"{PROBLEMS}/invalid", field), sent
        assert field in {one["field"] for one in problem["errors"]}
    assert session.exec(select(Meeting)).all() == []


def test_every_fault_is_named_at_once(machine: Machine) -> None:
    refused = machine.post({})
    named = {one["field"] for one in told(refused)["errors"]}
    assert named == {"citizen", "with", "starts_at", "ends_at", "channel", "purpose"}


def test_a_citizen_is_no_professional_and_the_other_way_round(machine: Machine, people: People) -> None:
    assert told(machine.post(body(people=[str(people.fremmed.id)])))["field"] == "with"
    assert told(machine.post(body(people=[str(people.anna.id)])))["field"] == "with"
    assert told(machine.post(body(citizen=str(people.line.id))))["field"] == "citizen"


def test_a_holiday_is_refused_by_its_name(machine: Machine) -> None:
    assert "langfredag" in told(machine.post(body("2026-04-03T10:00:00+02:00")))["detail"]


def test_a_closing_day_is_booked_with_a_warning(machine: Machine) -> None:
    assert told(machine.post(body("2026-12-24T10:00:00+01:00")))["closing_day"] is True
    assert told(machine.post(body()))["closing_day"] is False


NO_OBJECTS = (
    *(b"", b"{", b"[]", b"null", b'"x"', b"\xff", b'{"a": NaN}'),
    b"[" * 100_000,
    b'{"a":%s}' % (b"9" * 5000),
)


def test_what_is_no_object_is_refused(machine: Machine) -> None:
    for sent in NO_OBJECTS:
        refused = machine.post(data=sent, content_type="application/json")
        assert (refused.status_code, refused.mimetype) == (400, "application/problem+json"), sent[:20]


def test_what_is_too_large_is_refused(machine: Machine) -> None:
    refused = machine.post(body(why="x" * 300_000))
    assert (refused.status_code, refused.mimetype) == (413, "application/problem+json")


def test_control_characters_are_taken_out_and_line_breaks_stay(machine: Machine) -> None:
    assert told(machine.post(body(why="a\x00b\r\nc\x1b")))["why"] == "ab\nc"


@pytest.mark.parametrize(
    ("status", "header"),
    [(401, None), (401, "Bearer"), (401, "Bearer forkert"), (401, "Basic bGluZTpsaW5l"), (403, "scope")],
)
@pytest.mark.parametrize("method", ["POST", "GET"])
def test_without_the_right_token_nothing_happens(
    app: Flask, database: Database, status: int, header: str | None, method: str
) -> None:
    if header == "scope":
        header = f"Bearer {Machine(app, database, 'plan.read').token}"
    address = MEETINGS if method == "POST" else f"{MEETINGS}/{uuid4()}"
    refused = app.test_client().open(
        address,
        method=method,
        data=json.dumps(body()) if method == "POST" else None,
        headers={"Idempotency-Key": "1"} | ({"Authorization": header} if header else {}),
    )
    assert (refused.status_code, refused.mimetype) == (status, "application/problem+json")
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_signed_in_citizen_opens_nothing_here(browser_of: Browser, people: People) -> None:
    refused = browser_of(people.anna).post(MEETINGS, json=body(), headers={"Idempotency-Key": "1"})
    assert refused.status_code == 401


@pytest.mark.both_databases
def test_a_revoked_token_stops_at_once(machine: Machine, database: Database) -> None:
    with database.writing() as session:
        revoke_token(session, "Fagsystemet", NOW)
    assert machine.post(body()).status_code == 401


def test_a_renewed_token_still_knows_its_meetings(machine: Machine, database: Database) -> None:
    address = machine.post(body()).headers["Location"]
    with database.writing() as session:
        revoke_token(session, "Fagsystemet", NOW)
        machine.token = create_token(session, "Fagsystemet", ("meetings",), NOW)
    assert machine.get(address).status_code == 200


def test_another_systems_meeting_is_as_absent(app: Flask, database: Database, machine: Machine) -> None:
    address = machine.post(body()).headers["Location"]
    other = Machine(app, database, name="Et andet")
    absent = other.get(f"{MEETINGS}/{uuid4()}")
    assert (other.get(address).status_code, other.get(address).data) == (404, absent.data)


@pytest.mark.parametrize("kind", KINDS)
def test_the_type_of_a_problem_is_an_address_people_can_read(browser_of: Browser, kind: str) -> None:
    assert browser_of(None).get(f"/problems/{kind}").status_code == 200


def test_an_unknown_problem_is_not_explained(browser_of: Browser) -> None:
    assert browser_of(None).get("/problems/alt").status_code == 404
