"""Sixteen processes book, move, swap and change the meetings of the same few, 10,000 times, on each database.

Nothing may overlap, and nobody may be shown a deadlock or a lock. The tests run the same, smaller, and see it
go red without the lock and without the constraint.
"""

import tempfile
from pathlib import Path

from app.migrations.schema import migrate
from app.store.db import Database
from bench.table import Row
from tests.booking.storm import Tally, prepare, storm
from tests.conftest import seed_cast
from tests.pg_server import PgServer

PROCESSES, ATTEMPTS, SEED = 16, 10_000, 2026


def run() -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="enplan-bench-") as folder:
        rows = [_row("SQLite", f"sqlite:///{Path(folder) / 'storm.db'}")]
    with PgServer() as server:
        server.create("storm")
        return [*rows, _row("PostgreSQL", server.url("storm"))]


def _row(name: str, url: str) -> Row:
    database = Database(url)
    migrate(database)
    with database.writing() as session:
        seed_cast(session)
    prepare(database)
    database.close()
    tally = storm(url, processes=PROCESSES, attempts=ATTEMPTS, seed=SEED)
    tried = sum(_all(tally).values())
    return Row(
        f"{name}: {tried:,} attempts from {PROCESSES} processes",
        f"{len(tally.broken)} promises broken, {sum(tally.errors.values())} errors shown",
        f"0 and 0; {sum(tally.done.values()):,} done, {tried / tally.seconds:.0f} a second",
        holds=tally.holds,
    )


def _all(tally: Tally) -> dict[str, int]:
    return dict(tally.done + tally.refused + tally.errors)
