"""How fast one system may ask, whichever of several servers it asks."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import event
from sqlmodel import Session, func, select

from app.api.rate_limit import BLOCKS, RateLimiter
from app.identity.credentials import LoginAttempt
from app.store.db import Database
from tests.cast import NOW

pytestmark = pytest.mark.both_databases

SYSTEM, KEY = uuid4(), "only for tests, 32 bytes and more"
MOST, MINUTE = 100, timedelta(minutes=1)


def let_through(servers: list[RateLimiter], database: Database, now: datetime, calls: int) -> int:
    """Return how many of so many calls are let through, at each server in turn."""
    return sum(
        servers[number % len(servers)].wait(database, KEY, SYSTEM, now) == 0 for number in range(calls)
    )


def test_two_servers_let_through_what_one_would(database: Database, session: Session) -> None:
    pair = [RateLimiter(MOST, MINUTE) for _ in range(2)]
    assert let_through(pair, database, NOW, 3 * MOST) == MOST
    each = MOST // BLOCKS  # calls in a block: as many again, spread over the period
    assert let_through(pair, database, NOW + MINUTE / BLOCKS, 3 * MOST) == each
    assert pair[0].wait(database, KEY, SYSTEM, NOW + MINUTE / BLOCKS) == 3
    assert let_through([RateLimiter(MOST, MINUTE)], database, NOW + MINUTE / BLOCKS, 9) == 0  # a third one
    assert let_through(pair, database, NOW + 2 * MINUTE, 3 * MOST) == MOST  # rested
    assert session.exec(select(func.count()).select_from(LoginAttempt)).one() == BLOCKS  # and swept


def test_what_was_counted_and_not_used_is_not_saved_up(database: Database) -> None:
    one = RateLimiter(MOST, MINUTE)
    assert one.wait(database, KEY, SYSTEM, NOW) == 0
    assert let_through([one], database, NOW + MINUTE, 3 * MOST) == MOST


def test_the_database_is_asked_once_for_many_calls(database: Database) -> None:
    begun: list[object] = []
    event.listen(database.engine, "begin", begun.append)
    assert let_through([RateLimiter(MOST, MINUTE)], database, NOW, MOST) == MOST
    assert len(begun) == BLOCKS
