"""The checksum in a backup: for each table how many rows it had and their fingerprint.

SQLite's own check sees a broken tree and not a letter that became another. The checksum sees both, and a file
that was copied by hand while the app wrote has none. It guards against accidents, not against forgers.
"""

import hashlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from app.migrations.schema import OWN_TABLES
from app.store.db import sqlite_driver
from app.store.sqlite_file import new_application_id
from app.upkeep.progress import Progress
from app.upkeep.rules import UnsafeOperation

SEAL = "backup_seal"
DAMAGED = "{path} er beskadiget: brug en anden sikkerhedskopi."
STRANGE = "{path} er ikke en sikkerhedskopi fra ./enplan backup."

STEPS = 5_000_000  # of SQLite's own machine, between two looks at the clock: about a tenth of a second
ROWS = 10_000
CACHE = 262_144  # KiB: each row is looked for in each index of its table, all over the file

Counts = dict[str, int]


def write_checksum(path: Path, progress: Progress) -> Counts:
    """Write the checksum into a fresh copy, make it one file, and return its rows per table.

    Raises:
        UnsafeOperation: the copy is damaged, so what it was taken from is, too.
    """
    with _opened(path, progress) as file:
        file.execute("PRAGMA journal_mode = DELETE")  # all of it in the one file
        _check(file, path, progress)
        found = _fingerprints(file, progress)
        file.execute("BEGIN")
        file.execute(f"CREATE TABLE {SEAL} (name TEXT PRIMARY KEY, rows INTEGER, fingerprint TEXT)")
        file.executemany(
            f"INSERT INTO {SEAL} VALUES (?, ?, ?)",  # noqa: S608 — our own word
            [(name, rows, fingerprint) for name, (rows, fingerprint) in found.items()],
        )
        file.execute(
            f"PRAGMA application_id = {new_application_id()}"
        )  # a copy is another file than its source
        file.execute("COMMIT")
    return _counts(found)


def verify_checksum(path: Path, progress: Progress) -> Counts:
    """Check a copy of a backup against its checksum, take it off, and return its rows per table.

    Raises:
        UnsafeOperation: it has no seal, or is not what was sealed.
    """
    with _opened(path, progress) as file:
        _check(file, path, progress)
        if SEAL not in _tables(file):
            raise UnsafeOperation(STRANGE.format(path=path))
        promised = {name: (rows, sign) for name, rows, sign in file.execute(f"SELECT * FROM {SEAL}")}  # noqa: S608
        file.execute(f"DROP TABLE {SEAL}")
        file.execute(f"PRAGMA application_id = {new_application_id()}")
        if _fingerprints(file, progress) != promised:
            raise UnsafeOperation(DAMAGED.format(path=path))
    return _counts(promised)


def _counts(found: dict[str, tuple[int, str]]) -> Counts:
    return {name: rows for name, (rows, _fingerprint) in found.items() if name not in OWN_TABLES}


@contextmanager
def _opened(path: Path, progress: Progress) -> Iterator[Any]:
    driver = sqlite_driver()
    with closing(driver.connect(str(path), isolation_level=None)) as file:
        file.set_progress_handler(progress.go_on, STEPS)
        try:
            file.execute(f"PRAGMA cache_size = -{CACHE}")
            yield file
        except driver.OperationalError:
            raise  # the machine's trouble: a full disk, a lock
        except driver.DatabaseError as problem:
            raise UnsafeOperation(DAMAGED.format(path=path)) from problem


def _check(file: Any, path: Path, progress: Progress) -> None:
    progress.begin("Ser filen efter")
    sound = file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    if not sound or file.execute("PRAGMA foreign_key_check").fetchall():
        raise UnsafeOperation(DAMAGED.format(path=path))


def _tables(file: Any) -> list[str]:
    found = file.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    return [name for (name,) in found if not name.startswith("sqlite_")]


def _fingerprints(file: Any, progress: Progress) -> dict[str, tuple[int, str]]:
    progress.begin("Regner kontrolsummen ud")
    return {name: _fingerprint(file, name, progress) for name in _tables(file)}


def _fingerprint(file: Any, table: str, progress: Progress) -> tuple[int, str]:
    digest, rows = hashlib.sha256(), 0
    found = file.execute(f'SELECT * FROM "{table}" ORDER BY rowid')  # noqa: S608 — a name from the file itself
    while part := found.fetchmany(ROWS):
        for row in part:
            digest.update(repr(row).encode())
        rows += len(part)
        progress.go_on()
    return rows, digest.hexdigest()
