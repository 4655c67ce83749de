"""Every row of a database as lines of JSON, and back: what can be encrypted while it is read.

A SQLite file is written here and there; lines come one after the other, so nothing has to lie in clear
meanwhile, in memory or on a disk. First a line on what it is, then for each table its name and columns and a
line a row, in SQLite's form of each value, and last how many rows each table had. Bytes stand as {"b64": …}.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Generator
from typing import Any

from sqlalchemy import Connection

from app.upkeep.checksum import Counts
from app.upkeep.copy_rows import COPIES, PART, known_tables, read_parts, wait_patiently
from app.upkeep.progress import Progress
from app.upkeep.stored_form import sql_name

Said = dict[str, Any]
Lines = Generator[bytes, None, None]
Columns = dict[str, set[str]]  # by table


def lines_of(source: Connection, about: Said, counts: Counts, progress: Progress) -> Lines:
    """Yield the lines; `about` is the first, and `counts` gets the rows of each table.

    Raises:
        UnsafeOperation: there is a table that we don't know, so its rows would be lost.
    """
    tables = known_tables(source)
    wait_patiently(source)
    yield _line(about)
    progress.begin(COPIES)
    for table in tables:
        yield _line({"table": table.name, "columns": [column.name for column in table.columns]})
        counts[table.name] = 0
        for part in read_parts(source, table):
            yield b"".join(map(_line, part))
            counts[table.name] += len(part)
            progress.go_on(sum(counts.values()))
    yield _line({"end": counts})


class LineReader:
    """Takes pieces of any length, and sends what each whole line says to `taker`, until that returns."""

    def __init__(self, taker: Generator[None, Any, Said]) -> None:
        self._taker, self._rest = taker, b""
        self.result: Said | None = None  # what `taker` returned
        next(taker)

    def take(self, part: bytes) -> None:
        *whole, self._rest = (self._rest + part).split(b"\n")
        for line in whole:
            self._send(_DECODER.decode(line.decode()))

    def close(self) -> None:
        self._taker.close()

    def _send(self, said: Any) -> None:
        if self.result is not None:
            raise ValueError("a line after the last")
        try:
            self._taker.send(said)
        except StopIteration as end:
            self.result = end.value


def take_rows(file: Any, known: Columns, progress: Progress) -> Generator[None, Any, Counts]:
    """Put each row that is sent into the table named before it; return the counts that stand last.

    `file` is the driver's connection to a SQLite file with the tables `known`, and no rows.

    Raises:
        KeyError, TypeError: it is not what `lines_of` yields.
        sqlite3.IntegrityError: a row breaks a promise.
    """
    into, part, done = "", list[Any](), 0
    progress.begin(COPIES)
    while True:
        said = yield
        if isinstance(said, list):
            part.append(said)
        if part and (len(part) == PART or isinstance(said, dict)):
            file.executemany(into, part)
            done += len(part)
            progress.go_on(done)
            part.clear()
        if isinstance(said, dict):
            if "end" in said:
                return dict(said["end"])
            into = _insert(said["table"], said["columns"], known)


def _insert(table: str, columns: list[str], known: Columns) -> str:
    if not set(columns) <= known[table]:  # only names of our own become SQL
        raise KeyError(table)
    names, places = ", ".join(map(sql_name, columns)), ", ".join("?" * len(columns))
    return f"INSERT INTO {sql_name(table)} ({names}) VALUES ({places})"  # noqa: S608 — looked up above


def _line(what: Any) -> bytes:
    return _ENCODER.encode(what).encode() + b"\n"


def _as_text(value: bytes) -> dict[str, str]:
    return {"b64": b64encode(value).decode()}


def _as_bytes(said: Said) -> Any:
    return b64decode(said["b64"]) if said.keys() == {"b64"} else said


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_as_text)
_DECODER = json.JSONDecoder(object_hook=_as_bytes)
