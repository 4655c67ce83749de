"""Whether the app can serve: asked by whoever watches over it. Never tells more than names."""

import shutil
import threading
from collections.abc import Sequence
from pathlib import Path
from time import monotonic

from sqlalchemy.exc import SQLAlchemyError

from app.migrations.schema import at_head, missing_constraints, prove_writable
from app.store.db import Database
from app.store.key_fingerprint import OtherSecretKey, check_known_key

GREEN_SECONDS = 1  # each trial is a write, and anybody may ask: what was well a moment ago is not tried again
LEAST_FREE = 50_000_000  # bytes on SQLite's disk: a day of a large municipality, and its log


def list_missing(database: Database, secret_key: str) -> list[str]:
    """Return the names of what is missing before the app can serve; nothing when all is well.

    The database may have become another under a running server: then its key may be another, too.
    """
    if database.is_replaced():
        return ["the same database file as at the start"]
    if database.is_damaged:
        return ["a database that can be read"]
    try:
        with database.engine.connect() as connection:
            if not at_head(connection):
                return ["migrations"]
            missing = [f"constraint {name}" for name in missing_constraints(connection)]
            check_known_key(connection, secret_key)
    except OtherSecretKey:
        return ["secret key"]
    except SQLAlchemyError:
        return ["database"]
    if not _has_room(database):
        missing = ["room on the disk", *missing]
    return missing if _takes_writes(database) else ["database writable", *missing]


def free_bytes(database: Database) -> int | None:
    """Return the room on the disk that SQLite's file lies on; None where it is not ours to see."""
    if not database.is_sqlite or not database.url.database:
        return None
    try:
        return shutil.disk_usage(Path(database.url.database).absolute().parent).free
    except OSError:
        return 0


def _has_room(database: Database) -> bool:
    free = free_bytes(database)
    return free is None or free >= LEAST_FREE


def _takes_writes(database: Database) -> bool:
    """Write and leave nothing: a database that is full, locked or read-only still answers questions."""
    try:
        prove_writable(database)
    except SQLAlchemyError:
        return False
    return True


class Readiness:
    """What was missing when somebody last looked. Safe for several threads: one looks, the others are told.

    Anybody may ask, and a look may wait for a lock: after the first it must not hold more than one thread. So
    others may be told what was so before a look that still goes on.
    """

    def __init__(self) -> None:
        self._missing: Sequence[str] | None = None  # None: nobody has looked
        self._green_until = 0.0
        self._looking = threading.Lock()

    def missing(self, database: Database, secret_key: str) -> Sequence[str]:
        """Return what `list_missing` does. That nothing is missing may be GREEN_SECONDS and a look old."""
        if monotonic() < self._green_until and not database.is_replaced():
            return ()
        if self._looking.acquire(blocking=self._missing is None):
            try:
                self._missing = list_missing(database, secret_key)
                self._green_until = 0.0 if self._missing else monotonic() + GREEN_SECONDS
            finally:
                self._looking.release()
        return self._missing or ()
