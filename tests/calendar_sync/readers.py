"""Our feed as two parsers that share no code read it.

icalendar knows the zone by its name. vobject is given it under a name that nobody knows, so that it must work
the zone out from the rules in the file.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any

import icalendar
import vobject

_names = count()


@dataclass(frozen=True, slots=True)
class Shown:
    """One event, as a phone would have it."""

    uid: str
    sequence: int
    status: str
    summary: str
    start: datetime
    end: datetime
    location: str
    description: str


def read_both(text: str) -> list[Shown]:
    """Return the events of a calendar file; both parsers must agree on every word and instant."""
    one, other = _by_icalendar(text), _by_vobject(text)
    assert one == other
    return one


def _by_icalendar(text: str) -> list[Shown]:
    calendar: Any = icalendar.Calendar.from_ical(text)
    assert calendar.errors == []
    assert all(event.errors == [] for event in calendar.walk())
    return [
        Shown(
            str(event["UID"]),
            int(event["SEQUENCE"]),
            str(event["STATUS"]),
            str(event["SUMMARY"]),
            event.start.astimezone(UTC),
            event.end.astimezone(UTC),
            str(event.get("LOCATION", "")),
            str(event.get("DESCRIPTION", "")),
        )
        for event in calendar.walk("VEVENT")
    ]


def _by_vobject(text: str) -> list[Shown]:
    own_name = f"Zone {next(_names)}"
    calendar = vobject.readOne(text.replace("Europe/Copenhagen", own_name), validate=True)
    return [
        Shown(
            event.uid.value,
            int(event.sequence.value),
            event.status.value,
            event.summary.value,
            event.dtstart.value.astimezone(UTC),
            event.dtend.value.astimezone(UTC),
            event.location.value if hasattr(event, "location") else "",
            event.description.value if hasattr(event, "description") else "",
        )
        for event in calendar.contents.get("vevent", [])
    ]
