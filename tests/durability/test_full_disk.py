"""A server whose disk becomes full loses nothing, says so, and goes on by itself when there is room."""

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from app.store.db import Database
from tests.cli.conftest import running
from tests.durability.visitor import Visitor

RED_WITHIN = 10  # seconds
ROOM = 4096  # bytes that a file may have while "the disk is full": no page more goes into the log
WORDS = "Jeg vil lære at svømme"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="only Linux can limit a running process"),
]


@contextmanager
def no_room_for(process_id: int) -> Iterator[None]:
    """Let the process's files grow no more, as on a full disk."""
    before = resource.prlimit(process_id, resource.RLIMIT_FSIZE, (ROOM, -1))
    yield
    resource.prlimit(process_id, resource.RLIMIT_FSIZE, before)


def readiness(site: Visitor, wanted: int) -> int:
    """Ask as a monitor does, until it says `wanted` or the time is up; return what it said last."""
    ends = time.monotonic() + RED_WITHIN
    said = site.get("/readyz").status
    while said != wanted and time.monotonic() < ends:
        said = site.get("/readyz").status
    return said


def words_in(file: Path) -> list[str]:
    database = Database(f"sqlite:///{file}")
    with database.engine.connect() as connection:
        assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
        found = connection.execute(
            text("SELECT words FROM entry_version WHERE words LIKE 'Jeg vil lære at svømme%'")
        )
        words = sorted(found.scalars())
    database.close()
    return words


def test_one_can_sign_off_on_a_full_disk(tmp_path: Path) -> None:
    with running("demo", "--port", "0", "--data", "demo", cwd=tmp_path) as (server, said):
        anna = Visitor(said.split()[-1])
        anna.become("anna")
        copied = Visitor(anna.origin, dict(anna.cookies))
        assert copied.get("/indstillinger").status == 200
        with no_room_for(server.pid):
            answer = anna.post("/log-af")
            assert (answer.status, answer.cookies["s"]) == (303, "")
            assert "Du er logget af på denne telefon" in Visitor(anna.origin).get("/log-af?senere=1").text
            assert copied.get("/indstillinger").status == 303
        assert readiness(anna, 200) == 200  # asking it writes, so what waited is written
        assert copied.get("/indstillinger").status == 303


def test_a_full_disk_is_told_and_healed(tmp_path: Path) -> None:
    with running("demo", "--port", "0", "--data", "demo", cwd=tmp_path) as (server, said):
        anna = Visitor(said.split()[-1])
        anna.become("anna")
        assert anna.post("/skriv", slags="droem", words=f"{WORDS} 1").status == 303
        assert readiness(anna, 200) == 200
        with no_room_for(server.pid):
            refused = anna.post("/skriv", slags="droem", words=f"{WORDS} 2")
            assert refused.status == 503
            assert f"{WORDS} 2" in refused.text
            assert "Vi kan ikke gemme lige nu" in refused.text
            assert anna.get("/plan").status == 200
            assert readiness(anna, 503) == 503
        assert readiness(anna, 200) == 200
        assert anna.post("/skriv", slags="droem", words=f"{WORDS} 3").status == 303
    assert words_in(tmp_path / "demo" / "enplan.db") == [f"{WORDS} 1", f"{WORDS} 3"]
