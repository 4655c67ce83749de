"""Databases that fail, made so for real."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from sqlalchemy import event, text

from app.store import deadline
from app.store.db import Database, sqlite_driver


@contextmanager
def read_only(database: Database) -> Iterator[None]:
    """The database lets itself be read and refuses every write."""
    if not database.is_sqlite:
        with database.engine.connect() as connection:
            connection.execute(
                text(f'ALTER DATABASE "{database.url.database}" SET default_transaction_read_only = on')
            )
            connection.commit()
        database.close()
        yield
        return

    def refuse(connection: object, _record: object) -> None:
        connection.execute("PRAGMA query_only = ON")  # type: ignore[attr-defined]

    database.close()
    event.listen(database.engine, "connect", refuse)
    yield
    event.remove(database.engine, "connect", refuse)


@contextmanager
def locked(database: Database) -> Iterator[None]:
    """Another program holds the SQLite file, and our patience is cut short."""
    with (
        closing(sqlite_driver().connect(database.url.database, isolation_level=None)) as other,
        deadline.within(0.05),
    ):
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")
