from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from app.booking.book import book_meeting
from app.store.db import Database
from tests.booking.desk import Desk
from tests.booking.requests import WORKDAYS, request_for
from tests.booking.storm import prepare
from tests.cast import NOW

Booked = Callable[..., UUID]


@pytest.fixture
def booked(database: Database) -> Booked:
    """Book what `wish` makes of the arguments, and return the meeting's id."""

    def go(starts: str = "2026-03-05 10:00", minutes: int = 60, *people: str, **more: Any) -> UUID:
        return book_meeting(
            database, request_for(starts, minutes, *people, **more), now=NOW, workdays=WORKDAYS
        )

    return go


@pytest.fixture
def desk(database: Database) -> Desk:
    """A desk in a database with places, rooms, an interpreter, and citizens who can take much."""
    prepare(database)
    return Desk(database)
