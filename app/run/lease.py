"""Which of several workers works. On PostgreSQL one at a time does, and another takes over when it is gone.

The lease is a lock of the database's session: it lasts exactly as long as the connection it was taken on, so
one who is killed leaves nothing to wait for. A machine that vanishes is given up when it has not answered for
about half a minute. Two might work side by side for that long at most; each job holds its own rows meanwhile,
so this is for order and not what keeps anybody from being told twice.

SQLite has one machine and lets one write at a time: there every worker works.
"""

import logging
from contextlib import suppress
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from app.store.db import Database
from app.store.driver_errors import as_dbapi_error

log = logging.getLogger("enplan.worker")

_TAKE = "SELECT pg_try_advisory_lock(hashtextextended('enplan worker', 0))"
_STILL = "SELECT 1"  # the lock lasts as long as the connection
# Until the server gives up a machine that says nothing; ignored on a socket, whose end is always heard.
_NOTICE_SOON = (
    "SET tcp_keepalives_idle = 15",
    "SET tcp_keepalives_interval = 5",
    "SET tcp_keepalives_count = 3",
)


class WorkerLease:
    """Whether this worker is the one that works; asked before each round."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: Any = None  # of the session that holds the lock; None: another's, or nobody's

    def is_held(self) -> bool:
        """Take the lease unless it is held; say whether it is ours.

        Raises:
            sqlalchemy.exc.DBAPIError: the database does not answer, so nobody can tell.
        """
        if self._database.is_sqlite:
            return True
        if self._connection is not None and self._is_alive():
            return True
        return self._take()

    def _is_alive(self) -> bool:
        connection = self._connection
        with suppress(SQLAlchemyError), as_dbapi_error(self._database.engine):
            connection.execute(_STILL)
            return True
        self.release()
        log.warning("the connection that held the worker's lease is gone")
        return False

    def _take(self) -> bool:
        engine = self._database.engine
        with as_dbapi_error(engine):
            pooled = engine.raw_connection()
            connection: Any = pooled.driver_connection
            pooled.detach()  # never given to anybody else: the lock would go along
            connection.autocommit = True  # or it would sit in a transaction, and hold old rows
            for setting in _NOTICE_SOON:
                connection.execute(setting)
            if connection.execute(_TAKE).fetchone() == (True,):
                self._connection = connection
                return True
            connection.close()
        return False

    def release(self) -> None:
        """Let another have it."""
        if self._connection is not None:
            with suppress(Exception):  # it may be gone already
                self._connection.close()
            self._connection = None
