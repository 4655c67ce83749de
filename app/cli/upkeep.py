"""`backup`, `restore` and `doctor`: a safe copy, the way back, and whether all is as promised."""

import os
import sys
from argparse import Namespace
from collections.abc import Iterator

from sqlalchemy.exc import DBAPIError

from app.backup_keys import BackupKey, parse_backup_keys, read_backup_keys
from app.cli.database_checks import check_folder, open_database, refuse_foreign, sqlite_path
from app.cli.error_messages import CommandFailed, error_sentence
from app.cli.secret_key import other_key_sentence
from app.cli.site import database_url, read_secret_of, read_site_of, secret_if_set
from app.config_faults import BadConfiguration
from app.dates.clock import system_clock
from app.errors import SchemaIsNewer
from app.store.db import Database, has_safe_wal, sqlite_driver
from app.store.key_fingerprint import OtherSecretKey, check_secret_key
from app.upkeep import doctor
from app.upkeep.backup import backup, sqlite_url
from app.upkeep.backup_note import note_path
from app.upkeep.encrypted_backup import backup_encrypted, is_encrypted
from app.upkeep.progress import Progress
from app.upkeep.restore import restore
from app.upkeep.rules import UnsafeOperation

KEY_KNOWN = "Den hemmelige nøgle er den, databasen bruges med."
KEY_NOT_RECORDED = "Databasen har ikke noteret sin nøgle endnu: den næste kommando, der skriver, gør det."
KEY_UNKNOWN = (
    "Kopien siger ikke, hvilken hemmelig nøgle den hører til: se efter, at ENPLAN_SECRET_KEY er den, der blev"
    " brugt, da den blev taget. Næste kommando, der skriver, noterer den."
)
ENCRYPTED = "Den er krypteret til {names}. Navnet på nøglen står i {note}: lad de to filer følges ad."
OTHERS_WAIT = (
    "Borgere kan læse, men ingen kan skrive, mens den krypterede kopi tages, og medarbejdere kan ikke åbne en"
    " borger: SQLite her er af en ældre udgave."
)
NOT_ENCRYPTED = "Kopien er ikke krypteret, så --identity blev ikke brugt."
TAKE_AWAY = "Slet {identity} her igen, når du er færdig: den åbner alle kopierne."


def backup_command(asked: Namespace) -> int:
    """Write a backup, also while the app serves."""
    keys = _keys_of(asked)
    with open_database(database_url(asked)) as database:
        try:
            if keys:
                if database.is_sqlite and not has_safe_wal(sqlite_driver().sqlite_version_info):
                    _say(OTHERS_WAIT)
                now, progress = system_clock(), Progress(_say)
                counts = backup_encrypted(database, asked.file, keys, now=now, progress=progress)
            else:
                counts = backup(database, asked.file, Progress(_say))
        except UnsafeOperation as problem:
            raise CommandFailed(str(problem)) from problem
    print(f"Sikkerhedskopien {asked.file} er klar. Rækker: {sum(counts.values())}.")
    if keys:
        names = ", ".join(key.name for key in keys)
        print(ENCRYPTED.format(names=names, note=note_path(asked.file)))
    return 0


def _keys_of(asked: Namespace) -> tuple[BackupKey, ...]:
    """Return whom the backup is encrypted to: those of the command, else those of the environment."""
    if not asked.recipient:
        return read_backup_keys(os.environ)
    try:
        return parse_backup_keys(asked.recipient)
    except ValueError as problem:
        raise CommandFailed(f"--recipient {problem}", code=2) from problem


def restore_command(asked: Namespace) -> int:
    """Put a backup into an empty place."""
    url = database_url(asked)
    secret_key = secret_if_set(url)
    if not asked.file.is_file():
        raise CommandFailed(f"{asked.file} findes ikke: skriv navnet på en sikkerhedskopi.")
    encrypted = is_encrypted(asked.file)
    if not encrypted:
        refuse_foreign(sqlite_url(asked.file))
    path = sqlite_path(url)
    if path is not None:
        check_folder(path.parent)
    try:
        counts = restore(asked.file, url, secret_key, Progress(_say), identity=asked.identity)
    except UnsafeOperation as problem:
        raise CommandFailed(str(problem)) from problem
    print(f"{asked.file} er hentet frem. Rækker: {sum(counts.values())}.")
    if not counts["key_fingerprint"]:
        print(KEY_UNKNOWN)
    if asked.identity is not None:
        print(TAKE_AWAY.format(identity=asked.identity) if encrypted else NOT_ENCRYPTED)
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
    for look in (_secret_is_long, _site_is_read, _backups_are):
        try:
            yield doctor.DoctorFinding(True, look(url))
        except (BadConfiguration, CommandFailed) as problem:
            yield from (doctor.DoctorFinding(False, one) for one in str(problem).splitlines())


def _secret_is_long(url: str) -> str:
    read_secret_of(url)
    return "Den hemmelige nøgle er lang nok."


def _site_is_read(url: str) -> str:
    read_site_of(url)
    return "Kommunens indstillinger kan læses."


def _backups_are(_url: str) -> str:
    names = ", ".join(key.name for key in read_backup_keys(os.environ))
    return f"Sikkerhedskopier krypteres til {names}." if names else "Sikkerhedskopier krypteres ikke."


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
