"""What the run asks of each database: no place in `app/` that asks SQLite may go unasked on PostgreSQL.

Most tests run on SQLite alone. So that PostgreSQL's reading of each statement is still seen, every place
that reads is noted, with the tables; every kind of write; and every line that a constraint refuses. What
SQLite was asked and PostgreSQL never is told at the end of a whole run, which then is red.
"""

import os
import re
import sys
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from types import FrameType
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import IntegrityError

import app
from app.meetings.no_overlap import NO_CLASH

Asked = dict[str, set[str]]  # by database: the places, and what each of them asked

ROOT = str(Path(app.__file__).parent.parent) + os.sep
OURS = ROOT + "app" + os.sep
# Nobody's own questions: all is asked through the one, and the other is tried step by step on both databases.
PASSED_OVER = (OURS + "store" + os.sep, OURS + "migrations" + os.sep)
PARTS_OF_A_DAY = re.compile(r"EXTRACT\(\w+ FROM ", re.IGNORECASE)  # how PostgreSQL asks for a year: no table
TABLES = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE)\s+\"?([a-z_]+)")
ONLY_SQLITE = {  # the file, and why PostgreSQL is never asked that
    "app/cli/demo.py": "a demo lies in a file",
    "app/cli/secret_key.py": "the key of a demo, or of a copy of one",
    "app/demo/shift_dates.py": "a demo lies in a file",
    "app/upkeep/backup.py": "brings a backup up to date, and that is a file",
    "app/upkeep/encrypted_backup.py": "fills and checks a draft of a backup, and that is a file",
    "app/upkeep/restore.py": "reads a backup, and that is a file",
}
RULE = re.compile(f"constraint|{NO_CLASH}")  # not what a trigger of a test refuses
WRITES = ("INSERT", "UPDATE", "DELETE")
VERBS = {"SELECT", "WITH", *WRITES}

_asked: Asked = {"sqlite": set(), "postgresql": set()}


def listen() -> None:
    """Note from now on what every engine of this process is asked."""
    event.listen(Engine, "before_cursor_execute", _note)
    event.listen(Engine, "handle_error", _note_refusal)


def noted() -> dict[str, list[str]]:
    """Return what was noted, as one process can tell it to another."""
    return {kind: sorted(places) for kind, places in _asked.items()}


def add_noted(told: Mapping[str, Iterable[str]]) -> None:
    """Take in what another process has noted."""
    for kind, places in told.items():
        _asked[kind].update(places)


def only_on_sqlite(told: Mapping[str, Iterable[str]], excused: Iterable[str]) -> list[str]:
    """Return what SQLite was asked and PostgreSQL never, but for the files that are excused."""
    known = {_what_counts(one) for one in told["postgresql"]}
    left = {one for one in told["sqlite"] if _what_counts(one) not in known}
    return sorted(one for one in left if one.partition(":")[0] not in set(excused))


def _what_counts(noted: str) -> str:
    """A write is known wherever it was done: a session writes where it happens to be asked next."""
    what = noted.partition(" ")[2]
    return what if what.startswith(WRITES) else noted


def _note(_connection: object, cursor: object, statement: str, *_rest: object) -> None:
    what = _in_short(statement)
    place = _place() if what else None
    if place:
        kind = "postgresql" if type(cursor).__module__.startswith("psycopg") else "sqlite"
        _asked[kind].add(f"{place} {what}")


def _note_refusal(context: Any) -> None:
    is_rule = isinstance(context.sqlalchemy_exception, IntegrityError) and RULE.search(
        str(context.original_exception)
    )
    place = _place() if is_rule else None
    if place:
        _asked[context.dialect.name].add(f"{place} is refused by a constraint")


@lru_cache(maxsize=8192)
def _in_short(statement: str) -> str:
    """Return the verb and the tables of a statement; nothing for what only opens or sets something."""
    verb, tables = (
        statement.split(None, 1)[0].upper(),
        sorted(set(TABLES.findall(PARTS_OF_A_DAY.sub("", statement)))),
    )
    is_ours = tables and not [
        one for one in tables if one.startswith(("sqlite_", "pg_", "_alembic", "alembic"))
    ]
    return f"{verb} {' '.join(tables)}" if is_ours and verb in VERBS else ""


def _place() -> str | None:
    """Return the innermost line of `app/` that is asking; None if a test itself asks."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        file = frame.f_code.co_filename
        if file.startswith(OURS) and not file.startswith(PASSED_OVER):
            return f"{file.removeprefix(ROOT)}:{frame.f_lineno}"
        frame = frame.f_back
    return None
