"""Reads one calendar file and writes what it holds as JSON. ical_reader.py runs it as a process with limits.

Nothing of the app is imported: a file that takes too much takes this process with it and nothing else.
Standard input: a line of JSON with the limits and the span of time that is asked for, then the file.
"""

import json
import re
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

OFTEN = re.compile(r"FREQ=(SECONDLY|MINUTELY|HOURLY)|BY(SECOND|MINUTE)=|BYHOUR=[0-9]+,", re.IGNORECASE)
RULES = ("RRULE", "EXRULE")
REPEATS = ("RRULE", "RDATE", "RECURRENCE-ID")
TIMES = ("DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID")
PEOPLE = ("ATTENDEE", "ORGANIZER")
NUMBER = "X-ENPLAN-NUMBER"  # which entry of the file an occurrence comes from
DAY = re.compile(r"DTSTART[^:]*:(\d{8})")
UNUSABLE = {"no_start", "bad_time", "order"}
LONGEST = timedelta(days=366)  # an entry that began earlier is over, unless it repeats
TEXT_MOST = 2000


class Stop(Exception):
    """The file as a whole can't be read; the text is the code of the reason."""


class Scan:
    """The file's lines, unfolded, and what can be told from them without understanding times."""

    def __init__(self, raw: bytes, asked: dict[str, Any]) -> None:
        self.first = datetime.fromisoformat(asked["first"])
        self.most = int(asked["most"])
        self.kept: list[str] = []
        self.begins: list[int] = []  # the line that each entry begins at
        self.numbers: list[int] = []  # which entries were kept
        self.faults: list[tuple[int, int, str]] = []  # entry, line, code
        self.past = 0
        self.series: set[str] = set()  # the ids of entries that repeat
        self.named: set[str] = set()  # the ids of all, changed occurrences left out
        self._entry: list[str] | None = None
        self._open: list[str] = []
        for number, line in unfold(raw):
            self._take(number, line.decode("utf-8-sig", "replace").replace("\0", ""))
        if self._open or not self.kept:
            raise Stop("broken" if self.kept else "not_a_calendar")

    def _take(self, number: int, line: str) -> None:
        name, _, value = line.partition(":")
        name, value = name.upper(), value.strip().upper()
        if name == "BEGIN":
            self._begin(number, value)
        elif not self._open:
            raise Stop("not_a_calendar")
        if name.partition(";")[0] in RULES and OFTEN.search(line):
            self.faults.append((len(self.begins) if self._entry is not None else 0, number, "too_often"))
        if not name.startswith(NUMBER):
            (self.kept if self._entry is None else self._entry).append(line)
        if name == "END":
            self._end(value)

    def _begin(self, number: int, value: str) -> None:
        if not self._open and value != "VCALENDAR":
            raise Stop("not_a_calendar")
        self._open.append(value)
        if value == "VEVENT":
            if self._entry is not None:
                raise Stop("broken")
            self.begins.append(number)
            self._entry = []
            if len(self.begins) > self.most:
                raise Stop("too_many")

    def _end(self, value: str) -> None:
        if self._open.pop() != value:
            raise Stop("broken")
        if value == "VEVENT" and self._entry is not None:
            if self._is_past(self._entry):
                self.past += 1
            else:
                self.kept += self._entry
                self.numbers.append(len(self.begins))
            self._entry = None

    def name(self, event: Any) -> set[str]:
        """Note the id of an entry, and return what is wrong with it: of two with one id only one is read."""
        uid = str(event.get("UID", ""))[:TEXT_MOST]
        if any(name in event for name in REPEATS):
            self.series.add(uid)
        if not uid or "RECURRENCE-ID" in event:
            return set()
        known = uid in self.named
        self.named.add(uid)
        return {"same_uid"} if known else set()

    def _is_past(self, lines: list[str]) -> bool:
        if any(line.upper().startswith(REPEATS) for line in lines):
            return False
        found = next((match for match in map(DAY.match, lines) if match), None)
        return found is not None and found[1] < f"{self.first - LONGEST:%Y%m%d}"


def unfold(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield each line with its number; a line that begins with a space goes on the one before (RFC 5545).

    In bytes, for some cut a line in the middle of a letter.
    """
    parts: list[bytes] = []
    began = 0
    for number, line in enumerate(re.split(rb"\r\n|\n|\r", raw), start=1):
        if line[:1] in (b" ", b"\t") and parts:
            parts.append(line[1:])
            continue
        if parts:
            yield began, b"".join(parts)
        parts, began = ([line], number) if line.strip() else ([], number)
    if parts:
        yield began, b"".join(parts)


def read_events(raw: bytes, asked: dict[str, Any]) -> dict[str, Any]:
    """Return the occurrences in the span, the faults by entry, and how many entries were over long ago."""
    import icalendar  # noqa: PLC0415 — after the limits are set

    scan = Scan(raw, asked)
    if scan.faults:
        return {"entries": [], "faults": scan.faults, "past": 0, "held": len(scan.begins)}
    try:
        calendars = icalendar.Calendar.from_ical("\r\n".join(scan.kept) + "\r\n", multiple=True)
    except MemoryError:
        raise
    except Exception as problem:
        raise Stop("broken") from problem
    numbers = iter(scan.numbers)
    for calendar in calendars:
        for event in calendar.walk("VEVENT"):
            number = next(numbers)
            event.add(NUMBER, str(number))
            faults = faults_of(event) | scan.name(event)
            scan.faults += [(number, scan.begins[number - 1], code) for code in sorted(faults)]
            if faults & UNUSABLE:  # one that has no time would stop the reading of all
                calendar.subcomponents.remove(event)
    entries = [one for calendar in calendars for one in occurrences(calendar, scan, asked)]
    held = len(scan.begins)
    return {"entries": entries, "faults": scan.faults, "past": scan.past, "held": held}


def faults_of(event: Any) -> set[str]:
    """Return the codes of what is wrong with one entry as it stands."""
    found = {"bad_time" if name in TIMES else "bad_line" for name, _ in event.errors}
    start = event.get("DTSTART")
    if start is None or isinstance(start, list):
        found.add("no_start")
    if not event.get("UID"):
        found.add("no_uid")
    if found & UNUSABLE:  # to ask more of what is broken is an error itself
        return found
    for name in ("DTSTART", "DTEND"):
        moment = getattr(event.get(name), "dt", None)
        zone = getattr(event.get(name), "params", {}).get("TZID")
        if zone and isinstance(moment, datetime) and moment.tzinfo is None:
            found.add("unknown_zone")
    try:
        if event.end < event.start:
            found.add("order")
    except Exception:
        found.add("bad_time")
    return found


def occurrences(calendar: Any, scan: Scan, asked: dict[str, Any]) -> list[dict[str, Any]]:
    import recurring_ical_events  # noqa: PLC0415

    zone = ZoneInfo(asked["zone"])
    first, last = scan.first, datetime.fromisoformat(asked["last"])
    span = (first - timedelta(days=2), last + timedelta(days=2))
    try:
        found = recurring_ical_events.of(calendar).between(*span)
    except MemoryError:
        raise
    except Exception:
        scan.faults.append((0, 0, "bad_series"))
        try:
            found = recurring_ical_events.of(calendar, skip_bad_series=True).between(*span)
        except Exception as problem:
            raise Stop("broken") from problem
    if len(found) > int(asked["most"]):
        raise Stop("too_many")
    told = []
    for one in found:
        entry = describe(one, zone, texts=bool(asked["texts"]))
        if not entry or entry["start"] >= last.isoformat() or entry["end"] <= first.isoformat():
            continue
        if entry["uid"] not in scan.series:
            entry["original"] = ""
        told.append(entry | {"line": scan.begins[entry["number"] - 1]})
    return told


def describe(event: Any, zone: ZoneInfo, *, texts: bool) -> dict[str, Any] | None:
    """Return one occurrence as JSON; None when its times can't be understood (its fault is noted already)."""
    try:
        start, end = event.start, event.end
        entry = {
            "number": int(str(event[NUMBER])),
            "uid": str(event.get("UID", ""))[:TEXT_MOST],
            "start": utc_instant(start, zone),
            "end": utc_instant(end, zone),
            "all_day": not isinstance(start, datetime),
        }
    except Exception:
        return None
    summary = property_text(event, "SUMMARY")
    entry["cancelled"] = property_text(event, "STATUS").upper() == "CANCELLED" or is_cancelled(summary)
    shown = property_text(event, "X-MICROSOFT-CDO-BUSYSTATUS").upper()
    entry["free"] = property_text(event, "TRANSP").upper() == "TRANSPARENT" or shown == "FREE"
    entry["tentative"] = property_text(event, "STATUS").upper() == "TENTATIVE" or shown in (
        "TENTATIVE",
        "WORKINGELSEWHERE",
    )
    if texts:
        names = ("SUMMARY", "DESCRIPTION", "LOCATION", *(key for key in event if key.startswith("X-ENPLAN-")))
        entry["texts"] = {name: property_text(event, name) for name in names}
        entry["people"] = [attendee(name, one) for name in PEOPLE for one in property_values(event, name)]
        first = event.get("RECURRENCE-ID")  # all have one here, those that don't repeat too
        entry["original"] = utc_instant(first.dt, zone) if first is not None else ""
    return entry


def is_cancelled(summary: str) -> bool:
    """Outlook keeps a cancelled meeting as CONFIRMED and says so in its title alone."""
    return summary.lower().startswith(("canceled:", "cancelled:", "aflyst:"))


def utc_instant(moment: date | datetime, zone: ZoneInfo) -> str:
    """Return a time in UTC. A bare day begins at midnight, and a time without zone is one, in `zone`."""
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day, tzinfo=zone)
    elif moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return moment.astimezone(UTC).isoformat()


def property_values(event: Any, name: str) -> list[Any]:
    found = event.get(name)
    return found if isinstance(found, list) else [] if found is None else [found]


def property_text(event: Any, name: str) -> str:
    """Return a text, never longer than we can use; the first, if it stands more than once."""
    return str(next(iter(property_values(event, name)), ""))[:TEXT_MOST].strip()


def attendee(name: str, value: Any) -> dict[str, str]:
    params = getattr(value, "params", {})
    mail = re.sub(r"^mailto:", "", str(value), flags=re.IGNORECASE).strip().lower()
    wanted = ("CUTYPE", "ROLE", "PARTSTAT", "CN")
    return {"as": name, "mail": mail, **{one: str(params.get(one, "")) for one in wanted}}


def limit(seconds: int, bytes_most: int) -> None:
    """End this process when it takes too long or too much. Without such limits ical_reader.py waits."""
    try:
        import resource  # noqa: PLC0415 — not on Windows
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (bytes_most, bytes_most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # what it reads is private
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))


def main(source: Any, write: Callable[[str], object]) -> None:
    asked = json.loads(source.readline())
    limit(int(asked["seconds"]), int(asked["bytes"]))
    try:
        told = read_events(source.read(), asked)
    except Stop as stop:
        told = {"whole": str(stop)}
    except (MemoryError, RecursionError):
        told = {"whole": "too_much"}
    except Exception:
        told = {"whole": "broken"}
    write(json.dumps(told))


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.write)
