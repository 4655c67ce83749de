"""`invite`: the way in for one person, as a code and a QR code on the terminal. For staff too."""

import sys
from argparse import Namespace

from app.account.qr import print_qr
from app.cli.error_messages import CommandFailed
from app.cli.secret_key import opened_with_key
from app.cli.site import database_url, read_origin_of, read_secret_of
from app.dates.clock import system_clock
from app.errors import Refused
from app.i18n import long_datetime
from app.identity.invitation_codes import format_code
from app.identity.invitations import make_invitation
from app.identity.service import find_by_slug


def run(asked: Namespace) -> int:
    """Invite somebody, and take back the invitation they had. Code and link are shown this once."""
    url = database_url(asked)
    origin, secret_key = read_origin_of(url), read_secret_of(url)
    try:
        with opened_with_key(url, secret_key) as database, database.writing() as session:
            person_id = asked.person or find_by_slug(session, asked.slug)
            if person_id is None:
                raise CommandFailed(f"Der er ingen, der hedder {asked.slug} i demoen.")
            made = make_invitation(session, secret_key, person_id, by=None, now=system_clock())
    except Refused as refused:
        raise CommandFailed("Der er ingen aktiv person med det id.") from refused
    print("Gem den ikke. Den kan ikke vises igen, og en ny lukker den gamle.", file=sys.stderr)
    print_qr(f"{origin}/invitation#{made.link_secret}")
    print(f"Virker én gang, til {long_datetime(made.expires_at)}.")
    print(f"Scan koden, eller åbn {origin}/invitation og skriv:")
    print(format_code(made.code))
    return 0
