"""Calendar files from elsewhere, as Outlook, Google and Apple write them. Read in a process with limits.

A file of 167 bytes with FREQ=SECONDLY kept a reader busy for more than 40 seconds, so rules that repeat more
often than daily are refused, and the rest is bounded: 1 MB, 5,000 entries, 256 MB, two seconds.
Times: a zone by any name that is known (Windows names too, with or without VTIMEZONE); no zone is Danish
time; a day without time is that whole Danish day, and its end is not in it.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from app.dates.local_time import DANISH_TIME

MOST_BYTES = 1024 * 1024
MOST_ENTRIES = 5000
MOST_MEMORY = 256 * 1024 * 1024
READ_SECONDS = 2  # of a processor, the start of the process included
WAIT_SECONDS = 10.0  # by the clock, for a machine that is busy, or where the process can't limit itself
CHILD = Path(__file__).with_name("ical_reader_child.py")
KEPT = ("SYSTEMROOT", "TZDIR")  # all that the process is told of our surroundings: no key, no address


class CalendarFault(StrEnum):
    """Why a file, or one entry of it, can't be taken."""

    TOO_BIG = "too_big"
    TOO_MANY = "too_many"
    TOO_MUCH = "too_much"
    SLOW = "slow"
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

    @property
    def busy(self) -> bool:
        return not (self.cancelled or self.free) and self.start < self.end


@dataclass(frozen=True, slots=True, order=True)
class EventFault:
    """What is wrong with one entry; 0 is the file outside its entries."""

    number: int
    line: int
    fault: CalendarFault


@dataclass(frozen=True, slots=True)
class CalendarContents:
    """What a file holds within a span of time."""

    entries: tuple[CalendarEvent, ...]
    faults: tuple[EventFault, ...]
    past: int  # entries left out unread: over for more than a year
    held: int  # entries in the file, of any time


def read_calendar(raw: bytes, first: datetime, last: datetime, *, texts: bool = False) -> CalendarContents:
    """Return what happens from `first` up to `last`, soonest first; with words and people if asked.

    Raises:
        UnreadableCalendar: the file is no calendar, too large, too slow, or broken as a whole.
    """
    if len(raw) > MOST_BYTES:
        raise UnreadableCalendar(CalendarFault.TOO_BIG)
    asked = {
        "first": first.isoformat(),
        "last": last.isoformat(),
        "zone": DANISH_TIME.key,
        "texts": texts,
        "most": MOST_ENTRIES,
        "seconds": READ_SECONDS,
        "bytes": MOST_MEMORY,
    }
    told = _run(json.dumps(asked).encode() + b"\n" + raw)
    if "whole" in told:
        raise UnreadableCalendar(CalendarFault(told["whole"]))
    entries = sorted((_entry(one) for one in told["entries"]), key=lambda one: (one.start, one.number))
    faults = sorted({EventFault(number, line, CalendarFault(code)) for number, line, code in told["faults"]})
    return CalendarContents(tuple(entries), tuple(faults), told["past"], told["held"])


def _run(said: bytes) -> dict[str, Any]:
    around = {name: os.environ[name] for name in KEPT if name in os.environ}
    command = [sys.executable, "-I", str(CHILD)]
    try:
        done = subprocess.run(  # noqa: S603 — our own file, and nothing of it is in the words
            command, input=said, capture_output=True, timeout=WAIT_SECONDS, env=around, check=False
        )
    except subprocess.TimeoutExpired:
        raise UnreadableCalendar(CalendarFault.SLOW) from None
    if done.returncode:
        raise UnreadableCalendar(CalendarFault.SLOW if done.returncode < 0 else CalendarFault.TOO_MUCH)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


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
    )


def _someone(told: dict[str, str]) -> Attendee:
    return Attendee(
        mail=told["mail"],
        name=told["CN"],
        organises=told["as"] == "ORGANIZER",
        optional=told["ROLE"].upper() in ("OPT-PARTICIPANT", "NON-PARTICIPANT"),
        room=told["CUTYPE"].upper() in ("ROOM", "RESOURCE"),
        said_yes=told["PARTSTAT"].upper() == "ACCEPTED",
    )
