"""Lets many rows in without looking each up in every index, and holds them against every promise afterwards.

An index that is built from all rows at once takes a fraction of what it takes to be kept row by row. What is
taken away stands in the database's own words, and is put back from them: the database then looks at every row
itself, and refuses them all if one breaks a promise. All of it is in the caller's transaction.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection

from app.upkeep.progress import Progress
from app.upkeep.rules import UnsafeOperation

BUILDS = "Bygger indekser"
NOT_PUT_BACK = "Databasen fik ikke alle sine løfter igen, så intet er hentet frem."

# Of the app's own tables; another program's are never touched.
_CONSTRAINTS = """
SELECT contype, format('%%I', relname), format('%%I', conname), pg_get_constraintdef(pg_constraint.oid)
FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
WHERE relnamespace = current_schema()::regnamespace AND relname <> 'alembic_version'
ORDER BY contype = 'f', relname, conname
"""
_INDEXES = """
SELECT format('%%I', relname), pg_get_indexdef(indexrelid)
FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
WHERE relnamespace = current_schema()::regnamespace
AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u', 'x'))
ORDER BY relname
"""
_TAKEN = ("p", "u", "x", "f")  # those with an index, and those that look into another table

# Where a trigger looks at each row that comes, it needs the indexes; there are few such tables.
_SQLITE_INDEXES = """
SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL
AND tbl_name NOT IN (SELECT tbl_name FROM sqlite_master WHERE type = 'trigger') ORDER BY name
"""


@contextmanager
def unindexed_postgresql(target: Connection, progress: Progress) -> Iterator[None]:
    """Take the indexes and what hangs on them away while the block puts rows into empty tables.

    Raises:
        sqlalchemy.exc.IntegrityError: a row breaks a promise. The transaction is of no more use.
        UnsafeOperation: the promises are not word for word as before.
    """
    constraints, indexes = _read(target, _CONSTRAINTS), _read(target, _INDEXES)
    taken = [one for one in constraints if one[0] in _TAKEN]
    for _kind, table, name, _words in reversed(taken):  # those between tables hang on the others
        target.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for name, _words in indexes:
        target.exec_driver_sql(f"DROP INDEX {name}")
    yield
    progress.begin(BUILDS)
    again = [words for _name, words in indexes]
    again = [*again, *(f"ALTER TABLE {one[1]} ADD CONSTRAINT {one[2]} {one[3]}" for one in taken)]
    for number, words in enumerate(again):
        target.exec_driver_sql(words.replace("%", "%%"))
        progress.go_on(number + 1, len(again))
    if (_read(target, _CONSTRAINTS), _read(target, _INDEXES)) != (constraints, indexes):
        raise UnsafeOperation(NOT_PUT_BACK)


def _read(target: Connection, question: str) -> list[Any]:
    return [tuple(row) for row in target.exec_driver_sql(question)]


@contextmanager
def unindexed_sqlite(file: Any, progress: Progress) -> Iterator[None]:
    """Take the indexes away while the block puts rows into empty tables; `file` is the driver's connection.

    Foreign keys are not looked at meanwhile; the checksum's own check does, over the whole file. What is
    half written is nobody's: whoever calls throws the file away.

    Raises:
        sqlite3.IntegrityError: a row breaks a promise.
    """
    for pragma in _OF_A_DRAFT:
        file.execute(f"PRAGMA {pragma}")
    file.execute("BEGIN IMMEDIATE")
    indexes = file.execute(_SQLITE_INDEXES).fetchall()
    for name, _words in indexes:
        file.execute(f'DROP INDEX "{name}"')
    yield
    progress.begin(BUILDS)
    for number, (_name, words) in enumerate(indexes):
        file.execute(words)
        progress.go_on(number + 1, len(indexes))
    file.execute("COMMIT")


# A file that is no database yet, and is thrown away if anything breaks, waits for no disk.
_OF_A_DRAFT = (
    "journal_mode = DELETE",
    "synchronous = OFF",
    "foreign_keys = OFF",
    "cache_size = -131072",  # KiB: ids come in no order, and each has its place in the table's own index
    "threads = 2",
)
