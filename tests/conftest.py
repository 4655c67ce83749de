"""Real rows: a migrated, seeded template is copied for each test, on SQLite and on PostgreSQL."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any, cast

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlmodel import Session
from werkzeug.test import TestResponse

from app import create_app
from app.config import DEMO_SITE, Settings, read_site
from app.dates.clock import fixed_clock
from app.demo.cast import person_id, seed_people
from app.identity.login import DEMO_COOKIE
from app.identity.sessions import open_session
from app.migrations.schema import migrate
from app.plan.models import Absence
from app.store.db import Database
from tests.cast import NOW, People, Someone
from tests.page_rules import broken_rules
from tests.pg_server import PgServer

pytest_plugins = ["tests.booking.fixtures"]  # meetings, for the tests of every room that has to do with them

Browser = Callable[[Someone | None], FlaskClient]
KINDS = os.environ.get("ENPLAN_TEST_DATABASES", "sqlite postgresql").split()
ORIGIN = "http://localhost:5000"
_copies = count()


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
    """Each test that touches rows runs on both databases."""
    return str(request.param)


Seed = Callable[[Session], None]


def seed_cast(session: Session) -> None:
    """The people and their ties, and nothing they have written."""
    seed_people(session, read_site(DEMO_SITE), now=NOW)


class Templates:
    """Migrated and seeded databases: each is laid once a run, and copied for each test."""

    def __init__(self, folder: Path, start_postgresql: Callable[[], PgServer]) -> None:
        self.folder, self.start_postgresql = folder, start_postgresql
        self.laid: set[str] = set()

    @contextmanager
    def copy(self, kind: str, seed: Seed) -> Iterator[str]:
        """Yield the url of a fresh copy of the template that `seed` fills."""
        name = f"{kind}_{seed.__name__}"
        copy = f"{name}_{next(_copies)}"
        if kind == "sqlite":
            template = self.folder / f"{name}.db"
            self._lay_once(name, f"sqlite:///{template}", seed)
            shutil.copy(template, self.folder / f"{copy}.db")
            yield f"sqlite:///{self.folder / copy}.db"
            for left in self.folder.glob(f"{copy}.db*"):
                left.unlink()
            return
        server = self.start_postgresql()
        if name not in self.laid:
            server.create_from_template(name, "template1")
        self._lay_once(name, server.url(name), seed)
        server.create_from_template(copy, name)
        yield server.url(copy)
        server.drop(copy)

    def _lay_once(self, name: str, url: str, seed: Seed) -> None:
        if name in self.laid:
            return
        database = Database(url)
        migrate(database)
        with database.writing() as session:
            seed(session)
        database.close()
        self.laid.add(name)


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


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    app = create_app(settings, clock=fixed_clock(NOW))
    app.test_client_class = CarefulClient
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False)
    yield app
    app.extensions["db"].close()


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
