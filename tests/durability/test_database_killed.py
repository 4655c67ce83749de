"""PostgreSQL falls over while people write: what was acknowledged is there, and all are told the truth."""

import threading
from itertools import count
from pathlib import Path

import pytest

from app.config import DEMO_SITE
from app.dates.clock import system_clock
from app.demo.cast import person_id
from app.identity.login import SECURE_COOKIE
from app.identity.sessions import open_session
from app.migrations.schema import migrate
from app.store.db import Database
from tests.cli.conftest import running
from tests.conftest import seed_cast
from tests.durability.found import look
from tests.durability.test_full_disk import readiness
from tests.durability.visitor import Visitor
from tests.durability.writer import words_of
from tests.pg_server import PgServer

WRITERS = ("anna", "karim")
ENOUGH = 6  # acknowledged writes, before it falls and after
SITE = {
    "ENPLAN_SECRET_KEY": "only for tests, 32 bytes and more",
    "ENPLAN_ORIGIN": "https://plan.example.dk",
    "ENPLAN_CONFIG": str(DEMO_SITE),
    "ENPLAN_TRUSTED_PROXY": "none",
}
pytestmark = pytest.mark.slow


class Writing:
    """People who write, one thing after another, until they are told no; what each was told."""

    def __init__(self, origin: str, secrets: list[str]) -> None:
        self.people = [Visitor(origin, {SECURE_COOKIE: secret}) for secret in secrets]
        self.numbers, self.enough = count(1), threading.Event()
        self.acknowledged: set[int] = set()
        self.refused: set[int] = set()

    def start(self) -> list[threading.Thread]:
        threads = [threading.Thread(target=self._write, args=(one,)) for one in self.people]
        for thread in threads:
            thread.start()
        return threads

    def _write(self, person: Visitor) -> None:
        for number in self.numbers:
            answer = person.post("/skriv", slags="droem", words=words_of(number))
            if answer.status != 303:
                assert answer.status == 503, answer.text
                assert "Vi kan ikke gemme lige nu" in answer.text
                assert words_of(number).strip() in answer.text
                assert "er der stadig" not in answer.text
                self.refused.add(number)
                return
            self.acknowledged.add(number)
            if len(self.acknowledged) >= ENOUGH:
                self.enough.set()


def test_a_database_that_falls_over_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    with PgServer(durable=True) as server:
        server.create("site")
        url = server.url("site")
        database = Database(url)
        migrate(database)
        with database.writing() as session:
            seed_cast(session)
            secrets = [open_session(session, person_id(slug), now=system_clock()) for slug in WRITERS]
        database.close()
        with running("serve", "--port", "0", cwd=tmp_path, ENPLAN_DATABASE_URL=url, **SITE) as (_site, said):
            writing = Writing(f"http://127.0.0.1:{said.split(' port ')[1].split()[0]}", secrets)
            anna = writing.people[0]
            assert anna.get("/readyz").status == 200
            threads = writing.start()
            assert writing.enough.wait(60)
            server.crash()
            for thread in threads:
                thread.join(60)
            assert len(writing.refused) == len(WRITERS)  # each was in the middle of something
            assert anna.get("/plan").status == 503
            assert readiness(anna, 503) == 503
            left = anna.post("/log-af")
            assert (left.status, left.cookies[SECURE_COOKIE]) == (303, "")
            server.start_again()
            assert readiness(anna, 200) == 200
            assert writing.people[1].post("/skriv", slags="droem", words=words_of(0)).status == 303
        database = Database(url)
        with database.engine.connect() as connection:
            found = look(connection)
        database.close()
    assert found.lost(writing.acknowledged) == set()
    assert found.half == 0
    assert found.whole <= writing.acknowledged | writing.refused | {0}
