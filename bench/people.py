"""How fast a municipality's people are taken in, against the same rows given to the database unasked.

10,000 people in one spreadsheet: 9,900 citizens, each with a contact person, and 100 professionals. The
import reads, checks, matches and writes in one transaction; the bare figure is one `executemany` a table.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from sqlalchemy import Table, insert
from sqlmodel import SQLModel

from app.config import DEMO_SITE, read_site
from app.migrations.schema import migrate
from app.people_import.service import ImportOptions, import_people
from app.store.db import Database
from app.store.query import select_columns
from bench.table import Row
from tests.cast import NOW
from tests.pg_server import PgServer

PEOPLE, STAFF = 10_000, 100
ROUNDS = 3
MOST_SECONDS = 60
HEADINGS = "Nummer;CPR-nummer;Navn;Rolle;Afdeling;Kontaktperson;Telefon;E-mail;Sprog;Tolk;Beskyttet adresse"
SECRET = "only to measure, 32 bytes and more"  # noqa: S105 — of no site

Rows = dict[Table, Sequence[dict[str, Any]]]


def run() -> list[Row]:
    raw = spreadsheet()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="enplan-bench-")))
        server = stack.enter_context(PgServer())

        def on_postgresql(name: str) -> str:
            server.create(name)
            return server.url(name)

        return [
            _row("SQLite", raw, lambda name: f"sqlite:///{folder / name}.db"),
            _row("PostgreSQL", raw, on_postgresql),
        ]


def spreadsheet(people: int = PEOPLE, staff: int = STAFF) -> bytes:
    """Return the people, `staff` of them contact persons, as a municipality's own spreadsheet has them."""
    helpers = [
        f"K{n};;Medarbejder {n};kontaktperson;Fælles indgang;;7020{n:04};k{n}@kommune.example;;;"
        for n in range(staff)
    ]
    citizens = [
        f";{n % 28 + 1:02}0{n % 9 + 1}70-{n:04};Borger Nummer {n};borger;;K{n % staff};2030{n:04};;;;nej"
        for n in range(people - staff)
    ]
    return "\n".join([HEADINGS, *helpers, *citizens]).encode()


def _row(name: str, raw: bytes, make: Callable[[str], str]) -> Row:
    """Import into a new database, then write the same rows into another; and again, in turn."""
    imported, bare = list[float](), list[float]()
    for number in range(ROUNDS):
        database = _migrated(make(f"imported_{number}"))
        imported.append(_import(database, raw))
        rows = _all_rows(database)
        database.close()
        database = _migrated(make(f"bare_{number}"))
        bare.append(_write(database, rows))
        database.close()
    took, bare_took = statistics.median(imported), statistics.median(bare)
    return Row(
        f"{name}: {PEOPLE:,} people from a spreadsheet",
        f"{took:.1f} s, {PEOPLE / took:,.0f} a second",
        f"{bare_took:.1f} s for the bare rows, at most {MOST_SECONDS} s",
        took / bare_took,
        took <= MOST_SECONDS,
    )


def _migrated(url: str) -> Database:
    database = Database(url)
    migrate(database)
    return database


def _import(database: Database, raw: bytes) -> float:
    began = time.perf_counter()
    report = import_people(
        database, read_site(DEMO_SITE), SECRET, raw, now=NOW, options=ImportOptions(new_departments=True)
    )
    took = time.perf_counter() - began
    assert report.new["citizen"] + report.new["staff"] == PEOPLE
    return took


def _all_rows(database: Database) -> Rows:
    with database.reading() as session:
        return {
            table: [dict(row._mapping) for row in session.exec(select_columns(table))]
            for table in SQLModel.metadata.sorted_tables
        }


def _write(database: Database, rows: Rows) -> float:
    """Return the seconds that it takes to write every row, in one transaction and nothing else."""
    began = time.perf_counter()
    with database.writing() as session:
        for table, some in rows.items():
            if some:
                session.connection().execute(insert(table), some)
    return time.perf_counter() - began
