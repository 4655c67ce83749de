"""Real rows: a migrated, seeded database for each test, on SQLite and on PostgreSQL, and the app over it."""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, cast

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlmodel import Session
from werkzeug.test import TestResponse

from app import create_app
from app.config import DEMO_SITE, Settings, read_site
from app.dates.clock import Clock, fixed_clock
from app.demo.cast import person_id, seed_people
from app.identity.login import DEMO_COOKIE
from app.identity.sessions import open_session
from app.plan.models import Absence
from app.store.db import Database
from tests.cast import NOW, People, Someone
from tests.databases import Templates
from tests.page_rules import broken_rules
from tests.pg_server import PgServer
from tests.worker_app import WorkerApp, share_compiled_templates

pytest_plugins = ["tests.booking.fixtures"]  # meetings, for the tests of every room that has to do with them

Browser = Callable[[Someone | None], FlaskClient]
KINDS = os.environ.get("ENPLAN_TEST_DATABASES", "sqlite postgresql").split()
ORIGIN = "http://localhost:5000"
share_compiled_templates()


class CarefulClient(FlaskClient):
    """A test client that asks as a browser does and proof-reads every page it is given."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        kwargs["headers"] = {"Sec-Fetch-Site": "same-origin"} | dict(kwargs.get("headers") or {})
        response = super().open(*args, **kwargs)
        if response.mimetype == "text/html" and response.data and not response.location:
            assert broken_rules(response.text) == []
        return response


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PgServer]:
    with PgServer() as server:
        yield server


@pytest.fixture(params=[pytest.param(kind, id=kind) for kind in KINDS])
def database_kind(request: pytest.FixtureRequest) -> str:
    """Each test that touches rows runs on both databases.

    Not those marked `one_database`: headers, texts, ways between pages, and each state of the demo alone.
    What a page asks is asked on PostgreSQL too by the tests of its room, and by the walk through all states
    in tests/demo/test_states.py, which leaves out no page that a person reads.
    """
    return str(request.param)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    out = [one for one in items if one.get_closest_marker("one_database") and not _on_first_database(one)]
    config.hook.pytest_deselected(items=out)
    items[:] = [one for one in items if one not in set(out)]


def _on_first_database(item: pytest.Item) -> bool:
    return not hasattr(item, "callspec") or item.callspec.params.get("database_kind", KINDS[0]) == KINDS[0]


def seed_cast(session: Session) -> None:
    """The people and their ties, and nothing they have written."""
    seed_people(session, read_site(DEMO_SITE), now=NOW)


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Templates:
    return Templates(
        tmp_path_factory.mktemp("databases"), lambda: cast(PgServer, request.getfixturevalue("postgresql"))
    )


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
