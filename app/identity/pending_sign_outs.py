"""Sign-ins that somebody ended while nothing could be written.

Who signs off is off the phone whatever the database says: the cookie is gone with the answer. What is left is
a row that still calls the sign-in open, for whoever may have copied the cookie. So this process refuses the
sign-in at once, and ends the row as soon as something can be written again: `app.run.sign_outs` tries.

Weaker than a row: a process that is killed forgets it, and until it is written other servers don't know. The
sign-in then lasts until it has been unused for as long as `rules.lifetime` says.
"""

import threading
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from app.identity.sessions import revoke_session_by_token, token_hash
from app.store.db import Database

MOST = 10_000  # somebody may send any cookie: the oldest make room
KEPT = timedelta(hours=12)  # no sign-in lasts longer
PATIENCE = 2.0  # seconds to wait for a lock: one who leaves should not stand and wait


class PendingSignOuts:
    """The sign-ins whose end waits to be written, by the hash of their secret. Safe for several threads."""

    def __init__(self) -> None:
        self._waiting: dict[str, datetime] = {}
        self._lock, self._settling = threading.Lock(), threading.Lock()

    def __contains__(self, token: str) -> bool:
        return bool(self._waiting) and token_hash(token) in self._waiting

    def end(self, database: Database, token: str, *, now: datetime) -> bool:
        """End the sign-in that `token` holds; say whether that could be written, or waits to be."""
        hashed = token_hash(token)
        written = self._write(database, {hashed: now})
        if not written:
            self._keep(hashed, now)
        return written

    def settle(self, database: Database) -> None:
        """Write what waits, now that something could be written. Costs nothing when nothing waits."""
        if not self._waiting or not self._settling.acquire(blocking=False):
            return
        try:
            with self._lock:
                taken = dict(self._waiting)
            if self._write(database, taken):
                with self._lock:
                    for hashed in taken:
                        self._waiting.pop(hashed, None)
        finally:
            self._settling.release()

    def _keep(self, hashed: str, now: datetime) -> None:
        with self._lock:
            while self._waiting and (
                len(self._waiting) >= MOST or now - next(iter(self._waiting.values())) > KEPT
            ):
                del self._waiting[next(iter(self._waiting))]  # the oldest: they stand in the order they came
            self._waiting.setdefault(hashed, now)

    def _write(self, database: Database, ends: dict[str, datetime]) -> bool:
        try:
            with database.writing(patience=PATIENCE) as session:
                for hashed, at in ends.items():
                    revoke_session_by_token(session, hashed, now=at)
        except SQLAlchemyError:
            return False
        return True
