"""Carries every row of one database into another of the same schema, be it SQLite or PostgreSQL."""

from sqlalchemy import Connection, Table, bindparam, func, insert, inspect, update
from sqlmodel import SQLModel, or_, select

from app.migrations import schema  # its imports fill the metadata
from app.store.query import select_columns
from app.upkeep.rules import UnsafeOperation

PART = 500  # rows carried at a time


def copy_rows(source: Connection, target: Connection) -> None:
    """Write all rows of `source` into the empty tables of `target`, in its transaction.

    Raises:
        UnsafeOperation: `source` holds a table that we don't know, so its rows would be lost.
    """
    tables = SQLModel.metadata.sorted_tables  # those that are referred to come first
    strange = set(inspect(source).get_table_names()) - {table.name for table in tables} - schema.OWN_TABLES
    if strange:
        raise UnsafeOperation(f"Databasen har en tabel, vi ikke kender: {', '.join(sorted(strange))}.")
    for table in tables:
        own = [key.parent.name for key in table.foreign_keys if key.column.table is table]
        for part in (
            source.execute(select_columns(table).execution_options(yield_per=PART)).mappings().partitions()
        ):
            target.execute(insert(table), [dict(row) | dict.fromkeys(own) for row in part])
        if own:
            _refer(source, target, table, own)


def _refer(source: Connection, target: Connection, table: Table, names: list[str]) -> None:
    """Set the references within one table, when all its rows are there: two may refer to each other."""
    (identity,) = table.primary_key
    referring = select_columns(
        identity.label("referring"), *(table.c[name].label(f"to_{name}") for name in names)
    )
    some = source.execute(referring.where(or_(*(table.c[name].is_not(None) for name in names)))).mappings()
    setting = update(table).where(identity == bindparam("referring"))
    for part in some.partitions(PART):
        target.execute(
            setting.values({name: bindparam(f"to_{name}") for name in names}), [dict(row) for row in part]
        )


def count_rows(connection: Connection) -> dict[str, int]:
    """Return the number of rows in each table."""
    return {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in SQLModel.metadata.sorted_tables
    }
