"""Is everything as promised? Each check is one finding, in a sentence that a person can act on."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, text
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from app.booking.consistency import count_inconsistencies
from app.dates.local_time import danish_day
from app.entries.models import EntryVersion
from app.identity.models import PersonRole
from app.identity.rules import Role
from app.migrations import schema
from app.plan.models import ContactAssignment
from app.plan.tie_conditions import IS_CONTACT_NOW
from app.store.db import Database, has_safe_wal, sqlite_driver
from app.upkeep.checksum import STEPS
from app.upkeep.progress import Progress

FULL = 2  # SQLite's number for `PRAGMA synchronous = FULL`
LEAST_FREE = 500_000_000  # bytes; a backup beside the database needs as much again as the database
CLOCKS_APART = timedelta(seconds=5)
MADE_IN = 2026  # a clock that shows an earlier year was never set
WARNED = timedelta(days=30)  # before a role ends
OTHERS = 0o007  # the rights of everybody else


@dataclass(frozen=True, slots=True)
class DoctorFinding:
    """One thing that was looked at, and whether it is well."""

    well: bool
    sentence: str


def examine_database(
    database: Database, *, now: datetime, progress: Progress | None = None
) -> Iterator[DoctorFinding]:
    """Yield what can be seen in the database and around it. Leaves nothing changed.

    Raises:
        SchemaIsNewer: this program does not know the database's promises.
        sqlalchemy.exc.DBAPIError: the database does not answer, or can't be written.
    """
    progress = progress or Progress()
    with database.engine.connect() as connection:
        schema.refuse_newer(connection)
        at_head = schema.at_head(connection)
        missing = schema.missing_constraints(connection)
    yield DoctorFinding(True, "Databasen svarer.")
    yield _either(
        at_head,
        "Databasen passer til denne udgave.",
        "Databasen er fra en anden udgave: kør ./enplan migrate.",
    )
    yield _either(
        not missing,
        "Databasen har alle de regler, den skal have.",
        f"Databasen mangler {', '.join(missing)}: hent en sikkerhedskopi frem.",
    )
    if at_head:
        schema.prove_writable(database)
        yield DoctorFinding(True, "Der kan skrives i databasen.")
        yield _clock(database, now)
        yield _calendar(database, progress)
        yield _leaving(database, now)
    yield from _sqlite(database, progress) if database.is_sqlite else _postgresql(database)


def _either(well: bool, good: str, bad: str) -> DoctorFinding:
    return DoctorFinding(well, good if well else bad)


def _clock(database: Database, now: datetime) -> DoctorFinding:
    with database.engine.connect() as connection:
        newest = connection.execute(select(func.max(EntryVersion.written_at))).scalar()
        theirs = now if database.is_sqlite else connection.execute(select(func.now())).scalar_one()
    if now.year < MADE_IN:
        return DoctorFinding(False, f"Uret viser {now.year}: stil maskinens ur.")
    if newest is not None and newest > now + CLOCKS_APART:
        return DoctorFinding(False, "Uret går bagud: noget i databasen er skrevet senere. Stil maskinens ur.")
    if abs(theirs.astimezone(UTC) - now) > CLOCKS_APART:
        return DoctorFinding(False, "Databasens ur går anderledes end maskinens: stil begge ure.")
    return DoctorFinding(True, "Uret går rigtigt.")


def _calendar(database: Database, progress: Progress) -> DoctorFinding:
    with database.engine.connect() as connection, _told(connection, progress, "Ser kalenderen efter"):
        unkept = count_inconsistencies(connection)
    return _either(
        not any(unkept),
        "Kalenderen passer: hvert møde har sin tid, og ingen tid er optaget af andet.",
        f"Kalenderen passer ikke. Møder uden optaget tid: {unkept.missing}. Optaget tid uden møde:"
        f" {unkept.stray}. Hent en sikkerhedskopi frem, eller spørg os.",
    )


def _leaving(database: Database, now: datetime) -> DoctorFinding:
    """Say whether anybody who has citizens is to lose the role it takes; who, the terminal does not show."""
    kept = aliased(PersonRole)
    stays = select(kept.id).where(
        kept.person_id == PersonRole.person_id, kept.role == Role.CONTACT, col(kept.ends_at).is_(None)
    )
    theirs = ContactAssignment.person_id == PersonRole.person_id
    has_citizens = select(ContactAssignment.id).where(theirs, IS_CONTACT_NOW)
    ending = (
        select(func.max(PersonRole.ends_at))
        .where(PersonRole.role == Role.CONTACT, col(PersonRole.ends_at).is_not(None))
        .where(~stays.exists(), has_citizens.exists())
        .group_by(col(PersonRole.person_id))
    )
    with database.engine.connect() as connection:
        ends = sorted(end for end in connection.execute(ending).scalars() if end is not None)
    if not ends:
        return DoctorFinding(True, "Ingen kontaktperson med borgere har en rolle, der slutter.")
    who = "1 kontaktperson" if len(ends) == 1 else f"{len(ends)} kontaktpersoner"
    said = f"{who} med borgere har en rolle, der slutter, den første {danish_day(ends[0]):%d-%m-%Y}"
    return DoctorFinding(ends[0] > now + WARNED, f"{said}: overdrag borgerne inden.")


@contextmanager
def _told(connection: Connection, progress: Progress, what: str) -> Iterator[None]:
    """Let a long question be told of while SQLite works on it; PostgreSQL says nothing until it is done."""
    progress.begin(what)
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name != "sqlite":
        yield
        return
    driver.set_progress_handler(progress.go_on, STEPS)
    try:
        yield
    finally:
        driver.set_progress_handler(None, STEPS)


def _sqlite(database: Database, progress: Progress) -> Iterator[DoctorFinding]:
    version = sqlite_driver().sqlite_version_info
    decided = "wal" if has_safe_wal(version) else "truncate"
    with database.engine.connect() as connection:
        journal, synchronous = (_pragma(connection, name) for name in ("journal_mode", "synchronous"))
        with _told(connection, progress, "Ser filen efter"):
            sound = _pragma(connection, "quick_check") == "ok"
    name = ".".join(map(str, version))
    yield _either(
        (journal, synchronous) == (decided, FULL),
        f"SQLite {name} venter på disken, før vi siger gemt ({journal}).",
        f"SQLite {name} venter ikke på disken ({journal}, {synchronous}): strømsvigt kan koste ord.",
    )
    yield _either(sound, "Databasens fil er hel.", "Databasens fil er beskadiget: hent en kopi frem.")
    yield from _folder(Path(database.url.database or ""))


def _pragma(connection: Connection, name: str) -> object:
    return connection.execute(text(f"PRAGMA {name}")).scalar()


def _folder(file: Path) -> Iterator[DoctorFinding]:
    free, needed = shutil.disk_usage(file.parent).free, LEAST_FREE + file.stat().st_size
    yield _either(
        free >= needed,
        f"Disken har {free // 1_000_000} MB fri.",
        f"Disken har kun {free // 1_000_000} MB fri: gør plads til {needed // 1_000_000} MB.",
    )
    closed = not (file.stat().st_mode & OTHERS and file.parent.stat().st_mode & OTHERS)
    yield _either(
        closed,
        "Kun ejeren kan læse databasens fil.",
        f"Alle på maskinen kan læse {file}: kør chmod 700 {file.parent}.",
    )


def _postgresql(database: Database) -> Iterator[DoctorFinding]:
    with database.engine.connect() as connection:
        said = {name: str(connection.execute(text(f"SHOW {name}")).scalar()) for name in _WAITS}
        version = str(connection.execute(text("SHOW server_version")).scalar()).partition(" ")[0]
    lax = [f"{name} = {said[name]}" for name, right in _WAITS.items() if said[name] not in right]
    yield _either(
        not lax,
        f"PostgreSQL {version} venter på disken, før vi siger gemt.",
        f"PostgreSQL {version} venter ikke på disken ({', '.join(lax)}): strømsvigt kan koste ord.",
    )


# What PostgreSQL must be set to, for an acknowledged write to be on a disk.
_WAITS = {
    "fsync": {"on"},
    "full_page_writes": {"on"},
    "synchronous_commit": {"on", "local", "remote_write", "remote_apply"},
}
