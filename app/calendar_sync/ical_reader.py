"""Calendar files from elsewhere, as Outlook, Google and Apple write them. Read in a process with limits.

A file of 167 bytes with FREQ=SECONDLY kept a reader busy for more than 40 seconds, so what comes more than
once a day is not counted out, and the rest is bounded: 24 MB, 5,000 times within what is asked for, 256 MB,
and two seconds and one for every 3 MB.
Times: a zone by any name that is known (Windows names too, with or without VTIMEZONE); no zone is Danish
time; a day without time is that whole Danish day, and its end is not in it. An entry that can't be read is
named, with the days it may be on: what was not read is never free.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from app.dates.local_time import DANISH_TIME

MOST_BYTES = 24 * 1024 * 1024
MOST_ENTRIES = 5000  # times within what is asked for, or faults
MOST_MEMORY = 256 * 1024 * 1024
READ_SECONDS = 2  # of a processor, the start of the process included
BYTES_A_SECOND = 3 * 1024 * 1024  # and one more for so many
WAIT_SECONDS = 10.0  # by the clock, at least, for a machine that is busy, or where there is no such limit
WAITS = 3  # times those of a processor; the worker waits, and nobody at a page
CHILD = Path(__file__).with_name("ical_process")
# Last on the path: nothing of ours stands in for what it imports.
START = (
    "import runpy, sys; sys.path.append(sys.argv[1]); "
    "runpy.run_module('ical_process.ical_start', run_name='__main__')"
)
KEPT = ("SYSTEMROOT", "TZDIR")  # all that the process is told of our surroundings: no key, no address


class CalendarFault(StrEnum):
    """Why a file, or one entry of it, can't be taken."""

    TOO_BIG = "too_big"
    TOO_MANY = "too_many"
    TOO_MUCH = "too_much"
    SLOW = "slow"
    STOPPED = "stopped"  # somebody else ended the process
    NOT_A_CALENDAR = "not_a_calendar"
    BROKEN = "broken"
    BAD_SERIES = "bad_series"
    TOO_OFTEN = "too_often"
    NO_UID = "no_uid"
    SAME_UID = "same_uid"
    NO_START = "no_start"
    BAD_TIME = "bad_time"
    BAD_LINE = "bad_line"
    ORDER = "order"
    UNKNOWN_ZONE = "unknown_zone"
    BAD_TEXT = "bad_text"


NAMELESS = (CalendarFault.NO_UID, CalendarFault.SAME_UID)  # such entries are read all the same


LINKS = ("X-MICROSOFT-SKYPETEAMSMEETINGURL", "X-MICROSOFT-ONLINEMEETINGEXTERNALLINK", "X-GOOGLE-CONFERENCE")
ANSWERS = ("REPLY", "COUNTER", "DECLINECOUNTER", "REFRESH")


class UnreadableCalendar(Exception):
    """The file as a whole can't be taken."""

    def __init__(self, fault: CalendarFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Attendee:
    """One who is named by an entry: by e-mail, in lower case."""

    mail: str
    name: str
    organises: bool
    optional: bool
    room: bool
    said_yes: bool
    said_no: bool = False


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """One time something happens; an entry that repeats gives one of these each time."""

    number: int  # which entry of the file, from 1
    line: int  # where that entry begins
    uid: str
    start: datetime  # UTC
    end: datetime
    all_day: bool
    cancelled: bool
    free: bool
    tentative: bool
    original: str = ""  # where its series put it, in UTC; empty: it does not repeat, or it was not asked
    texts: Mapping[str, str] = field(default_factory=dict)  # by name; empty unless they were asked for
    people: tuple[Attendee, ...] = ()
    method: str = ""  # what kind of message the file is, in capitals; empty: it does not say
    is_meeting: bool = True  # False: a period of a file that tells free and busy time alone
    modified: datetime | None = None  # when its source changed it last; None: not told, or not asked
    repeats: bool = False  # True: one time of a whole series
    taken_out: bool = False  # True: it is in its series no more, and `cancelled`

    @property
    def is_answer(self) -> bool:
        """Whether it is what somebody answers or asks back, and no invitation."""
        return self.is_meeting and self.method in ANSWERS

    @property
    def busy(self) -> bool:
        return not (self.cancelled or self.free or self.is_answer) and self.start < self.end


@dataclass(frozen=True, slots=True)
class EventFault:
    """What is wrong with one entry, and the days it may be on, both included."""

    number: int
    line: int
    fault: CalendarFault
    first: date | None = None  # None, as `last`: as far as is looked
    last: date | None = None

    @property
    def is_unread(self) -> bool:
        """Whether something of it, or all, is not known because of this."""
        return self.fault not in NAMELESS


@dataclass(frozen=True, slots=True)
class CalendarContents:
    """What a file holds within a span of time."""

    entries: tuple[CalendarEvent, ...]
    faults: tuple[EventFault, ...]
    past: int  # entries that are over before it
    held: int  # entries in the file, of any time
    later: int = 0  # entries that begin after it

    @property
    def unread(self) -> tuple[EventFault, ...]:
        return tuple(one for one in self.faults if one.is_unread)


def read_calendar(
    raw: bytes, first: datetime, last: datetime, *, texts: bool = False, owner: str = ""
) -> CalendarContents:
    """Return what happens from `first` up to `last`, soonest first; with words and people if asked.

    `owner` is the e-mail of the one whose calendar it is: what they said no to is no busy time of theirs.

    Raises:
        UnreadableCalendar: the file is no calendar, too large, too slow, or broken as a whole.
    """
    if len(raw) > MOST_BYTES:
        raise UnreadableCalendar(CalendarFault.TOO_BIG)
    asked = what_is_asked(first, last, texts=texts) | {"owner": owner.strip().lower()}
    seconds = READ_SECONDS + len(raw) // BYTES_A_SECOND
    asked |= {"seconds": seconds, "bytes": MOST_MEMORY}
    return contents_of(_run(json.dumps(asked).encode() + b"\n" + raw, max(WAIT_SECONDS, WAITS * seconds)))


def what_is_asked(first: datetime, last: datetime, *, texts: bool) -> dict[str, Any]:
    """Return what the process is asked for, its limits left out."""
    return {
        "first": first.isoformat(),
        "last": last.isoformat(),
        "zone": DANISH_TIME.key,
        "texts": texts,
        "most": MOST_ENTRIES,
    }


def contents_of(told: Mapping[str, Any]) -> CalendarContents:
    """Return what the process told; raise UnreadableCalendar if that is why the file can't be taken."""
    if "whole" in told:
        raise UnreadableCalendar(CalendarFault(told["whole"]))
    entries = sorted((_entry(one) for one in told["entries"]), key=lambda one: (one.start, one.number))
    faults = sorted({_fault(one) for one in told["faults"]}, key=lambda one: (one.number, one.fault.value))
    return CalendarContents(tuple(entries), tuple(faults), told["past"], told["held"], told["later"])


def _run(said: bytes, wait: float) -> dict[str, Any]:
    around = {name: os.environ[name] for name in KEPT if name in os.environ}
    command = [sys.executable, "-I", "-c", START, str(CHILD.parent)]
    try:
        done = subprocess.run(  # noqa: S603 — our own file, and nothing of it is in the words
            command, input=said, capture_output=True, timeout=wait, env=around, check=False
        )
    except subprocess.TimeoutExpired:
        raise UnreadableCalendar(CalendarFault.SLOW) from None
    if done.returncode:
        raise UnreadableCalendar(_why_ended(done.returncode))
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _why_ended(code: int) -> CalendarFault:
    """Return why the process told nothing; a code below nothing is the signal that ended it."""
    if code > 0:
        return CalendarFault.TOO_MUCH
    out_of_time = -code == getattr(signal, "SIGXCPU", None)
    return CalendarFault.SLOW if out_of_time else CalendarFault.STOPPED


def _entry(told: dict[str, Any]) -> CalendarEvent:
    return CalendarEvent(
        number=told["number"],
        line=told["line"],
        uid=told["uid"],
        start=datetime.fromisoformat(told["start"]),
        end=datetime.fromisoformat(told["end"]),
        all_day=told["all_day"],
        cancelled=told["cancelled"],
        free=told["free"],
        tentative=told["tentative"],
        original=told.get("original", ""),
        texts=told.get("texts", {}),
        people=tuple(_someone(one) for one in told.get("people", ())),
        method=told.get("method", ""),
        is_meeting=told["kind"] == "VEVENT",
        modified=datetime.fromisoformat(told["modified"]) if told.get("modified") else None,
        repeats=told.get("repeats", False),
        taken_out=told.get("taken_out", False),
    )


def _fault(told: Sequence[Any]) -> EventFault:
    number, line, code, first, last = told
    days = (date.fromisoformat(day) if day else None for day in (first, last))
    return EventFault(number, line, CalendarFault(code), *days)


def _someone(told: dict[str, str]) -> Attendee:
    return Attendee(
        mail=told["mail"],
        name=told["CN"],
        organises=told["as"] == "ORGANIZER",
        optional=told["ROLE"].upper() in ("OPT-PARTICIPANT", "NON-PARTICIPANT"),
        room=told["CUTYPE"].upper() in ("ROOM", "RESOURCE"),
        said_yes=told["PARTSTAT"].upper() == "ACCEPTED",
        said_no=told["PARTSTAT"].upper() == "DECLINED",
    )
