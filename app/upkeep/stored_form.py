"""How a value lies in SQLite's file, and how PostgreSQL is asked for the same value in that form.

Rows are carried as they lie. To make each value into the app's own on the way took most of the time.
PostgreSQL reads what SQLite stores: an id without dashes, 0 and 1, a time without zone while the zone is UTC.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    String,
    Table,
    Time,
    TypeDecorator,
    Uuid,
)

# What PostgreSQL says itself → what lies in SQLite.
_ASKED = (
    (Uuid, "replace({0}::text, '-', '')"),
    (DateTime, "to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"),
    (Date, "to_char({0}, 'YYYY-MM-DD')"),
    (Time, "to_char({0}, 'HH24:MI:SS.US')"),
    (Boolean, "{0}::int"),
    ((Integer, LargeBinary, String), "{0}"),
)


def select_stored(table: Table) -> str:
    """Return what asks PostgreSQL for all rows of `table`, each value as SQLite stores it."""
    return f"SELECT {', '.join(map(_stored, table.columns))} FROM {sql_name(table.name)}"  # noqa: S608 — our names


def column_list(table: Table) -> str:
    """Return the names of all columns, as SQL lists them."""
    return ", ".join(sql_name(column.name) for column in table.columns)


def sql_name(name: str) -> str:
    return f'"{name}"'


def _stored(column: "Column[object]") -> str:
    kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    for types, asked in _ASKED:
        if isinstance(kind, types):
            return asked.format(sql_name(column.name))
    raise TypeError(f"no form in which {column} could be carried")
