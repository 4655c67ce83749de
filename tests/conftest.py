"""Real rows: a migrated, seeded database for each test, on SQLite and on PostgreSQL, and the app over it."""

import gc
import os
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlmodel import Session
from werkzeug.test import TestResponse

from app import create_app, i18n
from app.config import DEMO_SITE, Settings, read_site
from app.dates.clock import Clock, fixed_clock
from app.demo.cast import person_id, seed_people
from app.identity.login import DEMO_COOKIE
from app.identity.sessions import open_session
from app.plan.models import Absence
from app.store.db import Database
from tests import asked_places
from tests.cast import NOW, People, Someone
from tests.databases import Templates, in_memory
from tests.page_rules import broken_rules
from tests.pg_server import PgServer
from tests.worker_app import WorkerApp, share_compiled_statements, share_compiled_templates

pytest_plugins = ["tests.booking.fixtures"]  # meetings, for the tests of every room that has to do with them

Browser = Callable[[Someone | None], FlaskClient]
KINDS = os.environ.get("ENPLAN_TEST_DATABASES", "sqlite postgresql").split()
ORIGIN = "http://localhost:5000"
share_compiled_templates()
share_compiled_statements()
asked_places.listen()


class CarefulClient(FlaskClient):
    """A test client that asks as a browser does and proof-reads every page it is given."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        kwargs["headers"] = {"Sec-Fetch-Site": "same-origin"} | dict(kwargs.get("headers") or {})
        response = super().open(*args, **kwargs)
        if response.mimetype == "text/html" and response.data and not response.location:
            assert broken_rules(response.text) == []
        return response


@pytest.fixture(autouse=True)
def _danish_again() -> Iterator[None]:
    """Let no test answer in the language of the one before."""
    token = i18n.answer_in(i18n.DANISH)
    yield
    i18n.end_answer(token)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PgServer]:
    with PgServer() as server:
        yield server


@pytest.fixture(params=[pytest.param(kind, id=kind) for kind in KINDS])
def database_kind(request: pytest.FixtureRequest) -> str:
    """In which database the test's rows lie: the first; where it is marked `both_databases`, in each.

    So is marked what SQL and locks decide: constraints, races, what is searched and sorted, who sees what.
    Every place that asks asks PostgreSQL too in some test, or the whole run is red: see asked_places.
    """
    return str(request.param)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    out = [one for one in items if not (_on_first_database(one) or one.get_closest_marker("both_databases"))]
    config.hook.pytest_deselected(items=out)
    items[:] = [one for one in items if one not in set(out)]


def pytest_collection_finish() -> None:
    """Spare the collector what stays for the whole run: to look through it took a quarter of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def _on_first_database(item: pytest.Item) -> bool:
    """Say whether it runs on no other, or chose its databases itself."""
    chosen = [mark for mark in item.iter_markers("parametrize") if "database_kind" in str(mark.args[0])]
    params = item.callspec.params if hasattr(item, "callspec") else {}
    return bool(chosen) or params.get("database_kind", KINDS[0]) == KINDS[0]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """A worker of this run is done, and tells what it has noted."""
    asked_places.add_noted(getattr(node, "workeroutput", {}).get("asked", {}))


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["asked"] = asked_places.noted()
    elif _is_whole(session.config) and session.exitstatus == pytest.ExitCode.OK and _unasked():
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if _is_whole(config) and _unasked():
        terminalreporter.section("FAILED: asked of SQLite, by no test of PostgreSQL: mark one both_databases")
        terminalreporter.write("".join(f"{one}\n" for one in _unasked()))


def _is_whole(config: pytest.Config) -> bool:
    named = config.args_source is not pytest.Config.ArgsSource.TESTPATHS
    return not named and not config.option.keyword and not config.option.markexpr and len(KINDS) > 1


def _unasked() -> list[str]:
    return asked_places.only_on_sqlite(asked_places.noted(), asked_places.ONLY_SQLITE)


def seed_cast(session: Session) -> None:
    """The people and their ties, and nothing they have written."""
    seed_people(session, read_site(DEMO_SITE), now=NOW)


@pytest.fixture(scope="session")
def templates(request: pytest.FixtureRequest) -> Iterator[Templates]:
    with tempfile.TemporaryDirectory(prefix="enplan-", dir=in_memory()) as folder:
        yield Templates(Path(folder), lambda: cast(PgServer, request.getfixturevalue("postgresql")))


@pytest.fixture
def database_url(database_kind: str, templates: Templates) -> Iterator[str]:
    with templates.copy(database_kind, seed_cast) as url:
        yield url


@pytest.fixture
def settings(database_url: str) -> Settings:
    return Settings(
        database_url, "only for tests, 32 bytes and more", ORIGIN, demo=True, site=read_site(DEMO_SITE)
    )


def make_app(settings: Settings, *, clock: Clock) -> Flask:
    """Make an app that tests ask with the careful client; our own faults are answered as on a real site."""
    app = create_app(settings, clock=clock)
    app.test_client_class = CarefulClient
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False)
    return app


@pytest.fixture(scope="session")
def worker_app() -> WorkerApp:
    return WorkerApp(make_app)


@pytest.fixture
def app(settings: Settings, worker_app: WorkerApp, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The app, which remembers nothing of another test (marked `own_app`: made for this test alone)."""
    lender = WorkerApp(make_app) if request.node.get_closest_marker("own_app") else worker_app
    with lender.lend(settings, fixed_clock(NOW)) as app:
        yield app


@pytest.fixture
def database(app: Flask) -> Database:
    found: Database = app.extensions["db"]
    return found


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A look at the rows as they are now."""
    with database.reading() as session:
        yield session


@pytest.fixture
def people() -> People:
    return People()


@pytest.fixture
def line_is_away(database: Database, people: People) -> None:
    """Line is away since an hour, until Monday next; Omar stands in."""
    with database.writing() as session:
        session.add(
            Absence(
                person_id=people.line.id,
                substitute_id=people.omar.id,
                starts_at=NOW - timedelta(hours=1),
                ends_at=NOW + timedelta(days=7),
            )
        )


@pytest.fixture
def asked(database: Database) -> Iterator[list[str]]:
    """Every question the database is asked, in order."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(database.engine, "before_cursor_execute", note)


def enter(app: Flask, slug: str) -> str:
    """Sign one of the cast in, and return the secret for the cookie."""
    with app.extensions["db"].writing() as session:
        return open_session(session, person_id(slug), now=app.extensions["clock"]())


@pytest.fixture
def browser_of(app: Flask) -> Browser:
    """Return a browser in which this person is signed in (None: nobody)."""

    def sign_in(person: Someone | None) -> FlaskClient:
        client = app.test_client()
        if person is not None:
            client.set_cookie(DEMO_COOKIE, enter(app, person.slug), domain="localhost")
        return client

    return sign_in
