"""The lines of a calendar file and the entries they make up; all that isn't used is passed over unread.

Alarms, tasks, heads before the calendar and comments after it may say what they like. What surely lies
outside the time that is asked for is counted and let go here: the calendar of a working life is large.
"""

import codecs
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

WHEN = ("DTSTART", "DTEND", "DURATION")
REPEATS = ("RRULE", "RDATE", "EXRULE", "EXDATE")
SHOWN = ("STATUS", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS", "SUMMARY")
LINKS = ("X-MICROSOFT-SKYPETEAMSMEETINGURL", "X-MICROSOFT-ONLINEMEETINGEXTERNALLINK", "X-GOOGLE-CONFERENCE")
PEOPLE = ("ATTENDEE", "ORGANIZER")
USED = frozenset((*WHEN, *REPEATS, *SHOWN, "UID", "RECURRENCE-ID", "FREEBUSY"))
TOLD = frozenset((*PEOPLE, *LINKS, "LOCATION", "LAST-MODIFIED"))
OWN = "X-ENPLAN-"
ENTRIES = ("VEVENT", "VFREEBUSY")
SLACK = timedelta(days=2)  # of zones, beside what is asked for
MOST_HELD = 100_000
_NAME = re.compile(rb"[A-Za-z0-9-]+")
_DAY = re.compile(r"[0-9]{8}")
_BREAK = re.compile(rb"\r\n|\n|\r")
_UNTIL = re.compile(r"UNTIL=(\d{8})", re.IGNORECASE)


class Stop(Exception):
    """The file as a whole can't be read; the text is the code of the reason."""


@dataclass(slots=True)
class RawEntry:
    """One entry of the file: what is used of it, as it stands."""

    kind: str
    number: int
    line: int  # where it begins
    calendar: int  # which calendar of the file it is in
    lines: list[tuple[str, str]] = field(default_factory=list)  # name, and the line with it
    faults: set[str] = field(default_factory=set)

    def all(self, name: str) -> list[str]:
        return [line for key, line in self.lines if key == name]

    def first(self, name: str) -> str:
        return next((line for key, line in self.lines if key == name), "")

    def has(self, *names: str) -> bool:
        return any(key in names for key, _line in self.lines)

    @property
    def changes_all_after(self) -> bool:
        return "THISANDFUTURE" in self.first("RECURRENCE-ID").upper()


class Scan:
    """What a file holds: its entries, its zones, what was let go, and which occurrences have been changed."""

    def __init__(
        self, source: Iterable[bytes], first: datetime, last: datetime, *, told: bool, owner: str = ""
    ) -> None:
        self.first, self.last, self.told = (first - SLACK).date(), (last + SLACK).date(), told
        self.owner = owner.encode()  # whose calendar it is, by e-mail in small letters; empty: nobody's
        self.entries: list[RawEntry] = []
        self.zones: list[str] = []  # as text
        self.methods: list[str] = []  # by calendar
        self.changed: defaultdict[str, list[str]] = defaultdict(list)  # UID line: RECURRENCE-ID lines
        self.past = self.later = self.held = self.number = 0
        self._open: list[str] = []
        self._entry: RawEntry | None = None
        self._zone: list[str] | None = None
        for number, line in unfold(source):
            self._take(number, line)
        if self._open or not self.methods:
            raise Stop("broken" if self.methods else "not_a_calendar")

    def _take(self, number: int, line: bytes) -> None:
        found = _NAME.match(line)
        if found is None:
            return
        name = found[0].upper()
        if name in (b"BEGIN", b"END"):
            value = line.partition(b":")[2].strip().upper().decode("ascii", "replace")
            (self._begin if name == b"BEGIN" else self._end)(number, value)
        elif self._zone is not None:
            self._zone.append(decode(line) or "")
        elif self._entry is not None and self._open[-1] == self._entry.kind:
            self._keep(self._entry, name.decode(), line)
        elif name == b"METHOD" and self._open == ["VCALENDAR"]:
            self.methods[-1] = line.partition(b":")[2].strip().upper().decode("ascii", "replace")

    def _keep(self, entry: RawEntry, name: str, line: bytes) -> None:
        told = self.told and (name in TOLD or name.startswith(OWN))
        own = bool(self.owner) and name == "ATTENDEE" and self.owner in line.lower()
        if not (name in USED or told or own):
            return
        text = decode(line)
        if text is None and (self.told or name != "SUMMARY"):
            entry.faults.add("bad_text")
        else:
            entry.lines.append((name, text or ""))

    def _begin(self, number: int, value: str) -> None:
        if not self._open and value != "VCALENDAR":
            return
        if value == "VCALENDAR":
            if self._open:
                raise Stop("broken")
            self.methods.append("")
        elif value in ENTRIES:
            self._begin_entry(number, value)
        elif value == "VTIMEZONE" and self._entry is None:
            self._zone = []
        self._open.append(value)
        if self._zone is not None:
            self._zone.append(f"BEGIN:{value}")

    def _begin_entry(self, number: int, value: str) -> None:
        if self._entry is not None:  # the one before was not ended
            self._entry.faults.add("bad_line")
            del self._open[1:]
            self._leave(self._entry)
        self.number += 1
        self._entry = RawEntry(value, self.number, number, len(self.methods) - 1)
        if self.number > MOST_HELD:
            raise Stop("too_many")

    def _end(self, _number: int, value: str) -> None:
        if value not in self._open:
            return
        while (left := self._open.pop()) != value:  # what was left open inside it ends with it
            if self._entry is not None and left == self._entry.kind:
                self._entry.faults.add("bad_line")
        if self._zone is not None:
            self._zone.append(f"END:{value}")
            if value == "VTIMEZONE" or not self._open:
                self.zones.append("\r\n".join(self._zone) + "\r\n")
                self._zone = None
        if self._entry is not None and self._entry.kind not in self._open:
            self._leave(self._entry)

    def _leave(self, entry: RawEntry) -> None:
        """Keep an entry, or count it as one that lies before or after what is asked for."""
        self._entry = None
        self.held += entry.kind == "VEVENT"
        if entry.has("RECURRENCE-ID"):
            self.changed[entry.first("UID")].append(entry.first("RECURRENCE-ID"))
        side = ""
        with suppress(OverflowError):  # at the edges of the calendar
            side = "" if entry.faults else self._side(entry)
        if side == "past":
            self.past += 1
        elif side == "later":
            self.later += 1
        else:
            self.entries.append(entry)

    def _side(self, entry: RawEntry) -> str:
        """Return on which side of the time that is asked for an entry surely lies: past, later or neither."""
        starts = [day_of(line) for line in entry.all("DTSTART")]
        if entry.kind != "VEVENT" or len(starts) != 1 or starts[0] is None or entry.has("RDATE"):
            return ""
        if entry.changes_all_after:
            return ""
        start = starts[0]
        if start > self.last:
            return "later"
        ends = [day_of(line) for line in entry.all("DTEND")] or [start + timedelta(days=1)]
        if entry.has("DURATION") or len(ends) != 1 or ends[0] is None or ends[0] < start:
            return ""
        last = ends[0]
        if entry.has("RRULE"):
            until = _UNTIL.search(entry.first("RRULE")) if len(entry.all("RRULE")) == 1 else None
            begins = day_of_digits(until[1]) if until else None
            if begins is None or begins < start:
                return ""
            last = begins + (last - start)
        return "past" if last < self.first else ""


def day_of(line: str) -> date | None:
    """Return the day that a line's value begins with; None if it can't be read."""
    found = _DAY.match(line.rpartition(":")[2].strip())
    return day_of_digits(found[0]) if found else None


def day_of_digits(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None


def decode(line: bytes) -> str | None:
    """Return a line as text: UTF-8, or as Windows writes it; None if it is neither."""
    for coding in ("utf-8", "cp1252"):
        try:
            return line.decode(coding).replace("\0", "")
        except UnicodeDecodeError:
            continue
    return None


def opened(source: Any) -> Iterable[bytes]:
    """Return the file line by line, in bytes; one in two bytes a letter says so by its first two."""
    head = source.read(2)
    if head in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return BytesIO((head + source.read()).decode("utf-16", "replace").encode())
    return _joined(head, source)


def _joined(head: bytes, source: Iterable[bytes]) -> Iterator[bytes]:
    lines = iter(source)
    yield (head + next(lines, b"")).removeprefix(codecs.BOM_UTF8)
    yield from lines


def unfold(source: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """Yield each line with its number; a line that begins with a space goes on the one before (RFC 5545).

    In bytes, for some cut a line in the middle of a letter. Some end each line with two returns.
    """
    parts: list[bytes] = []
    began = number = 0
    for piece in source:
        for line in _BREAK.split(piece.removesuffix(b"\n").rstrip(b"\r")):
            number += 1
            if line[:1] in (b" ", b"\t") and parts:
                parts.append(line[1:])
                continue
            if parts:
                yield began, b"".join(parts)
            parts, began = ([line], number) if line.strip() else ([], number)
    if parts:
        yield began, b"".join(parts)
