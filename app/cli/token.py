"""`token create`, `list` and `revoke`: keys for other systems, shown once, alone on the last line."""

import sys
from argparse import Namespace

from app.access.access_log import find_last_looks
from app.administration.service import end_key, make_key
from app.cli.database_checks import open_database
from app.cli.error_messages import CommandFailed
from app.cli.secret_key import opened_with_key
from app.cli.site import database_url, secret_if_set
from app.dates.clock import system_clock
from app.errors import Missing, Refused
from app.i18n import long_datetime
from app.identity.tokens import list_tokens


def create(asked: Namespace) -> int:
    """Give a system a key and print it."""
    url = database_url(asked)
    try:
        with opened_with_key(url, secret_if_set(url)) as database, database.writing() as session:
            secret = make_key(session, asked.system, asked.scope, by=None, now=system_clock())
    except Refused as refused:
        raise CommandFailed(refused.reason % refused.params) from refused
    print("Gem nøglen nu. Den kan ikke vises igen.", file=sys.stderr)
    print(secret)
    return 0


def list_all(asked: Namespace) -> int:
    """Say which systems have a key, what it opens and when it was last used. No key is shown."""
    with open_database(database_url(asked)) as database, database.reading() as session:
        tokens, looks = list_tokens(session), find_last_looks(session)
    if not tokens:
        print("Intet system har en nøgle. Giv et system en med ./enplan token create.")
    for one in tokens:
        last = looks.get(one.id)
        used = f"spurgte sidst om en borger {long_datetime(last)}" if last else "har ikke spurgt om en borger"
        state = f"spærret {long_datetime(one.revoked_at)}" if one.revoked_at else "virker"
        opens, made = " ".join(one.scopes), f"lavet {long_datetime(one.created_at)}"
        print(" · ".join((one.name, state, opens, made, used)))
    return 0


def revoke(asked: Namespace) -> int:
    """Stop a system's key at once."""
    try:
        with open_database(database_url(asked)) as database, database.writing() as session:
            end_key(session, asked.system, by=None, now=system_clock())
    except Missing as missing:
        raise CommandFailed(f"Der er ingen nøgle til {asked.system}, som virker.") from missing
    print(f"Nøglen til {asked.system} virker ikke mere.")
    return 0
