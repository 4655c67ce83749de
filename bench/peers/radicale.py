"""Radicale, a calendar server: the citizen has one calendar, and each booking puts an event in it."""

import re
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from app.dates.local_time import danish_day
from bench.peers.places import free_port, installed, running, send
from bench.peers.work import ACCEPTED, Span

PACKAGE = "radicale==3.9.0"
CALENDAR = "/borger/kalender/"
AS_THE_CITIZEN = f"Basic {b64encode(b'borger:x').decode()}"
WRITTEN = "%Y%m%dT%H%M%SZ"
EVENT = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//enplan//bench//DA
BEGIN:VEVENT
UID:{uid}
DTSTAMP:20270101T000000Z
DTSTART:{start}
DTEND:{end}
SUMMARY:Samtale med fagperson {professional}
END:VEVENT
END:VCALENDAR
"""


class Radicale:
    name = "Radicale 3.9.0, files"

    def __init__(self, port: int) -> None:
        self._port = port

    def make_calendar(self) -> None:
        said = send(self._port, "MKCALENDAR", CALENDAR, Authorization=AS_THE_CITIZEN)
        assert said.status == ACCEPTED, said

    def book(self, number: int, span: Span) -> bool:
        start, end = (one.astimezone(UTC).strftime(WRITTEN) for one in span)
        uid = f"{start}-{number}"
        event = EVENT.format(uid=uid, start=start, end=end, professional=number % 15)
        crlf = event.replace("\n", "\r\n")
        headers = {"Authorization": AS_THE_CITIZEN, "Content_Type": "text/calendar"}
        return send(self._port, "PUT", f"{CALENDAR}{uid}.ics", crlf, **headers).status == ACCEPTED

    def stored(self, day: date) -> list[Span]:
        whole = send(self._port, "GET", CALENDAR, Authorization=AS_THE_CITIZEN).body
        starts, ends = (re.findall(rf"^{name}:(\S+)", whole, re.M) for name in ("DTSTART", "DTEND"))
        spans = [(_read(start), _read(end)) for start, end in zip(starts, ends, strict=True)]
        return [span for span in spans if danish_day(span[0]) == day]


def _read(text: str) -> datetime:
    return datetime.strptime(text, WRITTEN).replace(tzinfo=UTC)


@contextmanager
def started(folder: Path) -> Iterator[Radicale]:
    """Install and start it, as it is delivered but for the log-in and for as many connections as come."""
    python, port = installed(folder / "env", PACKAGE), free_port()
    options = {
        "server-hosts": f"127.0.0.1:{port}",
        "server-max-connections": "0",  # no bound
        "auth-type": "none",
        "storage-filesystem-folder": str(folder / "store"),
    }
    command = [str(python), "-m", "radicale"]
    command += [part for name, value in options.items() for part in (f"--{name}", value)]
    with running(command, port, folder):
        one = Radicale(port)
        one.make_calendar()
        yield one
