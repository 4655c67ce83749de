"""How fast one system may ask: MOST calls at once, and as many again spread over each PERIOD after.

Decision: counted in the memory of the process, not in the database. The server is one process; a count that
is forgotten at a restart lets nobody in who has no key, and a row more for each call would cost as much as
the call. Where several processes share the work, each lets through as much.
Source: the generic cell rate algorithm, ITU-T I.371.
"""

import math
import threading
from datetime import datetime, timedelta
from uuid import UUID

MOST = 600
PERIOD = timedelta(minutes=1)


class RateLimiter:
    """When each system has paid for what it asked. Safe for many threads."""

    def __init__(self, most: int = MOST, period: timedelta = PERIOD) -> None:
        self._each, self._period = period / most, period
        self._paid: dict[UUID, datetime] = {}
        self._lock = threading.Lock()

    def wait(self, who: UUID, now: datetime) -> int:
        """Count one call and return 0, or return how many seconds to wait: then nothing was counted."""
        with self._lock:
            paid = max(self._paid.get(who, now), now) + self._each
            over = paid - now - self._period
            if over > timedelta():
                return math.ceil(over.total_seconds())
            self._paid[who] = paid
            return 0
