"""A citizen reads her own pages whatever can be written: that she was seen is noted when it can be."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlmodel import select

from app.identity.login import DEMO_COOKIE
from app.identity.models import LoginSession
from app.identity.sessions import open_session
from app.store.db import Database
from tests.cast import NOW, People
from tests.identity.test_sign_out_unwritten import Break, full, locked, read_only

pytestmark = pytest.mark.both_databases

A_WHILE_AGO = NOW - timedelta(minutes=2)


@pytest.fixture
def token(database: Database, people: People) -> str:
    with database.writing() as session:
        return open_session(session, people.anna.id, now=A_WHILE_AGO)


@pytest.mark.parametrize("broken", [read_only, full, locked])
@pytest.mark.parametrize("path", ["/", "/plan", "/kontakt", "/indstillinger"])
def test_her_own_pages_are_read_when_nothing_can_be_written(
    broken: Break, path: str, app: Flask, database: Database, token: str
) -> None:
    client = app.test_client()
    client.set_cookie(DEMO_COOKIE, token, domain="localhost")
    if broken is locked and not database.is_sqlite:
        pytest.skip("the lock taken there shuts readers out too")
    with broken(database):
        assert client.get(path).status_code == 200


def test_otherwise_it_is_noted_that_she_was_seen(app: Flask, database: Database, token: str) -> None:
    client = app.test_client()
    client.set_cookie(DEMO_COOKIE, token, domain="localhost")
    assert client.get("/plan").status_code == 200
    with database.reading() as session:
        assert session.exec(select(LoginSession)).one().last_seen_at == NOW
