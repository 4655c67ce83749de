"""Rows that may be there already: inserted unless a unique constraint says that they are.

Several can do it at once, on either database: one makes the row, the others wait until that transaction ends
and find it. No error reaches the transaction, which PostgreSQL would give up as a whole. Nothing else in the
house writes an `ON CONFLICT`.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import Session, SQLModel
from sqlmodel.sql.expression import SelectOfScalar

from app.store.db import Database
from app.store.prepared import insert_rows

M = TypeVar("M", bound=SQLModel)
Row = Mapping[str, Any]

ATTEMPTS = 3
_INSERT: Mapping[str, Any] = {"sqlite": sqlite_insert, "postgresql": postgresql_insert}


def insert_missing(
    session: Session, model: type[SQLModel], rows: Sequence[Row], *, same: Sequence[str] = ()
) -> None:
    """Insert those of the rows that are not there already.

    `same` names the columns of the constraint that tells a row by; a breach of another one is an error then.
    Without it a breach of any says that the row is there.
    """
    session.flush()
    if rows:
        session.exec(_statement(model, session.get_bind().dialect.name, tuple(same)), params=list(rows))


def commit_missing(database: Database, batches: Mapping[type[SQLModel], Sequence[Row]]) -> None:
    """Insert those of the rows that are not there already, by the driver, and commit: all or none.

    It raises what `prepared.insert_rows` does.
    """
    dialect = database.engine.dialect.name
    insert_rows(database, {_statement(model, dialect): rows for model, rows in batches.items()})


def insert_new(session: Session, model: type[SQLModel], row: Row) -> bool:
    """Insert a row and return True; return False if it is there already."""
    session.flush()
    statement = _returning(model, session.get_bind().dialect.name)
    return session.exec(statement, params=[row]).first() is not None


def insert_or_find(session: Session, row: Row, wanted: SelectOfScalar[M]) -> M:
    """Insert a row unless it is there; return the one that `wanted` selects, as it stands now.

    One that was there, and is changed by somebody so that it is not selected any more, is made anew.

    Raises:
        LookupError: what is in the way of the row is not what `wanted` selects.
    """
    model = wanted.column_descriptions[0]["type"]
    for _attempt in range(ATTEMPTS):
        insert_missing(session, model, [row])
        found = session.exec(wanted.execution_options(populate_existing=True)).one_or_none()
        if found is not None:
            return found
    raise LookupError(f"a row of {model.__name__} is in the way and is not the one that is looked for")


@lru_cache(maxsize=64)
def _statement(model: type[SQLModel], dialect: str, same: tuple[str, ...] = ()) -> Any:
    return _INSERT[dialect](_table(model)).on_conflict_do_nothing(index_elements=same or None)


@lru_cache(maxsize=64)
def _returning(model: type[SQLModel], dialect: str) -> Any:
    # RETURNING, for a driver may not count the rows of an INSERT: PostgreSQL's answers -1.
    return _statement(model, dialect).returning(*_table(model).primary_key)


def _table(model: type[SQLModel]) -> Table:
    return model.__table__  # type: ignore[attr-defined,no-any-return]
