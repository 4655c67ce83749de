"""`import meetings.ics`: meetings from a calendar file. A bad one changes nothing; every fault is named."""

import sys
from argparse import Namespace

from app.calendar_sync.import_service import MeetingsRefused, import_meetings
from app.cli.error_messages import CommandFailed
from app.cli.secret_key import opened_with_key
from app.cli.site import database_url, read_site_of, secret_if_set
from app.dates.clock import system_clock

MOST_LINES = 50


def run(asked: Namespace) -> int:
    """Take the meetings in a calendar file into the database, and say what changed."""
    url = database_url(asked)
    site = read_site_of(url)
    raw = asked.file.read_bytes()
    try:
        with opened_with_key(url, secret_if_set(url)) as database:
            report = import_meetings(database, raw, now=system_clock(), workdays=site.workdays)
    except MeetingsRefused as bad:
        more = len(bad.problems) - MOST_LINES
        print(
            *bad.problems[:MOST_LINES],
            *([f"… og {more} til."] if more > 0 else []),
            sep="\n",
            file=sys.stderr,
        )
        raise CommandFailed("Intet er ændret: ret møderne, og hent filen igen.") from bad
    print(*report.sentences(), sep="\n")
    return 0
