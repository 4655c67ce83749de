"""What is old goes in small steps, and what is kept never: on real rows, with what turns each claim red."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import event, insert
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, SQLModel, col, select

from app.access.models import AccessLogEntry, AccessLogList
from app.entries.models import EntryEvent
from app.identity.credentials import LoginAttempt
from app.identity.models import LoginSession
from app.retention import purge
from app.retention.models import RetentionMark
from app.retention.purge import count_due, purge_due
from app.retention.tables import KEPT, RULES, RetentionRule
from app.retention_periods import default_periods
from app.run.worker import delete_old
from app.store.db import Database
from app.store.query import select_columns
from app.web.events import Event
from tests.cast import NOW, People
from tests.databases import Templates
from tests.demo.tapping import seed_demo_day
from tests.house.query_plans import reads_of
from tests.retention.rows import OLD, SPARED, look, sign_in, some_hash
from tests.writing import SITE

pytestmark = pytest.mark.both_databases

PERIODS = default_periods()
JUST = timedelta(microseconds=1)
CENTURY = timedelta(days=36_500)
RULE = {rule.name: rule for rule in RULES}


@pytest.fixture
def database_url(database_kind: str, templates: Templates) -> Iterator[str]:
    """A demo of one day: something in every room."""
    with templates.copy(database_kind, seed_demo_day) as url:
        yield url


def rows_of(database: Database, tables: tuple[str, ...]) -> dict[str, list[Any]]:
    with database.reading() as session:
        return {
            name: sorted(map(repr, session.exec(select_columns(SQLModel.metadata.tables[name])).all()))
            for name in tables
        }


def lost(before: dict[str, list[Any]], after: dict[str, list[Any]]) -> list[str]:
    return [name for name, rows in before.items() if rows != after[name]]


def add(database: Database, rows: dict[str, Any], at: datetime) -> dict[str, Any]:
    """Add a row of each kind, and return where it can be found again."""
    found = {}
    with database.writing() as session:
        for name, make in rows.items():
            row = make(session, at)
            session.add(row)
            session.flush()
            key = row.__table__.primary_key
            found[name] = type(row), tuple(getattr(row, column.name) for column in key)
    return found


def are_there(session: Session, rows: dict[str, Any]) -> set[str]:
    return {name for name, (model, key) in rows.items() if session.get(model, key) is not None}


def test_a_hundred_years_on_what_is_kept_is_as_it_was(database: Database) -> None:
    kept = tuple(name for names in KEPT.values() for name in names if name != "retention_mark")
    before = rows_of(database, kept)
    assert sum(map(bool, before.values())) > 25  # the demo has something in most rooms
    open_ones = add(database, dict(SPARED), NOW)
    gone = purge_due(database, PERIODS, now=NOW + CENTURY, most_steps=None)
    assert gone["notice_of_helpers"] > 0
    after = rows_of(database, kept)
    assert lost(before, after) == []
    with database.reading() as session:
        assert are_there(session, open_ones) == set(SPARED)
    # The control: a rule that takes what is kept is seen.
    planted = RetentionRule("planted", "answers_days", EntryEvent, EntryEvent.at)
    assert purge_due(database, PERIODS, now=NOW + CENTURY, rules=(planted,))["planted"] > 0
    assert lost(before, rows_of(database, kept)) == ["entry_event"]


def test_each_kind_goes_when_its_period_is_over_and_not_before(database: Database) -> None:
    assert set(OLD) == set(RULE)
    purge_due(database, PERIODS, now=NOW, most_steps=None)
    made = {}
    for name, make in OLD.items():
        edge = NOW - PERIODS[RULE[name].period]
        made[name, "old"] = add(database, {name: make}, edge - JUST)
        made[name, "in time"] = add(database, {name: make}, edge)
    due = {one.rule.name: one.count for one in count_due(database, PERIODS, now=NOW)}
    assert due == dict.fromkeys(OLD, 1)
    assert purge_due(database, PERIODS, now=NOW) == dict.fromkeys(OLD, 1)
    with database.reading() as session:
        left = {one for one, rows in made.items() if are_there(session, rows)}
    assert left == {(name, "in time") for name in OLD}
    assert purge_due(database, PERIODS, now=NOW) == {}


def log_of(database: Database, count: int) -> list[UUID]:
    """Write a log of so many rows, a minute apart, half of them of lists; return them, the oldest first."""
    start = NOW - PERIODS["access_log_days"] - timedelta(days=10)
    ids = []
    with database.writing() as session:
        session.connection().execute(AccessLogEntry.__table__.delete())  # type: ignore[attr-defined]
        for number in range(count):
            at = start + timedelta(minutes=number)
            own = sign_in(session, at).id
            listed = {"citizen_id": None, "relation": None, "action": "caseload:read"}
            digest = some_hash()
            if number % 2:
                session.add(AccessLogList(digest=digest, citizens=f"contact {People().anna.id.hex}"))
                session.flush()
            more = listed | {"list_digest": digest} if number % 2 else {}
            ids.append(look(session, at, session_id=own, **more).id)
    return ids


def test_however_far_it_comes_what_is_left_of_the_log_is_all_since_a_moment(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log can be trusted after old rows went: no row in its middle is missing, nor what a row names."""
    monkeypatch.setattr(purge, "STEP", 3)
    ids = log_of(database, 20)
    rules, rounds = (RULE["access_log_entry"],), 0
    while True:
        gone = purge_due(database, PERIODS, now=NOW, rules=rules, most_steps=1)
        with database.reading() as session:
            left = session.exec(select(AccessLogEntry).order_by(col(AccessLogEntry.at))).all()
            lists = set(session.exec(select(AccessLogList.digest)))
            sign_ins = set(session.exec(select(LoginSession.id)))
            mark = session.get(RetentionMark, "access_log_entry")
        assert [one.id for one in left] == ids[len(ids) - len(left) :]
        assert {one.list_digest for one in left} - {None} == lists & {one.list_digest for one in left}
        assert {one.session_id for one in left} <= sign_ins
        if not gone:
            break
        rounds += 1
        assert mark is not None
        assert all(one.at >= mark.until for one in left)
    assert (left, rounds) == ([], 7)
    with database.reading() as session:
        assert session.exec(select(AccessLogList)).all() == []
        assert mark is not None
        assert (
            mark.deleted == 20 + 10 + 20
        )  # the rows, their lists, and the sign-ins that stood for their sake


def test_a_list_that_a_newer_row_names_stays(database: Database) -> None:
    old = NOW - PERIODS["access_log_days"] - JUST
    digest = some_hash()
    listed = {"citizen_id": None, "relation": None, "action": "caseload:read", "list_digest": digest}
    with database.writing() as session:
        session.add(AccessLogList(digest=digest, citizens=f"contact {People().anna.id.hex}"))
        session.flush()
        for at in (old, NOW):
            look(session, at, session_id=sign_in(session, at).id, **listed)
    assert purge_due(database, PERIODS, now=NOW, rules=(RULE["access_log_entry"],))["access_log_entry"] == 2
    with database.reading() as session:
        assert session.get(AccessLogList, digest) is not None


def test_a_sign_in_that_the_log_names_is_looked_at_once_and_goes_with_its_rows(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purge, "STEP", 50)
    rules = (RULE["access_log_entry"], RULE["login_session"])
    at = NOW - PERIODS["sign_ins_days"] - timedelta(days=1)
    with database.writing() as session:
        ids = [sign_in(session, at + number * JUST).id for number in range(200)]
        for one in ids:
            look(session, at, session_id=one)
        ids.append(sign_in(session, at).id)  # one that looked at nobody
    assert purge_due(database, PERIODS, now=NOW, rules=rules) == {"login_session": 1}
    with reads_of(database) as reads:
        assert purge_due(database, PERIODS, now=NOW, rules=rules) == {}
    assert max(reads.values(), default=0) <= 60
    late = at + PERIODS["access_log_days"] + timedelta(days=1)
    purge_due(database, PERIODS, now=late, rules=rules, most_steps=None)
    with database.reading() as session:
        assert session.exec(select(LoginSession).where(col(LoginSession.id).in_(ids))).all() == []


def tries(database: Database, count: int, at: datetime) -> None:
    with database.writing() as session:
        rows = [{"id": UUID(int=number + 1), "key_hash": some_hash(), "at": at} for number in range(count)]
        session.connection().execute(insert(LoginAttempt), rows)


def test_a_step_takes_few_and_a_round_ends(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purge, "STEP", 10)
    tries(database, 45, NOW - PERIODS["tries_days"] - JUST)  # all at one moment
    rules = (RULE["door_try"],)
    assert purge_due(database, PERIODS, now=NOW, rules=rules, most_steps=2) == {"door_try": 20}
    assert purge_due(database, PERIODS, now=NOW, rules=rules) == {"door_try": 25}


def write_lock_is_free(database: Database) -> bool:
    """Say whether somebody else can write at this moment."""
    other = Database(database.url.render_as_string(hide_password=False))
    try:
        with other.writing(patience=0.05) as session:
            session.add(LoginAttempt(key_hash=some_hash(), at=NOW))
    except OperationalError:
        return False
    finally:
        other.close()
    return True


def test_while_it_looks_others_write(database: Database) -> None:
    tries(database, 10, NOW - PERIODS["tries_days"] - JUST)
    free: dict[str, set[bool]] = {}

    def try_it(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        verb, about = statement.split(maxsplit=1)[0], "door_try" in statement
        if about and verb in ("SELECT", "DELETE"):
            free.setdefault(verb, set()).add(write_lock_is_free(database))

    event.listen(database.engine, "after_cursor_execute", try_it)
    purge_due(database, PERIODS, now=NOW, rules=(RULE["door_try"],))
    event.remove(database.engine, "after_cursor_execute", try_it)
    assert free["SELECT"] == {True}
    if database.is_sqlite:  # the control: there one writes at a time, and this would be seen
        assert free["DELETE"] == {False}


def test_the_worker_tells_how_many_of_what_and_nothing_else(
    app: Flask, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    add(database, dict(OLD), NOW - timedelta(days=4))
    with caplog.at_level("INFO", logger="enplan.event"), app.app_context():
        assert delete_old(database, SITE, NOW) >= 2
    (told,) = [one for one in caplog.records if one.msg == Event.ROWS_DELETED]
    facts: dict[str, Any] = told.__dict__["facts"]
    assert {"door_try", "webauthn_challenge"} <= set(facts) <= set(RULE)
    assert {type(one) for one in facts.values()} == {int}
