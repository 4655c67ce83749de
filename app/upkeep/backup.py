"""A backup: one SQLite file, whichever database it was taken from, that can go back into either.

SQLite is copied by its own backup call in one step: copying the file by hand while the app wrote gave 25 bad
copies of 25, and small steps begin again at every commit. From PostgreSQL every row is read in one frozen
moment and written into a fresh SQLite file of the same schema. `pg_dump` would be faster for a very large
site; it must then be installed in the server's own version, and its file can only go back to PostgreSQL.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, cast

from sqlalchemy import URL, Connection

from app.migrations.schema import migrate
from app.store.db import Database, sqlite_driver
from app.upkeep.atomic_file import atomic_write
from app.upkeep.checksum import Counts, write_checksum
from app.upkeep.copy_rows import copy_to_sqlite
from app.upkeep.progress import Progress


def backup(database: Database, path: Path, progress: Progress | None = None) -> Counts:
    """Write everything the database holds at one moment to the new file `path`; return its rows per table.

    Others may write meanwhile. What was acknowledged before the call is in it.

    Raises:
        UnsafeOperation: the file is there already, or the database is damaged. Nothing is left behind.
        OSError: the folder can't be written.
        sqlalchemy.exc.DBAPIError: the database does not answer.
    """
    progress = progress or Progress()
    with atomic_write(path) as draft:
        if database.is_sqlite:
            progress.begin("Kopierer databasens fil")
            _copy(database, draft)
        else:
            _write(database, draft, progress)
        return write_checksum(draft, progress)


def sqlite_url(path: Path) -> str:
    return URL.create("sqlite", database=str(path)).render_as_string()


@contextmanager
def read_frozen(database: Database) -> Iterator[Connection]:
    """Yield a connection that sees the database as it was when it first asked, whatever others write."""
    engine = database.engine  # SQLite's reader sees one moment anyway
    if not database.is_sqlite:
        engine = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with engine.connect() as source:
        yield source


def _copy(database: Database, draft: Path) -> None:
    with closing(sqlite_driver().connect(str(draft))) as target, database.engine.connect() as source:
        cast(Any, source.connection.driver_connection).backup(target)


def _write(database: Database, draft: Path, progress: Progress) -> None:
    copy = Database(sqlite_url(draft))
    try:
        migrate(copy)
        with read_frozen(database) as source, copy.engine.connect() as target:
            copy_to_sqlite(source, target, progress)
    finally:
        copy.close()
