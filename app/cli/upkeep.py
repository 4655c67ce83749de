"""`backup`, `restore` and `doctor`: a safe copy, the way back, and whether all is as promised."""

from argparse import Namespace
from collections.abc import Iterator

from sqlalchemy.exc import DBAPIError

from app.cli.database import check_folder, opened, refuse_foreign, sqlite_path
from app.cli.faults import Fault, explain
from app.cli.key import sentence
from app.cli.where import database_url, secret_if_set, secret_of, site_of
from app.clock import system_clock
from app.config import BadConfiguration
from app.db import Database
from app.key_fingerprint import OtherKey, check_key
from app.upkeep import NotSafe, doctor
from app.upkeep.backup import backup, sqlite_url
from app.upkeep.restore import restore

KEY_KNOWN = "Den hemmelige nøgle er den, databasen bruges med."
KEY_NOT_RECORDED = "Databasen har ikke noteret sin nøgle endnu: den næste kommando, der skriver, gør det."
KEY_UNKNOWN = (
    "Kopien siger ikke, hvilken hemmelig nøgle den hører til: se efter, at ENPLAN_SECRET_KEY er den, der blev"
    " brugt, da den blev taget. Næste kommando, der skriver, noterer den."
)


def save(asked: Namespace) -> int:
    """Write a backup, also while the app serves."""
    with opened(database_url(asked)) as database:
        try:
            counts = backup(database, asked.file)
        except NotSafe as problem:
            raise Fault(str(problem)) from problem
    print(f"Sikkerhedskopien {asked.file} er klar, med {sum(counts.values())} rækker.")
    return 0


def bring_back(asked: Namespace) -> int:
    """Put a backup into an empty place."""
    url = database_url(asked)
    secret_key = secret_if_set(url)
    if not asked.file.is_file():
        raise Fault(f"{asked.file} findes ikke: skriv navnet på en sikkerhedskopi.")
    refuse_foreign(sqlite_url(asked.file))
    path = sqlite_path(url)
    if path is not None:
        check_folder(path.parent)
    try:
        counts = restore(asked.file, url, secret_key)
    except NotSafe as problem:
        raise Fault(str(problem)) from problem
    print(f"{asked.file} er hentet frem, med {sum(counts.values())} rækker.")
    if not counts["key_fingerprint"]:
        print(KEY_UNKNOWN)
    return 0


def examine(asked: Namespace) -> int:
    """Say how the site is, one line for each thing; the exit code is 0 only if all is well."""
    well = True
    for one in _findings(database_url(asked)):
        well = well and one.well
        print(f"{'i orden' if one.well else 'SE HER '}  {one.sentence}")
    return 0 if well else 1


def _findings(url: str) -> Iterator[doctor.Finding]:
    yield from _settings(url)
    path = sqlite_path(url)
    if path is not None and not path.exists():
        yield doctor.Finding(False, f"Der er ingen database i {path}: kør ./enplan migrate.")
        return
    try:
        refuse_foreign(url)
        yield from _database(url)
    except Fault as fault:
        yield doctor.Finding(False, str(fault))
    except (OSError, DBAPIError) as problem:
        yield doctor.Finding(False, explain(problem))


def _settings(url: str) -> Iterator[doctor.Finding]:
    for read, well in (
        (secret_of, "Den hemmelige nøgle er lang nok."),
        (site_of, "Kommunens indstillinger kan læses."),
    ):
        try:
            read(url)
            yield doctor.Finding(True, well)
        except (BadConfiguration, Fault) as problem:
            yield doctor.Finding(False, str(problem))


def _database(url: str) -> Iterator[doctor.Finding]:
    database = Database(url)
    try:
        yield from doctor.examine(database, now=system_clock())
        yield from _key(database, url)
    finally:
        database.close()


def _key(database: Database, url: str) -> Iterator[doctor.Finding]:
    try:
        secret_key = secret_if_set(url)
    except BadConfiguration:
        return  # it has been said
    if secret_key is None:
        return
    try:
        with database.engine.connect() as connection:
            known = check_key(connection, secret_key)
    except OtherKey as other:
        yield doctor.Finding(False, sentence(url, secret_key, other))
        return
    yield doctor.Finding(True, KEY_KNOWN if known else KEY_NOT_RECORDED)
