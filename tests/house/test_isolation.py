"""No test finds what another left: neither in the app that a worker lends, nor in a database put back."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from types import FunctionType, MethodType, ModuleType
from uuid import UUID

import psycopg
import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from jinja2 import Environment
from psycopg import sql
from sqlalchemy import Engine

from app import create_app
from app.config import Settings
from app.dates.clock import fixed_clock
from app.identity.login import DEMO_COOKIE
from app.store.db import Database
from tests.cast import NOW, People
from tests.conftest import enter, seed_cast
from tests.databases import OWN_TABLES, Templates
from tests.goals.plans import lay_plan
from tests.pg_server import PgServer
from tests.worker_app import WorkerApp, shape

pytestmark = [pytest.mark.both_databases, pytest.mark.slow]

ATOMS = (str, bytes, int, float, UUID, datetime, timedelta)
PURE = {"assets", "dictionaries"}  # bytes that stand still; what they remember is how they are compressed
BR = {"Accept-Encoding": "br"}


def held(thing: object, seen: dict[int, object]) -> object:
    """Return all that an object holds, deep down, in a form in which two objects can be compared."""
    if thing is None or isinstance(thing, ATOMS):
        return thing
    if id(thing) in seen or isinstance(thing, Flask | Environment | Engine | ModuleType | type):
        return type(thing).__name__
    seen[id(thing)] = thing  # which keeps it: another must not get its id
    return type(thing).__name__, [held(one, seen) for one in _inside(thing)]


def _inside(thing: object) -> Iterable[object]:
    if isinstance(thing, FunctionType):
        return [thing.__qualname__, *(cell.cell_contents for cell in thing.__closure__ or ())]
    if isinstance(thing, MethodType):
        return [thing.__qualname__, thing.__self__]
    if isinstance(thing, partial):
        return [thing.func, *thing.args]
    if isinstance(thing, Mapping):
        return [part for pair in thing.items() for part in pair]
    if isinstance(thing, list | tuple | set | frozenset | deque):
        return thing
    slots = getattr(thing, "__slots__", None) or ()
    named = {name: getattr(thing, name) for name in slots if hasattr(thing, name)}
    return (named | (getattr(thing, "__dict__", None) or {})).items()


def extensions(app: Flask) -> dict[str, object]:
    return {name: held(thing, {}) for name, thing in app.extensions.items() if name not in PURE}


def use_hard(app: Flask) -> None:
    """Let the app remember something everywhere it can."""
    database: Database = app.extensions["db"]
    lay_plan(database)
    anna = FlaskClient(app)  # the careful one reads no brotli
    anna.set_cookie(DEMO_COOKIE, enter(app, "anna"), domain="localhost")
    assert anna.get("/plan", headers=BR).status_code == anna.get("/readyz").status_code == 200
    app.extensions["pace"].wait(database, "a key of 32 bytes, and some more", People().anna.id, NOW)
    app.extensions["pending_ends"]._keep("a sign-in that could not be ended", NOW)
    app.extensions["clock"] = fixed_clock(NOW + timedelta(days=1))


@pytest.fixture
def fresh(settings: Settings) -> Iterator[Flask]:
    app = create_app(settings, clock=fixed_clock(NOW))
    yield app
    app.extensions["db"].close()


def test_a_lent_app_remembers_as_little_as_a_new_one(settings: Settings, fresh: Flask) -> None:
    worker = WorkerApp()
    with worker.lend(settings, fixed_clock(NOW)) as first:
        use_hard(first)
        told = extensions(fresh)
        other = {name for name, thing in extensions(first).items() if thing != told.get(name)}
        assert other == {"db", "clock", "kept", "parts", "pace", "pending_ends", "metrics", "readiness"}
    with worker.lend(settings, fixed_clock(NOW)) as second:
        assert second is first
        assert extensions(second) == extensions(fresh)


def test_what_a_new_room_remembers_is_not_forgotten(settings: Settings, fresh: Flask) -> None:
    """The control: an extension that only create_app knows is missed here, so it is red above."""
    fresh.extensions["new"] = {}
    with WorkerApp().lend(settings, fixed_clock(NOW)) as lent:
        assert extensions(lent) != extensions(fresh)


def test_an_app_that_a_test_has_changed_is_not_lent_again(settings: Settings) -> None:
    worker = WorkerApp()
    with worker.lend(settings, fixed_clock(NOW)) as app:
        before = shape(app)
        app.after_request(lambda response: Response("changed"))
        assert shape(app) != before
    with worker.lend(settings, fixed_clock(NOW)) as another:
        assert another is not app
        assert another.test_client().get("/healthz").text != "changed"


def test_what_one_engine_compiled_serves_its_own_kind_alone(
    templates: Templates, settings: Settings, worker_app: WorkerApp
) -> None:
    with templates.copy("sqlite", seed_cast) as one, templates.copy("postgresql", seed_cast) as other:
        dialects = [Database(url).engine.dialect for url in (one, one, other)]
        assert dialects[0] == dialects[1] != dialects[2]
        kept = []
        for url in (one, other):
            with worker_app.lend(replace(settings, database_url=url), fixed_clock(NOW)) as app:
                kept.append(app.extensions["db"].engine._compiled_cache)
        assert kept[0] is not kept[1]


def rows(server: PgServer, name: str) -> dict[str, list[tuple[str]]]:
    with psycopg.connect(server.dsn(name)) as connection:
        one = sql.SQL("SELECT t::text FROM {} AS t ORDER BY 1")
        return {
            table: connection.execute(one.format(sql.Identifier(table))).fetchall()
            for (table,) in connection.execute(OWN_TABLES).fetchall()
        }


def name_of(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]


def change(server: PgServer, name: str, statement: str) -> None:
    with psycopg.connect(server.dsn(name)) as connection:
        connection.execute("SET session_replication_role = replica")  # any row may go
        connection.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO life_area SELECT gen_random_uuid(), municipality_id, 'Ny', 99 FROM life_area LIMIT 1",
        "UPDATE person SET name = 'En anden'",
        "UPDATE person SET name = name WHERE slug = 'anna'",
        "DELETE FROM plan WHERE id = (SELECT max(id::text)::uuid FROM plan)",
        "WITH gone AS (DELETE FROM life_area RETURNING *) INSERT INTO life_area SELECT * FROM gone",
    ],
    ids=["insert", "update", "to the same", "delete", "moved"],
)
def test_rows_are_put_back(statement: str, templates: Templates, postgresql: PgServer) -> None:
    with templates.copy("postgresql", seed_cast) as url:
        name = name_of(url)
        laid = rows(postgresql, name)
        change(postgresql, name, statement)
    with templates.copy("postgresql", seed_cast) as url:
        assert name_of(url) == name
        assert rows(postgresql, name) == laid


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE login_session DROP CONSTRAINT uq_login_session_token_hash",
        "CREATE TABLE more (id int)",
        "ALTER DATABASE {} SET default_transaction_read_only = on",
    ],
    ids=["changed", "more", "read only"],
)
def test_a_database_in_which_more_than_rows_was_changed_is_thrown_away(
    statement: str, templates: Templates, postgresql: PgServer
) -> None:
    with templates.copy("postgresql", seed_cast) as url:
        name = name_of(url)
        change(postgresql, name, statement.format(name))
    with templates.copy("postgresql", seed_cast) as url:
        assert name_of(url) != name
