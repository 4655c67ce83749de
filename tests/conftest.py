"""Real rows: a migrated, seeded template is copied for each test, on SQLite and on PostgreSQL."""

import os
import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session
from werkzeug.test import TestResponse

from app import create_app
from app.clock import fixed_clock
from app.config import DEMO_SITE, Settings, read_site
from app.db import Database
from app.demo.people import person_id, seed_people
from app.identity.login import DEMO_COOKIE
from app.identity.sessions import open_session
from app.migrations.schema import migrate
from tests.cast import NOW, People, Someone
from tests.page_rules import broken_rules
from tests.pg_server import PgServer

Browser = Callable[[Someone | None], FlaskClient]
KINDS = os.environ.get("ENPLAN_TEST_DATABASES", "sqlite postgresql").split()
ORIGIN = "http://localhost:5000"
_copies = count()


class CarefulClient(FlaskClient):
    """A test client that asks as a browser does and proof-reads every page it is given."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        kwargs["headers"] = {"Sec-Fetch-Site": "same-origin"} | dict(kwargs.get("headers") or {})
        response = super().open(*args, **kwargs)
        if response.mimetype == "text/html" and response.data and response.location is None:
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


def _lay(url: str) -> None:
    """Make the template: every migration from nothing, and the cast."""
    database = Database(url)
    migrate(database)
    with database.writing() as session:
        seed_people(session, read_site(DEMO_SITE), now=NOW)
    database.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "enplan.db"
    _lay(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgresql_template(postgresql: PgServer) -> str:
    postgresql.create_from_template("enplan_template", "template1")
    _lay(postgresql.url("enplan_template"))
    return "enplan_template"


@pytest.fixture
def database_url(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    if database_kind == "sqlite":
        copy = tmp_path / "enplan.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), copy)
        yield f"sqlite:///{copy}"
        return
    server: PgServer = request.getfixturevalue("postgresql")
    name = f"enplan_{next(_copies)}"
    server.create_from_template(name, request.getfixturevalue("postgresql_template"))
    yield server.url(name)
    server.drop(name)


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
