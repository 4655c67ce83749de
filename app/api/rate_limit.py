"""How fast one system may ask: MOST calls at once, and as many again spread over each PERIOD after.

Several servers may answer the same system, so it is counted in the database. A row for each call would cost
as much as the call: each server takes a block of calls at a time and spends it from memory in the period.
Together they let through what one would, and at most a block more each.
"""

import threading
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from app.identity.login_attempts import AttemptLimit, AttemptNames, counting_key, forget_before, take_attempt
from app.store.db import Database

MOST = 600
PERIOD = timedelta(minutes=1)
BLOCKS = 20  # so many make up MOST


@dataclass(slots=True)
class _Block:
    """Calls that are counted and not made yet."""

    left: int
    until: datetime


class RateLimiter:
    """What each system may still ask of this server. Safe for many threads."""

    def __init__(self, most: int = MOST, period: timedelta = PERIOD) -> None:
        blocks = min(BLOCKS, most)
        self._size, self._period = most // blocks, period
        self._limit = AttemptLimit("api", blocks, period / blocks, period / blocks, period)
        self._blocks: dict[UUID, _Block] = {}
        self._locks: defaultdict[UUID, threading.Lock] = defaultdict(threading.Lock)

    def wait(self, database: Database, secret_key: str, who: UUID, now: datetime) -> int:
        """Count one call and return 0, or return how many seconds to wait: then nothing was counted.

        Raises:
            sqlalchemy.exc.DBAPIError: a block is wanted, and nothing can be written.
        """
        with self._locks[who]:  # or two would take a block each, and one of the two be thrown away
            block = self._blocks.get(who)
            if block is None or not block.left or now >= block.until:
                if seconds := self._take(database, counting_key(secret_key, f"api {who}"), now):
                    return seconds
                block = self._blocks[who] = _Block(self._size, now + self._period)
            block.left -= 1
            return 0

    def _take(self, database: Database, key: str, now: datetime) -> int:
        def take(session: Session) -> int:
            forget_before(session, key, now - self._period)
            return take_attempt(session, AttemptNames({key: self._limit}), now=now).wait_seconds

        return database.retrying(take)
