"""The drill at a large municipality: a backup, the way back into an empty database, and the doctor's word.

50,000 made-up citizens are laid once, on SQLite. That database is backed up and brought back, into SQLite and
into PostgreSQL; then PostgreSQL's own is backed up and brought back into another. Each database is backed up
encrypted too, and brought back into SQLite. Each command is typed as an operator types it, in a process of
its own.
"""

import os
import re
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from app.config import DEMO_SITE
from bench.table import Row
from tests.cli.conftest import command, surroundings
from tests.pg_server import PgServer

CITIZENS = int(os.environ.get("ENPLAN_DRILL_CITIZENS", "50000"))
MOST_SECONDS = 600
SITE = {
    "ENPLAN_SECRET_KEY": "only to measure, 32 bytes and more",
    "ENPLAN_ORIGIN": "https://plan.example.dk",
    "ENPLAN_TRUSTED_PROXY": "none",
}
ROWS = re.compile(r"Rækker: (\d+)\.")


@dataclass(frozen=True, slots=True)
class Timed:
    """What a command said; its seconds by the clock and of a processor, and its most memory in MB."""

    said: str
    seconds: float
    of_processor: float
    megabytes: int


def run() -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="enplan-drill-") as place, PgServer(durable=True) as server:
        folder = Path(place)
        seeded = f"sqlite:///{folder}/seeded.db"
        laid = _timed("seed", "--citizens", str(CITIZENS), on=seeded, config="")
        rows = [Row(f"{CITIZENS:,} citizens laid on SQLite", f"{laid.seconds:.0f} s", "", holds=None)]
        return rows + drills(seeded, folder, server)


def drills(seeded: str, folder: Path, server: PgServer) -> list[Row]:
    """Drill on SQLite, carry its backup over to PostgreSQL, and drill there."""
    first, second = folder / "first.backup", folder / "second.backup"
    rows = _drill("SQLite", seeded, f"sqlite:///{folder}/again.db", first)
    rows += _encrypted("SQLite", seeded, folder)
    for name in ("source", "target"):
        server.create(name)
    moved = _timed("restore", str(first), on=server.url("source"))
    rows.append(_row("SQLite's backup into PostgreSQL", moved))
    (folder / "again.db").unlink()
    rows += _drill("PostgreSQL", server.url("source"), server.url("target"), second)
    return rows + _encrypted("PostgreSQL", server.url("source"), folder)


def _drill(name: str, source: str, target: str, file: Path) -> list[Row]:
    """Back up `source` into `file`, bring that back into `target`, and have the doctor look at it."""
    saved = _timed("backup", str(file), on=source)
    back = _timed("restore", str(file), on=target)
    seen = _timed("doctor", on=target)
    counts = {ROWS.search(one.said)[1] for one in (saved, back)}  # type: ignore[index]  # both say it
    whole = saved.seconds + back.seconds + seen.seconds
    size = f"{file.stat().st_size / 1e6:,.0f} MB, {' or '.join(counts)} rows"
    return [
        _row(f"{name}: backup", saved),
        _row(f"{name}: restore", back),
        _row(f"{name}: doctor", seen),
        Row(
            f"{name}: the whole drill, {size}",
            f"{whole:.0f} s",
            f"at most {MOST_SECONDS} s",
            whole / MOST_SECONDS,
            len(counts) == 1 and whole <= MOST_SECONDS,
        ),
    ]


def _encrypted(name: str, source: str, folder: Path) -> list[Row]:
    """Back up `source` encrypted, and bring that back into SQLite."""
    file, key, place = folder / f"{name}.age", folder / "key" / name, folder / f"{name}-again.db"
    key.parent.mkdir(exist_ok=True)
    made = _timed("key", "backup", str(key), "--name", "drill", on=source)
    recipient = made.said.splitlines()[-1].partition("=")[2]
    saved = _timed("backup", str(file), "--recipient", recipient, on=source)
    back = _timed("restore", str(file), "--identity", str(key), on=f"sqlite:///{place}")
    size = f"{file.stat().st_size / 1e6:,.0f} MB"
    for one in (file, place):
        one.unlink()
    return [
        _row(f"{name}: encrypted backup, {size}", saved),
        _row(f"{name}: restore of it into SQLite", back),
    ]


def _row(what: str, one: Timed) -> Row:
    used = f"{one.of_processor:.0f} s of its own processor, {one.megabytes} MB of memory"
    return Row(what, f"{one.seconds:.0f} s", used, holds=None)


def _timed(*words: str, on: str, config: str = str(DEMO_SITE)) -> Timed:
    """Run a command on a database to its end; CalledProcessError if it says that something is wrong."""
    env = surroundings(**SITE, ENPLAN_DATABASE_URL=on, ENPLAN_CONFIG=config)
    began = time.monotonic()
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen(command(*words), env=env, stdout=out)
        _pid, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        said = out.read()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, words, said)
    processor = used.ru_utime + used.ru_stime
    return Timed(said, time.monotonic() - began, processor, used.ru_maxrss // 1024)
