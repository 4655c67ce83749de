"""A backup that only a private key opens: encrypted while it is read, so none of it lies on a disk in clear.

That is why it is no SQLite file, as others are, but the rows one after the other (`row_lines`). Which key
opens it stands beside it and, where nobody can change it, inside.
"""

import hashlib
import re
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect

from app.backup_keys import BackupKey
from app.migrations import schema
from app.store.db import Database
from app.store.driver_errors import as_dbapi_error
from app.upkeep.age_file import NoKeyFits, NotWhole, decrypt, encrypt, is_age_file, read_identities
from app.upkeep.atomic_file import atomic_write
from app.upkeep.backup import read_frozen, sqlite_url
from app.upkeep.backup_note import BackupNote, find_note, note_path, write_note
from app.upkeep.checksum import STEPS, STRANGE, Counts
from app.upkeep.progress import Progress
from app.upkeep.row_lines import LineReader, Said, lines_of, take_rows
from app.upkeep.rules import UnsafeOperation
from app.upkeep.unindexed import unindexed_sqlite
from app.version import program_version

FORMAT = 1
SOURCE_DAMAGED = "Databasen er beskadiget, så det ville en kopi også være: hent den nyeste hele kopi frem."
NO_IDENTITY = "{path} er krypteret med nøglen {names}: skriv --identity og filen med den private nøgle."
NO_IDENTITY_NOR_NAME = (
    "{path} er krypteret, og sedlen {note} med nøglens navn er her ikke: skriv --identity og filen med den"
    " private nøgle fra dengang."
)
WRONG_KEY = (
    "{identity} åbner ikke {path}, som er krypteret med nøglen {names}: find den private nøgle med det navn."
    " Intet er ændret."
)
WRONG_KEY_UNNAMED = (
    "{identity} åbner ikke {path}, og sedlen {note} med nøglens navn er her ikke: find sedlen, eller prøv den"
    " private nøgle fra dengang. Intet er ændret."
)
NOT_THE_ONE = (
    "{identity} er nøglen {names}, som sedlen {note} siger, men den åbner ikke {path}: sedlen er byttet om"
    " eller rettet. Prøv jeres andre private nøgler. Intet er ændret."
)
CUT = (
    "{path} er klippet over: den fylder {size} bytes, og sedlen {note} siger {noted}. Hent hele filen igen"
    " fra der, hvor I gemmer kopier, eller brug en anden. Intet er ændret."
)
CHANGED = (
    "{path} er beskadiget, eller sedlen {note} hører til en anden kopi: kontrolsummen passer ikke. Hent begge"
    " filer igen, eller brug en anden kopi. Intet er ændret."
)
NOT_WHOLE = (
    "{path} er beskadiget eller klippet over: hent filen igen fra der, hvor I gemmer kopier, eller brug en"
    " anden. Intet er ændret."
)
OTHER_NOTE = (
    "Sedlen {note} hører ikke til {path}: filen er hel og krypteret med nøglen {inside}. Er det den kopi, I"
    " vil have, så flyt sedlen væk, og prøv igen. Intet er ændret."
)
MISSING_ROWS = "Ikke alle rækker kom med fra sikkerhedskopien: brug en anden. Intet er ændret."


def backup_encrypted(
    database: Database,
    path: Path,
    keys: tuple[BackupKey, ...],
    *,
    now: datetime,
    progress: Progress | None = None,
) -> Counts:
    """Write everything the database holds at one moment to the new file `path`, for any of `keys` to open.

    The note beside it names the keys. Others may write meanwhile, but for a SQLite with journal TRUNCATE,
    where they wait. The database is at the newest step.

    Raises:
        UnsafeOperation: either file is there already, or the database is damaged. Nothing is left behind.
        OSError: the folder can't be written.
        sqlalchemy.exc.DBAPIError: the database does not answer.
    """
    progress, counts = progress or Progress(), Counts()
    # The note gets its name last: stopped between the two, there is a whole backup, and never a note alone.
    with atomic_write(note_path(path)) as beside, atomic_write(path) as draft:
        with draft.open("wb") as file, read_frozen(database) as source, as_dbapi_error(database.engine):
            written = _Measured(file.write)
            _refuse_damaged(source, progress)
            with closing(lines_of(source, _about(source, keys, now), counts, progress)) as lines:
                encrypt(lines, written, keys)
        write_note(beside, path, BackupNote(keys, written.size, written.sha256), now=now)
    return counts


def is_encrypted(path: Path) -> bool:
    """Say whether a backup is, or was before something happened to it."""
    return is_age_file(path) or find_note(path) is not None


def load_encrypted(path: Path, draft: Path, identity: Path | None, progress: Progress) -> None:
    """Make the new SQLite file `draft` of an encrypted backup, at the step that the backup was taken at.

    Whoever calls throws the draft away if this raises.

    Raises:
        UnsafeOperation: it takes a private key, or another one; the backup is damaged, cut short, newer, none
            of ours or not the one that its note is about.
        sqlalchemy.exc.IntegrityError: a row breaks a promise.
    """
    note, about = find_note(path), {"path": path, "note": note_path(path).name, "identity": identity}
    if identity is None:
        raise UnsafeOperation(_named(NO_IDENTITY, NO_IDENTITY_NOR_NAME, note, about))
    identities = read_identities(identity)
    with path.open("rb") as file, closing(LineReader(_fill(draft, progress))) as lines:
        measured = _Measured(file.read)
        try:
            decrypt(measured, lines.take, identities)
        except (NoKeyFits, NotWhole) as problem:
            why = _why_changed(path, note, about) if note else None
            closed = NOT_WHOLE.format(**about)
            if isinstance(problem, NoKeyFits):
                closed = _why_no_key_fits(identities, note, about)
            raise UnsafeOperation(why or closed) from problem
        except (KeyError, TypeError, ValueError) as problem:
            raise UnsafeOperation(STRANGE.format(path=path)) from problem
    if lines.result is None:
        raise UnsafeOperation(STRANGE.format(path=path))
    inside = tuple(BackupKey(*one) for one in lines.result["keys"])
    if note is not None and note != BackupNote(inside, measured.size, measured.sha256):
        told = BackupNote(inside, measured.size, measured.sha256).named
        raise UnsafeOperation(OTHER_NOTE.format(**about, inside=told))


def _about(source: Connection, keys: tuple[BackupKey, ...], now: datetime) -> Said:
    return {
        "enplan_backup": FORMAT,
        "program": program_version(),
        "schema": schema.step_of(source),
        "taken_at": now.isoformat(),
        "keys": [[key.name, key.recipient] for key in keys],
    }


def _refuse_damaged(source: Connection, progress: Progress) -> None:
    """Stop at a SQLite file with a broken tree or a row that points to none; PostgreSQL sees to its own."""
    if source.dialect.name != "sqlite":
        return
    driver: Any = source.connection.driver_connection
    progress.begin("Ser databasen efter")
    driver.set_progress_handler(progress.go_on, STEPS)
    try:
        sound = source.exec_driver_sql("PRAGMA integrity_check").scalars().all() == ["ok"]
        if not sound or source.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise UnsafeOperation(SOURCE_DAMAGED)
    finally:
        driver.set_progress_handler(None, STEPS)


def _fill(draft: Path, progress: Progress) -> Generator[None, Any, Said]:
    """Make the database of what is sent; return what stood first, when all of it is there."""
    about = yield
    step = _known_step(about)
    with _opened(draft) as database, as_dbapi_error(database.engine):
        schema.migrate(database, step)
        found = inspect(database.engine)
        known = {name: {one["name"] for one in found.get_columns(name)} for name in found.get_table_names()}
        with database.engine.connect() as target:
            file: Any = target.connection.driver_connection
            with unindexed_sqlite(file, progress):
                promised = yield from take_rows(file, known, progress)
            _refuse_missing(file, promised)
    return dict(about)


def _known_step(about: Said) -> str:
    """Return the step of the schema that a backup was taken at."""
    step = str(about["schema"])
    if not re.fullmatch(r"\d{4}", step):
        raise ValueError(step)
    if about["enplan_backup"] > FORMAT or step > schema.head():
        newer = schema.newer_sentence(step, about["program"])
        raise UnsafeOperation(newer.replace("Databasen", "Sikkerhedskopien"))
    return step


def _refuse_missing(file: Any, promised: Counts) -> None:
    for table, rows in promised.items():
        if file.execute(f'SELECT count(*) FROM "{table}"').fetchone() != (rows,):  # noqa: S608 — it had columns of ours
            raise UnsafeOperation(MISSING_ROWS)
    if file.execute("PRAGMA foreign_key_check").fetchone():
        raise UnsafeOperation(MISSING_ROWS)


@contextmanager
def _opened(draft: Path) -> Iterator[Database]:
    database = Database(sqlite_url(draft))
    try:
        yield database
    finally:
        database.close()


def _why_changed(path: Path, note: BackupNote, about: Said) -> str | None:
    """Return in what a file that can't be opened is not the one that its note is about; None: it is that one.

    In a damaged file the place of the key may be what is damaged: then it looks as if the key were wrong.
    """
    size = path.stat().st_size
    if size < note.size:
        return CUT.format(**about, size=size, noted=note.size)
    with path.open("rb") as file:
        is_same = hashlib.file_digest(file, "sha256").hexdigest() == note.sha256
    return None if is_same else CHANGED.format(**about)


def _why_no_key_fits(identities: list[Any], note: BackupNote | None, about: Said) -> str:
    tried = {str(one.to_public()) for one in identities}
    if note and tried & {key.recipient for key in note.keys}:
        return NOT_THE_ONE.format(**about, names=note.named)
    return _named(WRONG_KEY, WRONG_KEY_UNNAMED, note, about)


def _named(said: str, unnamed: str, note: BackupNote | None, about: Said) -> str:
    return unnamed.format(**about) if note is None else said.format(**about, names=note.named)


class _Measured:
    """Reads or writes pieces, and knows how much it was and its checksum."""

    def __init__(self, call: Any) -> None:
        self._call, self._digest = call, hashlib.sha256()
        self.size = 0

    def __call__(self, what: Any) -> Any:
        done = self._call(what)
        part = what if isinstance(what, bytes) else done
        self._digest.update(part)
        self.size += len(part)
        return done

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()
