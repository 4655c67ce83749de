"""The way back from a backup, into an empty place: all of it is there afterwards, or nothing is changed."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError

from app.errors import SchemaIsNewer
from app.migrations import schema
from app.store.db import Database
from app.store.key_fingerprint import OtherSecretKey, check_secret_key
from app.store.sqlite_file import DatabaseInUse, in_use
from app.upkeep.atomic_file import atomic_write
from app.upkeep.backup import sqlite_url
from app.upkeep.checksum import Counts, verify_checksum
from app.upkeep.copy_rows import copy_to_postgresql, count_rows
from app.upkeep.encrypted_backup import is_encrypted, load_encrypted
from app.upkeep.progress import Progress
from app.upkeep.rules import UnsafeOperation

LOOKS, LOOK_SECONDS = 20, 0.05
BROKEN = "Sikkerhedskopien bryder et løfte ({promise}): brug en anden. Intet er ændret."

OTHER_KEY = (
    "Sikkerhedskopien hører til en anden hemmelig nøgle end den, der er sat her: sæt den gamle nøgle tilbage"
    " i ENPLAN_SECRET_KEY (en demos ligger i filen secret.key), og hent så kopien frem. Intet er ændret."
)


def restore(
    path: Path,
    url: str,
    secret_key: str | None = None,
    progress: Progress | None = None,
    *,
    identity: Path | None = None,
) -> Counts:
    """Put the backup in `path` into the empty database `url`; return its rows per table.

    A backup of an older schema is brought to the newest. The backup itself is only read. `secret_key` is the
    one that the database is to be used with; a backup that doesn't say which it hangs on is taken without.
    `identity` is the file with the private key that opens an encrypted one.

    Raises:
        UnsafeOperation: the place is in use or not empty, or the backup is damaged, of a newer schema, lacks
            a promise, was taken of a database with another key, or is encrypted to another private key.
        OSError: the backup can't be read, or the place can't be written.
        sqlalchemy.exc.DBAPIError: the database does not answer.
    """
    parts, progress = make_url(url), progress or Progress()
    if parts.get_backend_name() == "sqlite":
        place = Path(parts.database or "")
        with _alone_with(place), atomic_write(place) as draft:
            _read_backup(path, draft, identity, progress)
            return _prepare(draft, secret_key, progress)
    with tempfile.TemporaryDirectory(prefix="enplan-") as folder:
        draft = Path(folder) / "draft.db"
        _read_backup(path, draft, identity, progress)
        counts = _prepare(draft, secret_key, progress)
        _carry_over(draft, url, counts, progress)
        return counts


@contextmanager
def _alone_with(place: Path) -> Iterator[None]:
    """Keep others from a SQLite file that is still to come; stop if somebody still has the one before."""
    try:
        with in_use(place, alone=True):
            yield
    except DatabaseInUse as problem:
        raise UnsafeOperation(
            f"{place} er i brug: stop serveren, worker eller demoen, der bruger den, og prøv igen."
            " Intet er ændret."
        ) from problem


def _read_backup(path: Path, draft: Path, identity: Path | None, progress: Progress) -> None:
    """Make `draft` the database that was backed up, if the backup is whole."""
    progress.begin("Læser sikkerhedskopien")
    if is_encrypted(path):
        with _refusing_broken():
            load_encrypted(path, draft, identity, progress)
        return
    shutil.copyfile(path, draft)
    verify_checksum(draft, progress)


def _prepare(draft: Path, secret_key: str | None, progress: Progress) -> Counts:
    """Make the database that was backed up ready to serve; return its rows per table."""
    with _database(sqlite_url(draft)) as database:
        with database.engine.connect() as connection:
            _refuse_other_key(connection, secret_key)
        progress.begin("Gør den klar til denne udgave")
        try:
            schema.migrate(database)
        except SchemaIsNewer as newer:
            said = str(newer).replace("Databasen", "Sikkerhedskopien")
            raise UnsafeOperation(said) from newer
        with database.engine.connect() as connection:
            _refuse_unpromised(connection)
            return count_rows(connection)


def _carry_over(draft: Path, url: str, counts: Counts, progress: Progress) -> None:
    with (
        _refusing_broken(),
        _database(sqlite_url(draft)) as source,
        _database(url) as target,
        source.engine.connect() as rows,
        _unused(target).begin() as place,
    ):
        if inspect(place).get_table_names():
            raise UnsafeOperation("Databasen er ikke tom: hent sikkerhedskopien frem i en ny database.")
        schema.take_steps(place)
        copy_to_postgresql(rows, place, progress)
        _refuse_unpromised(place)
        if count_rows(place) != counts:
            raise UnsafeOperation("Ikke alle rækker kom med, så databasen er tom igen.")


@contextmanager
def _refusing_broken() -> Iterator[None]:
    """Raise UnsafeOperation for rows that the database itself refuses; its transaction is undone by then."""
    try:
        yield
    except IntegrityError as broken:
        promise = getattr(getattr(broken.orig, "diag", None), "constraint_name", None)
        raise UnsafeOperation(BROKEN.format(promise=promise or type(broken.orig).__name__)) from broken


def _unused(target: Database) -> Engine:
    """Return the engine of a PostgreSQL database to which nobody else is connected.

    Raises:
        UnsafeOperation: somebody is. A connection just closed is still seen for a moment, so it gets one.
    """
    looking = target.engine.execution_options(isolation_level="AUTOCOMMIT")
    with looking.connect() as connection:
        for _look in range(LOOKS):
            others = connection.execute(_OTHERS).scalar_one()
            if not others:
                return target.engine
            time.sleep(LOOK_SECONDS)
    raise UnsafeOperation(
        f"Databasen er i brug af andre ({others}): stop serveren, worker og andre programmer, der bruger"
        " den, og prøv igen. Intet er ændret."
    )


# PostgreSQL's own workers have no user. Anybody may see that another user is connected, if not what they do.
_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND usesysid IS NOT NULL AND pid <> pg_backend_pid()"
)


def _refuse_other_key(connection: Connection, secret_key: str | None) -> None:
    try:
        check_secret_key(connection, secret_key)
    except OtherSecretKey as other:
        raise UnsafeOperation(OTHER_KEY) from other


def _refuse_unpromised(connection: Connection) -> None:
    missing = schema.missing_constraints(connection)
    if missing:
        raise UnsafeOperation(f"Sikkerhedskopien mangler {', '.join(missing)}: brug en anden.")


@contextmanager
def _database(url: str) -> Iterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        database.close()
