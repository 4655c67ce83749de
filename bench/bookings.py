"""How many meetings are booked in a second through the app as it is shipped, by sixteen who book at once.

Systems book over the API, each with its own token, for 600 citizens with plans and contact persons: half
duties, half proposals, in person, on the phone and on video, every other with two professionals, in weeks to
come. Of eleven times one is taken already, and is answered with three others. Beside it stands a bare Flask
that inserts one unguarded row for each, as safely stored. They take turns, a part at a time.
"""

import json
import random
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from app.config import DEMO_SITE, read_site
from app.dates.clock import system_clock
from app.dates.local_time import DANISH_TIME, danish_day
from app.identity.models import PersonRole
from app.identity.rules import Role
from app.identity.tokens import create_token
from app.migrations.schema import migrate
from app.people_import.service import import_people
from app.plan.consent_effects import record_yes
from app.store.db import Database
from bench.bookings_served import SECRET_KEY
from bench.people import spreadsheet
from bench.server import Answer, Server, ask, request, serving
from bench.table import Row
from tests.booking.race import overlapping_pairs
from tests.pg_server import PgServer

CITIZENS, STAFF, WEEKS = 600, 60, 4  # each citizen has one meeting a week
WEEKDAYS, HOURS = 5, 8  # from eight to four
A_DAY = CITIZENS // WEEKDAYS // HOURS  # professionals that a day's meetings take, each all day
FREE_BETWEEN = 10  # times that are free, for each that is taken
LONG_SINCE = 160  # bookings ago: answered by then, whoever waits
CONNECTIONS = 16
PARTS = 8  # in which the two take turns
CALLS = 500  # of one system: below its pace of 600 a minute
SEED = 2026
LEAST_A_SECOND, MOST_MS = 100, 500
CHANNELS = ("in_person", "phone", "video")
SITE = read_site(DEMO_SITE)


@dataclass(slots=True)
class Side:
    """One of the two: what it is asked, and what came of it, part by part."""

    server: Server
    requests: list[bytes]
    answers: list[Answer] = field(default_factory=list)
    worked: list[float] = field(default_factory=list)  # seconds of the server's processor for a request
    took: list[float] = field(default_factory=list)  # seconds by the clock for a request

    def book(self, part: int) -> None:
        size = len(self.requests) // PARTS
        some = self.requests[part * size : (part + 1) * size]
        worked, began = self.server.worked(), time.perf_counter()
        self.answers += ask(self.server.port, some, CONNECTIONS)
        self.took.append((time.perf_counter() - began) / size)
        self.worked.append((self.server.worked() - worked) / size)

    def milliseconds(self, part: float) -> float:
        """Return in how many milliseconds this part of all were answered."""
        seconds = sorted(one.seconds for one in self.answers)
        return 1000 * seconds[int(part * (len(seconds) - 1))]

    @property
    def a_second(self) -> float:
        return 1 / statistics.mean(self.took)


def run() -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="enplan-bench-") as folder:
        rows = _measured("SQLite", f"sqlite:///{Path(folder) / 'bookings.db'}")
    with PgServer(durable=True) as server:
        server.create("bookings")
        return [*rows, *_measured("PostgreSQL", server.url("bookings"))]


def _measured(name: str, url: str) -> list[Row]:
    database = Database(url)
    wishes, tokens = _lay(database)
    sent = [json.dumps(request_for).encode() for request_for in wishes]
    with (
        serving("bench.bookings_served", "bare", url) as bare,
        serving("bench.bookings_served", "ours", url) as ours,
    ):
        plain = Side(bare, [request("POST", bare.port, "/", {}, body) for body in sent])
        app = Side(ours, list(_calls(ours.port, sent, tokens)))
        for part in range(PARTS):
            for side in (plain, app) if part % 2 else (app, plain):
                side.book(part)
    overlaps = overlapping_pairs(database)
    database.close()
    return _rows(name, app, plain, overlaps)


def _rows(name: str, app: Side, plain: Side, overlaps: int) -> list[Row]:
    said = Counter(one.status for one in app.answers)
    booked, refused = said[201], said[409]
    p95 = app.milliseconds(0.95)
    work = statistics.median(one / other for one, other in zip(app.worked, plain.worked, strict=True))
    each, bare_each = (1e3 * statistics.median(side.worked) for side in (app, plain))
    return [
        Row(
            f"{name}: bookings through the app, {CONNECTIONS} at once",
            f"{app.a_second:.0f} a second; half within {app.milliseconds(0.5):.0f} ms, p95 {p95:.0f} ms",
            f"at least {LEAST_A_SECOND}, p95 at most {MOST_MS} ms; bare {plain.a_second:.0f} a second",
            plain.a_second / app.a_second,
            app.a_second >= LEAST_A_SECOND and p95 <= MOST_MS,
        ),
        Row(
            f"{name}: processor time of a booking",
            f"{each:.1f} ms",
            f"bare Flask and one row: {bare_each:.1f} ms",
            work,
            None,
        ),
        Row(
            f"{name}: what became of {len(app.answers):,}",
            f"{booked:,} booked, {refused} told of other times, {overlaps} overlaps",
            f"all {CITIZENS * WEEKS:,} free times booked, nothing else refused",
            holds=(booked, booked + refused, overlaps) == (CITIZENS * WEEKS, len(app.answers), 0),
        ),
    ]


def _lay(database: Database) -> tuple[list[dict[str, Any]], list[str]]:
    """Lay a municipality; return what is to be booked in it, and the tokens to do so."""
    now = system_clock()
    migrate(database)
    raw = spreadsheet(CITIZENS + STAFF, STAFF)
    import_people(database, SITE, SECRET_KEY, raw, now=now)
    with database.writing() as session:
        citizens, staff = _all(session, Role.CITIZEN), _all(session, Role.CONTACT)
        for citizen in citizens:  # before a yes to one plan nobody else's system may book
            record_yes(session, citizen, by=citizen, text_version=SITE.consent_version, now=now)
        wishes = list(_wishes(citizens, staff, danish_day(now)))
        assert len(wishes) % PARTS == 0, "a part would be shorter than the others"
        systems = -(-len(wishes) // CALLS)
        tokens = [create_token(session, f"System {n}", ["meetings"], now) for n in range(systems)]
    return wishes, tokens


def _all(session: Session, role: Role) -> list[UUID]:
    wanted = select(PersonRole.person_id).where(PersonRole.role == role)
    return list(session.exec(wanted.order_by(col(PersonRole.person_id))))


def _wishes(citizens: Sequence[UUID], staff: Sequence[UUID], today: date) -> Iterator[dict[str, Any]]:
    """Yield meetings in a random order whose times are free, and after some of them one whose is not."""
    free = [
        _wish(citizens, staff, week, number, monday)
        for week, monday in zip(range(WEEKS), _open_weeks(today), strict=False)
        for number in range(CITIZENS)
    ]
    dice = random.Random(SEED)
    dice.shuffle(free)
    for number, request_for in enumerate(free):
        yield request_for
        if number >= LONG_SINCE and number % FREE_BETWEEN == 0:  # the same professional and time again
            yield free[dice.randrange(number - LONG_SINCE + 1)] | {"citizen": request_for["citizen"]}


def _wish(
    citizens: Sequence[UUID], staff: Sequence[UUID], week: int, number: int, monday: date
) -> dict[str, Any]:
    day, in_day = number % WEEKDAYS, number // WEEKDAYS
    professional, hour = divmod(in_day, HOURS)
    date_ = monday + timedelta(days=day)
    starts_at = datetime(date_.year, date_.month, date_.day, 8 + hour, tzinfo=DANISH_TIME)
    with_ids = [staff[professional], staff[professional + A_DAY]][: 1 + number % 2]
    return {
        "citizen": str(citizens[number]),
        "with": [str(one) for one in with_ids],
        "starts_at": starts_at.isoformat(),
        "ends_at": (starts_at + timedelta(hours=1)).isoformat(),
        "channel": CHANNELS[week % len(CHANNELS)],
        "purpose": "Samtale om din bolig",
        "why": "Så vi kan finde et sted, hvor din datter kan sove.",
        "place": "Rådhuset, lokale 2",
        "duty": week % 2 == 0,  # two proposals may wait for an answer, so two of four
    }


def _open_weeks(today: date) -> Iterator[date]:
    """Yield the Mondays of the weeks in which every working day is one."""
    monday = today + timedelta(days=14 - today.weekday())
    while True:
        if all(SITE.workdays.is_working_day(monday + timedelta(days=n)) for n in range(WEEKDAYS)):
            yield monday
        monday += timedelta(days=7)


def _calls(port: int, bodies: Sequence[bytes], tokens: Sequence[str]) -> Iterator[bytes]:
    for number, body in enumerate(bodies):
        headers = {
            "Authorization": f"Bearer {tokens[number % len(tokens)]}",
            "Idempotency-Key": f"bench-{number}",
        }
        yield request("POST", port, "/api/v1/meetings", headers, body)
