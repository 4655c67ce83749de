"""Indico's room booking on PostgreSQL: each professional is a room, the citizen is whom it is booked for."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import psycopg

from app.dates.local_time import DANISH_TIME
from bench.peers.places import free_port, installed, running, send
from bench.peers.work import ACCEPTED, PROFESSIONALS, Span
from tests.pg_server import PgServer

PACKAGES = ("indico==3.2.9", "waitress")
SITE = Path(__file__).with_name("indico_site.py")
VALID = 2
STORED = """
    SELECT start_dt, end_dt FROM roombooking.reservation_occurrences
    WHERE start_dt::date = %s AND state = %s
"""


class Indico:
    name = "Indico 3.2.9, PostgreSQL"

    def __init__(self, port: int, dsn: str) -> None:
        self._port, self._dsn = port, dsn

    def book(self, number: int, span: Span) -> bool:
        start, end = (f"{one:%Y-%m-%dT%H:%M}" for one in span)
        wanted = json.dumps({"professional": number % PROFESSIONALS, "start": start, "end": end})
        return send(self._port, "POST", "/", wanted, Content_Type="application/json").status == ACCEPTED

    def stored(self, day: date) -> list[Span]:
        with psycopg.connect(self._dsn) as connection:
            rows = connection.execute(STORED, [day, VALID])
            return [(_read(start), _read(end)) for start, end in rows]


def _read(wall: datetime) -> datetime:
    return wall.replace(tzinfo=DANISH_TIME)


@contextmanager
def started(folder: Path) -> Iterator[Indico]:
    python, port = installed(folder / "env", *PACKAGES), free_port()
    with PgServer(durable=True) as server:
        server.create("indico")
        dsn = server.dsn("indico")
        with psycopg.connect(dsn, autocommit=True) as connection:
            for extension in ("unaccent", "pg_trgm"):
                connection.execute(f"CREATE EXTENSION {extension}".encode())
        with running([str(python), "-P", str(SITE), str(port), dsn], port, folder):
            yield Indico(port, dsn)
