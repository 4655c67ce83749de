"""django-appointment on PostgreSQL: each booking takes the two forms that its own pages have."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urlencode

import psycopg

from app.dates.local_time import DANISH_TIME
from bench.peers.places import free_port, installed, running, send
from bench.peers.work import PROFESSIONALS, Span
from tests.pg_server import PgServer

PACKAGES = ("django-appointment==3.12.0", "psycopg[binary]", "waitress")
SITE = Path(__file__).with_name("django_site.py")
FORM = "application/x-www-form-urlencoded"
FOUND = 302
STORED = """
    SELECT r.date + r.start_time, r.date + r.end_time FROM appointment_appointment a
    JOIN appointment_appointmentrequest r ON r.id = a.appointment_request_id WHERE r.date = %s
"""


class DjangoAppointment:
    name = "django-appointment 3.12.0, PostgreSQL"

    def __init__(self, port: int, dsn: str) -> None:
        self._port, self._dsn = port, dsn

    def book(self, number: int, span: Span) -> bool:
        start, end = span
        when = {"date": f"{start:%Y-%m-%d}", "start_time": f"{start:%H:%M}", "end_time": f"{end:%H:%M}"}
        asked = self._send(
            "/request-submit/", when | {"service": "1", "staff_member": str(1 + number % PROFESSIONALS)}
        )
        if asked is None:
            return False
        who = {"name": "Anna Jensen", "email": "anna@example.com", "phone_0": "DK", "phone_1": "20304050"}
        done = self._send(asked, who | {"address": "Vej 1", "additional_info": "", "payment_type": "full"})
        return done is not None and re.search(r"/thank-you/\d+/", done) is not None

    def _send(self, path: str, form: dict[str, str]) -> str | None:
        """Send a form; return where it leads, or None if it was shown again."""
        said = send(self._port, "POST", path, urlencode(form), Content_Type=FORM)
        return said.location if said.status == FOUND else None

    def stored(self, day: date) -> list[Span]:
        with psycopg.connect(self._dsn) as connection:
            return [(_read(start), _read(end)) for start, end in connection.execute(STORED, [day])]


def _read(wall: datetime) -> datetime:
    return wall.replace(tzinfo=DANISH_TIME)


@contextmanager
def started(folder: Path) -> Iterator[DjangoAppointment]:
    """Install it and serve it in the smallest site that its own guide describes."""
    python, port = installed(folder / "env", *PACKAGES), free_port()
    with PgServer(durable=True) as server:
        server.create("django")
        dsn = server.dsn("django")
        with running([str(python), "-P", str(SITE), str(port), dsn], port, folder):
            yield DjangoAppointment(port, dsn)
