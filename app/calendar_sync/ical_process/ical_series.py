"""What repeats, one by one. How often is asked of the rule, not of its letters.

recurring_ical_events counts on the wall of the entry's own zone; what differs from the standard in how the
world writes an end, an exclusion or a changed occurrence is made right before it is asked.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

import icalendar
import recurring_ical_events

from .ical_lines import RawEntry
from .ical_patience import Unclear, patience
from .ical_times import Length, Moment, length_of, moment_of, values_of
from .ical_zones import Zones

A_DAY = {"SECONDLY": 86400, "MINUTELY": 1440, "HOURLY": 24}
LAST = time(23, 59, 59)
SHORTEST = timedelta(minutes=1)  # what the library is asked about has a length of its own
_UNTIL = re.compile(r";?UNTIL=([^;]*)", re.IGNORECASE)


class Change(NamedTuple):
    """From one time on all are otherwise: the wall time it stood at, where it stands, and which entry."""

    original: datetime
    wall: datetime
    entry: int


class Repeats(NamedTuple):
    """What one entry says of when it comes again."""

    rules: list[Any]
    more: list[tuple[datetime, Length | None]]  # RDATE: on the wall, and how long if it says so
    without: list[Any]  # on the wall; a day: all of it
    excluding: list[Any]


def read_repeats(entry: RawEntry, start: Moment, zones: Zones, faults: set[str]) -> Repeats:
    """Return what an entry says of when it comes again; what of it can't be read is a fault."""
    rules, excluding = (_rules(entry.all(name), start, zones, faults) for name in ("RRULE", "EXRULE"))
    more: list[tuple[datetime, Length | None]] = []
    without: list[Any] = []
    for line in entry.all("RDATE"):
        more += _each(line, faults, lambda head, said: _extra(head, said, start, zones))
    for line in entry.all("EXDATE"):
        without += _each(line, faults, lambda head, said: on_the_wall(head, said, start, zones))
    return Repeats(rules, more, without, excluding)


def _each(line: str, faults: set[str], read: Any) -> Iterator[Any]:
    head, said = values_of(line)
    for one in said:
        try:
            yield read(head, one)
        except Unclear:
            faults.add("bad_time")


def _extra(head: str, said: str, start: Moment, zones: Zones) -> tuple[datetime, Length | None]:
    begins, slash, ends = said.partition("/")
    first = moment_of(head, begins, zones)
    wall = first.wall_in(start.zone, zones.home)
    if not slash:
        return wall, None
    if ends[:1] in "+-Pp":
        return wall, length_of(ends)
    return wall, Length(0, moment_of(head, ends, zones).instant(zones.home) - first.instant(zones.home))


def on_the_wall(head: str, said: str, start: Moment, zones: Zones) -> Any:
    """Return a time as the wall of the series shows it; a day, where the series has hours, is all of it."""
    moment = moment_of(head, said, zones)
    if moment.is_day and not start.is_day:
        return moment.wall.date()
    wall = moment.wall_in(start.zone, zones.home)
    return datetime.combine(wall.date(), time(0)) if start.is_day else wall


def _rules(lines: Iterable[str], start: Moment, zones: Zones, faults: set[str]) -> list[Any]:
    found = []
    for line in lines:
        try:
            found.append(_rule(line.partition(":")[2].strip(), start, zones))
        except Unclear as unclear:
            faults.add(str(unclear))
    return found


def _rule(said: str, start: Moment, zones: Zones) -> Any:
    ends = _UNTIL.search(said)
    try:
        rule = icalendar.vRecur.from_ical(_UNTIL.sub("", said).strip(";"))
        often = times_a_day(rule)
        interval = int((rule.get("INTERVAL") or [1])[0])
    except Exception:
        raise Unclear("bad_series") from None
    if interval < 1 or not rule.get("FREQ"):
        raise Unclear("bad_series")
    if often > 1:
        raise Unclear("too_often")
    if ends:
        with suppress(OverflowError):  # the end of the calendar is none
            rule["UNTIL"] = [_last(ends[1].strip(), start, zones)]
    return rule


def _last(said: str, start: Moment, zones: Zones) -> datetime:
    """Return up to when a rule holds, on the wall of the series: its last day is always in it."""
    try:
        moment = moment_of("", said, zones)
    except Unclear:
        raise Unclear("bad_series") from None
    wall = moment.wall_in(start.zone, zones.home)
    return datetime.combine(wall.date(), LAST) if moment.is_day or start.is_day else wall


def times_a_day(rule: Any) -> float:
    """Return how often a rule can come in a day, at most."""
    freq = str((rule.get("FREQ") or [""])[0]).upper()
    step = max(1, int((rule.get("INTERVAL") or [1])[0]))
    hours, minutes, seconds = (len(set(rule.get(f"BY{part}") or ())) for part in ("HOUR", "MINUTE", "SECOND"))
    named = (
        (hours or (24 if freq in A_DAY else 1))
        * (minutes or (60 if freq in ("SECONDLY", "MINUTELY") else 1))
        * (seconds or (60 if freq == "SECONDLY" else 1))
    )
    most: float = named
    if freq in A_DAY:
        inside = (minutes or 1) * (seconds or 1) if freq == "HOURLY" else (seconds or 1)
        most = min(named, max(1.0, A_DAY[freq] / step) * (inside if freq != "SECONDLY" else 1))
    picked = len(set(rule.get("BYSETPOS") or ()))
    return min(most, picked) if picked and freq not in A_DAY else most


def walls(
    start: datetime,
    repeats: Repeats,
    changes: Iterable[Change],
    span: tuple[datetime, datetime],
    number: int,
) -> list[tuple[datetime, datetime, int]]:
    """Return where on the wall a series stands within a span: original, where it is now, by which entry."""
    excluded = [wall for rule in repeats.excluding for wall in _plain(start, [rule], (), span)]
    calendar = icalendar.Calendar()
    core = _event(start, number)
    for rule in repeats.rules:
        core.add("RRULE", rule)
    for wall, _length in repeats.more:
        core.add("RDATE", [wall])
    for gone in (*repeats.without, *excluded):
        core.add("EXDATE", [gone])
    calendar.add_component(core)
    for one in changes:
        event = _event(one.wall, one.entry)
        event.add("RECURRENCE-ID", one.original, parameters={"RANGE": "THISANDFUTURE"})
        calendar.add_component(event)
    moved = {one.entry: one.wall - one.original for one in changes}
    found = []
    for event in _expanded(calendar, span):
        entry, wall = int(str(event["X-NUMBER"])), event.start
        found.append((wall - moved.get(entry, timedelta()), wall, entry))
    return found


def _plain(
    start: datetime, rules: list[Any], more: Iterable[datetime], span: tuple[datetime, datetime]
) -> list[datetime]:
    calendar, event = icalendar.Calendar(), _event(start, 0)
    for rule in rules:
        event.add("RRULE", rule)
    calendar.add_component(event)
    return [one.start for one in _expanded(calendar, span)]


def _event(start: datetime, number: int) -> Any:
    event = icalendar.Event()
    event.add("UID", "one")
    event.add("DTSTART", start)
    event.add("DURATION", SHORTEST)
    event.add("X-NUMBER", str(number))
    return event


def _expanded(calendar: Any, span: tuple[datetime, datetime]) -> list[Any]:
    try:
        with patience():
            return list(recurring_ical_events.of(calendar).between(*span))
    except (MemoryError, Unclear):
        raise
    except Exception:
        raise Unclear("bad_series") from None
