"""The secret key held against the database, before a command hashes or writes anything with it."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlmodel import Session, col, select

from app.cli.database_checks import open_database
from app.cli.error_messages import CommandFailed
from app.cli.site import find_demo_of, lost_key_sentence
from app.dates.clock import system_clock
from app.environment import read_old_secret
from app.i18n import long_datetime
from app.store.db import Database
from app.store.key_fingerprint import (
    OtherSecretKey,
    SecretKeys,
    check_secret_key,
    confirm_secret_key,
    read_keys,
)

RECORDED = (
    "Databasen har nu noteret nøglen i ENPLAN_SECRET_KEY som sin egen og tager ikke imod andre. Er det ikke"
    " den, I hele tiden har brugt, så stop, og hent sikkerhedskopien fra før frem."
)


@contextmanager
def opened_with_key(url: str, secret_key: str | None) -> Iterator[Database]:
    """Yield the database of `url` as `open_database` does, if it is used with this key.

    `secret_key` is None where none is set, and the command hashes nothing.

    Raises:
        CommandFailed: the database is used with another key; nothing is changed.
    """
    with open_database(url) as database:
        if secret_key is not None:
            confirm_or_record_key(database, url, secret_key, now=system_clock())
        yield database


def keys_of(session: Session, secret_key: str | None) -> SecretKeys | None:
    """Return the keys that numbers are looked up by, with ENPLAN_SECRET_KEY_OLD; None where no key is set."""
    if secret_key is None:
        return None
    return read_keys(session.connection(), secret_key, read_old_secret(os.environ))


def confirm_or_record_key(database: Database, url: str, secret_key: str, *, now: datetime) -> None:
    """Stop if the database is used with another key. One from before it knew its key takes this one.

    That it is the right one can't be seen: what is hashed with it is nowhere in clear. So it is said, once,
    where something is hashed already.

    Raises:
        CommandFailed: the database is used with another key.
    """
    with refuse_other_key(url, secret_key):
        recorded = confirm_secret_key(database, secret_key, now=now)
    if recorded and find_demo_of(url) is None and _has_keyed_hashes(database):
        print(RECORDED, file=sys.stderr)


@contextmanager
def refuse_other_key(url: str, secret_key: str | None) -> Iterator[None]:
    """Let another key end in one sentence on what to do."""
    try:
        yield
    except OtherSecretKey as other:
        raise CommandFailed(other_key_sentence(url, secret_key, other), code=2) from other


def migrate_with_key(database: Database, url: str, secret_key: str | None, *, now: datetime) -> None:
    """Take the database to the newest step, unless it is used with another key than this.

    `secret_key` is None where none is set: no step hashes anything.

    Raises:
        CommandFailed: the database is used with another key; nothing is changed.
        sqlalchemy.exc.DBAPIError: the database could not be changed; it is as it was.
    """
    from app.migrations import schema  # noqa: PLC0415 — it brings every model along

    if secret_key is not None:
        with refuse_other_key(url, secret_key), database.engine.connect() as connection:
            check_secret_key(connection, secret_key)
    schema.migrate(database)
    if secret_key is not None:
        confirm_or_record_key(database, url, secret_key, now=now)


def other_key_sentence(url: str, secret_key: str | None, other: OtherSecretKey) -> str:
    """Return what a person reads who comes with another key: what is wrong, and where the right one is."""
    demo, since = find_demo_of(url), long_datetime(other.since)
    if demo is not None and (secret_key is None or secret_key != os.environ.get("ENPLAN_SECRET_KEY")):
        return lost_key_sentence(demo)
    what = f"ENPLAN_SECRET_KEY er en anden nøgle end den, databasen har været brugt med siden {since}:"
    if demo is not None:
        return f"{what} fjern ENPLAN_SECRET_KEY, så bruges demoens egen i {demo.key_file}."
    return (
        f"{what} sæt den gamle nøgle tilbage. Den er der, hvor I gemmer hemmelige nøgler; den er hverken i"
        " databasen eller i en sikkerhedskopi. Intet er ændret."
    )


def _has_keyed_hashes(database: Database) -> bool:
    from app.identity.credentials import Invitation  # noqa: PLC0415
    from app.identity.models import Person  # noqa: PLC0415

    numbered = select(Person.id).where(col(Person.external_key).is_not(None)).limit(1)
    invited = select(Invitation.id).limit(1)
    with database.engine.connect() as connection:
        return any(connection.execute(one).first() for one in (numbered, invited))
