"""Databases for tests: migrated and seeded once a run, then a copy for each test, without a trace of another.

SQLite's copy is a file. PostgreSQL would copy some 1,000 files for each `CREATE DATABASE` (60-120 ms of
processor time), so a copy there is put back as it was (10 ms) and given to the next test.
"""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import text
from sqlmodel import Session

from app.migrations.schema import migrate
from app.store.db import Database
from tests.pg_server import PgServer

Seed = Callable[[Session], None]
Marks = dict[str, tuple[int, int]]

# The rows as they were lie in a schema that the app knows nothing of. There the database notes what changes
# the tables themselves, too: such a copy is thrown away.
WATCH = """
CREATE SCHEMA kept;
CREATE TABLE kept.changes (tag text);
CREATE FUNCTION kept.note() RETURNS event_trigger LANGUAGE plpgsql
    AS $$ BEGIN INSERT INTO kept.changes VALUES (tg_tag); END $$;
"""
WATCH_FROM_NOW = """
CREATE EVENT TRIGGER made ON ddl_command_end EXECUTE FUNCTION kept.note();
CREATE EVENT TRIGGER dropped ON sql_drop EXECUTE FUNCTION kept.note();
ALTER EVENT TRIGGER made ENABLE ALWAYS;
ALTER EVENT TRIGGER dropped ENABLE ALWAYS;
"""
# Tables were changed; or a setting of the database, which no event tells of (as: it can only be read); or it
# has counted deadlocks, which the tests of the locks read.
MORE_THAN_ROWS = """
SELECT 1 FROM kept.changes UNION ALL SELECT 1 FROM pg_db_role_setting UNION ALL
SELECT 1 FROM pg_stat_database WHERE datname = current_database() AND deadlocks > 0
"""
END_OTHERS = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


OWN_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"


class Kept:
    """One PostgreSQL database, which can be put back as it was."""

    def __init__(self, server: PgServer, name: str) -> None:
        self.server, self.name = server, name
        with psycopg.connect(server.dsn(name)) as connection:
            self._tables = [table for (table,) in connection.execute(OWN_TABLES)]
            self._marks = _marks(connection, self._tables)

    def put_back(self) -> bool:
        """Undo all that a test did to the rows; False when it did more, and the copy is of no use."""
        try:
            with psycopg.connect(self.server.dsn(self.name)) as connection:
                connection.execute(END_OTHERS)
                if connection.execute(MORE_THAN_ROWS).fetchone():
                    return False
                self._restore(connection)
        except psycopg.Error:
            return False
        self.server.wait_until_left(self.name)
        return True

    def _restore(self, connection: psycopg.Connection) -> None:
        now = _marks(connection, self._tables)
        touched = [table for table in self._tables if now[table] != self._marks[table]]
        if not touched:
            return
        # No trigger and no foreign key has a say: the rows are known to fit together.
        connection.execute("SET LOCAL session_replication_role = replica")
        for table in touched:
            name = sql.Identifier(table)
            connection.execute(sql.SQL("DELETE FROM {}").format(name))
            connection.execute(sql.SQL("INSERT INTO {0} SELECT * FROM kept.{0}").format(name))
        self._marks |= _marks(connection, touched)


def _marks(connection: psycopg.Connection, tables: Iterable[str]) -> Marks:
    """Return for each table how many rows it has, and the youngest transaction that wrote one.

    An insert and an update raise the second, a delete lowers the first. So no change passes unseen.
    """
    one = "SELECT {1}, count(*), coalesce(max(xmin::text::bigint), 0) FROM {0}"
    asked = [sql.SQL(one).format(sql.Identifier(table), sql.Literal(table)) for table in tables]
    found = connection.execute(sql.SQL(" UNION ALL ").join(asked)).fetchall()
    return {table: (rows, youngest) for table, rows, youngest in found}


def keep_rows(server: PgServer, name: str) -> None:
    """Note the rows of a laid template, so that each copy of it can be put back."""
    with psycopg.connect(server.dsn(name)) as connection:
        counters = connection.execute("SELECT count(*) FROM pg_sequences").fetchone()
        assert counters == (0,), "a sequence would go on counting from one test to the next"
        tables = [table for (table,) in connection.execute(OWN_TABLES)]
        connection.execute(WATCH)
        for table in tables:
            connection.execute(sql.SQL("CREATE TABLE kept.{0} AS TABLE {0}").format(sql.Identifier(table)))
        connection.execute(WATCH_FROM_NOW)


def in_memory() -> str | None:
    """Return a folder that is no disk, where there is one: SQLite waits for the disk at each commit.

    What is tried of the disk itself (tests/durability, tests/upkeep) lies elsewhere.
    """
    shared = "/dev/shm"  # noqa: S108 — a folder of our own is made in it
    return shared if os.access(shared, os.W_OK) else None


class Templates:
    """Migrated and seeded databases: each is laid once a run, and copied for each test."""

    def __init__(self, folder: Path, start_postgresql: Callable[[], PgServer]) -> None:
        self.folder, self.start_postgresql = folder, start_postgresql
        self.laid: set[str] = set()
        self.at_rest: dict[str, list[Kept]] = {}
        self._numbers = count()

    @contextmanager
    def copy(self, kind: str, seed: Seed) -> Iterator[str]:
        """Yield the url of a database of this kind as `seed` fills it."""
        name = f"{kind}_{seed.__name__}"
        if kind == "sqlite":
            with self._file(name, seed) as path:
                yield f"sqlite:///{path}"
            return
        server = self.start_postgresql()
        kept = self._take(server, name, seed)
        yield server.url(kept.name)
        if kept.put_back():
            self.at_rest[name].append(kept)
        else:
            server.drop(kept.name)

    @contextmanager
    def _file(self, name: str, seed: Seed) -> Iterator[Path]:
        template, copy = self.folder / f"{name}.db", self.folder / f"{name}_{next(self._numbers)}.db"
        if name not in self.laid:
            self._lay(name, f"sqlite:///{template}", seed)
        shutil.copy(template, copy)
        yield copy
        for left in self.folder.glob(f"{copy.name}*"):
            left.unlink()

    def _take(self, server: PgServer, name: str, seed: Seed) -> Kept:
        resting = self.at_rest.setdefault(name, [])
        if resting:
            return resting.pop()
        if name not in self.laid:
            server.create_from_template(name, "template1")
            self._lay(name, server.url(name), seed)
            keep_rows(server, name)
            server.wait_until_left(name)
        copy = f"{name}_{next(self._numbers)}"
        server.create_from_template(copy, name)
        return Kept(server, copy)

    def _lay(self, name: str, url: str, seed: Seed) -> None:
        database = Database(url)
        migrate(database)
        with database.writing() as session:
            seed(session)
        database.close()
        self.laid.add(name)


def until_somebody_waits(database: Database) -> None:
    """Return when a transaction waits for another one's lock."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    with database.engine.connect() as connection:
        while not connection.execute(waiting).scalar_one():
            connection.rollback()
