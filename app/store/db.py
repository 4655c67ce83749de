"""The one place that opens sessions, and the one place that commits.

Two kinds of transaction: `reading` is thrown away, `writing` commits where the block ends.
SQLite writers take the lock before they read (BEGIN IMMEDIATE): begun the usual way, 1,440 of
1,600 read-then-write transactions from eight processes failed at once with "locked".

Decision 2026-11-22: SQLite comes from the wheel `pysqlite3` where there is one. SQLite up to 3.51.2
can damage a write-ahead log that is reset while another connection commits; the wheel's can't.
Where no wheel exists and the machine's SQLite has the fault, the journal is TRUNCATE instead:
slower commits (x3.8), the same promises.
"""

import importlib
import math
import os
import random
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from enum import StrEnum
from types import ModuleType
from typing import Any, TypeVar

from sqlalchemy import CheckConstraint, Connection, DateTime, Engine, Enum, create_engine, event
from sqlalchemy.engine import URL, Dialect, make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, SQLAlchemyError
from sqlalchemy.types import TypeDecorator
from sqlmodel import Session, SQLModel

from app.store import deadline
from app.store.deadline import BUSY_SECONDS, LockSeen
from app.store.sqlite_file import DatabaseReplaced, OpenFile, never_close

T = TypeVar("T")

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

WAL_RESET_FIXED = (3, 51, 3)
WAL_RESET_BACKPORTS = {(3, 50): 7, (3, 44): 6}
CONNECT_SECONDS = 5
MARK_SECONDS = 0.3  # to wait for a lock, to note what a page can do without
MARKS_REST_SECONDS = 1.0  # and until it is tried again where it could not be had
SERIALIZATION_TROUBLE = {"40P01", "40001"}  # deadlock, serialization failure
LOCK_NOT_HAD = "55P03"
SQLITE_BUSY = 5
TRIES = 4


class UtcDateTime(TypeDecorator[datetime]):
    """Aware in, UTC stored, aware UTC out. A naive datetime is a bug."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("naive datetime reached the database")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def enum_column(choices: type[StrEnum], name: str = "") -> Any:
    """Return a column type that stores an enum's value under a CHECK (SQLAlchemy's own choice: the name).

    The CHECK is named for the enum, or `name`.
    """
    return Enum(
        choices,
        native_enum=False,
        create_constraint=True,
        length=20,
        name=name or choices.__name__.lower(),
        values_callable=lambda e: [m.value for m in e],
    )


def length_check(column: str, most: int, least: int = 1) -> CheckConstraint:
    """Return the CHECK that `column` holds `least` to `most` characters, spaces at the ends not counted."""
    return CheckConstraint(f"length(trim({column})) BETWEEN {least} AND {most}", f"{column}_length")


class Database:
    """SQLite for most sites, PostgreSQL for the large ones; same two verbs."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self._file = _file(self.url)
        self._lock = LockSeen()
        self.engine = _engine(url, self._file, self._lock)
        self._writer = self.engine.execution_options(writes=True)
        self._line = threading.Lock()
        self._marks_rest_until = 0.0
        self.is_damaged = False  # somebody has met a part of it that can't be read
        self.after_write: Callable[[], None] | None = None  # called when something has been written
        self.resting: deque[Any] = deque()  # connections of `app.store.prepared`, between two questions

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Yield a session whose changes are thrown away."""
        with Session(self.engine) as session:
            yield session

    @contextmanager
    def writing(self, patience: float = BUSY_SECONDS) -> Iterator[Session]:
        """Yield a session that commits when the block ends and rolls back if it raises.

        `patience` is how many seconds to wait for locks; the deadline of a request may be sooner.

        Raises:
            DatabaseReplaced: SQLite's file is not the one that was opened, so what was written may be lost.
        """
        with (
            deadline.within(patience) if patience < BUSY_SECONDS else nullcontext(),
            self._acknowledging(),
            Session(self._writer, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    def mark(self, work: Callable[[Session], object]) -> None:
        """Write what a page can do without: that somebody was here, or has read something.

        It keeps nobody waiting. Where it can't be written it is left out, and for a moment not tried again:
        a lock that another program holds would else cost each page its patience.
        """
        if time.monotonic() < self._marks_rest_until:
            return
        try:
            with self.writing(patience=MARK_SECONDS) as session:
                work(session)
        except SQLAlchemyError:
            self._marks_rest_until = time.monotonic() + MARKS_REST_SECONDS

    @contextmanager
    def writing_by_driver(self) -> Iterator[Any]:
        """Yield the driver's own cursor in a transaction as `writing` has it; for `app.store.prepared` alone.

        Raises:
            DatabaseReplaced: as `writing`.
        """
        with self._acknowledging(), closing(self.engine.raw_connection()) as connection:
            cursor = connection.cursor()
            if self.is_sqlite:
                _refuse_replaced(cursor, self._file)
                wait_at_most(connection, deadline.seconds_left(held=self._lock.held))
                cursor.execute("BEGIN IMMEDIATE")
            else:
                _wait_in_transaction(cursor.execute, self._lock)
            yield cursor
            connection.commit()

    @contextmanager
    def _acknowledging(self) -> Iterator[None]:
        """Let the block write and commit; then see that it was written to the file that was opened."""
        try:
            with self._in_line():
                yield
        except Exception as trouble:
            if deadline.has_patience():
                self._lock.held = is_lock_trouble(trouble)
            raise
        self._lock.held = False
        if self._file:
            self._file.written()
        if self.is_replaced():  # since the transaction began
            raise DatabaseReplaced
        if self.after_write:
            self.after_write()

    @contextmanager
    def _in_line(self) -> Iterator[None]:
        """Let the writers of this process wait for SQLite one behind the other.

        Its own wait is a lottery: of 200 at once on a busy machine some drew no lot for 20 seconds.
        """
        patience = deadline.seconds_in_line(held=self._lock.held)
        waited = self.is_sqlite and self._line.acquire(timeout=patience)
        try:
            yield
        finally:
            if waited:
                self._line.release()

    def retrying(self, work: Callable[[Session], T]) -> T:
        """Run `work` in a writing session; run it again, up to three times, when the database asks for that.

        Only for trouble between transactions (deadlock, serialization, a lock that was not had in time), and
        before the deadline; the rest is raised.
        """
        for attempt in range(1, TRIES):
            try:
                with self.writing() as session:
                    return work(session)
            except DBAPIError as trouble:
                if not is_retryable(trouble) or deadline.is_too_late():
                    raise
                time.sleep(random.uniform(0.01, 0.05) * attempt)  # noqa: S311 — jitter, not a secret
        with self.writing() as session:
            return work(session)

    def is_replaced(self) -> bool:
        """Say whether SQLite's file is another than the one first opened; then nothing more is written."""
        if self._file is None or not self._file.is_replaced():
            return False
        self._file.fold(self._execute_at_once)
        return True

    def _execute_at_once(self, statement: str) -> Any:
        with closing(self.engine.raw_connection()) as connection:
            return connection.cursor().execute(statement).fetchone()

    def close(self) -> None:
        """Give back every connection; the last one folds SQLite's log into the file."""
        if self._file and self._file.is_replaced() and self._file.is_written_over:
            # The log holds words of the file that was here before: folded into this one it would ruin it.
            with suppress(DBAPIError):
                never_close(self.resting.pop() if self.resting else self.engine.raw_connection())
            self._file.drop_log()
        while self.resting:
            self.resting.pop().close()
        self.is_replaced()  # so that the log does not lie beside another file
        self.engine.dispose()


def is_retryable(trouble: DBAPIError) -> bool:
    """Say whether the same work may well succeed when it is done again.

    SQLite's BUSY is among it: of 16 processes that write without a pause, three in 2,000 drew no lot in time.
    """
    return is_lock_trouble(trouble) or getattr(trouble.orig, "sqlstate", None) in SERIALIZATION_TROUBLE


def is_lock_trouble(trouble: Exception) -> bool:
    """Say whether a lock was not had in time: as the driver says it, or SQLAlchemy for it."""
    said = getattr(trouble, "orig", None) or trouble
    code = getattr(said, "sqlite_errorcode", None)  # its low byte is the kind
    busy = code is not None and code & 0xFF == SQLITE_BUSY
    return busy or getattr(said, "sqlstate", None) == LOCK_NOT_HAD


def violates(problem: IntegrityError, constraint: str) -> bool:
    """Say whether `problem` is a breach of the constraint with this name, on either database."""
    return constraint in str(problem.orig)


def _file(url: URL) -> OpenFile | None:
    """Return what watches over the file of a SQLite database; None for one without a file, and for others."""
    name = url.database if url.get_backend_name() == "sqlite" else None
    return OpenFile(name, sqlite_driver()) if name and name != ":memory:" else None


def _engine(url: str, file: OpenFile | None, lock: LockSeen) -> Engine:
    if not url.startswith("sqlite"):
        # Without these a server that is gone, or somebody who holds a lock, would keep every thread waiting.
        waits = {"connect_timeout": CONNECT_SECONDS, "options": f"-c lock_timeout={BUSY_SECONDS}s"}
        engine = create_engine(url, pool_size=10, max_overflow=20, pool_pre_ping=True, connect_args=waits)
        event.listen(engine, "begin", lambda begun: _begin_postgresql(begun, lock))
        event.listen(engine, "checkin", _end_autocommit)
        # Rows of one insert go in one statement; the driver's own way asks the server four times or more.
        engine.dialect.use_insertmanyvalues_wo_returning = True
        return engine
    driver = sqlite_driver()
    # Every thread keeps its connection: closing the last one would fold the log at each write.
    engine = create_engine(
        url, module=driver, pool_size=10, max_overflow=20, connect_args={"timeout": BUSY_SECONDS}
    )
    journal = "WAL" if has_safe_wal(driver.sqlite_version_info) else "TRUNCATE"

    _connect_sqlite(engine, file, journal)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        _begin_sqlite(connection, file, lock)

    if file:
        event.listen(engine, "close", lambda *_: file.closed())
    return engine


def _connect_sqlite(engine: Engine, file: OpenFile | None, journal: str) -> None:
    """Let each connection be one to the file that was there, told how durable it has to be."""

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: object, _record: object, _names: object, asked: dict[str, Any]) -> Any:
        return file.connect(**asked) if file else None

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        if file and not file.opened():
            file.closed()
            connection.close()
            raise DatabaseReplaced
        connection.isolation_level = None  # we say BEGIN ourselves
        for pragma in (
            f"busy_timeout = {math.ceil(deadline.seconds_to_read() * 1000)}",
            "foreign_keys = ON",
            f"journal_mode = {journal}",
            "synchronous = FULL",
        ):
            connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection, file: OpenFile | None, lock: LockSeen) -> None:
    writes = connection.get_execution_options().get("writes")
    if writes:
        _refuse_replaced(connection.connection.cursor(), file)
    seconds = deadline.seconds_left(held=lock.held) if writes else deadline.seconds_to_read()
    wait_at_most(connection.connection, seconds)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _refuse_replaced(cursor: Any, file: OpenFile | None) -> None:
    if file and file.is_replaced():
        file.fold(lambda statement: cursor.execute(statement).fetchone())
        raise DatabaseReplaced


def wait_at_most(connection: Any, seconds: float) -> None:
    """Let a connection of the pool wait so long for SQLite's locks, until it is told otherwise."""
    wanted = math.ceil(seconds * 100) * 10  # in steps, so that it is seldom told: it costs 2 µs
    if connection.info.get("waits") != wanted:
        connection.cursor().execute(f"PRAGMA busy_timeout = {wanted}")
        connection.info["waits"] = wanted


def _begin_postgresql(connection: Connection, lock: LockSeen) -> None:
    try:
        _wait_in_transaction(connection.connection.cursor().execute, lock)
    except Exception as gone:  # as the driver says it: the server is gone
        raise OperationalError("SET LOCAL lock_timeout", None, gone) from gone


def _wait_in_transaction(execute: Callable[[str], object], lock: LockSeen) -> None:
    """Let PostgreSQL wait for each lock of this transaction as long as the deadline allows."""
    if deadline.has_deadline():
        execute(f"SET LOCAL lock_timeout = {math.ceil(deadline.seconds_left(held=lock.held) * 1000)}")


def _end_autocommit(connection: Any, record: Any) -> None:
    """Let nobody write without a transaction on a connection that a reader had: see `app.store.prepared`."""
    if connection is None or not connection.autocommit:
        return
    try:
        connection.execute("RESET lock_timeout")
        connection.autocommit = False
    except Exception as gone:  # as the driver says it: the server is gone, and this connection with it
        record.invalidate(gone)


def sqlite_driver() -> ModuleType:
    """Return the SQLite to use: the wheel's where it is installed, else the one Python came with."""
    if os.environ.get("ENPLAN_SQLITE") == "system":  # for tests of the fallback
        return sqlite3
    try:
        return importlib.import_module("pysqlite3.dbapi2")
    except ImportError:
        return sqlite3


def has_safe_wal(version: tuple[int, ...]) -> bool:
    """Say whether this SQLite lacks the fault that a log reset can meet a commit (see the note above)."""
    if version >= WAL_RESET_FIXED:
        return True
    patch = WAL_RESET_BACKPORTS.get((version[0], version[1]))
    return patch is not None and version[2] >= patch
