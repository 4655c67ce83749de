"""`seed`: a large made-up municipality in an empty database, to try and to measure on."""

import os
import time
from argparse import Namespace

from sqlmodel import select

from app.cli.database_checks import check_folder, check_schema, refuse_foreign, sqlite_path
from app.cli.error_messages import CommandFailed
from app.cli.secret_key import migrate_with_key
from app.cli.site import database_url, secret_if_set
from app.config import DEMO_SITE, read_site
from app.dates.clock import system_clock
from app.demo.bulk_people import seed_municipality
from app.demo.demo_instance import DemoInstance, note_seeded_at
from app.identity.models import Person
from app.store.db import Database

REAL_SITE = (
    "ENPLAN_CONFIG peger på en kommunes egne indstillinger, og seed lægger kun opdigtede borgere:"
    " fjern den, eller brug en anden database."
)
NOT_EMPTY = "Der er personer i databasen allerede, så seed rører den ikke: vælg en tom."


def run(asked: Namespace) -> int:
    """Lay the demo's people and so many citizens more, all of it or nothing."""
    if os.environ.get("ENPLAN_CONFIG"):
        raise CommandFailed(REAL_SITE, code=2)
    url, began = database_url(asked), time.monotonic()
    refuse_foreign(url)
    path = sqlite_path(url)
    if path is not None:
        check_folder(path.parent)
    if asked.data is not None:
        DemoInstance(asked.data).secret_key()  # so that `demo` serves what is laid here
    database = Database(url)
    try:
        migrate_with_key(database, url, secret_if_set(url), now=system_clock())
        check_schema(database)
        _fill(database, asked.citizens, asked.seed)
    finally:
        database.close()
    print(f"Borgere lagt ind: {asked.citizens}. Sekunder: {time.monotonic() - began:.0f}.")
    return 0


def _fill(database: Database, citizens: int, seed: int) -> None:
    now = system_clock()
    with database.writing() as session:
        if session.exec(select(Person.id).limit(1)).first() is not None:
            raise CommandFailed(NOT_EMPTY)
        seed_municipality(session, read_site(DEMO_SITE), citizens=citizens, seed=seed, now=now)
        if database.is_sqlite:
            note_seeded_at(session, now)
