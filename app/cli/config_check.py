"""`config check`: every fault of the configuration at once, and what was understood when there is none."""

import os
from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

from app.backup_keys import BackupKey
from app.cli.database_checks import refuse_foreign, sqlite_path
from app.cli.error_messages import CommandFailed
from app.cli.secret_key import refuse_other_key
from app.config import Settings, read_settings
from app.retention_periods import Periods, default_periods
from app.store.db import Database
from app.store.key_fingerprint import check_secret_key

# Every setting there is: another name that begins so is misspelt, and nobody reads it.
KNOWN = frozenset(
    {"ENPLAN_BACKUP_RECIPIENT", "ENPLAN_CONFIG", "ENPLAN_DATABASE_URL", "ENPLAN_DEMO", "ENPLAN_LOG",
     "ENPLAN_METRICS_TOKEN", "ENPLAN_MIGRATE_URL", "ENPLAN_ORIGIN", "ENPLAN_SECRET_KEY",
     "ENPLAN_SECRET_KEY_OLD", "ENPLAN_SW_OFF", "ENPLAN_TRUSTED_PROXY"}
    | {"ENPLAN_API_CASES", "ENPLAN_CHROMIUM", "ENPLAN_NO_BROWSER", "ENPLAN_SQLITE", "ENPLAN_TEST_DATABASES",
       "ENPLAN_TEST_DATABASE_URL", "ENPLAN_TEST_EXAMPLES"}  # of the tests
)  # fmt: skip


def run(_asked: Namespace) -> int:
    """Say what is wrong with the environment and the municipality's file, or what they come to."""
    print(*misspelt_names(os.environ), sep="\n", end="")
    settings = read_settings()
    print(*_understood(settings), sep="\n")
    print(_database(settings))
    print("Indstillingerne er i orden.")
    return 0


def misspelt_names(environ: Mapping[str, str]) -> Iterator[str]:
    """Yield a line for each name in the environment that looks like a setting and is none."""
    for name in sorted(environ):
        if name.startswith("ENPLAN_") and name not in KNOWN:
            near = get_close_matches(name, KNOWN, n=1)
            meant = f" Mente du {near[0]}?" if near else ""
            yield f"OBS: {name} kendes ikke og bliver ikke brugt.{meant}\n"


def _understood(settings: Settings) -> Iterator[str]:
    site, proxies = settings.site, ", ".join(sorted(settings.trusted_proxies))
    yield f"Kommunen: {site.name}. Afdelinger: {len(site.departments)}. Livsområder: {len(site.areas)}."
    yield f"Adressen: {settings.origin}"
    yield f"Proxyen foran: {proxies or 'ingen'}"
    yield _retention(site.retention)
    yield _backups(settings.backup_keys)
    if settings.worker_off:
        yield "Telefonerne sletter det, de har gemt, og virker ikke uden net (ENPLAN_SW_OFF)."


def _backups(keys: Sequence[BackupKey]) -> str:
    if not keys:
        return "Sikkerhedskopier: ikke krypteret (./enplan key backup)"
    return f"Sikkerhedskopier: krypteret til {', '.join(key.name for key in keys)}"


def _retention(periods: Periods) -> str:
    own = sum(periods[key] != usual for key, usual in default_periods().items())
    log = f"Opbevaring: {periods['access_log_days'].days} dage for adgangsloggen"
    return (
        f"{log}; {own} {'frist er jeres egen' if own == 1 else 'frister er jeres egne'} (./enplan retention)"
    )


def _database(settings: Settings) -> str:
    """Return where the database is; it is opened if it is there, and nothing is made.

    Raises:
        CommandFailed: it is used with another key.
        sqlalchemy.exc.DBAPIError: the server doesn't answer, or the database isn't on it.
    """
    path = sqlite_path(settings.database_url)
    refuse_foreign(settings.database_url)
    if path is not None and not path.exists():
        _check_place(path.absolute().parent)
        return f"Databasen: {path.absolute()}, som ./enplan migrate laver"
    database = Database(settings.database_url)
    try:
        with (
            refuse_other_key(settings.database_url, settings.secret_key),
            database.engine.connect() as connection,
        ):
            check_secret_key(connection, settings.secret_key)
    finally:
        database.close()
    return (
        f"Databasen: {path.absolute() if path else database.engine.url.render_as_string(hide_password=True)}"
    )


def _check_place(folder: Path) -> None:
    """Stop if a database could not be made in `folder`, which needn't be there yet."""
    nearest = next(one for one in (folder, *folder.parents) if one.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK):
        raise CommandFailed(f"Databasen kan ikke laves i {folder}: der må ikke skrives i {nearest}.", code=2)
