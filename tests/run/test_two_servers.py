"""Two servers on one PostgreSQL, as behind a balancer: whoever answers, it is the same site."""

import http.client
import re
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from app.booking.book import book_meeting
from app.booking.cancel import cancel_meeting
from app.calendar_sync.feed import make_feed
from app.config import DEMO_SITE
from app.dates.clock import system_clock
from app.dates.local_time import danish_day
from app.demo.cast import person_id
from app.identity.login import SECURE_COOKIE
from app.identity.login_attempts import WRONG_HALVES
from app.identity.sessions import open_session
from app.meetings.models import Meeting
from app.run.lease import WorkerLease
from app.store.db import Database
from tests.booking.requests import WORKDAYS, request_for
from tests.cli.conftest import running
from tests.conftest import KINDS, seed_cast
from tests.databases import Templates
from tests.durability.found import look
from tests.durability.visitor import Answer, Visitor
from tests.durability.writer import words_of

SITE = {
    "ENPLAN_SECRET_KEY": "only for tests, 32 bytes and more",
    "ENPLAN_ORIGIN": "https://plan.example.dk",
    "ENPLAN_CONFIG": str(DEMO_SITE),
    "ENPLAN_TRUSTED_PROXY": "none",
}
SOON = 15  # seconds at most until the other server knows: it takes about one
ENOUGH = 6  # acknowledged writes at each, before one is killed and after

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif("postgresql" not in KINDS, reason="SQLite is one server's"),
]


@dataclass
class Pair:
    """The servers' addresses, the first one's process, and the database they share."""

    origins: list[str]
    first: "subprocess.Popen[str]"
    url: str
    database: Database

    def visitors(self, slug: str) -> list[Visitor]:
        """Return one and the same browser, at either server."""
        with self.database.writing() as session:
            secret = open_session(session, person_id(slug), now=system_clock())
        return [Visitor(origin, {SECURE_COOKIE: secret}) for origin in self.origins]


@pytest.fixture
def pair(templates: Templates, tmp_path: Path) -> Iterator[Pair]:
    with templates.copy("postgresql", seed_cast) as url, ExitStack() as stack:
        served = [
            stack.enter_context(
                running("serve", "--port", "0", cwd=tmp_path, ENPLAN_DATABASE_URL=url, **SITE)
            )
            for _ in range(2)
        ]
        origins = [f"http://127.0.0.1:{said.split(' port ')[1].split()[0]}" for _process, said in served]
        database = Database(url)
        stack.callback(database.close)
        yield Pair(origins, served[0][0], url, database)


def soon(true: Callable[[], bool]) -> bool:
    """Ask until it is so, or the time is up."""
    ends = time.monotonic() + SOON
    while not true():
        if time.monotonic() > ends:
            return False
    return True


def test_whoever_answers_it_is_the_same_site(pair: Pair) -> None:
    here, there = pair.visitors("anna")
    _pages_are_of_now(pair, here, there)
    _feeds_are_the_same(pair, here, there)
    _tries_count_together(pair)
    _a_sign_out_holds_at_both(pair, here, there)
    _one_that_could_not_be_written_follows(pair)


def _pages_are_of_now(pair: Pair, here: Visitor, there: Visitor) -> None:
    assert here.post("/skriv", slags="droem", words="Jeg vil sejle").status == 303
    _show(False, "Jeg vil sejle", here, there)  # a draft
    with pair.database.reading() as session:
        entry_id = session.connection().execute(text("SELECT id FROM entry")).scalar_one()
    assert there.post(f"/skriv/{entry_id}/del").status == 303
    _show(True, "Jeg vil sejle", here, there)
    assert here.post(f"/skriv/{entry_id}/tag-tilbage").status == 303
    _show(False, "Jeg vil sejle", here, there)
    with pair.database.writing() as session:
        renamed = text("UPDATE person SET name = 'Linea Ny' WHERE id = :id")
        session.connection().execute(renamed, {"id": person_id("line")})
    _show(True, "Linea", here, there)


def _show(wanted: bool, words: str, *browsers: Visitor) -> None:
    """See that each server's page shows the words, or doesn't; the second look is at the page it has kept."""
    for one in browsers * 2:
        answer = one.get("/plan")
        assert (answer.status, words in answer.text) == (200, wanted)


def _feeds_are_the_same(pair: Pair, here: Visitor, there: Visitor) -> None:
    now = system_clock()
    day = WORKDAYS.working_day_after(danish_day(now), 15)
    with pair.database.writing() as session:
        secret = make_feed(session, person_id("anna"), "Telefon", detailed=False, now=now)
    wanted = request_for(f"{day} 10:00", duty=True)
    meeting_id = book_meeting(pair.database, wanted, now=now, workdays=WORKDAYS)
    feed = f"/ics/{secret}.ics"
    before = [one.get(feed) for one in (here, there)]
    assert before[0].text == before[1].text
    assert str(meeting_id) in before[0].text
    with pair.database.writing() as session:
        meeting = session.get_one(Meeting, meeting_id)
        cancel_meeting(
            session, meeting_id, sequence=meeting.sequence, by=meeting.citizen_id, now=now, workdays=WORKDAYS
        )
    after = [one.get(feed) for one in (here, there)]
    assert after[0].text == after[1].text
    assert "STATUS:CANCELLED" in after[0].text
    luk = re.search(r"/kalender/telefon/[-0-9a-f]+/luk", here.get("/kalender/telefon").text)
    assert luk
    assert here.post(luk[0]).status == 303
    assert [one.get(feed).status for one in (here, there)] == [404, 404]


def _tries_count_together(pair: Pair) -> None:
    def try_one(number: int) -> int:
        return Visitor(pair.origins[number % 2]).post("/invitation", code="CFGH JMPQ").status

    with ThreadPoolExecutor(12) as crowd:
        answered = list(crowd.map(try_one, range(24)))
    assert answered.count(422) == WRONG_HALVES.free
    assert answered.count(429) == 24 - WRONG_HALVES.free


def _is_out(answer: Answer) -> bool:
    return answer.status == 303


def _a_sign_out_holds_at_both(pair: Pair, here: Visitor, there: Visitor) -> None:
    assert there.get("/plan").status == 200
    assert here.post("/log-af").status == 303
    assert _is_out(there.get("/plan"))
    assert _is_out(here.get("/plan"))


def _one_that_could_not_be_written_follows(pair: Pair) -> None:
    here, there = pair.visitors("karim")
    assert there.get("/indstillinger").status == 200
    with pair.database.engine.connect() as other:
        other.execute(text("LOCK TABLE login_session IN SHARE MODE"))
        left = here.post("/log-af")
        assert (left.status, left.cookies[SECURE_COOKIE]) == (303, "")
        assert _is_out(here.get("/indstillinger"))  # copied before: this server knows
        other.rollback()
    assert soon(lambda: _is_out(there.get("/indstillinger"))), "nobody writes, and the other learns it"


@dataclass
class Writing:
    """Somebody who writes at one server until it is gone or it is enough; what was acknowledged."""

    visitor: Visitor
    numbers: Iterator[int]
    acknowledged: set[int] = field(default_factory=set)
    begun: set[int] = field(default_factory=set)
    enough: threading.Event = field(default_factory=threading.Event)
    stop: threading.Event = field(default_factory=threading.Event)

    def go(self) -> None:
        try:
            for number in self.numbers:
                self.begun.add(number)
                assert self.visitor.post("/skriv", slags="droem", words=words_of(number)).status == 303
                self.acknowledged.add(number)
                if len(self.acknowledged) >= ENOUGH:
                    self.enough.set()
                if self.stop.is_set():
                    return
        except (OSError, http.client.HTTPException):
            return  # the server is gone, and this write is neither acknowledged nor refused
        finally:
            self.enough.set()


def test_one_that_is_killed_takes_no_acknowledged_word_along(pair: Pair) -> None:
    numbers = iter(range(1, 10_000))
    anna, karim = pair.visitors("anna"), pair.visitors("karim")
    writing = [Writing(anna[0], numbers), Writing(karim[1], numbers)]
    threads = [threading.Thread(target=one.go) for one in writing]
    for thread in threads:
        thread.start()
    assert all(one.enough.wait(60) for one in writing)
    pair.first.kill()
    threads[0].join(60)
    at_kill = len(writing[1].acknowledged)
    assert soon(lambda: len(writing[1].acknowledged) >= at_kill + ENOUGH), "the other goes on"
    writing[1].stop.set()
    threads[1].join(60)
    assert anna[1].post("/skriv", slags="droem", words=words_of(0)).status == 303  # with the same cookie
    with pair.database.engine.connect() as connection:
        found = look(connection)
    acknowledged = writing[0].acknowledged | writing[1].acknowledged | {0}
    assert found.lost(acknowledged) == set()
    assert found.half == 0
    assert found.whole <= acknowledged | writing[0].begun | writing[1].begun


def test_one_worker_works_and_another_takes_over_when_it_dies(templates: Templates, tmp_path: Path) -> None:
    with templates.copy("postgresql", seed_cast) as url, ExitStack() as stack:
        databases = [Database(url) for _ in range(2)]
        first, second = leases = [WorkerLease(one) for one in databases]
        for lease, database in zip(leases, databases, strict=True):
            stack.callback(database.close)
            stack.callback(lease.release)
        with running("worker", cwd=tmp_path, ENPLAN_DATABASE_URL=url, **SITE) as (worker, _said):
            assert soon(lambda: _holder(url) is not None)
            assert not first.is_held()
            assert not second.is_held()
            worker.kill()
        assert soon(first.is_held)
        assert first.is_held()
        assert not second.is_held()
        with psycopg.connect(_dsn(url), autocommit=True) as outside:  # as when the network is cut
            outside.execute("SELECT pg_terminate_backend(%s)", [_holder(url)])
        assert soon(second.is_held)
        assert not first.is_held()
        second.release()
        assert soon(first.is_held)


def _holder(url: str) -> int | None:
    """Return which session of the database holds the lease."""
    held = "SELECT pid FROM pg_locks JOIN pg_database d ON d.oid = database"
    with psycopg.connect(_dsn(url)) as outside:
        row = outside.execute(
            f"{held} WHERE locktype = 'advisory' AND datname = current_database()"
        ).fetchone()
    return row[0] if row else None


def _dsn(url: str) -> str:
    return url.replace("postgresql+psycopg", "postgresql")
