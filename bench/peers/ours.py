"""Our own app, over its API, as it is served; the citizen has said that she can take much."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

from sqlmodel import col, select

from app.availability.models import CalendarLimits
from app.config import DEMO_SITE, read_site
from app.dates.clock import system_clock
from app.dates.local_time import danish_day
from app.identity.models import PersonRole
from app.identity.rules import Role
from app.identity.tokens import create_token
from app.meetings.models import Occupancy
from app.meetings.rules import OccupancyKind
from app.migrations.schema import migrate
from app.people_import.service import import_people
from app.store.db import Database
from bench.bookings_served import SECRET_KEY
from bench.peers.places import send
from bench.peers.work import ACCEPTED, PROFESSIONALS, Span
from bench.people import spreadsheet
from bench.server import serving
from tests.pg_server import PgServer


@dataclass(slots=True)
class Ours:
    name: str
    database: Database
    port: int
    token: str
    citizen_id: UUID
    staff: list[UUID]

    def book(self, number: int, span: Span) -> bool:
        request_for = {
            "citizen": str(self.citizen_id),
            "with": [str(self.staff[number % PROFESSIONALS])],
            "starts_at": span[0].isoformat(),
            "ends_at": span[1].isoformat(),
            "channel": "phone",
            "purpose": "Samtale",
            "duty": True,
        }
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Idempotency_Key": f"{span[0]:%j}-{number}",
            "Content_Type": "application/json",
        }
        return (
            send(self.port, "POST", "/api/v1/meetings", json.dumps(request_for), **headers).status == ACCEPTED
        )

    def stored(self, day: date) -> list[Span]:
        mine = select(Occupancy).where(
            Occupancy.subject_id == self.citizen_id, Occupancy.kind != OccupancyKind.TRAVEL
        )
        with self.database.reading() as session:
            spans = [(one.starts_at, one.ends_at) for one in session.exec(mine)]
        return [span for span in spans if danish_day(span[0]) == day]


@contextmanager
def on_sqlite(folder: Path) -> Iterator[Ours]:
    with _served("Én plan, SQLite", f"sqlite:///{folder / 'ours.db'}") as one:
        yield one


@contextmanager
def on_postgresql(_folder: Path) -> Iterator[Ours]:
    with PgServer(durable=True) as server:
        server.create("ours")
        with _served("Én plan, PostgreSQL", server.url("ours")) as one:
            yield one


@contextmanager
def _served(name: str, url: str) -> Iterator[Ours]:
    database, now = Database(url), system_clock()
    migrate(database)
    raw = spreadsheet(1 + PROFESSIONALS, PROFESSIONALS)
    import_people(database, read_site(DEMO_SITE), SECRET_KEY, raw, now=now)
    with database.writing() as session:
        roles = session.exec(select(PersonRole).order_by(col(PersonRole.person_id))).all()
        (citizen_id,) = (one.person_id for one in roles if one.role is Role.CITIZEN)
        staff = [one.person_id for one in roles if one.role is not Role.CITIZEN]
        session.add(
            CalendarLimits(citizen_id=citizen_id, per_day=10, per_week=30, notice_days=0, updated_at=now)
        )
        token = create_token(session, "Peers", ["meetings"], now)
    with serving("bench.bookings_served", "ours", url) as server:
        yield Ours(name, database, server.port, token, citizen_id, staff)
    database.close()
