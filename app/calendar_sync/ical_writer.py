"""Meetings written as iCalendar (RFC 5545). Pure; the same meetings always give the same bytes.

Written by hand, and read back by two other parsers in the tests: it is short, and needs no package. The zone
stands in the file as a rule (last Sunday of March and October). A generator that lists dated changes is right
only up to the last date it lists; after that every meeting moves an hour.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from app.dates.local_time import DANISH_TIME

MIME = "text/calendar; charset=utf-8"
LINE_OCTETS = 75
FOLD = "\r\n "
PRODUCT = "-//enplan//kalender//DA"
ALARM_HOURS = (24, 2)
_LINE_BREAK = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_JOINERS = frozenset("\u00ad\u061c\u200c\u200d\u200e\u200f\u2060")

ZONE = """\
BEGIN:VTIMEZONE
TZID:Europe/Copenhagen
BEGIN:DAYLIGHT
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE""".splitlines()


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """One meeting as a phone is told of it."""

    uid: str
    sequence: int
    changed_at: datetime
    created_at: datetime
    starts_at: datetime
    ends_at: datetime
    summary: str
    cancelled: bool = False
    location: str | None = None  # None: nothing is told
    description: str | None = None
    url: str | None = None
    alarm: str | None = None  # what the phone says before it begins; None: it says nothing


def calendar_text(meetings: Iterable[FeedEvent], name: str) -> str:
    """Return a whole calendar file. `name` is what phones call it."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escape_text(name)}",
        f"X-WR-TIMEZONE:{DANISH_TIME.key}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
        *ZONE,
        *(line for one in meetings for line in _event(one)),
        "END:VCALENDAR",
    ]
    return "".join(f"{fold_line(line)}\r\n" for line in lines)


def _event(one: FeedEvent) -> Iterator[str]:
    changed = f"{one.changed_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield "BEGIN:VEVENT"
    yield f"UID:{one.uid}"
    yield f"SEQUENCE:{one.sequence}"
    yield f"DTSTAMP:{changed}"  # with METHOD it is when this state was made, not when it was sent
    yield f"CREATED:{one.created_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"LAST-MODIFIED:{changed}"
    yield from _time("DTSTART", one.starts_at)
    yield from _time("DTEND", one.ends_at)
    yield f"STATUS:{'CANCELLED' if one.cancelled else 'CONFIRMED'}"
    yield f"TRANSP:{'TRANSPARENT' if one.cancelled else 'OPAQUE'}"
    yield "CLASS:PRIVATE"
    for key, words in (
        ("SUMMARY", one.summary),
        ("LOCATION", one.location),
        ("DESCRIPTION", one.description),
    ):
        if words:
            yield f"{key}:{escape_text(words)}"
    if one.url:
        yield f"URL:{one.url}"
    if one.alarm and not one.cancelled:
        yield from _alarms(one.alarm)
    yield "END:VEVENT"


def _time(key: str, moment: datetime) -> Iterator[str]:
    """Say a time as the clock on the wall shows it; the hour that comes twice in UTC.

    By the standard a wall time there is the first of the two; of six readers three took it for the second.
    """
    wall = moment.astimezone(DANISH_TIME)
    if wall.utcoffset() != wall.replace(fold=1 - wall.fold).utcoffset():
        yield f"{key}:{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    else:
        yield f"{key};TZID={DANISH_TIME.key}:{wall:%Y%m%dT%H%M%S}"


def _alarms(words: str) -> Iterator[str]:
    for hours in ALARM_HOURS:
        yield from ("BEGIN:VALARM", "ACTION:DISPLAY", f"TRIGGER:-PT{hours}H")
        yield from (f"DESCRIPTION:{escape_text(words)}", "END:VALARM")


def escape_text(words: str) -> str:
    """Return text as it may stand in a value: no control characters, and what has a meaning is marked.

    Every space is a space, every line break one, and what joins or turns letters stays: without it Arabic and
    Persian words, and some emoji, are others.
    """
    lines = _LINE_BREAK.sub("\n", words)
    plain = "".join(" " if _is_space(sign) else sign for sign in lines if _is_kept(sign))
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _is_kept(sign: str) -> bool:
    return sign == "\n" or sign.isprintable() or sign in _JOINERS or _is_space(sign)


def _is_space(sign: str) -> bool:
    return sign == "\t" or unicodedata.category(sign) == "Zs"


def fold_line(line: str) -> str:
    """Return a line in pieces of at most 75 bytes, never cut inside a letter."""
    if len(line.encode()) <= LINE_OCTETS:
        return line
    pieces, piece, size = [], "", 0
    for sign in line:
        width = len(sign.encode())
        if size + width > LINE_OCTETS:
            pieces.append(piece)
            piece, size = "", 1  # the space that begins the next line counts
        piece, size = piece + sign, size + width
    return FOLD.join([*pieces, piece])
