"""`import`: people from a spreadsheet. A bad file changes nothing, and every bad line is named.

A calendar file is handed on to import_meetings.py.
"""

import os
import sys
from argparse import Namespace

from sqlmodel import Session

from app.access.act_kinds import ActKind
from app.administration.service import LINES_MOST, ImportToRecord, record_import
from app.cli.error_messages import CommandFailed
from app.cli.secret_key import opened_with_key
from app.cli.site import database_url, read_secret_of, read_site_of
from app.dates.clock import system_clock
from app.environment import read_old_secret
from app.people_import.line_errors import BadFile
from app.people_import.service import ImportOptions, PeopleImportReport, import_people
from app.store.db import Database

MOST_NOTICES = 50
MOST_BYTES = 200 * 1024 * 1024
HOW_TO_INVITE = (
    "Luk dem ind med ./enplan invite TELEFON eller E-MAIL, eller en hel afdeling på papir:"
    " ./enplan invite --unit AFDELING --paper ark.html"
)


def run(asked: Namespace) -> int:
    """Take what is in the file into the database, and say what changed."""
    kind = asked.file.suffix.lower()
    if kind not in (".csv", ".ics"):
        raise CommandFailed(f"{asked.file.name} er ikke en CSV-fil: gem regnearket som .csv, og prøv igen.")
    if not asked.file.is_file():
        raise CommandFailed(f"Der er ingen fil, der hedder {asked.file}.")
    if asked.file.stat().st_size > MOST_BYTES:
        raise CommandFailed(f"{asked.file.name} er for stor: del den i flere filer.")
    if kind == ".ics":
        from app.cli.import_meetings import run as run_meetings  # noqa: PLC0415 — only for calendars

        return run_meetings(asked)
    return _import_people(asked)


def _import_people(asked: Namespace) -> int:
    url = database_url(asked)
    site, secret_key = read_site_of(url), read_secret_of(url)
    raw = asked.file.read_bytes()
    try:
        with opened_with_key(url, secret_key) as database:
            old_key = read_old_secret(os.environ)
            options = ImportOptions(asked.new_departments, old_key, asked.preview, _progress, _record)
            try:
                report = import_people(database, site, secret_key, raw, now=system_clock(), options=options)
            except BadFile as bad:
                if not asked.preview:
                    _record_refused(database, bad)
                raise
    except BadFile as bad:
        print(*bad.sentences(), sep="\n", file=sys.stderr)
        raise CommandFailed("Intet er ændret: ret linjerne, og hent filen igen.") from bad
    print(*report.sentences(), *report.notices[:MOST_NOTICES], sep="\n")
    if len(report.notices) > MOST_NOTICES:
        print(f"… Flere linjer: {len(report.notices) - MOST_NOTICES}.")
    if asked.preview:
        print("Intet er ændret: det er, hvad filen ville gøre.")
    elif any(report.new.values()):
        print(HOW_TO_INVITE)
    return 0


def _record(session: Session, report: PeopleImportReport) -> None:
    told = ImportToRecord(ActKind.PEOPLE_IMPORTED, report.sentences())
    record_import(session, told, by=None, now=system_clock())


def _record_refused(database: Database, bad: BadFile) -> None:
    """Write down what was wrong, for the page of who administers: a list may come by itself each night."""
    told = ImportToRecord(ActKind.IMPORT_REFUSED, bad.sentences(LINES_MOST), number=len(bad.lines))
    with database.writing() as session:
        record_import(session, told, by=None, now=system_clock())


def _progress(done: int, of_all: int) -> None:
    """Show how far it is: on one line for a person, and only the end in a log."""
    if sys.stderr.isatty():
        print(f"\r{done} af {of_all}", end="" if done < of_all else "\n", file=sys.stderr, flush=True)
    elif done == of_all:
        print(f"{done} af {of_all}", file=sys.stderr)
