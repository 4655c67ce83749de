"""Who has looked at whom: a row for each reader, citizen, sign-in and action, before the first is shown."""

import os
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from threading import Barrier, current_thread, main_thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import event, insert, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from app.access.models import AccessLogEntry, AccessLogList
from app.access.policy import LISTS, Action
from app.booking.rules import TaskKind
from app.booking.tasks import open_task
from app.identity.models import LoginSession, Person
from app.messages.late_messages import mark_late_messages
from app.plan.models import ContactAssignment
from app.plan.relations import list_ties
from app.plan.service import assign_contact
from app.store.db import Database
from app.store.query import select_columns
from tests.booking.fixtures import Booked
from tests.booking.requests import WORKDAYS
from tests.cast import NOW, People
from tests.conftest import Browser, enter
from tests.messages.thread import asked as asked_by
from tests.writing import wrote

pytestmark = pytest.mark.both_databases

PEOPLE = People()
PLAN = f"{PEOPLE.anna.url}/plan"
ROUNDS = 200  # of two at once, at most
FEWEST_ROUNDS = 5
PATIENCE = 60  # seconds until a test gives up; nothing is timed
MANY = 300


def looks(database: Database) -> list[Any]:
    """Return the rows of the log, the first look first."""
    rows = select_columns(AccessLogEntry).order_by(col(AccessLogEntry.at))
    with database.reading() as session:
        return [entry for (entry,) in session.exec(rows)]


def test_five_reads_of_a_plan_in_one_sign_in_are_one_row(database: Database, browser_of: Browser) -> None:
    line = browser_of(PEOPLE.line)
    assert {line.get(PLAN).status_code for _ in range(5)} == {200}
    (row,) = looks(database)
    with database.reading() as session:
        (session_id,) = session.exec(select(LoginSession.id)).all()
    assert (row.actor_id, row.citizen_id, row.session_id) == (PEOPLE.line.id, PEOPLE.anna.id, session_id)
    assert (row.action, row.relation, row.at, row.list_digest) == ("plan:read", "contact", NOW, None)


@pytest.mark.parametrize("address", [PLAN, "/borgere"])
def test_a_look_that_stands_costs_one_question_and_no_write(
    browser_of: Browser, asked: list[str], address: str
) -> None:
    line = browser_of(PEOPLE.line)
    line.get(address)
    asked.clear()
    line.get(address)
    assert [one.split()[0] for one in asked if "access_log" in one] == ["SELECT"]
    assert {one.split()[0] for one in asked} == {"SELECT"}


def test_a_new_sign_in_another_page_and_another_citizen_are_a_row_each(
    database: Database, browser_of: Browser
) -> None:
    first, second = browser_of(PEOPLE.line), browser_of(PEOPLE.line)
    for line in (first, second, first, second):
        line.get(PLAN)
    assert len(looks(database)) == 2
    first.post("/log-af", headers={"Sec-Fetch-Site": "same-origin"})
    assert first.get(PLAN).status_code == 303
    browser_of(PEOPLE.line).get(PLAN)
    assert len(looks(database)) == 3
    for address in (f"{PEOPLE.anna.url}/kontakt", f"{PEOPLE.karim.url}/kontakt"):
        second.get(address)
        second.get(address)
    assert Counter((one.citizen_id, one.action) for one in looks(database)) == {
        (PEOPLE.anna.id, "plan:read"): 3,
        (PEOPLE.anna.id, "contact:read"): 1,
        (PEOPLE.karim.id, "contact:read"): 1,
    }


def test_who_becomes_something_else_to_the_citizen_looks_anew(
    database: Database, browser_of: Browser, line_is_away: None
) -> None:
    omar = browser_of(PEOPLE.omar)
    omar.get(PLAN)
    with database.writing() as session:
        assign_contact(session, PEOPLE.anna.id, PEOPLE.omar.id, now=NOW)
    for _ in range(2):
        assert omar.get(PLAN).status_code == 200
    assert sorted(one.relation for one in looks(database)) == ["contact", "substitute"]


def test_who_has_looked_and_is_nothing_to_the_citizen_any_more_is_refused(
    database: Database, browser_of: Browser
) -> None:
    line = browser_of(PEOPLE.line)
    assert line.get(PLAN).status_code == 200
    with database.writing() as session:
        assign_contact(session, PEOPLE.anna.id, PEOPLE.omar.id, now=NOW)
    assert line.get(PLAN).status_code == 404
    assert len(looks(database)) == 1


def test_one_own_looks_are_not_written_down(database: Database, browser_of: Browser) -> None:
    assert browser_of(PEOPLE.anna).get("/plan").status_code == 200
    assert looks(database) == []


# --- a list is one row, and says who stood on it ---


def add_citizens(database: Database, number: int) -> list[UUID]:
    """Give Line so many citizens more."""
    ids = [uuid4() for _ in range(number)]
    with database.writing() as session:
        home = session.get_one(Person, PEOPLE.line.id).municipality_id
        session.add_all(
            Person(id=one, municipality_id=home, name=f"B {n}", sort_key=f"b {n}", created_at=NOW)
            for n, one in enumerate(ids)
        )
        session.flush()
        session.add_all(
            ContactAssignment(citizen_id=one, person_id=PEOPLE.line.id, starts_at=NOW) for one in ids
        )
    return ids


def shown(database: Database, digest: str) -> list[tuple[str, UUID]]:
    """Return who stood on a list, each with what the reader was to them."""
    with database.reading() as session:
        lines = session.get_one(AccessLogList, digest).citizens.splitlines()
    return [(tie, UUID(one)) for tie, *ids in map(str.split, lines) for one in ids]


def test_a_list_of_three_hundred_is_one_row_that_names_each(
    database: Database, browser_of: Browser, asked: list[str]
) -> None:
    add_citizens(database, MANY - 4)
    line = browser_of(PEOPLE.line)
    asked.clear()
    for _ in range(2):
        assert line.get("/borgere").status_code == 200
    assert [one.split()[2] for one in asked if one.startswith("INSERT")] == [
        "access_log_list",
        "access_log_entry",
    ]
    (row,) = looks(database)
    assert (row.actor_id, row.citizen_id, row.action, row.relation, row.at) == (
        *(PEOPLE.line.id, None),
        *("caseload:read", None, NOW),
    )
    with database.reading() as session:
        ties = list_ties(session, PEOPLE.line.id, now=NOW)
    assert len(ties) == MANY
    assert sorted(shown(database, row.list_digest)) == sorted(("contact", one.citizen_id) for one in ties)


def test_another_list_is_another_row_and_the_same_one_is_stored_once(
    database: Database, browser_of: Browser
) -> None:
    line = browser_of(PEOPLE.line)
    line.get("/borgere")
    (new,) = add_citizens(database, 1)
    line.get("/borgere")
    browser_of(PEOPLE.line).get("/borgere")
    before, after = {one.list_digest for one in looks(database)}, [one.list_digest for one in looks(database)]
    assert (len(before), len(after)) == (2, 3)
    assert Counter(("contact", new) in shown(database, one) for one in after) == {True: 2, False: 1}
    with database.reading() as session:
        stored = session.exec(select(AccessLogList.digest, AccessLogList.citizens)).all()
    assert {digest for digest, _citizens in stored} == before
    assert [sha256(citizens.encode()).hexdigest() for _digest, citizens in stored] == [
        digest for digest, _citizens in stored
    ]


def test_the_list_says_by_what_each_was_shown(
    database: Database, browser_of: Browser, line_is_away: None
) -> None:
    browser_of(PEOPLE.omar).get("/borgere")
    (row,) = looks(database)
    standing = set(shown(database, row.list_digest))
    assert {("contact", PEOPLE.emil.id), ("substitute", PEOPLE.anna.id)} <= standing


# --- before anything is shown, or nothing is ---

REFUSE = {
    "sqlite": "CREATE TRIGGER refuse BEFORE INSERT ON access_log_entry BEGIN SELECT RAISE(ABORT, 'no'); END",
    "postgresql": "ALTER TABLE access_log_entry ADD CONSTRAINT refuse CHECK (false) NOT VALID",
}
SHOWN_TO_LINE = [
    PLAN,
    f"{PEOPLE.anna.url}/kalender",
    f"{PEOPLE.anna.url}/beskeder",
    *("/borgere", "/beskeder", "/borgere/moeder", "/godkend"),
]
SHOWN = [("line", one) for one in SHOWN_TO_LINE] + [("lone", "/ledelse/forsinket")]


@pytest.fixture
def waiting(database: Database, booked: Booked) -> None:
    """Let something of each kind wait with Anna: an entry, a late message, a meeting."""
    wrote(database, PEOPLE.anna, "shared")
    asked_by(database, PEOPLE.anna, at=NOW - timedelta(days=21))
    meeting, kind = booked(), TaskKind.OTHER_TIME
    with database.writing() as session:
        mark_late_messages(session, now=NOW)
        open_task(session, PEOPLE.anna.id, meeting, kind, now=NOW, workdays=WORKDAYS)


@pytest.mark.usefixtures("waiting")
@pytest.mark.parametrize(("who", "address"), SHOWN)
def test_what_cannot_be_written_down_is_not_shown(
    database: Database, browser_of: Browser, who: str, address: str
) -> None:
    reader = getattr(PEOPLE, who)
    allowed, refused = browser_of(reader), browser_of(reader)
    assert "Anna" in allowed.get(address).text
    with database.engine.execution_options(writes=True).begin() as connection:
        connection.execute(text(REFUSE[database.engine.dialect.name]))
    answer = refused.get(address)
    assert answer.status_code >= 500
    assert "Anna" not in answer.text
    assert "Anna" in allowed.get(address).text  # that look stands


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("address", [PLAN, "/borgere"])
def test_a_look_that_stands_in_a_file_swapped_away_does_not_count(
    database: Database, browser_of: Browser, address: str
) -> None:
    line, file = browser_of(PEOPLE.line), str(database.url.database)
    assert "Anna" in line.get(address).text
    shutil.copyfile(file, f"{file}.other")
    os.replace(f"{file}.other", file)
    answer = line.get(address)
    assert (answer.status_code, "Anna" in answer.text) == (503, False)


# --- two at once ---


@pytest.fixture
def writes(database: Database) -> Iterator[list[str]]:
    """Let two ask at the same moment, and note each attempt to write: often both have found nothing."""
    gate, tried = Barrier(2), list[str]()

    def wait(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        of_a_look = current_thread() is not main_thread()  # the test itself asks too
        if of_a_look and statement.startswith("SELECT access_log_entry"):
            gate.wait(PATIENCE)
        if statement.startswith("INSERT INTO access_log_entry"):
            tried.append(statement)

    event.listen(database.engine, "before_cursor_execute", wait)
    yield tried
    event.remove(database.engine, "before_cursor_execute", wait)


@pytest.mark.parametrize("address", [PLAN, "/borgere"])
def test_of_two_looks_at_once_one_is_written_and_both_are_answered(
    app: Flask, database: Database, writes: list[str], address: str
) -> None:
    both_wrote = False
    for round_ in range(1, ROUNDS + 1):
        cookie, before = enter(app, "line"), len(writes)

        def look(_number: int, cookie: str = cookie) -> int:
            client = app.test_client()
            client.set_cookie("s", cookie, domain="localhost")
            return client.get(address).status_code

        with ThreadPoolExecutor(2) as both:
            assert list(both.map(look, range(2))) == [200, 200]
        assert len(looks(database)) == round_
        both_wrote = len(writes) - before == 2
        if both_wrote and round_ >= FEWEST_ROUNDS:
            break
    assert both_wrote, "the two never met"


# --- what the database itself refuses ---


def refused(database: Database, rows: Sequence[dict[str, Any]]) -> bool:
    try:
        with database.writing() as session:
            session.connection().execute(insert(AccessLogEntry), list(rows))
    except IntegrityError:
        return True
    return False


@pytest.fixture
def look(app: Flask, database: Database) -> dict[str, Any]:
    """A row as the guard writes it."""
    enter(app, "line")
    with database.reading() as session:
        session_id = session.exec(select(LoginSession.id)).one()
    row = {"at": NOW, "actor_id": PEOPLE.line.id, "session_id": session_id, "action": "plan:read"}
    return row | {"citizen_id": PEOPLE.anna.id, "relation": "contact", "list_digest": None, "system_id": None}


@pytest.fixture
def digest(database: Database) -> str:
    with database.writing() as session:
        session.add(AccessLogList(digest="a" * 64, citizens=f"contact {PEOPLE.anna.id.hex}"))
    return "a" * 64


def of(row: dict[str, Any], **changed: Any) -> dict[str, Any]:
    return row | {"id": uuid4()} | changed


def test_the_database_refuses_a_look_twice(database: Database, look: dict[str, Any]) -> None:
    assert not refused(database, [of(look), of(look, relation="substitute"), of(look, action="goal:answer")])
    assert refused(database, [of(look, at=NOW + timedelta(hours=1))])
    assert not refused(database, [of(look, session_id=None), of(look, session_id=None)])  # from before


def test_the_database_refuses_a_list_twice(database: Database, look: dict[str, Any], digest: str) -> None:
    row = look | {"citizen_id": None, "relation": None, "list_digest": digest, "action": "caseload:read"}
    assert not refused(database, [of(row)])
    assert refused(database, [of(row, at=NOW + timedelta(hours=1))])


@pytest.mark.parametrize("action", Action)
def test_only_a_list_is_of_no_citizen(
    database: Database, look: dict[str, Any], digest: str, action: Action
) -> None:
    row = look | {"citizen_id": None, "relation": None, "list_digest": digest, "action": str(action)}
    assert refused(database, [of(row)]) is (action not in LISTS)


def test_a_row_is_of_a_citizen_or_of_a_list(database: Database, look: dict[str, Any], digest: str) -> None:
    look |= {"action": "caseload:read"}
    nobody = {"citizen_id": None, "relation": None}
    for odd in (
        {"list_digest": digest},
        {"list_digest": digest, "relation": None},
        nobody,
        {"relation": None},
        {"citizen_id": None},
        nobody | {"list_digest": "b" * 64},
        {"actor_id": None},
    ):
        assert refused(database, [of(look, **odd)]), odd
    assert not refused(database, [of(look), of(look, **nobody, list_digest=digest)])
