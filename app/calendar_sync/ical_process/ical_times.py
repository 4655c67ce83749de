"""When something is: a property's value as a day or a moment, and how long it lasts.

A time without zone is one in Denmark; a Z beside a zone's name is right, and the name is not. A length in
hours is so many hours also in the nights when the clocks change; one in days ends at the same hour (RFC 5545,
3.3.6).
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

import icalendar

from .ical_patience import Unclear
from .ical_zones import Zones

_DURATION: Any = icalendar.vDuration  # untyped
_TIME = re.compile(r"([0-9]{8})(?:T([0-9]{2})([0-9]{2})([0-9]{2})?(Z|[+-][0-9]{4})?)?", re.IGNORECASE)
_TZID = re.compile(r";TZID=(\"[^\"]*\"|.*?)(?=;[A-Z-]+=|$)", re.IGNORECASE)
_LENGTH = re.compile(r"([+-]?)P(?:(\d+)W)?(?:(\d+)D)?(?:T.*)?", re.IGNORECASE)
DAY = timedelta(days=1)
LAST_SECOND = 59


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as the file says it: on the wall, and in which zone. A day alone has no zone."""

    wall: datetime
    zone: tzinfo | None
    is_day: bool
    is_known: bool = True  # False: the zone is one that nobody knows, and home's was taken

    def instant(self, home: tzinfo) -> datetime:
        return self.wall.replace(tzinfo=self.zone or home).astimezone(UTC)

    def wall_in(self, zone: tzinfo | None, home: tzinfo) -> datetime:
        """Return the same moment as the wall in another zone shows it; a day and a free time stay."""
        if self.zone is None or zone is self.zone:
            return self.wall
        return self.instant(home).astimezone(zone or home).replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class Length:
    """How long something lasts: days on the calendar, and then so much time."""

    days: int
    time: timedelta

    def end(self, start: datetime, zone: tzinfo) -> datetime:
        """Return when what begins at `start`, on the wall in `zone`, is over, in UTC."""
        day = (start + self.days * DAY).replace(tzinfo=zone)
        return day.astimezone(UTC) + self.time


def values_of(line: str) -> tuple[str, list[str]]:
    """Return the parameters and the values of a line with times: no time has a colon in it."""
    head, _, said = line.rpartition(":")
    return head, [one.strip() for one in said.split(",") if one.strip()]


def read_ical_time(line: str, zones: Zones) -> Moment:
    """Return the time that a line says."""
    head, said = values_of(line)
    if len(said) != 1:
        raise Unclear("bad_time")
    return moment_of(head, said[0], zones)


def moment_of(head: str, value: str, zones: Zones) -> Moment:
    found = _TIME.fullmatch(value)
    if found is None:
        raise Unclear("bad_time")
    digits, hour, minute, second, offset = found.groups()
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
        if hour is None:
            return Moment(datetime.combine(day, time(0)), None, is_day=True)
        midnight = hour == "24" and minute == "00"
        clock = time(0 if midnight else int(hour), int(minute), min(int(second or 0), LAST_SECOND))
        wall = datetime.combine(day, clock) + (DAY if midnight else timedelta())
    except (ValueError, OverflowError):
        raise Unclear("bad_time") from None
    if offset:
        return Moment(wall, _offset(offset), is_day=False)
    name = _TZID.search(head)
    if name is None:
        return Moment(wall, None, is_day=False)
    zone = zones.find(name[1].strip('"'))
    return Moment(wall, zone, is_day=False, is_known=zone is not None)


def _offset(said: str) -> tzinfo:
    if said.upper() == "Z":
        return UTC
    zone = datetime.strptime(said, "%z").tzinfo
    return zone or UTC


def read_length(line: str) -> Length:
    """Return how long a DURATION is."""
    return length_of(line.rpartition(":")[2].strip())


def length_of(value: str) -> Length:
    found = _LENGTH.fullmatch(value)
    try:
        whole: timedelta = _DURATION.from_ical(value.upper())
    except Exception:
        raise Unclear("bad_time") from None
    if found is None:
        raise Unclear("bad_time")
    days = int(found[2] or 0) * 7 + int(found[3] or 0)
    if found[1] == "-" or whole < timedelta():
        raise Unclear("order")
    return Length(days, whole - days * DAY)
