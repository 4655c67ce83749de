"""`import meetings.ics`: meetings from a calendar file. A bad one changes nothing; every fault is named."""

import sys
from argparse import Namespace

from app.calendar.meeting_import import BadMeetings, import_meetings
from app.cli.faults import Fault
from app.cli.key import opened_with_key
from app.cli.where import database_url, secret_if_set, site_of
from app.clock import system_clock

MOST_LINES = 50


def run(asked: Namespace) -> int:
    """Take the meetings in a calendar file into the database, and say what changed."""
    url = database_url(asked)
    site = site_of(url)
    raw = asked.file.read_bytes()
    try:
        with opened_with_key(url, secret_if_set(url)) as database:
            report = import_meetings(database, raw, now=system_clock(), closing_days=site.closing_days)
    except BadMeetings as bad:
        more = len(bad.problems) - MOST_LINES
        print(
            *bad.problems[:MOST_LINES],
            *([f"… og {more} til."] if more > 0 else []),
            sep="\n",
            file=sys.stderr,
        )
        raise Fault("Intet er ændret: ret møderne, og hent filen igen.") from bad
    print(*report.sentences(), sep="\n")
    return 0
