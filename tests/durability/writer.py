"""A process that writes entries, one after another, and tells its reader each step of it.

`python -m tests.durability.writer URL FIRST`. A line is one of: *begun N*, *laid N* (sent to the database,
not committed), *kept N* (acknowledged). It goes on until it is ended, or nobody reads any more.
"""

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count

from sqlmodel import Session

from app.entries.rules import EntryKind
from app.entries.service.authoring import write_entry
from app.store.db import Database
from tests.cast import NOW, People

LONGEST = 3000  # characters: some writes fill one page, some several
ANNA = People().anna.id


def words_of(number: int) -> str:
    """Return the words of the write with this number, the same every time."""
    return f"Nr. {number} " + "æ" * random.Random(number).randrange(LONGEST)  # noqa: S311 — a length


def write(session: Session, number: int) -> None:
    moment = NOW + timedelta(seconds=number)
    write_entry(session, ANNA, EntryKind.DREAM, words_of(number), by=ANNA, now=moment)
    session.flush()


def write_on(url: str, first: int) -> None:
    database = Database(url)
    for number in count(first):
        _say("begun", number)
        with database.writing() as session:
            write(session, number)
            _say("laid", number)
        _say("kept", number)


def _say(step: str, number: int) -> None:
    os.write(1, f"{step} {number}\n".encode())  # one call: a line is told whole or not at all


@contextmanager
def started(url: str, first: int) -> Iterator[subprocess.Popen[str]]:
    """Yield the process, writing; it is killed at the end of the block at the latest."""
    command = [sys.executable, "-m", "tests.durability.writer", url, str(first)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def heard(process: subprocess.Popen[str]) -> Iterator[tuple[str, int]]:
    """Yield each step as it is told, until the process has ended."""
    assert process.stdout is not None
    for line in process.stdout:
        step, number = line.split()
        yield step, int(number)


if __name__ == "__main__":
    write_on(sys.argv[1], int(sys.argv[2]))
