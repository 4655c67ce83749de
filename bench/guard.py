"""What it costs that the database itself refuses two times at once: inserts with the guard, and without it.

The same rows go into the app's own `occupancy` table twice: as it is, and with the guard taken off. A
thousand people have calendars that grow, and each new row goes between two that stand. Only the inserts are
timed, in one transaction that is then thrown away: a commit would hide the guard behind the disk.
"""

import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection
from sqlmodel import select

from app.identity.models import Person
from app.meetings.life_cycle import MeetingState
from app.meetings.models import CalendarSubject, Meeting
from app.meetings.no_overlap import NO_CLASH, SQLITE_TRIGGERS
from app.meetings.rules import Channel, SubjectKind
from app.migrations.schema import migrate
from app.store.db import Database
from bench.table import Row
from tests.conftest import seed_cast
from tests.pg_server import PgServer

SIZES = 10_000, 100_000, 1_000_000
SUBJECTS = 1000
INSERTS = 2000
ROUNDS = 9
SEED = 2026
MOST = 3.0
FLAT = 3.0  # the guard's own time in the largest table, against that in the smallest; promised on SQLite
FIRST = datetime(2000, 1, 3, 8, tzinfo=UTC)
HOUR, TWO_HOURS = timedelta(hours=1), timedelta(hours=2)  # every other hour is taken

INSERT = "INSERT INTO occupancy (id, subject_id, starts_at, ends_at, kind, meeting_id)"
# Row n: subject n mod 1000, hour n div 1000 of those that are taken; ids are scattered, as random ones are.
FILL = {
    "sqlite": """
        WITH RECURSIVE n(i) AS (SELECT {begin} UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {end})
        {insert}
        SELECT printf('%08x%024x', (i * 2654435761) & 4294967295, i), printf('%032x', i % 1000),
            strftime('%Y-%m-%d %H:%M:%S.000000', '2000-01-03 08:00', '+' || ((i / 1000) * 2) || ' hours'),
            strftime('%Y-%m-%d %H:%M:%S.000000', '2000-01-03 09:00', '+' || ((i / 1000) * 2) || ' hours'),
            'hold', printf('%032x', i % 1000)
        FROM n""",
    "postgresql": """
        {insert}
        SELECT md5(i::text)::uuid, lpad(to_hex(i %% 1000), 32, '0')::uuid,
            timestamptz '2000-01-03 08:00Z' + (i / 1000) * interval '2 hours',
            timestamptz '2000-01-03 09:00Z' + (i / 1000) * interval '2 hours',
            'hold', lpad(to_hex(i %% 1000), 32, '0')::uuid
        FROM generate_series({begin}, {end} - 1) i""",
}
UNGUARD = {
    "sqlite": [f"DROP TRIGGER {name}" for name in SQLITE_TRIGGERS],
    "postgresql": [
        f"ALTER TABLE occupancy DROP CONSTRAINT {NO_CLASH}",
        "ALTER TABLE occupancy SET (autovacuum_enabled = off)",  # it would run just while we measure
    ],
}
GUARD = {
    "sqlite": list(SQLITE_TRIGGERS.values()),
    "postgresql": [
        f"ALTER TABLE occupancy ADD CONSTRAINT {NO_CLASH} "
        "EXCLUDE USING gist (subject_id WITH =, tstzrange(starts_at, ends_at) WITH &&)",
        "CHECKPOINT",
    ],
}


@dataclass(frozen=True, slots=True)
class Cost:
    """Microseconds of one insert into a table of `rows` rows."""

    rows: int
    bare: float
    guarded: float

    @property
    def own(self) -> float:
        return max(0.1, self.guarded - self.bare)


def run() -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="enplan-bench-") as place:
        costs = _on_sqlite(Path(place))
        rows = [*_rows("SQLite", costs), _growth("SQLite", costs, FLAT)]
    with PgServer() as server:
        costs = _on_postgresql(server)
    return [*rows, *_rows("PostgreSQL", costs), _growth("PostgreSQL", costs, None)]


def _rows(name: str, costs: list[Cost]) -> list[Row]:
    return [
        Row(
            f"{name}: insert with the guard, {cost.rows:,} rows",
            f"{cost.guarded:.1f} µs",
            f"{cost.bare:.1f} µs without it, at most x{MOST:g}",
            cost.guarded / cost.bare,
            cost.guarded <= MOST * cost.bare,
        )
        for cost in costs
    ]


def _growth(name: str, costs: list[Cost], most: float | None) -> Row:
    small, large = costs[0], costs[-1]
    ratio = large.own / small.own
    return Row(
        f"{name}: the guard's own time, {large.rows:,} rows",
        f"{large.own:.1f} µs",
        f"{small.own:.1f} µs with {small.rows:,} rows" + (f", at most x{most:g}" if most else ""),
        ratio,
        ratio <= most if most else None,
    )


def _on_sqlite(folder: Path) -> list[Cost]:
    bare, guarded, costs = folder / "bare.db", folder / "guarded.db", list[Cost]()
    _lay(f"sqlite:///{bare}")
    for begin, end in zip((0, *SIZES), SIZES, strict=False):
        _do(f"sqlite:///{bare}", FILL["sqlite"].format(insert=INSERT, begin=begin, end=end))
        shutil.copy(bare, guarded)
        _do(f"sqlite:///{guarded}", *GUARD["sqlite"])
        costs.append(_cost(end, f"sqlite:///{bare}", f"sqlite:///{guarded}"))
    return costs


def _on_postgresql(server: PgServer) -> list[Cost]:
    costs = list[Cost]()
    server.create("bare")
    _lay(server.url("bare"))
    for begin, end in zip((0, *SIZES), SIZES, strict=False):
        _do(server.url("bare"), FILL["postgresql"].format(insert=INSERT, begin=begin, end=end))
        server.create_from_template("guarded", "bare")
        _do(server.url("guarded"), *GUARD["postgresql"])
        costs.append(_cost(end, server.url("bare"), server.url("guarded")))
        server.drop("guarded")
    return costs


def _lay(url: str) -> None:
    """Lay a database with subjects and a meeting for each, and take the guard off."""
    database = Database(url)
    migrate(database)
    with database.writing() as session:
        seed_cast(session)
        citizen = session.exec(select(Person)).first()
        assert citizen
        for number in range(SUBJECTS):
            session.add(CalendarSubject(id=UUID(int=number), kind=SubjectKind.PROFESSIONAL))
            session.add(
                Meeting(
                    id=UUID(int=number),
                    citizen_id=citizen.id,
                    purpose="Møde",
                    channel=Channel.PHONE,
                    starts_at=FIRST,
                    ends_at=FIRST + HOUR,
                    wall_start="2000-01-03T09:00",
                    state=MeetingState.AGREED,
                    created_at=FIRST,
                )
            )
    database.close()
    _do(url, *UNGUARD["sqlite" if url.startswith("sqlite") else "postgresql"])


def _do(url: str, *statements: str) -> None:
    database = Database(url)
    with database.engine.execution_options(writes=True).begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    database.close()


def _cost(rows: int, bare: str, guarded: str) -> Cost:
    new = _new_rows(rows)
    with _writing(bare) as without, _writing(guarded) as with_guard:
        took: dict[Connection, list[float]] = {without: [], with_guard: []}
        for round_ in range(ROUNDS + 1):
            for connection, times in took.items():
                seconds = _insert(connection, new)
                if round_:  # the first round fills what each keeps in memory
                    times.append(seconds / INSERTS * 1e6)
        return Cost(rows, statistics.median(took[without]), statistics.median(took[with_guard]))


def _new_rows(rows: int) -> list[tuple[Any, ...]]:
    """Return rows that go between those that stand, each in a calendar and at a time of its own."""
    dice = random.Random(SEED)
    chosen = dice.sample(range(rows), INSERTS)
    return [
        (
            UUID(int=dice.getrandbits(128)),
            UUID(int=place % SUBJECTS),
            FIRST + HOUR + place // SUBJECTS * TWO_HOURS,
            FIRST + TWO_HOURS + place // SUBJECTS * TWO_HOURS,
            "hold",
            UUID(int=place % SUBJECTS),
        )
        for place in chosen
    ]


@contextmanager
def _writing(url: str) -> Iterator[Connection]:
    database = Database(url)
    with database.engine.execution_options(writes=True).connect() as connection:
        yield connection
    database.close()


def _insert(connection: Connection, rows: list[tuple[Any, ...]]) -> float:
    """Return the seconds that single-row inserts took: the processor's on SQLite, the clock's elsewhere."""
    sqlite = connection.dialect.name == "sqlite"
    mark, clock = ("?", time.thread_time) if sqlite else ("%s", time.perf_counter)
    marks = ", ".join([mark] * 6)
    statement = f"{INSERT} VALUES ({marks})"
    given = [tuple(map(_as_sqlite_keeps_it, row)) for row in rows] if sqlite else rows
    with connection.begin() as transaction:
        began = clock()
        connection.exec_driver_sql(statement, given)
        took = clock() - began
        transaction.rollback()
    return took


def _as_sqlite_keeps_it(value: Any) -> Any:
    if isinstance(value, UUID):
        return value.hex
    return f"{value:%Y-%m-%d %H:%M:%S.%f}" if isinstance(value, datetime) else value
