"""`backup`, `restore` and `doctor`: a safe copy, the way back, and whether all is as promised."""

import sys
from argparse import Namespace
from collections.abc import Iterator

from sqlalchemy.exc import DBAPIError

from app.cli.database_checks import check_folder, open_database, refuse_foreign, sqlite_path
from app.cli.error_messages import CommandFailed, error_sentence
from app.cli.secret_key import other_key_sentence
from app.cli.site import database_url, read_secret_of, read_site_of, secret_if_set
from app.config_faults import BadConfiguration
from app.dates.clock import system_clock
from app.errors import SchemaIsNewer
from app.store.db import Database
from app.store.key_fingerprint import OtherSecretKey, check_secret_key
from app.upkeep import doctor
from app.upkeep.backup import backup, sqlite_url
from app.upkeep.progress import Progress
from app.upkeep.restore import restore
from app.upkeep.rules import UnsafeOperation

KEY_KNOWN = "Den hemmelige nøgle er den, databasen bruges med."
KEY_NOT_RECORDED = "Databasen har ikke noteret sin nøgle endnu: den næste kommando, der skriver, gør det."
KEY_UNKNOWN = (
    "Kopien siger ikke, hvilken hemmelig nøgle den hører til: se efter, at ENPLAN_SECRET_KEY er den, der blev"
    " brugt, da den blev taget. Næste kommando, der skriver, noterer den."
)


def backup_command(asked: Namespace) -> int:
    """Write a backup, also while the app serves."""
    with open_database(database_url(asked)) as database:
        try:
            counts = backup(database, asked.file, Progress(_say))
        except UnsafeOperation as problem:
            raise CommandFailed(str(problem)) from problem
    print(f"Sikkerhedskopien {asked.file} er klar. Rækker: {sum(counts.values())}.")
    return 0


def restore_command(asked: Namespace) -> int:
    """Put a backup into an empty place."""
    url = database_url(asked)
    secret_key = secret_if_set(url)
    if not asked.file.is_file():
        raise CommandFailed(f"{asked.file} findes ikke: skriv navnet på en sikkerhedskopi.")
    refuse_foreign(sqlite_url(asked.file))
    path = sqlite_path(url)
    if path is not None:
        check_folder(path.parent)
    try:
        counts = restore(asked.file, url, secret_key, Progress(_say))
    except UnsafeOperation as problem:
        raise CommandFailed(str(problem)) from problem
    print(f"{asked.file} er hentet frem. Rækker: {sum(counts.values())}.")
    if not counts["key_fingerprint"]:
        print(KEY_UNKNOWN)
    return 0


def doctor_command(asked: Namespace) -> int:
    """Say how the site is, one line for each thing; the exit code is 0 only if all is well."""
    well = True
    for one in _findings(database_url(asked)):
        well = well and one.well
        print(f"{'i orden' if one.well else 'SE HER '}  {one.sentence}")
    return 0 if well else 1


def _say(sentence: str) -> None:
    """Tell how far it has come, beside what is told in the end."""
    print(sentence, file=sys.stderr, flush=True)


def _findings(url: str) -> Iterator[doctor.DoctorFinding]:
    yield from _settings(url)
    try:
        path = sqlite_path(url)
        if path is not None and not path.exists():
            raise CommandFailed(f"Der er ingen database i {path}: kør ./enplan migrate.")
        refuse_foreign(url)
        yield from _database(url)
    except (BadConfiguration, CommandFailed, SchemaIsNewer) as fault:
        yield doctor.DoctorFinding(False, str(fault))
    except (OSError, DBAPIError) as problem:
        yield doctor.DoctorFinding(False, error_sentence(problem))


def _settings(url: str) -> Iterator[doctor.DoctorFinding]:
    for read, well in (
        (read_secret_of, "Den hemmelige nøgle er lang nok."),
        (read_site_of, "Kommunens indstillinger kan læses."),
    ):
        try:
            read(url)
            yield doctor.DoctorFinding(True, well)
        except (BadConfiguration, CommandFailed) as problem:
            yield from (doctor.DoctorFinding(False, one) for one in str(problem).splitlines())


def _database(url: str) -> Iterator[doctor.DoctorFinding]:
    database = Database(url)
    try:
        yield from doctor.examine_database(database, now=system_clock(), progress=Progress(_say))
        yield from _key(database, url)
    finally:
        database.close()


def _key(database: Database, url: str) -> Iterator[doctor.DoctorFinding]:
    try:
        secret_key = secret_if_set(url)
    except BadConfiguration:
        return  # it has been said
    if secret_key is None:
        return
    try:
        with database.engine.connect() as connection:
            known = check_secret_key(connection, secret_key)
    except OtherSecretKey as other:
        yield doctor.DoctorFinding(False, other_key_sentence(url, secret_key, other))
        return
    yield doctor.DoctorFinding(True, KEY_KNOWN if known else KEY_NOT_RECORDED)
