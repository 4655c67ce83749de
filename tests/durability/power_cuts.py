"""Power cuts, simulated: what a disk may hold after each single thing that SQLite asked of it.

The app writes entries the usual way on a rehearsal; the same statements then run, with the same settings, on
a disk that remembers. Then the power goes after each event, and what the disk may hold is opened.
"""

import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apsw
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import DatabaseError

from app.store.db import Database, sqlite_driver
from tests.durability.disk import FILES, Disk, Event, Kept, RecordingDisk, Write
from tests.durability.found import look
from tests.durability.writer import write

# The log is folded into the file after this many pages, to see it happen often; a server has SQLite's 1,000.
FOLD_PAGES = 40

Statements = list[tuple[str, Any, bool]]


@dataclass(frozen=True, slots=True)
class Settings:
    """How SQLite keeps its promise. `found_in` reads the app's own."""

    journal: str
    synchronous: int  # 0 OFF, 1 NORMAL, 2 FULL

    @classmethod
    def found_in(cls, database: Database) -> "Settings":
        with database.engine.connect() as connection:
            said = [
                connection.execute(text(f"PRAGMA {name}")).scalar()
                for name in ("journal_mode", "synchronous")
            ]
        return cls(str(said[0]), int(said[1] or 0))


@dataclass(slots=True)
class Damage:
    """What the cuts cost. With the app's settings all but the first three must be 0."""

    cuts: int = 0
    images: int = 0
    folds: int = 0  # writes to the database file itself: the moment a log is folded was among the cuts
    lossy: int = 0  # images in which an acknowledged write is gone
    most_lost: int = 0  # acknowledged writes gone from one image
    damaged: int = 0  # images that could not be opened, or are broken inside
    half: int = 0  # images with half a write


def rehearse(database: Database, writes: int) -> list[Statements]:
    """Write on `database`, and return what was said to it for each write."""
    said: list[Statements] = []

    def note(*told: Any) -> None:
        _connection, _cursor, statement, parameters, _context, many = told
        said[-1].append((statement, parameters, many))

    event.listen(database.engine, "before_cursor_execute", note)
    for number in range(1, writes + 1):
        said.append([])
        with database.writing() as session:
            write(session, number)
    event.remove(database.engine, "before_cursor_execute", note)
    return said


def record(file: Path, settings: Settings, said: list[Statements]) -> list[Event]:
    """Say the same to the database in `file`, on a disk that remembers; return what was asked of it."""
    disk = RecordingDisk(file)
    connection = apsw.Connection(str(file), vfs=disk.name)
    connection.pragma("journal_mode", settings.journal)
    connection.pragma("synchronous", settings.synchronous)
    connection.pragma("wal_autocheckpoint", FOLD_PAGES)
    before = len(disk.events)
    for number, statements in enumerate(said, 1):
        for statement, parameters, many in statements:
            (connection.executemany if many else connection.execute)(statement, parameters)
        connection.execute("COMMIT")
        disk.events.append(Kept(number))
    heard = disk.events[before:]
    connection.close()
    return heard


def cut_everywhere(
    start: dict[str, bytes], events: list[Event], folder: Path, *, seed: int, images: int
) -> Damage:
    """Cut the power after each event, and open `images` of what the disk may then hold."""
    dice, disk, damage = random.Random(seed), Disk(dict(start)), Damage()  # noqa: S311 — chance, not a secret
    acknowledged: set[int] = set()
    for happening in events:
        disk.take(happening)
        if isinstance(happening, Kept):
            acknowledged.add(happening.number)
        damage.cuts += 1
        damage.folds += isinstance(happening, Write) and happening.file == ""
        for image in disk.images(dice, images):
            _judge(image, folder, acknowledged, damage)
    return damage


def _judge(image: dict[str, bytes], folder: Path, acknowledged: set[int], damage: Damage) -> None:
    damage.images += 1
    with _opened(image, folder) as file:
        try:
            with file.connect() as connection:
                broken = connection.execute(text("PRAGMA integrity_check")).scalar() != "ok"
                found = look(connection)
        except DatabaseError:
            damage.damaged += 1
            return
    lost = len(found.lost(acknowledged))
    damage.damaged += broken
    damage.half += found.half > 0
    damage.lossy += lost > 0
    damage.most_lost = max(damage.most_lost, lost)


@contextmanager
def _opened(image: dict[str, bytes], folder: Path) -> Iterator[Any]:
    """Yield the image as a database, opened by the SQLite that serves."""
    path = folder / "after-the-cut.db"
    for end in (*FILES, "-shm"):
        Path(f"{path}{end}").unlink(missing_ok=True)
    for end, data in image.items():
        Path(f"{path}{end}").write_bytes(data)
    engine = create_engine(f"sqlite:///{path}", module=sqlite_driver())
    event.listen(engine, "connect", _thrown_away)
    try:
        yield engine
    finally:
        engine.dispose()


def _thrown_away(connection: Any, _record: object) -> None:
    with suppress(sqlite_driver().DatabaseError):  # told again, and counted, when it is read
        connection.execute("PRAGMA synchronous = OFF")  # the image is looked at once


def cut_power(
    template: Path, folder: Path, *, writes: int, seed: int, images: int = 1, settings: Settings | None = None
) -> Damage:
    """Run the whole of it on copies of `template`; `settings` replaces the app's own, for the controls."""
    rehearsal, file = folder / "rehearsal.db", folder / "recorded.db"
    shutil.copy(template, rehearsal)
    database = Database(f"sqlite:///{rehearsal}")
    used = settings or Settings.found_in(database)
    said = rehearse(database, writes)
    database.close()
    _lay(template, file, used)
    start = {"": file.read_bytes()}
    return cut_everywhere(start, record(file, used, said), folder, seed=seed, images=images)


def _lay(template: Path, file: Path, settings: Settings) -> None:
    """Copy the template, in the journal mode it will have, so that the record begins with the first write."""
    shutil.copy(template, file)
    connection = apsw.Connection(str(file))
    connection.pragma("journal_mode", settings.journal)
    connection.close()
