"""`token create` and `token revoke`: keys for other systems, shown once, alone on the last line."""

import sys
from argparse import Namespace

from app.cli.database_checks import open_database
from app.cli.error_messages import CommandFailed
from app.cli.secret_key import opened_with_key
from app.cli.site import database_url, secret_if_set
from app.dates.clock import system_clock
from app.errors import Missing, Refused
from app.identity.tokens import create_token, revoke_token


def create(asked: Namespace) -> int:
    """Give a system a key and print it."""
    url = database_url(asked)
    try:
        with opened_with_key(url, secret_if_set(url)) as database, database.writing() as session:
            secret = create_token(session, asked.system, asked.scope, system_clock())
    except Refused as refused:
        raise CommandFailed(refused.reason % refused.params) from refused
    print("Gem nøglen nu. Den kan ikke vises igen.", file=sys.stderr)
    print(secret)
    return 0


def revoke(asked: Namespace) -> int:
    """Stop a system's key at once."""
    try:
        with open_database(database_url(asked)) as database, database.writing() as session:
            revoke_token(session, asked.system, system_clock())
    except Missing as missing:
        raise CommandFailed(f"Der er ingen nøgle til {asked.system}, som virker.") from missing
    print(f"Nøglen til {asked.system} virker ikke mere.")
    return 0
