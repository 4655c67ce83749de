"""What becomes of each entry: when it is, and what it says; or what can't be read of it, and on which days.

An entry that can't be read is never left out in silence. Where its day can be told, that day is named; where
it can't, nobody knows when it is. Of two with one name both are kept.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from .ical_lines import RawEntry, Scan, Stop, day_of
from .ical_patience import Unclear
from .ical_series import Change, Repeats, on_the_wall, read_repeats, walls
from .ical_times import (
    DAY,
    Length,
    Moment,
    length_of,
    moment_of,
    read_ical_time,
    read_length,
    values_of,
)
from .ical_words import described
from .ical_zones import Zones

EARLIEST = datetime(2, 1, 1)  # noqa: DTZ001 — on a wall
MONTH = timedelta(
    days=31
)  # one that began so long ago and whose end can't be read is over, unless it has no hour

Days = tuple[date | None, date | None]  # None: as far as is looked


class Read(NamedTuple):
    """One entry whose own time could be read."""

    raw: RawEntry
    start: Moment
    length: Length


@dataclass(slots=True)
class Found:
    """All that came of a file's entries."""

    scan: Scan
    zones: Zones
    first: datetime
    last: datetime
    most: int
    told: list[dict[str, Any]] = field(default_factory=list)
    faults: list[tuple[Any, ...]] = field(default_factory=list)  # entry, line, code, first day, last day
    seen: set[int] = field(default_factory=set)

    def fault(self, raw: RawEntry, code: str, days: Days | None = None) -> None:
        first, last = days or days_of(raw, self.first.date())
        shown = (first.isoformat() if first else "", last.isoformat() if last else "")
        self.faults.append((raw.number, raw.line, code, *shown))
        if len(self.faults) > self.most:
            raise Stop("too_many")

    def add(self, raw: RawEntry, start: datetime, end: datetime, **more: Any) -> None:
        """Note one time that something is, if it is within what is asked for."""
        if start >= self.last or max(end, start + timedelta(seconds=1)) <= self.first:
            return
        self.seen.add(raw.number)
        self.told.append(
            {
                "number": raw.number,
                "line": raw.line,
                "start": start.isoformat(),
                "end": end.isoformat(),
            }
            | more
        )
        if len(self.told) > self.most:
            raise Stop("too_many")


def read_all(found: Found) -> None:
    """Read every entry that was kept, and what repeats with those that change one of its times."""
    names: dict[str, int] = {}
    reads: list[Read] = []
    for raw in found.scan.entries:
        with alone(raw, found):
            if raw.kind == "VFREEBUSY":
                _free_busy(raw, found)
                continue
            _name(raw, names, found)
            read = _read(raw, found)
            reads += [read] if read else []
    masters = [read for read in reads if not read.raw.has("RECURRENCE-ID")]
    starts = {read.raw.first("UID"): read.start for read in masters}
    changes: defaultdict[str, list[Read]] = defaultdict(list)
    for read in reads:
        if read.raw.has("RECURRENCE-ID"):
            changes[read.raw.first("UID") if read.raw.changes_all_after else ""].append(read)
    for read in masters:
        with alone(read.raw, found):
            if read.raw.has("RRULE", "RDATE"):
                _series(read, changes.pop(read.raw.first("UID"), []), found)
            else:
                _single(read, None, found)
    for read in (one for left in changes.values() for one in left):
        with alone(read.raw, found):
            _single(read, starts.get(read.raw.first("UID")), found)


@contextmanager
def alone(raw: RawEntry, found: Found) -> Iterator[None]:
    """Let whatever goes wrong with one entry be a fault of that one alone."""
    try:
        yield
    except (Stop, MemoryError, RecursionError):
        raise
    except Exception:
        found.fault(raw, "bad_time")


def _name(raw: RawEntry, names: dict[str, int], found: Found) -> None:
    uid = raw.first("UID").partition(":")[2].strip()
    if not uid:
        found.fault(raw, "no_uid")
    elif not raw.has("RECURRENCE-ID") and names.setdefault(uid, raw.number) != raw.number:
        found.fault(raw, "same_uid")


def _read(raw: RawEntry, found: Found) -> Read | None:
    """Return an entry with its own time; None, and its fault noted, if it can't be read."""
    starts = set(raw.all("DTSTART"))
    try:
        if len(starts) != 1:
            raise Unclear("bad_time" if starts else "no_start")
        start = read_ical_time(starts.pop(), found.zones)
        length = _length(raw, start, found.zones)
        start.instant(found.zones.home), length.end(start.wall, start.zone or found.zones.home)
    except Unclear as unclear:
        found.fault(raw, str(unclear))
        return None
    except (OverflowError, ValueError):  # at the edges of the calendar
        found.fault(raw, "bad_time")
        return None
    for code in sorted(raw.faults | (set() if start.is_known else {"unknown_zone"})):
        found.fault(raw, code)
    return Read(raw, start, length)


def _length(raw: RawEntry, start: Moment, zones: Zones) -> Length:
    """Return how long an entry says it lasts. A day that ends as it begins is that whole day."""
    ends = set(raw.all("DTEND"))
    if len(ends) > 1:
        raise Unclear("bad_time")
    if ends:
        end = read_ical_time(ends.pop(), zones)
        if start.is_day and end.is_day:
            days = (end.wall - start.wall).days
            if days < 0:
                raise Unclear("order")
            return Length(max(days, 1), timedelta())
        length = Length(0, end.instant(zones.home) - start.instant(zones.home))
        if length.time < timedelta():
            raise Unclear("order")
        return length
    if raw.has("DURATION"):
        length = read_length(raw.first("DURATION"))
        return Length(1, timedelta()) if start.is_day and not (length.days or length.time) else length
    return Length(int(start.is_day), timedelta())


def _single(read: Read, series: Moment | None, found: Found) -> None:
    """Note the one time that something is; `series`: the beginning of what it was a time of, if any."""
    line, original, home = read.raw.first("RECURRENCE-ID"), "", found.zones.home
    if line:
        try:
            stood = on_the_wall(*_one_time(line), series or read.start, found.zones)
            if not isinstance(stood, datetime):
                stood = datetime.combine(stood, (series or read.start).wall.time())
            zone = (series or read.start).zone or home
            original = stood.replace(tzinfo=zone).astimezone(UTC).isoformat()
        except (Unclear, OverflowError, ValueError):
            found.fault(read.raw, "bad_time")
    _tell(read, read.start.wall, read.length, original, found)
    if read.raw.number not in found.seen:
        _count(read, found)


def _one_time(line: str) -> tuple[str, str]:
    head, said = values_of(line)
    return head, said[0] if said else ""


def _count(read: Read, found: Found) -> None:
    """Count an entry that is not within what is asked for by the side it lies on."""
    if read.start.instant(found.zones.home) >= found.last:
        found.scan.later += 1
    else:
        found.scan.past += 1


def _tell(read: Read, wall: datetime, length: Length, original: str, found: Found, **more: Any) -> None:
    zone = read.start.zone or found.zones.home
    try:
        start, end = wall.replace(tzinfo=zone).astimezone(UTC), length.end(wall, zone)
    except (OverflowError, ValueError):
        return
    said = described(read.raw, found.scan) | {"all_day": read.start.is_day, "original": original}
    found.add(read.raw, start, end, **(said | more))


def _series(read: Read, changes: list[Read], found: Found) -> None:
    """Note each time of what repeats; the first alone, and a fault, if how often can't be read."""
    raw, start = read.raw, read.start
    faults: set[str] = set()
    repeats = read_repeats(raw, start, found.zones, faults)
    without = repeats.without
    gone = [
        wall
        for line in found.scan.changed.get(raw.first("UID"), ())
        if "THISANDFUTURE" not in line.upper()
        for wall in _changed(line, start, found.zones)
    ]
    repeats = Repeats(repeats.rules, repeats.more, [*repeats.without, *gone], repeats.excluding)
    by_entry = {one.raw.number: one for one in changes}
    try:
        stands = walls(
            start.wall, repeats, _futures(changes, start, found.zones), _span(read, found), raw.number
        )
    except Unclear as unclear:
        faults.add(str(unclear))
        stands = [(start.wall, start.wall, raw.number)]
    for code in sorted(faults):
        found.fault(raw, code)
    lengths = {wall: length for wall, length in repeats.more if length is not None}
    for original, wall, number in stands:
        one = by_entry.get(number, read)
        _tell(
            Read(one.raw, start, one.length),
            wall,
            lengths.get(original, one.length),
            _instant(original, start, found),
            found,
            repeats=True,
        )
    if found.scan.told:
        _taken_out(read, without, found)
    if raw.number not in found.seen and not faults:
        _count(read, found)


def _instant(wall: datetime, start: Moment, found: Found) -> str:
    return wall.replace(tzinfo=start.zone or found.zones.home).astimezone(UTC).isoformat()


def _taken_out(read: Read, without: Iterable[Any], found: Found) -> None:
    """Note the times that were taken out of a series, so that what came of them can be called off."""
    hour = read.start.wall.time()
    days = {one if isinstance(one, datetime) else datetime.combine(one, hour) for one in without}
    for wall in sorted(days):
        with suppress(OverflowError, ValueError):  # at the edges of the calendar
            original = _instant(wall, read.start, found)
            _tell(read, wall, read.length, original, found, repeats=True, cancelled=True, taken_out=True)


def _span(read: Read, found: Found) -> tuple[datetime, datetime]:
    """Return what to look at on the wall of a series, so that nothing that reaches into it is missed."""
    long = read.length.days * DAY + read.length.time + 2 * DAY
    first = found.first.replace(tzinfo=None)
    begins = first - long if first - EARLIEST > long else EARLIEST
    return begins, found.last.replace(tzinfo=None) + 2 * DAY


def _changed(line: str, start: Moment, zones: Zones) -> Iterator[Any]:
    with suppress(Unclear, OverflowError, ValueError):  # its own entry says so
        yield on_the_wall(*_one_time(line), start, zones)


def _futures(changes: Iterable[Read], start: Moment, zones: Zones) -> list[Change]:
    return [
        Change(original, one.start.wall_in(start.zone, zones.home), one.raw.number)
        for one in changes
        for original in _changed(one.raw.first("RECURRENCE-ID"), start, zones)
        if isinstance(original, datetime)
    ]


def _free_busy(raw: RawEntry, found: Found) -> None:
    """Note what free and busy time says; a period that can't be read is a fault of all its days."""
    days: Days = (day_of(raw.first("DTSTART")), day_of(raw.first("DTEND")))
    for code in sorted(raw.faults):
        found.fault(raw, code, days)
    for line in raw.all("FREEBUSY"):
        head, said = values_of(line)
        kind = (re.search(r"FBTYPE=\"?([A-Z-]+)", head, re.IGNORECASE) or ["", "BUSY"])[1].upper()
        for one in said:
            try:
                start, end = _period(head, one, found.zones)
            except (Unclear, OverflowError, ValueError):
                found.fault(raw, "bad_time", days)
                continue
            found.add(
                raw,
                start,
                end,
                kind=raw.kind,
                uid="",
                all_day=False,
                cancelled=False,
                free=kind == "FREE",
                tentative=kind == "BUSY-TENTATIVE",
            )


def _period(head: str, said: str, zones: Zones) -> tuple[datetime, datetime]:
    begins, slash, ends = said.partition("/")
    if not slash:
        raise Unclear("bad_time")
    first = moment_of(head, begins, zones)
    start = first.instant(zones.home)
    if ends[:1] in "+-Pp":
        end = length_of(ends).end(first.wall, first.zone or zones.home)
    else:
        end = moment_of(head, ends, zones).instant(zones.home)
    if end < start:
        raise Unclear("order")
    return start, end


def _is_length(line: str) -> bool:
    """Say whether a length can be read; one below nothing can, and says nothing of other days."""
    try:
        read_length(line)
    except Unclear as unclear:
        return str(unclear) == "order"
    return True


def days_of(raw: RawEntry, today: date) -> Days:
    """Return the days that an unread entry may be on, both included; None is as far as is looked."""
    days = [day_of(line) for name in ("DTSTART", "DTEND") for line in raw.all(name)]
    starts = [day_of(line) for line in raw.all("DTSTART")]
    known = [day for day in days if day]
    if not starts or None in starts:
        return None, None
    first = min(known)
    if raw.has("RRULE", "RDATE") or date.max - first < 2 * MONTH:
        return first, None
    if None in days or not all(map(_is_length, raw.all("DURATION"))):  # where it ends
        hours = all("T" in line.rpartition(":")[2].upper() for line in raw.all("DTSTART"))
        return first, first + DAY if hours else None if today - first < MONTH else first + MONTH
    return first, max(known)
