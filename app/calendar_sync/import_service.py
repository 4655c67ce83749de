"""Meetings from a calendar file into the plan's calendar: all of them, or none and a list of why not.

What an entry must say stands in import_rules.py. The same file twice changes nothing. What is cancelled or
over is left out and counted. Entries are named by number and line, never by what they say.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from app.booking.book import create_meeting
from app.booking.locking import lock_subjects
from app.booking.participants import MeetingMembers, ensure_subjects, requested_members
from app.calendar_sync.ical_reader import (
    CalendarContents,
    CalendarEvent,
    CalendarFault,
    UnreadableCalendar,
    read_calendar,
)
from app.calendar_sync.import_rules import ImportDirectory, InvalidEvent, meeting_request_of, read_directory
from app.dates.local_time import danish_day
from app.errors import Refused
from app.i18n import date_only, gettext, time_range
from app.meetings.models import Meeting
from app.meetings.no_overlap import NO_CLASH
from app.meetings.rules import FARTHEST, Clash, MeetingRequest
from app.store.db import Database, violates

MOST_TIMES = 30  # of one entry that repeats
OFTEN = "Det gentager sig mere end 30 gange. Giv det en slutdato."
TAKEN = "Tiden er optaget. Find en anden tid, eller tag mødet ud af filen."
ELSEWHERE = "Mødet er her allerede på en anden tid. Flyt det i appen."

FAULTS = {
    CalendarFault.TOO_BIG: "Filen er for stor: højst 1 MB. Del den i flere.",
    CalendarFault.TOO_MANY: "Filen har for mange møder: højst 5.000. Del den i flere.",
    CalendarFault.TOO_MUCH: "Filen fylder for meget, når den bliver læst. Del den i flere.",
    CalendarFault.SLOW: (
        "Filen tager for lang tid at læse. Del den i flere, og se efter møder, der gentager sig."
    ),
    CalendarFault.NOT_A_CALENDAR: "Filen er ikke en kalender. Gem den som .ics, og prøv igen.",
    CalendarFault.BROKEN: "Filen hænger ikke sammen. Hent den igen der, hvor den kommer fra.",
    CalendarFault.BAD_SERIES: "Et møde, der gentager sig, kan ikke forstås.",
    CalendarFault.TOO_OFTEN: "Det gentager sig flere gange om dagen. Skriv hvert møde for sig.",
    CalendarFault.NO_UID: "Der mangler et UID.",
    CalendarFault.SAME_UID: "Et møde før det i filen har samme UID.",
    CalendarFault.NO_START: "Der mangler et tidspunkt.",
    CalendarFault.BAD_TIME: "Tiden kan ikke forstås.",
    CalendarFault.BAD_LINE: "En linje kan ikke forstås.",
    CalendarFault.ORDER: "Det slutter, før det begynder.",
    CalendarFault.UNKNOWN_ZONE: "Vi kender ikke tidszonen.",
}


@dataclass(frozen=True, slots=True, order=True)
class ImportProblem:
    """Why one entry can't be taken; number 0 is the file itself."""

    number: int
    line: int
    reason: str
    when: str = ""

    def __str__(self) -> str:
        if self.number == 0:
            return self.reason
        when = f", {self.when}" if self.when else ""
        return f"Møde {self.number} (linje {self.line}{when}): {self.reason}"


class MeetingsRefused(Exception):
    """Nothing is changed. `problems` names every entry that is at fault, in the file's order."""

    def __init__(self, problems: Collection[ImportProblem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__(f"{len(self.problems)} problems")


@dataclass(frozen=True, slots=True)
class MeetingImportReport:
    """What became of a file."""

    placed: int
    known: int  # were here already
    past: int
    cancelled: int
    closed: tuple[
        ImportProblem, ...
    ]  # meetings on the municipality's closing days: allowed, and worth a look

    def sentences(self) -> list[str]:
        told = [f"Nye møder: {self.placed}."]
        for count, words in (
            (self.known, "Var her i forvejen"),
            (self.past, "Er forbi og ikke hentet"),
            (self.cancelled, "Er aflyst og ikke hentet"),
        ):
            told += [f"{words}: {count}."] if count else []
        return told + [str(one) for one in self.closed]


Wanted = tuple[CalendarEvent, MeetingRequest]


def import_meetings(
    db: Database, raw: bytes, *, now: datetime, closing_days: Collection[date]
) -> MeetingImportReport:
    """Book every meeting of a file, in one transaction.

    Raises:
        MeetingsRefused: an entry can't be understood, or its time is taken; nothing is changed.
    """
    try:
        reading = read_calendar(raw, now, now + FARTHEST, texts=True)
    except UnreadableCalendar as problem:
        raise MeetingsRefused([ImportProblem(0, 0, FAULTS[problem.fault])]) from None
    with db.reading() as session:
        known = read_directory(session, now=now)
    wanted = _wanted(reading, known, now)
    placed = db.retrying(lambda session: _book_all(session, wanted, now))
    return MeetingImportReport(
        placed=placed,
        known=len(wanted) - placed,
        past=reading.held - len({one.number for one in reading.entries if one.start >= now}),
        cancelled=sum(one.cancelled and one.start >= now for one in reading.entries),
        closed=tuple(
            _problem(one, "Det er en lukkedag. Se efter, om nogen er der.")
            for one, _wish in wanted
            if danish_day(one.start) in closing_days
        ),
    )


def _wanted(reading: CalendarContents, known: ImportDirectory, now: datetime) -> list[Wanted]:
    """Return what each entry asks for; raise MeetingsRefused with all that can't be understood."""
    problems = [ImportProblem(one.number, one.line, FAULTS[one.fault]) for one in reading.faults]
    at_fault = {one.number for one in problems}
    coming = [one for one in reading.entries if one.start >= now and not one.cancelled]
    times = Counter(one.number for one in coming)
    wanted = []
    for one in coming:
        if one.number in at_fault:
            continue
        if times[one.number] > MOST_TIMES:
            problems.append(ImportProblem(one.number, one.line, OFTEN))
            continue
        try:
            wanted.append((one, meeting_request_of(one, known)))
        except InvalidEvent as wrong:
            problems.append(_problem(one, str(wrong)))
    if problems:
        raise MeetingsRefused(problems)
    return wanted


def _book_all(session: Session, wanted: list[Wanted], now: datetime) -> int:
    """Book everything, and return how many are new; raise MeetingsRefused with each that can't be booked."""
    _lock_all(session, [request for _one, request in wanted])
    known = _known_times(session, wanted)
    problems, placed = [], 0
    for one, request in wanted:
        before = known.get(request.request_key)
        if before == (one.start, one.end):
            continue
        reason = ELSEWHERE if before else _book_one(session, request, now)
        placed += not reason
        if reason:
            problems.append(_problem(one, reason))
    if problems:
        raise MeetingsRefused(problems)
    return placed


def _lock_all(session: Session, wishes: Sequence[MeetingRequest]) -> None:
    """Lock everybody and everything at once, in one order: two who import wait in no ring for each other."""
    if not wishes:
        return
    everybody = [requested_members(request) for request in wishes]
    roles = {who: role for one in everybody for who, role in one.roles.items()}
    kinds = {who: kind for one in everybody for who, kind in one.kinds.items()}
    ensure_subjects(session, MeetingMembers(wishes[0].citizen_id, roles, kinds))
    lock_subjects(session, roles)


def _known_times(session: Session, wanted: list[Wanted]) -> dict[str | None, tuple[datetime, datetime]]:
    """Return when the meetings are that came from these entries before."""
    keys = [request.request_key for _one, request in wanted]
    rows = select(Meeting.request_key, Meeting.starts_at, Meeting.ends_at).where(
        col(Meeting.request_key).in_(keys)
    )
    return {key: (starts_at, ends_at) for key, starts_at, ends_at in session.exec(rows)}


def _book_one(session: Session, request: MeetingRequest, now: datetime) -> str:
    """Book one meeting; return why not, or nothing. What was tried is undone, and the rest goes on."""
    try:
        with session.begin_nested():
            create_meeting(session, request, now=now)
    except Refused as refused:
        return TAKEN if type(refused) is Clash else gettext(refused.reason, **refused.params)
    except IntegrityError as problem:
        if not violates(problem, NO_CLASH):
            raise
        return TAKEN
    return ""


def _problem(one: CalendarEvent, reason: str) -> ImportProblem:
    when = f"{date_only(danish_day(one.start))} kl. {time_range(one.start, one.end)}"
    return ImportProblem(one.number, one.line, reason, when)
