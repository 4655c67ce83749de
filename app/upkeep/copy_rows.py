"""Carries every row of a PostgreSQL database into a SQLite file of the same schema, and back."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Table, func, inspect
from sqlmodel import SQLModel, select

from app.migrations import schema  # its imports fill the metadata
from app.store.driver_errors import as_dbapi_error
from app.upkeep.progress import Progress
from app.upkeep.rules import UnsafeOperation
from app.upkeep.stored_form import column_list, select_stored, sql_name
from app.upkeep.unindexed import unindexed_postgresql, unindexed_sqlite

PART = 2000  # rows carried at a time
COPIES = "Kopierer rækker"

# It takes as long as it takes, whatever the server allows others.
_PATIENT = ("SET LOCAL statement_timeout = 0", "SET LOCAL idle_in_transaction_session_timeout = 0")
# SQLite's form is read, whatever the server's own settings are; and there is room to build indexes in.
_READS_STORED = (
    *_PATIENT,
    "SET LOCAL TimeZone = 'UTC'",
    "SET LOCAL DateStyle = 'ISO, YMD'",
    "SET LOCAL maintenance_work_mem = '256MB'",
    "SET LOCAL work_mem = '64MB'",
)


def copy_to_sqlite(source: Connection, target: Connection, progress: Progress) -> None:
    """Write all rows of PostgreSQL's `source` into the empty tables of the SQLite file of `target`.

    Raises:
        UnsafeOperation: `source` holds a table that we don't know, so its rows would be lost.
    """
    tables = known_tables(source)
    wait_patiently(source)
    file = _driver(target)
    with _errors_of(source, target), unindexed_sqlite(file, progress):
        progress.begin(COPIES)
        done = 0
        for table in tables:
            places = ", ".join("?" * len(table.columns))
            into = f"INSERT INTO {sql_name(table.name)} ({column_list(table)}) VALUES ({places})"  # noqa: S608
            for part in _one_ahead(read_parts(source, table)):
                file.executemany(into, part)
                done += len(part)
                progress.go_on(done)


def copy_to_postgresql(source: Connection, target: Connection, progress: Progress) -> None:
    """Write all rows of the SQLite file of `source` into the empty tables of PostgreSQL's `target`.

    It is done in the transaction of `target`, which has made the tables, and leaves every promise as it was.

    Raises:
        UnsafeOperation: `source` holds a table that we don't know, so its rows would be lost.
        sqlalchemy.exc.IntegrityError: a row breaks a promise.
    """
    tables = known_tables(source)
    for setting in _READS_STORED:
        target.exec_driver_sql(setting)
    with _errors_of(source, target), unindexed_postgresql(target, progress):
        progress.begin(COPIES)
        done = 0
        for table in tables:
            done = _copy_table(source, _driver(target), table, done, progress)
    progress.begin("Tæller op til databasens planer")
    for table in tables:
        target.exec_driver_sql(f"ANALYZE {sql_name(table.name)}")  # or the first questions would walk them


def read_parts(source: Connection, table: Table) -> Iterator[Any]:
    """Yield the rows of a table, each value as SQLite stores it, some at a time."""
    if source.dialect.name == "sqlite":
        file = _driver(source)
        rows = file.execute(f"SELECT {column_list(table)} FROM {sql_name(table.name)}")  # noqa: S608 — our names
        yield from iter(lambda: rows.fetchmany(PART), [])
        return
    with _driver(source).cursor(name="rows") as cursor:  # on the server: else all of them would come at once
        cursor.execute(select_stored(table))
        yield from iter(lambda: cursor.fetchmany(PART), [])


def _one_ahead(parts: Iterator[Any]) -> Iterator[Any]:
    """Yield what `parts` gives, and have the next fetched meanwhile: the server reads while we write."""
    with ThreadPoolExecutor(max_workers=1) as fetching:
        following = fetching.submit(next, parts, None)
        while (part := following.result()) is not None:
            following = fetching.submit(next, parts, None)
            yield part


def wait_patiently(source: Connection) -> None:
    """Let what is read in this transaction take as long as it takes."""
    for setting in _PATIENT if source.dialect.name != "sqlite" else ():
        source.exec_driver_sql(setting)


def _copy_table(source: Connection, raw: Any, table: Table, done: int, progress: Progress) -> int:
    into = f"COPY {sql_name(table.name)} ({column_list(table)}) FROM STDIN"
    with raw.cursor() as cursor, cursor.copy(into) as copy:
        for part in read_parts(source, table):
            for row in part:
                copy.write_row(row)
            done += len(part)
            progress.go_on(done)
    return done


def known_tables(source: Connection) -> list[Table]:
    """Return the tables to carry; raise UnsafeOperation if there is one that we don't know."""
    tables = SQLModel.metadata.sorted_tables
    strange = set(inspect(source).get_table_names()) - {table.name for table in tables} - schema.OWN_TABLES
    if strange:
        raise UnsafeOperation(f"Databasen har en tabel, vi ikke kender: {', '.join(sorted(strange))}.")
    return tables


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


@contextmanager
def _errors_of(source: Connection, target: Connection) -> Iterator[None]:
    """Raise what either driver says as SQLAlchemy's, as everybody else knows it."""
    with as_dbapi_error(source.engine), as_dbapi_error(target.engine):
        yield


def count_rows(connection: Connection) -> dict[str, int]:
    """Return the number of rows in each table."""
    return {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in SQLModel.metadata.sorted_tables
    }
