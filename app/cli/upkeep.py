"""`backup`, `restore` and `doctor`: a safe copy, the way back, and whether all is as promised."""

from argparse import Namespace
from collections.abc import Iterator

from sqlalchemy.exc import DBAPIError

from app.cli.database import check_folder, opened, refuse_foreign, sqlite_path
from app.cli.faults import Fault, explain
from app.cli.where import database_url, secret_of, site_of
from app.clock import system_clock
from app.config import BadConfiguration
from app.db import Database
from app.upkeep import NotSafe, doctor
from app.upkeep.backup import backup, sqlite_url
from app.upkeep.restore import restore


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
    if not asked.file.is_file():
        raise Fault(f"{asked.file} findes ikke: skriv navnet på en sikkerhedskopi.")
    refuse_foreign(sqlite_url(asked.file))
    path = sqlite_path(url)
    if path is not None:
        check_folder(path.parent)
    try:
        counts = restore(asked.file, url)
    except NotSafe as problem:
        raise Fault(str(problem)) from problem
    print(f"{asked.file} er hentet frem, med {sum(counts.values())} rækker.")
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
        except BadConfiguration as problem:
            yield doctor.Finding(False, str(problem))


def _database(url: str) -> Iterator[doctor.Finding]:
    database = Database(url)
    try:
        yield from doctor.examine(database, now=system_clock())
    finally:
        database.close()
