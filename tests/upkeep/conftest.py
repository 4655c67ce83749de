"""A database to take backups of, empty places to bring them back to, and what stands in either."""

import sqlite3
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import Table, func
from sqlmodel import SQLModel, select

from app.store.db import Database
from app.store.query import select_columns
from tests.pg_server import PgServer

EmptyPlace = Callable[[str], str]
Rows = dict[str, set[tuple[object, ...]]]
_places = count()


@pytest.fixture
def empty_place(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[EmptyPlace]:
    """Return a way to get the url of a place of this kind with nothing in it."""
    made: list[tuple[PgServer, str]] = []

    def make(kind: str) -> str:
        name = f"empty_{next(_places)}"
        if kind == "sqlite":
            return f"sqlite:///{tmp_path / name}.db"
        server = cast(PgServer, request.getfixturevalue("postgresql"))
        server.create(name)
        made.append((server, name))
        return server.url(name)

    yield make
    for server, name in made:
        server.drop(name)


def _columns(table: Table) -> list[Any]:
    return [one for one in table.columns if (table.name, one.name) != ("municipality", "revision")]


def everything_in(url: str) -> Rows:
    """Return all rows of all tables, with the values that the app would read.

    Not the count of changes of names: it says that they were written, and restoring writes them.
    """
    database = Database(url)
    with database.engine.connect() as connection:
        rows: Rows = {
            table.name: {tuple(row) for row in connection.execute(select_columns(*_columns(table)))}
            for table in SQLModel.metadata.sorted_tables
        }
    database.close()
    return rows


def count_people(url: str) -> int:
    database = Database(url)
    with database.engine.connect() as connection:
        found: int = connection.execute(
            select(func.count()).select_from(SQLModel.metadata.tables["person"])
        ).scalar_one()
    database.close()
    return found


def change(file: Path, statement: str, *values: str) -> None:
    """Change a SQLite file behind the app's back."""
    connection = sqlite3.connect(file)
    connection.execute(statement, values)
    connection.commit()
    connection.close()
