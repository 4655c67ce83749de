"""Meetings from a calendar file into the plan's calendar: all of them, or none and a list of why not.

What an entry must say stands in meeting_entries.py. The same file twice changes nothing. What is cancelled or
over is left out and counted. Entries are named by number and line, never by what they say.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from app.calendar.booking import lock_subjects, place
from app.calendar.booking.people import Members, make_subjects, members_of
from app.calendar.guard import NO_CLASH
from app.calendar.ics import Entry, Fault, Reading, Unreadable, read_calendar
from app.calendar.meeting_entries import Known, Wrong, read_known, wish_of
from app.calendar.models import Meeting
from app.calendar.rules import FARTHEST, Clash, MeetingWish
from app.clock import danish_day
from app.db import Database, breaks
from app.errors import Refused
from app.i18n import date_only, gettext, time_range

MOST_TIMES = 30  # of one entry that repeats
OFTEN = "Det gentager sig mere end 30 gange. Giv det en slutdato."
TAKEN = "Tiden er optaget. Find en anden tid, eller tag mødet ud af filen."
ELSEWHERE = "Mødet er her allerede på en anden tid. Flyt det i appen."

FAULTS = {
    Fault.TOO_BIG: "Filen er for stor: højst 1 MB. Del den i flere.",
    Fault.TOO_MANY: "Filen har for mange møder: højst 5.000. Del den i flere.",
    Fault.TOO_MUCH: "Filen fylder for meget, når den bliver læst. Del den i flere.",
    Fault.SLOW: "Filen tager for lang tid at læse. Del den i flere, og se efter møder, der gentager sig.",
    Fault.NOT_A_CALENDAR: "Filen er ikke en kalender. Gem den som .ics, og prøv igen.",
    Fault.BROKEN: "Filen hænger ikke sammen. Hent den igen der, hvor den kommer fra.",
    Fault.BAD_SERIES: "Et møde, der gentager sig, kan ikke forstås.",
    Fault.TOO_OFTEN: "Det gentager sig flere gange om dagen. Skriv hvert møde for sig.",
    Fault.NO_UID: "Der mangler et UID.",
    Fault.SAME_UID: "Et møde før det i filen har samme UID.",
    Fault.NO_START: "Der mangler et tidspunkt.",
    Fault.BAD_TIME: "Tiden kan ikke forstås.",
    Fault.BAD_LINE: "En linje kan ikke forstås.",
    Fault.ORDER: "Det slutter, før det begynder.",
    Fault.UNKNOWN_ZONE: "Vi kender ikke tidszonen.",
}


@dataclass(frozen=True, slots=True, order=True)
class Problem:
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


class BadMeetings(Exception):
    """Nothing is changed. `problems` names every entry that is at fault, in the file's order."""

    def __init__(self, problems: Collection[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__(f"{len(self.problems)} problems")


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a file."""

    placed: int
    known: int  # were here already
    past: int
    cancelled: int
    closed: tuple[Problem, ...]  # meetings on the municipality's closing days: allowed, and worth a look

    def sentences(self) -> list[str]:
        told = [f"Nye møder: {self.placed}."]
        for count, words in (
            (self.known, "Var her i forvejen"),
            (self.past, "Er forbi og ikke hentet"),
            (self.cancelled, "Er aflyst og ikke hentet"),
        ):
            told += [f"{words}: {count}."] if count else []
        return told + [str(one) for one in self.closed]


Wanted = tuple[Entry, MeetingWish]


def import_meetings(db: Database, raw: bytes, *, now: datetime, closing_days: Collection[date]) -> Report:
    """Book every meeting of a file, in one transaction.

    Raises:
        BadMeetings: an entry can't be understood, or its time is taken; nothing is changed.
    """
    try:
        reading = read_calendar(raw, now, now + FARTHEST, texts=True)
    except Unreadable as problem:
        raise BadMeetings([Problem(0, 0, FAULTS[problem.fault])]) from None
    with db.reading() as session:
        known = read_known(session, now=now)
    wanted = _wanted(reading, known, now)
    placed = db.retrying(lambda session: _place_all(session, wanted, now))
    return Report(
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


def _wanted(reading: Reading, known: Known, now: datetime) -> list[Wanted]:
    """Return what each entry asks for; raise BadMeetings with all that can't be understood."""
    problems = [Problem(one.number, one.line, FAULTS[one.fault]) for one in reading.faults]
    at_fault = {one.number for one in problems}
    coming = [one for one in reading.entries if one.start >= now and not one.cancelled]
    times = Counter(one.number for one in coming)
    wanted = []
    for one in coming:
        if one.number in at_fault:
            continue
        if times[one.number] > MOST_TIMES:
            problems.append(Problem(one.number, one.line, OFTEN))
            continue
        try:
            wanted.append((one, wish_of(one, known)))
        except Wrong as wrong:
            problems.append(_problem(one, str(wrong)))
    if problems:
        raise BadMeetings(problems)
    return wanted


def _place_all(session: Session, wanted: list[Wanted], now: datetime) -> int:
    """Book everything, and return how many are new; raise BadMeetings with each that can't be booked."""
    _lock_all(session, [wish for _one, wish in wanted])
    known = _known_times(session, wanted)
    problems, placed = [], 0
    for one, wish in wanted:
        before = known.get(wish.request_key)
        if before == (one.start, one.end):
            continue
        reason = ELSEWHERE if before else _place(session, wish, now)
        placed += not reason
        if reason:
            problems.append(_problem(one, reason))
    if problems:
        raise BadMeetings(problems)
    return placed


def _lock_all(session: Session, wishes: Sequence[MeetingWish]) -> None:
    """Lock everybody and everything at once, in one order: two who import wait in no ring for each other."""
    if not wishes:
        return
    everybody = [members_of(wish) for wish in wishes]
    roles = {who: role for one in everybody for who, role in one.roles.items()}
    kinds = {who: kind for one in everybody for who, kind in one.kinds.items()}
    make_subjects(session, Members(wishes[0].citizen_id, roles, kinds))
    lock_subjects(session, roles)


def _known_times(session: Session, wanted: list[Wanted]) -> dict[str | None, tuple[datetime, datetime]]:
    """Return when the meetings are that came from these entries before."""
    keys = [wish.request_key for _one, wish in wanted]
    rows = select(col(Meeting.request_key), col(Meeting.starts_at), col(Meeting.ends_at)).where(
        col(Meeting.request_key).in_(keys)
    )
    return {row.request_key: (row.starts_at, row.ends_at) for row in session.execute(rows)}


def _place(session: Session, wish: MeetingWish, now: datetime) -> str:
    """Book one meeting; return why not, or nothing. What was tried is undone, and the rest goes on."""
    try:
        with session.begin_nested():
            place(session, wish, now=now)
    except Refused as refused:
        return TAKEN if type(refused) is Clash else gettext(refused.reason, **refused.params)
    except IntegrityError as problem:
        if not breaks(problem, NO_CLASH):
            raise
        return TAKEN
    return ""


def _problem(one: Entry, reason: str) -> Problem:
    when = f"{date_only(danish_day(one.start))} kl. {time_range(one.start, one.end)}"
    return Problem(one.number, one.line, reason, when)
