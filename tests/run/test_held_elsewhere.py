"""Another program holds the database: pages are read all the while, and who writes is told in time."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import timedelta

import pytest
from flask import Flask, request
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, select

from app.identity.login import DEMO_COOKIE
from app.identity.models import LoginSession
from app.identity.sessions import open_session
from app.run import server
from app.store import db, deadline
from app.store.db import Database, sqlite_driver
from tests.booking.fixtures import Booked
from tests.cast import NOW, People
from tests.conftest import Browser, enter
from tests.durability.visitor import Answer, Visitor
from tests.goals.plans import DREAM, lay_plan
from tests.run.test_server import PATIENCE, serving

WORDS = "Jeg vil lære at svømme"
TOLD_WITHIN = 1.5  # seconds, in these tests
pytestmark = pytest.mark.both_databases


@contextmanager
def held_elsewhere(database: Database) -> Iterator[None]:
    """Another program writes, and does not end: nobody else can write, and everybody can read."""
    if database.is_sqlite:
        with closing(sqlite_driver().connect(database.url.database, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")
        return
    with database.engine.connect() as connection:
        for table in ("entry", "access_log_entry", "login_session", "stored_answer"):
            connection.execute(text(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE"))
        yield
        connection.rollback()


@pytest.fixture(autouse=True)
def told_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadline, "WRITE_SECONDS", TOLD_WITHIN)


def _begun(app: Flask, count: int) -> threading.Event:
    """Return what is set when so many forms have come to a thread."""
    begun, enough = iter(range(1, count + 1)), threading.Event()

    def note() -> None:
        if request.method == "POST" and next(begun, count) == count:
            enough.set()

    app.before_request_funcs[None].insert(0, note)
    return enough


@pytest.mark.own_app
@pytest.mark.parametrize(("kept", "read_first"), [(2, True), (0, False)], ids=["guarded", "the control"])
def test_a_page_is_read_while_all_other_threads_wait_with_forms(
    kept: int, read_first: bool, app: Flask, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not (kept or database.is_sqlite):
        pytest.skip("the control is the same on both, and waits")
    monkeypatch.setattr(server, "KEPT_FOR_READING", kept)
    assert app.test_client().get("/log-ind").status_code == 200  # so that templates are read
    begun, told, secret = _begun(app, server.THREADS - kept), list[Answer](), enter(app, "anna")
    with serving(app) as (port, _stop), ThreadPoolExecutor() as threads, held_elsewhere(database):
        anna = Visitor(f"http://localhost:{port}", {DEMO_COOKIE: secret})

        def write() -> None:
            told.append(anna.post("/skriv", slags="droem", words=WORDS))

        writers = [threads.submit(write) for _one in range(server.THREADS - kept)]
        assert begun.wait(PATIENCE)
        assert anna.get("/plan").status == 200
        assert (not told) is read_first
        for writer in writers:
            writer.result(4 * TOLD_WITHIN)  # without a deadline it is 20 seconds each, and four times over
    assert {one.status for one in told} == {503}
    assert all("Vi kan ikke gemme lige nu" in one.text and WORDS in one.text for one in told)


def _trying(database: Database) -> list[int]:
    """Return what notes each time that somebody sets out to write."""
    tried: list[int] = []
    once = database.writing
    database.writing = lambda **more: tried.append(1) or once(**more)  # type: ignore[method-assign, func-returns-value]
    return tried


@pytest.mark.parametrize(("seconds", "tries"), [(0.1, 1), (100, 4)], ids=["in a request", "the control"])
def test_what_is_too_late_is_not_tried_again(
    seconds: float, tries: int, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deadline, "LEAST_SECONDS", 0.01)
    monkeypatch.setattr(deadline, "seconds_left", lambda **_: 0.1)
    tried = _trying(database)
    with held_elsewhere(database), deadline.within(seconds), pytest.raises(OperationalError):
        database.retrying(_touch_all)
    assert len(tried) == tries


def _touch_all(session: Session) -> None:
    session.connection().execute(text("DELETE FROM login_session"))


def test_a_page_tries_only_once_in_a_while_to_note_that_it_was_read(
    app: Flask, database: Database, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else each page would cost its patience, and those who read would hold all threads."""
    monkeypatch.setattr(db, "MARKS_REST_SECONDS", 1000)
    with database.writing() as session:
        secret = open_session(session, people.anna.id, now=NOW - timedelta(minutes=2))
    client, tried = app.test_client(), _trying(database)
    client.set_cookie(DEMO_COOKIE, secret, domain="localhost")
    with held_elsewhere(database):
        assert [client.get(path).status_code for path in ("/", "/plan", "/kontakt")] == [200] * 3
        assert len(tried) == 1
    database._marks_rest_until = 0.0  # a second later
    assert client.get("/plan").status_code == 200
    with database.reading() as session:
        assert session.exec(select(LoginSession)).one().last_seen_at == NOW


@pytest.fixture
def next_meeting(database: Database, booked: Booked) -> None:
    lay_plan(database)
    booked("2026-03-05 10:00")


@pytest.mark.usefixtures("next_meeting")
def test_of_somebody_else_nothing_is_shown_but_when_the_next_meeting_is(
    database: Database, people: People, browser_of: Browser
) -> None:
    line, stina = browser_of(people.line), browser_of(people.fremmed)
    with held_elsewhere(database):
        answer = line.get(f"{people.anna.url}/plan")
        assert stina.get(f"{people.anna.url}/plan").status_code == 404
    assert answer.status_code == 503
    assert "Borgerens næste møde er på torsdag den 5. marts kl. 10.00." in answer.text
    assert 'href="tel:+4570123456"' in answer.text
    assert DREAM not in answer.text
    assert people.anna.name not in answer.text
    assert DREAM in line.get(f"{people.anna.url}/plan").text


@pytest.mark.usefixtures("next_meeting")
def test_what_the_sign_in_has_seen_before_is_written_already(
    database: Database, people: People, browser_of: Browser
) -> None:
    line = browser_of(people.line)
    assert line.get(f"{people.anna.url}/plan").status_code == 200
    with held_elsewhere(database):
        assert DREAM in line.get(f"{people.anna.url}/plan").text
