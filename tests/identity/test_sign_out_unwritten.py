"""Who signs off is off the phone whatever the database says; the sign-in ends when it can be written."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, text
from sqlmodel import col, select
from werkzeug.test import TestResponse

from app.identity import pending_sign_outs
from app.identity.login import DEMO_COOKIE
from app.identity.models import LoginSession
from app.identity.pending_sign_outs import MOST, PendingSignOuts
from app.identity.rules import CITIZEN_LIFETIME, STAFF_LIFETIME
from app.identity.sessions import open_session, token_hash
from app.store.db import Database, sqlite_driver
from tests.cast import NOW, People
from tests.conftest import Browser

pytestmark = pytest.mark.both_databases

Break = Callable[[Database], AbstractContextManager[None]]


@contextmanager
def told(database: Database, statement: str, undo: str) -> Iterator[None]:
    """Have the database refuse by a statement of its own, until `undo`."""
    with database.engine.connect() as connection:
        connection.execute(text(statement.format(name=database.url.database)))
        connection.commit()
    database.close()
    yield
    database.close()
    with database.engine.connect() as connection:
        if not database.is_sqlite:
            connection.execute(text("SET default_transaction_read_only = off"))
            connection.commit()
        connection.execute(text(undo.format(name=database.url.database)))
        connection.commit()
    database.close()


@contextmanager
def read_only(database: Database) -> Iterator[None]:
    if not database.is_sqlite:
        on = 'ALTER DATABASE "{name}" SET default_transaction_read_only = on'
        with told(database, on, 'ALTER DATABASE "{name}" RESET default_transaction_read_only'):
            yield
        return

    def refuse(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA query_only = ON")

    database.close()
    event.listen(database.engine, "connect", refuse)
    yield
    event.remove(database.engine, "connect", refuse)
    database.close()


@contextmanager
def full(database: Database) -> Iterator[None]:
    """No room for one byte more: the commit or the statement itself is refused as on a full disk."""
    if database.is_sqlite:
        refusal = "BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
        on = f"CREATE TRIGGER full BEFORE UPDATE ON login_session {refusal}"
        with told(database, on, "DROP TRIGGER full"):
            yield
        return
    body = "BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = 'disk_full'; END"
    make = f"CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$;"
    on = f"{make} CREATE TRIGGER full_disk BEFORE UPDATE ON login_session EXECUTE FUNCTION full_disk()"
    with told(database, on, "DROP FUNCTION full_disk CASCADE"):
        yield


@contextmanager
def locked(database: Database) -> Iterator[None]:
    """Another program holds what is to be written, and lets go in the end."""
    if database.is_sqlite:
        with closing(sqlite_driver().connect(database.url.database, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")
        return
    with database.engine.connect() as other_one:
        other_one.execute(text("LOCK TABLE login_session IN ACCESS EXCLUSIVE MODE"))
        yield
        other_one.rollback()


@contextmanager
def gone(database: Database) -> Iterator[None]:
    """No database answers: the file has gone, or the server lets nobody in."""
    if database.is_sqlite:
        file = Path(database.url.database or "")
        away = file.with_suffix(".away")
        database.close()
        file.rename(away)
        file.mkdir()
        yield
        file.rmdir()
        away.rename(file)
        return
    database.close()
    server = str(database.url.query["host"])
    with psycopg.connect(f"host={server} user=enplan dbname=postgres", autocommit=True) as outside:
        name = database.url.database
        outside.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        yield
        outside.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')


BREAKS: dict[str, Break] = {"read-only": read_only, "full": full, "locked": locked, "gone": gone}


@pytest.fixture(params=BREAKS)
def broken(request: pytest.FixtureRequest) -> Break:
    return BREAKS[request.param]


@pytest.fixture(autouse=True)
def short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pending_sign_outs, "PATIENCE", 0.05)


def secret_of(client: FlaskClient) -> str:
    cookie = client.get_cookie(DEMO_COOKIE)
    assert cookie is not None
    return cookie.value


def thief(browser_of: Browser, secret: str) -> FlaskClient:
    client = browser_of(None)
    client.set_cookie(DEMO_COOKIE, secret, domain="localhost")
    return client


def is_in(client: FlaskClient) -> bool:
    return client.get("/indstillinger").status_code == 200


def revoked(database: Database, secret: str) -> bool:
    with database.reading() as session:
        row = session.exec(select(LoginSession).where(col(LoginSession.token_hash) == token_hash(secret)))
        return row.one().revoked_at is not None


def assert_off_the_phone(client: FlaskClient, answer: TestResponse) -> None:
    assert answer.status_code == 303
    assert answer.headers["Clear-Site-Data"] == '"cookies", "storage", "cache"'
    assert client.get_cookie(DEMO_COOKIE) is None


def test_the_phone_is_emptied_whatever_the_database_says(
    broken: Break, browser_of: Browser, people: People, database: Database
) -> None:
    anna = browser_of(people.anna)
    secret = secret_of(anna)
    with broken(database):
        answer = anna.post("/log-af")
        assert_off_the_phone(anna, answer)
        page = anna.get(str(answer.location))
        assert page.status_code == 200
        assert "Du er logget af på denne telefon" in page.text
        assert "er der stadig" not in page.text
        assert thief(browser_of, secret).get("/").location == "/log-ind"
    if database.is_replaced():  # a file that was away is another until the server is started again
        assert not is_in(thief(browser_of, secret))
        return
    assert not revoked(database, secret)
    assert not is_in(thief(browser_of, secret))
    with database.writing() as session:  # somebody writes anything
        session.connection().execute(text("SELECT 1"))
    assert revoked(database, secret)


def test_the_way_off_is_shown_also_when_nobody_can_tell_who_reads(
    browser_of: Browser, people: People, database: Database
) -> None:
    anna, nobody = browser_of(people.anna), browser_of(None)
    with gone(database):
        page = anna.get("/log-af")
        assert page.status_code == 200
        assert '<form class="buttons" method="post" action="/log-af">' in page.text
        assert "er der stadig" not in page.text
        assert_off_the_phone(anna, anna.post("/log-af"))
        assert "Du er logget af" in nobody.get("/log-af").text


def test_the_control_without_what_waits_the_old_cookie_opens(
    broken: Break, browser_of: Browser, people: People, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PendingSignOuts, "_keep", lambda *_: None)
    anna = browser_of(people.anna)
    secret = secret_of(anna)
    with broken(database):
        assert_off_the_phone(anna, anna.post("/log-af"))
    if database.is_replaced():
        pytest.skip("nothing opens before the server is started again")
    assert is_in(thief(browser_of, secret))


def test_the_page_says_what_may_be_left_and_what_to_do(
    broken: Break, browser_of: Browser, people: People, database: Database
) -> None:
    """A server that is started again forgets it, so the page may not promise that it will be written."""
    anna = browser_of(people.anna)
    with broken(database):
        page = anna.get(str(anna.post("/log-af").location)).text
    assert "Ingen kan åbne din plan fra den uden at logge ind." in page
    assert "Måske er du stadig logget ind hos os." in page
    assert "Senest om 12 timer er du helt logget af." in page
    assert max(one.absolute for one in (CITIZEN_LIFETIME, STAFF_LIFETIME)) == timedelta(hours=12)
    assert "Se under Indstillinger, om du er logget ind andre steder." in page
    assert "skriver det ned" not in page


def test_in_the_settings_one_sees_what_is_left_and_ends_it(
    browser_of: Browser, people: People, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PendingSignOuts, "_keep", lambda *_: None)  # as a server that was started again
    anna = browser_of(people.anna)
    secret = secret_of(anna)
    with read_only(database):
        anna.post("/log-af")
    again = browser_of(people.anna)
    assert "Log af alle andre steder" in again.get("/indstillinger").text
    again.post("/indstillinger/log-af-andre")
    assert revoked(database, secret)
    assert "Log af alle andre steder" not in again.get("/indstillinger").text


def test_a_page_that_is_kept_opens_for_the_old_cookie_no_more(
    app: Flask, browser_of: Browser, people: People, database: Database
) -> None:
    anna = browser_of(people.anna)
    copied = FlaskClient(app, app.response_class)  # reads no page: it is not for people's eyes as it is kept
    copied.set_cookie(DEMO_COOKIE, secret_of(anna), domain="localhost")
    brotli = {"Accept-Encoding": "br"}
    assert [copied.get("/plan", headers=brotli).status_code for _ in range(2)] == [200, 200]
    assert app.extensions["kept"].size
    with read_only(database):
        anna.post("/log-af")
        assert copied.get("/plan", headers=brotli).location == "/log-ind"


def test_the_language_goes_along(browser_of: Browser, people: People, database: Database) -> None:
    karim = browser_of(people.karim)
    karim.get("/log-af?sprog=ar")
    with read_only(database):
        answer = karim.post("/log-af")
        assert answer.location == "/log-af?senere=1&sprog=ar"
        assert 'lang="ar"' in karim.get(str(answer.location)).text


def test_what_can_not_be_ended_waits_for_the_next_write(
    app: Flask, database: Database, people: People
) -> None:
    with database.writing() as session:
        secrets = [open_session(session, people.anna.id, now=NOW) for _ in range(3)]
    pending: PendingSignOuts = app.extensions["pending_ends"]
    with read_only(database):
        assert not any(pending.end(database, one, now=NOW) for one in secrets)
        with suppress(Exception), database.writing() as session:
            session.connection().execute(text("UPDATE municipality SET name = 'x'"))
        assert all(one in pending for one in secrets)
    with database.writing() as session:
        session.connection().execute(text("SELECT 1"))
    assert not any(one in pending for one in secrets)
    assert all(revoked(database, one) for one in secrets)


def test_one_that_has_waited_too_long_waits_anew(database: Database) -> None:
    pending = PendingSignOuts()
    pending._keep("old", NOW - timedelta(hours=13))
    pending._keep("old", NOW)
    assert pending._waiting == {"old": NOW}


def test_only_so_much_waits(database: Database) -> None:
    pending = PendingSignOuts()
    pending._keep("old", NOW - timedelta(hours=13))
    for number in range(MOST + 5):
        pending._keep(str(number), NOW)
    assert len(pending._waiting) == MOST
    assert "old" not in pending._waiting
    assert str(MOST + 4) in pending._waiting
