"""The file behind a SQLite database: who uses it, and whether it is still the one that was opened.

SQLite goes on with the file it has opened, whatever becomes of its name. A server whose file was moved away,
deleted or renamed over answered "saved" 20 times of 20 for words that nobody would ever read again; and the
log it left lay beside the new file, into which the next start folded it.

Decision: once another file has been seen, this process writes no more until it is started again. Opening the
new file in the middle would join two databases in one process: kept pages, sign-ins and half-done work of the
one, rows of the other. What was acknowledged before is folded into the old file at once, wherever it lies.
"""

import ctypes
import logging
import os
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy.exc import OperationalError, SQLAlchemyError

log = logging.getLogger("enplan.db")

LOCK = "-lock"  # beside the database while it is used; the lock on it ends with the process, however it ends
HIGHEST_MARK = 2**31 - 1  # SQLite's application_id has four bytes, with a sign
NO_DATABASE = -1

Identity = tuple[int, int]


class DatabaseReplaced(OperationalError):
    """The file is not the one that was opened at the start, so nothing was written, and nothing will be."""

    def __init__(self) -> None:
        super().__init__(None, None, RuntimeError("the database file was replaced"))


class DatabaseInUse(Exception):
    """Somebody else uses the database file, or uses another file that had its name before."""


class ForeignLog(DatabaseInUse):
    """Beside the file lies the log of another one, left by a program that was cut off while it used that."""


def new_application_id() -> int:
    """Return what tells one database file from another: a number for SQLite's `application_id`.

    Each new database gets one, and so does each backup and each that is brought back: a copy put in the place
    of its source is then known for what it is, also when it was written over the same file.
    """
    return secrets.randbelow(HIGHEST_MARK) + 1


def _identity(path: str | Path | int) -> Identity | None:
    """Return what the name stands for now: device and number of the file; None if there is none."""
    try:
        seen = os.stat(path)
    except OSError:
        return None
    return seen.st_dev, seen.st_ino


class OpenFile:
    """The file that all connections of one `Database` have open. Safe for several threads."""

    def __init__(self, path: str, driver: ModuleType) -> None:
        self._path, self._driver = os.path.abspath(path), driver
        # Of the file that was there at the start, or else that the first connection made.
        self._file: Identity | None = _identity(self._path)
        self._log: Identity | None = None  # SQLite's own, while any connection is open
        self._changed: tuple[int, int] | None = None  # time and size when the mark was last read
        self._mark = 0
        self._connections = 0
        self._replaced = self._written_over = self._folded = False
        self._lock, self._folding = threading.Lock(), threading.Lock()

    def connect(self, **asked: Any) -> Any:
        """Open a connection. A file that was there at the start is never made anew where it has been removed.

        Raises:
            DatabaseReplaced: another file has its name, or none.
        """
        if self._file is None:
            return self._driver.connect(self._path, **asked)
        if self.is_replaced():
            raise DatabaseReplaced
        return self._driver.connect(f"{Path(self._path).as_uri()}?mode=rw", uri=True, **asked)

    def opened(self) -> bool:
        """Note that a connection was made, and say whether it is to the same file as the first one."""
        with self._lock:
            self._connections += 1
            if self._file is None:
                self._file = _identity(self._path)
        return not self.is_replaced()

    def written(self) -> None:
        """Note that a connection has written, so that the log of that name is now the one we have open.

        Not before: until then it may be another process's, which takes it away as it closes.
        """
        with self._lock:
            if self._log is None and self._connections:
                self._log = _identity(f"{self._path}-wal")

    def closed(self) -> None:
        """Note that a connection was closed. With the last one SQLite removes its log."""
        with self._lock:
            self._connections -= 1
            if not self._connections:
                self._log = None

    def is_replaced(self) -> bool:
        """Say whether another file has been seen under the name. Once is for ever. About 5 µs."""
        if self._replaced or self._file is None:
            return self._replaced
        what = self._what_changed()
        if what:
            self._replaced = True
            log.critical("%s was replaced: nothing is written until this process is restarted", what)
        return self._replaced

    def _what_changed(self) -> str | None:
        """Return what is not as it was when the file was opened, for the log; None if all is."""
        try:
            seen = os.stat(self._path)
        except OSError:
            return "the database file (there is none)"
        if (seen.st_dev, seen.st_ino) != self._file:
            return "the database file"
        if not self._has_its_log():
            return "the database's log"
        changed = seen.st_ctime_ns, seen.st_size
        if changed == self._changed:
            return None
        # Somebody has written to the file itself: SQLite, when it folds the log, or `cp` over it.
        mark = self._read_mark()
        if mark is None:
            return None  # it is being written right now: the next look will tell
        self._written_over = mark == NO_DATABASE or self._mark not in (0, mark)
        known, self._mark, self._changed = self._mark, mark, changed
        return f"the content of the database file ({known}, {mark})" if self._written_over else None

    def _has_its_log(self) -> bool:
        log_now = _identity(f"{self._path}-wal")
        known = self._log  # after the look: it is forgotten before SQLite takes the log away
        return known is None or log_now == known

    def _read_mark(self) -> int | None:
        """Return the mark in the file itself, whatever SQLite's log says; None if it can't be told just now.

        By SQLite, not by hand: closing a file of our own would drop the locks of every connection to it.
        """
        address = f"{Path(self._path).as_uri()}?mode=ro&immutable=1"
        try:
            with closing(self._driver.connect(address, uri=True)) as file:
                return int(file.execute("PRAGMA application_id").fetchone()[0])
        except self._driver.OperationalError:
            return None
        except self._driver.DatabaseError as problem:
            return NO_DATABASE if "not a database" in str(problem) else None

    @property
    def is_written_over(self) -> bool:
        """Whether other content lies in the very file that was opened."""
        return self._written_over

    def drop_log(self) -> None:
        """Take SQLite's log away from beside a file that it does not belong to."""
        for end in ("-wal", "-shm"):
            with suppress(OSError):
                os.unlink(f"{self._path}{end}")

    def fold(self, execute: Callable[[str], Any]) -> None:
        """Put what the old file's log holds into the old file, and empty the log: it has the new one's name.

        `execute` runs a statement on a connection that is open already, and returns its row. Once it has
        succeeded it is not done again: later somebody else's words may be in the log of that name. Not when
        the old file was written over: the log belongs to words that are no more.
        """
        if self._folded or self._written_over or not self._folding.acquire(blocking=False):
            return
        try:
            with suppress(self._driver.Error, SQLAlchemyError):
                busy, _pages, _folded = execute("PRAGMA wal_checkpoint(TRUNCATE)")
                self._folded = not busy
        finally:
            self._folding.release()


def never_close(connection: Any) -> None:
    """Keep a connection open until the process has ended, so that no other is the last to close.

    SQLite folds its log into the file when the last connection closes, and there is no switch for that in
    every driver. What is never freed is never closed; the machine takes it back with the process.
    """
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(connection))


@contextmanager
def in_use(path: Path, *, alone: bool = False) -> Iterator[None]:
    """Hold the database file `path` as in use, beside others who use it, until the block ends.

    `alone`: nobody else may use it meanwhile. Where locks can't be had (Windows, a folder that can't be
    written) nothing is held; `OpenFile` is the second guard.

    Raises:
        DatabaseInUse: somebody uses it and one of the two would be alone; or uses another file of that name.
    """
    handle = _take(f"{os.path.realpath(path)}{LOCK}", path, alone=alone)
    try:
        yield
    finally:
        if handle is not None:
            _leave(handle, f"{os.path.realpath(path)}{LOCK}")


def refuse_other_file(path: Path) -> None:
    """Raise DatabaseInUse if somebody uses a file that had this name: its log would be read as this one's."""
    if _identity(f"{os.path.realpath(path)}{LOCK}") is not None:
        with in_use(path):
            pass


def _take(lock: str, path: Path, *, alone: bool) -> int | None:
    """Return the handle that holds the lock; None where there can be none."""
    try:
        import fcntl  # noqa: PLC0415 — not on Windows

        handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    except (ImportError, OSError):
        return None
    first = _try(fcntl.flock, handle, fcntl.LOCK_EX)
    if not first and (alone or not _try(fcntl.flock, handle, fcntl.LOCK_SH)):
        os.close(handle)
        raise DatabaseInUse(path)
    if _identity(lock) != _identity(handle):
        os.close(handle)  # whoever was the last to leave has just removed it
        return _take(lock, path, alone=alone)
    used, mark = str(_identity(path)), _mark_in_header(path)
    noted, _space, noted_mark = os.pread(handle, 100, 0).decode().partition(" mark ")
    if first and _has_log(path) and mark and int(noted_mark or 0) not in (0, mark):
        os.close(handle)
        raise ForeignLog(path)
    if first and not alone:
        _write(handle, f"{used} mark {mark}")
        fcntl.flock(handle, fcntl.LOCK_SH)
    elif not first and noted not in ("", used):
        os.close(handle)
        raise DatabaseInUse(path)
    return handle


def _mark_in_header(path: Path) -> int:
    """Return the application_id that stands in the file; 0 for none, also while it stands in the log alone.

    Only before a connection of this process is open: closing a file of our own drops its locks.
    Source: sqlite.org/fileformat2, 1.3: four bytes at 68, big-endian.
    """
    try:
        with path.open("rb") as file:
            return int.from_bytes(file.read(72)[68:], "big")
    except OSError:
        return 0


def _has_log(path: Path) -> bool:
    try:
        return os.stat(f"{path}-wal").st_size > 0
    except OSError:
        return False


def _try(flock: Callable[[int, int], object], handle: int, kind: int) -> bool:
    import fcntl  # noqa: PLC0415

    try:
        flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _write(handle: int, words: str) -> None:
    with suppress(OSError):  # on a full disk nothing is noted, so nothing is compared
        os.ftruncate(handle, 0)
        os.pwrite(handle, words.encode(), 0)


def _leave(handle: int, lock: str) -> None:
    """Let go; the last one takes the lock's file away."""
    import fcntl  # noqa: PLC0415

    if _try(fcntl.flock, handle, fcntl.LOCK_EX):
        Path(lock).unlink(missing_ok=True)
    os.close(handle)
