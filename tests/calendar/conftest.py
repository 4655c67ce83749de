from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event

from app.calendar.booking import book
from app.db import Database
from tests.calendar.wishes import CLOSED, wish
from tests.cast import NOW

Booked = Callable[..., UUID]


@pytest.fixture
def booked(database: Database) -> Booked:
    """Book what `wish` makes of the arguments, and return the meeting's id."""

    def go(starts: str = "2026-03-05 10:00", minutes: int = 60, *people: str, **more: Any) -> UUID:
        return book(database, wish(starts, minutes, *people, **more), now=NOW, closing_days=CLOSED)

    return go


@pytest.fixture
def asked(database: Database) -> Iterator[list[str]]:
    """Every question the database is asked, in order."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(database.engine, "before_cursor_execute", note)
