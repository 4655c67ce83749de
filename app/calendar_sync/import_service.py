"""Meetings from a calendar file into the plan's calendar: all of them, or none and a list of why not.

What an entry must say stands in import_rules.py. The same file twice changes nothing; what a later one does
to the meetings of an earlier one stands in import_again.py. What is no booking is left out and counted.
Entries are named by number and line, never by what they say.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlmodel import Session

from app.booking.cancel import cancel_meeting
from app.booking.locking import lock_subjects
from app.booking.participants import (
    MeetingMembers,
    ensure_subjects,
    read_people_by_meeting,
    requested_members,
)
from app.calendar_sync.ical_reader import (
    CalendarContents,
    CalendarEvent,
    CalendarFault,
    UnreadableCalendar,
    read_calendar,
)
from app.calendar_sync.import_again import Wanted, compare, drop_left, has_others, read_former
from app.calendar_sync.import_booking import book_all, change_all, move_all
from app.calendar_sync.import_rules import (
    ImportDirectory,
    InvalidEvent,
    citizen_of,
    is_declined,
    is_left_out,
    meeting_request_of,
    read_directory,
    request_key,
)
from app.dates.local_time import danish_day
from app.dates.workdays import WorkingCalendar
from app.i18n import date_only, time_range
from app.meetings.life_cycle import MeetingChanged
from app.meetings.rules import FARTHEST, MeetingRequest
from app.store.db import Database

MOST_TIMES = 30  # of one entry that repeats
LATELY = timedelta(days=31)  # how far back it is asked whether what is over there stands here
OFTEN = "Det gentager sig mere end 30 gange. Giv det en slutdato."
MEANWHILE = "Møderne blev ændret i appen, mens filen blev hentet. Hent den igen."
CLOSED = "Det er en lukkedag. Se efter, om nogen er der."
FORESEEN = "Det er kun foreløbigt i filen. Borgeren bliver spurgt."
MISSED = "En, der er indbudt, har sagt nej og er ikke med."
SAID_NO = "Borgeren har sagt nej i filen. Mødet står her endnu: tal med borgeren, og aflys det i appen."

FAULTS = {
    CalendarFault.TOO_BIG: "Filen er for stor: højst 24 MB. Del den i flere.",
    CalendarFault.TOO_MANY: "Filen har for mange møder: højst 5.000. Del den i flere.",
    CalendarFault.TOO_MUCH: "Filen fylder for meget, når den bliver læst. Del den i flere.",
    CalendarFault.SLOW: (
        "Filen tager for lang tid at læse. Del den i flere, og se efter møder, der gentager sig."
    ),
    CalendarFault.STOPPED: "Læsningen af filen blev afbrudt. Hent den igen.",
    CalendarFault.NOT_A_CALENDAR: "Filen er ikke en kalender. Gem den som .ics, og prøv igen.",
    CalendarFault.BROKEN: "Filen hænger ikke sammen. Hent den igen der, hvor den kommer fra.",
    CalendarFault.BAD_SERIES: "Et møde, der gentager sig, kan ikke forstås.",
    CalendarFault.TOO_OFTEN: "Det gentager sig flere gange om dagen. Skriv hvert møde for sig.",
    CalendarFault.NO_UID: "Der mangler et UID.",
    CalendarFault.SAME_UID: "Et møde før det i filen har samme UID.",
    CalendarFault.NO_START: "Der mangler et tidspunkt.",
    CalendarFault.BAD_TIME: "Tiden kan ikke forstås.",
    CalendarFault.BAD_LINE: "Det mangler sin slutning.",
    CalendarFault.ORDER: "Det slutter, før det begynder.",
    CalendarFault.UNKNOWN_ZONE: "Vi kender ikke tidszonen.",
    CalendarFault.BAD_TEXT: "Bogstaverne kan ikke læses. Gem filen som UTF-8.",
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
    moved: int
    changed: int  # other words, another place or other people
    known: int  # were here already, these two among them
    called_off: int  # were here, and are cancelled now
    past: int
    later: int  # so far ahead that nobody books it yet
    cancelled: int
    declined: int  # the citizen has said no
    answers: int  # what somebody answered, and no meeting
    noted: tuple[ImportProblem, ...]  # allowed, and worth a look

    def sentences(self) -> list[str]:
        told = [f"Nye møder: {self.placed}."]
        for count, words in (
            (self.known, "Var her i forvejen"),
            (self.moved, "Flyttet til filens tid"),
            (self.changed, "Rettet efter filen"),
            (self.called_off, "Var her og er aflyst nu"),
            (self.past, "Er forbi og ikke hentet"),
            (self.later, "Er mere end to år ude i fremtiden og ikke hentet"),
            (self.cancelled, "Er aflyst og ikke hentet"),
            (self.declined, "Har borgeren sagt nej til, og er ikke hentet"),
            (self.answers, "Er svar på en indbydelse og ikke hentet"),
        ):
            told += [f"{words}: {count}."] if count else []
        return told + [str(one) for one in self.noted]


@dataclass(slots=True)
class SortedEvents:
    """What of a file is to be booked, what is called off, and what is no booking."""

    wanted: list[Wanted] = field(default_factory=list)
    over: list[CalendarEvent] = field(default_factory=list)  # lately, or begun
    series: defaultdict[UUID, dict[str, CalendarEvent]] = field(default_factory=lambda: defaultdict(dict))
    cancelled: list[CalendarEvent] = field(default_factory=list)
    cancelled_of: dict[str, UUID | None] = field(default_factory=dict)  # whose, where the file says so
    declined: list[CalendarEvent] = field(default_factory=list)
    answers: int = 0

    @property
    def asked(self) -> list[CalendarEvent]:
        return [*(one for one, _request in self.wanted), *self.cancelled, *self.declined, *self.over]

    def leaves_out(self, one: CalendarEvent, known: ImportDirectory) -> bool:
        """Note what is no booking; return whether it is none."""
        if one.is_answer:
            self.answers += 1
        elif one.cancelled:
            self.cancelled.append(one)
            self.cancelled_of[request_key(one)] = citizen_of(one, known)
        elif is_declined(one, known):
            self.declined.append(one)
        else:
            return False
        return True

    def note_former(self, lately: Iterable[CalendarEvent], known: ImportDirectory) -> None:
        """Note what is over since `lately`, and of which UIDs the file tells all times."""
        self.over += [one for one in lately if one.is_meeting and not (one.cancelled or one.is_answer)]
        for one in (*(one for one, _request in self.wanted), *self.over, *self.cancelled):
            whole = one.repeats or (one.cancelled and not one.original)
            citizen_id = citizen_of(one, known) if whole else None
            if citizen_id:
                self.series[citizen_id].setdefault(one.uid, one)


class Booked(NamedTuple):
    """What was done with them."""

    placed: int
    moved: int
    changed: int
    called_off: int
    cancelled: int  # called off in the file, and not here to be called off
    still: int  # the citizen has said no in the file, and it stands here
    notes: list[tuple[CalendarEvent, str]]  # what was not done, and why


def import_meetings(
    db: Database, raw: bytes, *, now: datetime, workdays: WorkingCalendar
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
    found = _sorted(reading, known, now)
    with db.reading() as session:
        looks_back = has_others(session, found.asked, now)
    found.note_former(_over_lately(raw, now) if looks_back else (), known)
    try:
        booked = db.retrying(lambda session: _book_all(session, found, now, workdays))
    except MeetingChanged:
        raise MeetingsRefused([ImportProblem(0, 0, MEANWHILE)]) from None
    return MeetingImportReport(
        placed=booked.placed,
        moved=booked.moved,
        changed=booked.changed,
        known=len(found.wanted) - booked.placed,
        called_off=booked.called_off,
        past=_past(reading, now),
        later=reading.later,
        cancelled=booked.cancelled,
        declined=len(found.declined) - booked.still,
        answers=found.answers,
        noted=tuple(_noted(found, booked, workdays)),
    )


def _over_lately(raw: bytes, now: datetime) -> list[CalendarEvent]:
    """Return what has begun before `now`, and not long ago; a file that can be read for what comes."""
    try:
        reading = read_calendar(raw, now - LATELY, now, texts=True)
    except UnreadableCalendar as problem:
        if problem.fault is not CalendarFault.TOO_MANY:  # without it, what was moved here could be called off
            raise MeetingsRefused([ImportProblem(0, 0, FAULTS[problem.fault])]) from None
        return []
    return [one for one in reading.entries if one.start < now]


def _past(reading: CalendarContents, now: datetime) -> int:
    """Return how many entries are over or have begun."""
    coming = {one.number for one in reading.entries if one.start >= now and not one.taken_out}
    return reading.past + len({one.number for one in reading.entries} - coming)


def _noted(found: SortedEvents, booked: Booked, workdays: WorkingCalendar) -> Iterator[ImportProblem]:
    for one, _request in found.wanted:
        for is_so, words in (
            (workdays.is_closing_day(danish_day(one.start)), CLOSED),
            (one.tentative, FORESEEN),
            (any(map(is_left_out, one.people)), MISSED),
        ):
            if is_so:
                yield _problem(one, words)
    yield from (_problem(*each) for each in booked.notes)


def _sorted(reading: CalendarContents, known: ImportDirectory, now: datetime) -> SortedEvents:
    """Return what each entry asks for; raise MeetingsRefused with all that can't be understood."""
    today = danish_day(now)
    problems = [
        ImportProblem(one.number, one.line, FAULTS[one.fault])
        for one in reading.faults
        if (one.last or date.max) >= today
    ]
    at_fault = {one.number for one in problems}
    coming = [one for one in reading.entries if one.start >= now and one.is_meeting]
    times = Counter(one.number for one in coming if not one.taken_out)
    found = SortedEvents()
    for one in coming:
        if one.number in at_fault or found.leaves_out(one, known):
            continue
        if times[one.number] > MOST_TIMES:
            problems.append(ImportProblem(one.number, one.line, OFTEN))
        else:
            try:
                found.wanted.append((one, meeting_request_of(one, known)))
            except InvalidEvent as wrong:
                problems.append(_problem(one, str(wrong)))
    if problems:
        raise MeetingsRefused(problems)
    return found


def _book_all(session: Session, found: SortedEvents, now: datetime, workdays: WorkingCalendar) -> Booked:
    """Do all that the file asks for; raise MeetingsRefused with each that can't be done."""
    former = read_former(session, found.asked, found.series, now)
    _lock_all(session, [request for _one, request in found.wanted], former.standing_ids)
    former = read_former(session, found.asked, found.series, now)  # as it is, now that nobody else changes it
    cancelled = [(one, found.cancelled_of[request_key(one)]) for one in found.cancelled]
    work = compare(found.wanted, cancelled, found.over, former, now)
    drop_left(found.series, former, work, now)
    unknown = sum(not (one.taken_out or former.find_standing(one)) for one in found.cancelled)
    still = [one for one in found.declined if former.find_standing(one)]
    for row in work.gone:
        cancel_meeting(
            session, row.id, sequence=row.sequence, by=row.organiser_id, now=now, workdays=workdays
        )
    moved = {again.meeting.id for again in work.moved}
    refused = [
        *move_all(session, work.moved, now=now, workdays=workdays),
        *change_all(session, work.changed, moved=moved, now=now, workdays=workdays),
        *book_all(session, work.new, now=now, workdays=workdays),
    ]
    if refused:
        raise MeetingsRefused([_problem(*each) for each in refused])
    return Booked(
        placed=len(work.new),
        moved=len(work.moved),
        changed=len(work.changed),
        called_off=len(work.gone),
        cancelled=unknown,
        still=len(still),
        notes=[*work.notes, *((one, SAID_NO) for one in still)],
    )


def _lock_all(session: Session, wishes: Sequence[MeetingRequest], gone: Sequence[UUID]) -> None:
    """Lock everybody and everything at once, in one order: two who import wait in no ring for each other."""
    everybody = [requested_members(request) for request in wishes]
    roles = {who: role for one in everybody for who, role in one.roles.items()}
    kinds = {who: kind for one in everybody for who, kind in one.kinds.items()}
    if wishes:
        ensure_subjects(session, MeetingMembers(wishes[0].citizen_id, roles, kinds))
    leaving = read_people_by_meeting(session, gone) if gone else {}
    if wishes or gone:
        lock_subjects(session, set(roles).union(*leaving.values()))


def _problem(one: CalendarEvent, reason: str) -> ImportProblem:
    when = f"{date_only(danish_day(one.start))} kl. {time_range(one.start, one.end)}"
    return ImportProblem(one.number, one.line, reason, when)
