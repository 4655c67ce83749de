"""A hundred thousand old rows go while somebody writes all the time: how fast, and how long the other waits.

A log of five years and more in which each sign-in has looked at five citizens, and wrong codes.
"""

import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import insert
from sqlmodel import Session

from app.access.models import AccessLogEntry
from app.demo.cast import person_id
from app.identity.credentials import LoginAttempt
from app.identity.models import LoginSession
from app.migrations.schema import migrate
from app.retention.purge import STEP, count_due, purge_due
from app.retention_periods import default_periods
from app.store.db import Database
from bench.table import Row
from tests.cast import NOW
from tests.conftest import seed_cast
from tests.pg_server import PgServer

SIGN_INS, LOOKS, TRIES = 10_000, 5, 40_000
PART = 5_000
PERIODS = default_periods()
MOST_WAIT = 1.0  # seconds, on a busy machine: a page has five
AS_LONG = NOW - PERIODS["access_log_days"] - timedelta(days=300)
ANNA, LINE = person_id("anna"), person_id("line")


def run() -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="enplan-bench-") as folder:
        rows = list(_rows("SQLite", f"sqlite:///{Path(folder) / 'old.db'}"))
    with PgServer() as server:
        server.create("old")
        return [*rows, *_rows("PostgreSQL", server.url("old"))]


def _rows(name: str, url: str) -> Iterator[Row]:
    database = Database(url)
    migrate(database)
    with database.writing() as session:
        seed_cast(session)
    _fill(database)
    began = time.monotonic()
    due = sum(one.count for one in count_due(database, PERIODS, now=NOW))
    looked = time.monotonic() - began
    gone, seconds, waits = _while_somebody_writes(
        database, lambda: sum(purge_due(database, PERIODS, now=NOW, most_steps=None).values())
    )
    usual, longest = _ms(waits[len(waits) // 2]), _ms(waits[-1])
    yield Row(
        f"{name}: {gone:,} old rows deleted, {STEP} a step, while somebody writes",
        f"{gone / seconds:,.0f} a second; the other waits {usual}, {longest} at the most",
        f"at most {_ms(MOST_WAIT)}; `retention` counted {due:,} in {looked:.1f} s",
        holds=waits[-1] < MOST_WAIT and gone >= SIGN_INS * (LOOKS + 1) + TRIES,
    )
    began = time.monotonic()
    purge_due(database, PERIODS, now=NOW)
    idle = time.monotonic() - began
    yield Row(f"{name}: a minute of the worker with nothing old", _ms(idle), "", holds=None)
    database.close()


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


def _fill(database: Database) -> None:
    every = timedelta(minutes=5)
    for first in range(0, SIGN_INS, PART):
        ids = [(uuid4(), AS_LONG + (first + number) * every) for number in range(PART)]
        sign_ins = [_sign_in(one, at) for one, at in ids]
        later = timedelta(seconds=9)
        looks = [_look(one, at + number * later, number) for one, at in ids for number in range(LOOKS)]
        with database.writing() as session:
            session.connection().execute(insert(LoginSession), sign_ins)
            session.connection().execute(insert(AccessLogEntry), looks)
    at = NOW - timedelta(days=30)
    for _ in range(0, TRIES, PART):
        with database.writing() as session:
            rows = [{"id": uuid4(), "key_hash": "0" * 64, "at": at} for _ in range(PART)]
            session.connection().execute(insert(LoginAttempt), rows)


def _sign_in(session_id: UUID, at: object) -> dict[str, object]:
    own = {"id": session_id, "person_id": LINE, "token_hash": session_id.hex * 2}
    return own | {"opened_at": at, "last_seen_at": at}


def _look(session_id: UUID, at: object, number: int) -> dict[str, object]:
    own = {"actor_id": LINE, "session_id": session_id, "citizen_id": ANNA, "relation": "contact"}
    return own | {"id": uuid4(), "at": at, "action": f"page {number}"}


def _while_somebody_writes(database: Database, work: Callable[[], int]) -> tuple[int, float, list[float]]:
    """Do the work; return what it returns, how long it took, and how long each write of another's took."""
    waits: list[float] = []
    with _writer(database, waits):
        began = time.monotonic()
        done = work()
        seconds = time.monotonic() - began
    return done, seconds, sorted(waits)


@contextmanager
def _writer(database: Database, waits: list[float]) -> Iterator[None]:
    stop = threading.Event()
    other = Database(database.url.render_as_string(hide_password=False))

    def write() -> None:
        while not stop.wait(0.01):
            began = time.monotonic()
            with other.writing(patience=60) as session:
                _touch(session)
            waits.append(time.monotonic() - began)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        other.close()


def _touch(session: Session) -> None:
    session.add(LoginAttempt(key_hash="f" * 64, at=NOW))
