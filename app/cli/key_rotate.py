"""`key rotate`: another secret key, while the app runs. What is hashed with the old one goes over bit by bit.

Decision 2026-12-01: what lies on phones stays sealed with the old key as long as ENPLAN_SECRET_KEY_OLD is
set: with another, what somebody wrote and has not sent would be lost. So the old one is kept some months.
"""

import os
from argparse import Namespace
from contextlib import suppress

from app.cli.database_checks import open_database
from app.cli.error_messages import CommandFailed
from app.cli.secret_key import refuse_other_key
from app.cli.site import find_demo_of
from app.config_faults import BadConfiguration, ConfigFault
from app.dates.clock import system_clock
from app.environment import read_database_url, read_old_secret, read_secret
from app.people_import.old_numbers import count_old_numbers
from app.store.db import Database
from app.store.key_fingerprint import OtherSecretKey, change_secret_key, read_keys

HOW = "mangler: sæt den nøgle, I bruger nu, i den, og en ny på mindst 32 bytes i ENPLAN_SECRET_KEY."
WAITING = (
    "Numre, der stadig venter på nøglen fra før den, I bruger nu: {count}. Hent listen over personer ind med"
    " de to nøgler først. Intet er ændret."
)
KEEP = """Start serve og worker igen med begge nøgler. Invitationer fra før virker, til de udløber.
Behold ENPLAN_SECRET_KEY_OLD, til tallet er 0, og mindst tre måneder: det, nogen har skrevet på en telefon og
ikke har sendt endnu, er låst med den."""


def run(_asked: Namespace) -> int:
    """Go over to the new key, or say how much still waits for the old one."""
    url = read_database_url(os.environ)
    if find_demo_of(url) is not None:
        raise CommandFailed("En demo har sin egen nøgle, som ikke skiftes.", code=2)
    new, old = read_secret(os.environ), read_old_secret(os.environ)
    if old is None:
        raise BadConfiguration(ConfigFault("ENPLAN_SECRET_KEY_OLD", HOW))
    with open_database(url) as database:
        _refuse_third_key(database, old)
        with refuse_other_key(url, old):
            changed = change_secret_key(database, new, old, now=system_clock())
        with database.reading() as session:
            waiting = count_old_numbers(session, read_keys(session.connection(), new, old))
    print("Databasen bruger nu den nye nøgle." if changed else "Databasen bruger den nye nøgle i forvejen.")
    print(f"Numre, der endnu kendes på den gamle: {waiting}.")
    print("De går over, når listen over personer hentes ind.")
    print(KEEP)
    return 0


def _refuse_third_key(database: Database, old: str) -> None:
    """Stop if numbers wait for a key from before the old one: only two are ever tried."""
    waiting = 0
    with suppress(OtherSecretKey), database.reading() as session:  # then it has gone over already
        waiting = count_old_numbers(session, read_keys(session.connection(), old, None))
    if waiting:
        raise CommandFailed(WAITING.format(count=waiting))
