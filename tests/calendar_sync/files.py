"""Calendar files as Outlook, Google and Apple are documented to write them, and hostile ones."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from app.calendar_sync.ical_process.ical_start import read_events
from app.calendar_sync.ical_reader import (
    CalendarContents,
    CalendarEvent,
    contents_of,
    read_calendar,
    what_is_asked,
)

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
ROMANCE = """\
BEGIN:VTIMEZONE
TZID:Romance Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""


def entry(lines: str, uid: str = "one") -> str:
    return f"BEGIN:VEVENT\nUID:{uid}\nDTSTAMP:20270101T000000Z\n{lines.strip()}\nEND:VEVENT\n"


def romance(start: str, end: str) -> str:
    """Return times as Outlook writes them in Denmark."""
    zone = "TZID=Romance Standard Time"
    return f"DTSTART;{zone}:{start}\nDTEND;{zone}:{end}\n"


def file(*parts: str) -> bytes:
    """Return a calendar of these parts, with the line ends of the standard."""
    whole = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//DA\n{''.join(parts)}END:VCALENDAR\n"
    return whole.replace("\n", "\r\n").encode()


def read(raw: bytes, *, texts: bool = False) -> CalendarContents:
    return read_calendar(raw, NOW, NOW + timedelta(weeks=26), texts=texts)


def read_here(raw: bytes, *, texts: bool = False, first: datetime = NOW, weeks: int = 26) -> CalendarContents:
    """Read as the process does, without one: for the many small files of a property."""
    return contents_of(read_events(raw, what_is_asked(first, first + timedelta(weeks=weeks), texts=texts)))


def busy_here(raw: bytes) -> list[tuple[str, str]]:
    return spans([one for one in read_here(raw).entries if one.busy])


def unread(reading: CalendarContents) -> list[tuple[str, str]]:
    """Return the days that can't be told, `""` as far as is looked: `("2027-03-03", "2027-03-03")`."""
    return [(str(one.first or ""), str(one.last or "")) for one in reading.unread]


def busy(raw: bytes) -> list[tuple[str, str]]:
    """Return when a calendar says busy, in UTC: `("2027-03-03T09:00", "2027-03-03T10:00")`."""
    return spans([one for one in read(raw).entries if one.busy])


def spans(entries: Sequence[CalendarEvent]) -> list[tuple[str, str]]:
    return [(f"{one.start:%Y-%m-%dT%H:%M}", f"{one.end:%Y-%m-%dT%H:%M}") for one in entries]
