"""What another system is told and may do while the citizen's yes does not stand: times, no more."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlmodel import Session, select

from app.access.conditions import When
from app.access.models import AccessLogEntry
from app.access.system_policy import SYSTEMS, SystemAction
from app.api.meeting_resource import check_consent
from app.api.responses import NoConsent
from app.meetings.models import Meeting
from app.plan.consent_effects import record_yes, withdraw_yes
from app.store.db import Database
from app.store.idempotency import IdempotencyKey
from tests.api.systems import MEETINGS, Machine, body, told
from tests.cast import NOW, People

NO_CONSENT = "http://localhost:5000/problems/no-consent"
TIMES = {
    "id", "citizen", "starts_at", "ends_at", "options", "expires_at",
    "duty", "state", "sequence", "closing_day",
}  # fmt: skip
FREE = "/api/v1/free?with={line}&from=2026-03-09T00:00:00%2B01:00&to=2026-03-14T00:00:00%2B01:00&minutes=45"


def says_no(database: Database, people: People) -> None:
    with database.writing() as session:
        withdraw_yes(session, people.anna.id, by=people.anna.id, now=NOW)


def test_a_booking_is_refused_and_says_why(
    machine: Machine, people: People, database: Database, session: Session
) -> None:
    says_no(database, people)
    refused = machine.post(body(), key="one")
    assert (refused.status_code, told(refused)["type"]) == (403, NO_CONSENT)
    assert session.exec(select(Meeting)).all() == []
    with database.writing() as writing:
        record_yes(writing, people.anna.id, by=people.anna.id, text_version="1", now=NOW)
    assert machine.post(body(), key="one").status_code == 201


def test_somebody_who_never_said_yes_is_not_booked_either(machine: Machine, people: People) -> None:
    assert machine.post(body(citizen=str(people.ny.id))).status_code == 403


@pytest.mark.parametrize("citizen", ["ny", "anna"])
def test_free_gives_times_and_what_speaks_for_them_only_with_a_yes(
    machine: Machine, people: People, citizen: str
) -> None:
    slots = told(machine.get(f"{FREE.format(line=people.line.id)}&citizen={getattr(people, citizen).id}"))[
        "slots"
    ]
    assert slots
    assert all(("why" in one) is (citizen == "anna") for one in slots)


def test_of_its_own_meeting_a_system_is_told_when_it_is_and_how_it_stands(
    machine: Machine, people: People, database: Database
) -> None:
    address = machine.post(body()).headers["Location"]
    says_no(database, people)
    left = machine.get(address)
    assert (left.status_code, set(told(left))) == (200, TIMES)
    assert "Samtale om din bolig" not in left.text


def test_its_own_meeting_can_be_called_off_and_neither_moved_nor_rewritten(
    machine: Machine, people: People, database: Database
) -> None:
    address = machine.post(body()).headers["Location"]
    says_no(database, people)
    rewritten = machine.patch(address, {"why": "Fordi det haster."})
    assert (rewritten.status_code, told(rewritten)["type"]) == (403, NO_CONSENT)
    moved = machine.patch(
        address, {"starts_at": "2026-03-06T10:00:00+01:00", "ends_at": "2026-03-06T11:00:00+01:00"}
    )
    assert (moved.status_code, told(moved)["type"]) == (403, NO_CONSENT)
    cancelled = machine.cancel(address)
    assert (cancelled.status_code, set(told(cancelled))) == (200, TIMES)


def test_a_meeting_of_another_is_absent_with_a_yes_and_without(machine: Machine, people: People) -> None:
    assert machine.get(f"{MEETINGS}/{people.anna.id}").status_code == 404


def test_the_line_of_the_table_is_what_a_booking_goes_by(
    session: Session, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: were the line loosened, nobody would be asked for a yes."""
    with pytest.raises(NoConsent):
        check_consent(session, people.ny.id, SystemAction.BOOK)
    monkeypatch.setitem(SYSTEMS, SystemAction.BOOK, When.ALWAYS)
    check_consent(session, people.ny.id, SystemAction.BOOK)


def test_the_first_answer_is_told_again_as_the_yes_stands_now(
    machine: Machine, people: People, database: Database, session: Session
) -> None:
    first = machine.post(body(), key="one")
    address, later = first.headers["Location"], {"why": "Så vi kan tale om din bolig."}
    assert told(machine.patch(address, later, key="two")) == told(first) | later | {"sequence": 1}
    says_no(database, people)
    again = machine.post(body(), key="one"), machine.patch(address, later, key="two")
    assert [(one.status_code, set(told(one))) for one in again] == [(201, TIMES), (200, TIMES)]
    stored = session.exec(select(IdempotencyKey.body)).all()
    assert stored == [None, None]  # nor does a word lie beside the meeting for a month


def test_what_an_older_release_stored_whole_is_told_as_the_yes_stands_now(
    machine: Machine, people: People, database: Database
) -> None:
    first = machine.post(body(), key="one")
    with database.writing() as writing:
        writing.exec(update(IdempotencyKey).values(body=first.text))
    says_no(database, people)
    again = machine.post(body(), key="one")
    assert (again.status_code, set(told(again))) == (201, TIMES)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, 403),
        ({"starts_at": "2026-03-05T02:00:00+01:00", "ends_at": "2026-03-05T03:00:00+01:00"}, 403),
    ],
)
def test_a_booking_that_is_refused_stands_in_the_log(
    machine: Machine, people: People, session: Session, change: dict[str, Any], status: int
) -> None:
    """A refusal tells whether somebody has said yes: they can read that it was asked."""
    assert machine.post(body(citizen=str(people.ny.id), **change)).status_code == status
    assert session.exec(select(AccessLogEntry.citizen_id, AccessLogEntry.action)).all() == [
        (people.ny.id, "meeting:book")
    ]


def test_so_does_one_that_is_refused_for_its_hour_which_tells_of_a_yes(
    machine: Machine, people: People, session: Session
) -> None:
    night: dict[str, Any] = {"starts_at": "2026-03-05T02:00:00+01:00", "ends_at": "2026-03-05T03:00:00+01:00"}
    assert machine.post(body(**night)).status_code == 422
    assert session.exec(select(AccessLogEntry.citizen_id)).all() == [people.anna.id]


def test_one_about_nobody_here_is_in_no_log(machine: Machine, people: People, session: Session) -> None:
    for stranger in (people.line.id, UUID(int=7)):
        assert machine.post(body(citizen=str(stranger))).status_code == 422
    assert session.exec(select(AccessLogEntry.id)).all() == []


def test_a_change_that_is_refused_stands_in_the_log(
    machine: Machine, people: People, database: Database, session: Session
) -> None:
    address = machine.post(body()).headers["Location"]
    late = machine.patch(address, {"why": "Fordi det haster."}, seen='"9"')  # 412: there is a yes
    says_no(database, people)
    assert (late.status_code, machine.patch(address, {"why": "Nu."}).status_code) == (412, 403)
    assert session.exec(select(AccessLogEntry.action)).all().count("meeting:change") == 2
