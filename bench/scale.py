"""What a page, and a minute of the worker, cost at 50,000 citizens beside 1,000: p95 of processor time.

Two made-up municipalities (`./enplan seed`) on the database that a server has in its folder, in this process,
with the app's own client. They take turns. A citizen's page is asked once by each of many citizens, so that
none is given as it was kept; a page of those who help is asked in a new sign-in each time.
"""

import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from flask import Flask
from sqlmodel import Session, col, select

from app import create_app
from app.config import DEMO_SITE, Settings, read_site
from app.consent.models import Consent
from app.dates.clock import system_clock
from app.demo.bulk_people import seed_municipality
from app.demo.cast import person_id
from app.identity.login import DEMO_COOKIE
from app.identity.sessions import open_session
from app.migrations.schema import migrate
from app.plan.models import ContactAssignment, Plan
from app.run.worker import run_due_jobs
from app.store.db import Database
from bench.pages_served import SECRET_KEY
from bench.table import Row

SMALL, LARGE = 1_000, 50_000
ASKED = 80  # times each page, of each municipality
WARM = 5
MOST = 1.2
OWN = ("/", "/plan", "/plan/historie", "/kalender", "/beskeder", "/kontakt", "/nyt", "/samtykke")
DESK = ("/dag", "/borgere", "/godkend", "/beskeder", "/kalender", "/fravaer")
OF_A_CITIZEN = ("plan", "kalender", "beskeder", "kontakt", "fremgang", "kalender/nyt")
PROFESSIONALS = ("/dag", "/borgere", "/kalender")
LEADERS = ("/ledelse/forsinket", "/ledelse/overdragelse", "/fravaer")
# Many have a name that begins so, one has both of these, and nobody has that one.
SEARCHES = tuple(f"/administration/personer?navn={name}" for name in ("da", "line+madsen", "xyzzy"))


@dataclass(frozen=True, slots=True)
class _Municipality:
    app: Flask
    database: Database
    citizens: Sequence[UUID]  # with a yes, in the order they are asked for
    of_line: Sequence[UUID]  # those of them that the contact person Line has

    def seconds(self, reader: UUID, path: str) -> float:
        """Return what the processor works for one page, asked in a sign-in of its own."""
        with self.database.writing() as session:
            token = open_session(session, reader, now=system_clock())
        client = self.app.test_client()
        client.set_cookie(DEMO_COOKIE, token, domain="localhost")
        began = time.process_time()
        page = client.get(path)
        took = time.process_time() - began
        assert page.status_code == 200, (path, page.status_code)
        return took

    def minute(self) -> float:
        began = time.process_time()
        run_due_jobs(self.database, read_site(DEMO_SITE), system_clock())
        return time.process_time() - began


def run() -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="enplan-bench-") as place, ExitStack() as open_ones:
        both = [_lay(Path(place), citizens, open_ones) for citizens in (SMALL, LARGE)]
        return [_row(what, [_p95(times) for times in _in_turn(both, ask)]) for what, ask in _asked()]


def _lay(place: Path, citizens: int, open_ones: ExitStack) -> _Municipality:
    url, site = f"sqlite:///{place / f'{citizens}.db'}", read_site(DEMO_SITE)
    app = create_app(Settings(url, SECRET_KEY, "http://localhost:5000", demo=True, site=site))
    database: Database = app.extensions["db"]
    open_ones.callback(database.close)
    migrate(database)
    with database.writing() as session:
        seed_municipality(session, site, citizens=citizens, seed=1, now=system_clock())
    while any(run_due_jobs(database, site, system_clock()).values()):
        """What was due when it was laid is not a minute's work."""
    with database.reading() as session:
        ids, of_line = _citizens(session)
    return _Municipality(app, database, ids, of_line)


def _citizens(session: Session) -> tuple[list[UUID], list[UUID]]:
    """Return who said yes to a plan that they have with somebody; and those of them who are with Line."""
    held = (
        select(Plan.citizen_id, ContactAssignment.person_id)
        .join(ContactAssignment, col(ContactAssignment.citizen_id) == col(Plan.citizen_id))
        .join(Consent, col(Consent.citizen_id) == col(Plan.citizen_id))
        .where(col(Consent.revoked_at).is_(None), col(ContactAssignment.ends_at).is_(None))
    )
    found = sorted(set(session.exec(held).all()))
    random.Random(1).shuffle(found)
    line = person_id("line")
    return [one for one, _contact in found], [one for one, contact in found if contact == line]


def _asked() -> list[tuple[str, Callable[[_Municipality, int], float]]]:
    """Return what is asked for, and how it is asked for the n-th time."""

    def own(path: str) -> Callable[[_Municipality, int], float]:
        return lambda there, number: there.seconds(there.citizens[number], path)

    def staff(slug: str, path: str) -> Callable[[_Municipality, int], float]:
        return lambda there, _number: there.seconds(person_id(slug), path)

    def of_citizen(path: str) -> Callable[[_Municipality, int], float]:
        return lambda there, number: there.seconds(
            person_id("line"), f"/borgere/{there.of_line[number]}/{path}"
        )

    return [
        *((f"a citizen's {path}", own(path)) for path in OWN),
        *((f"a contact person's {path}", staff("line", path)) for path in DESK),
        *((f"a contact person's /borgere/…/{path}", of_citizen(path)) for path in OF_A_CITIZEN),
        *((f"a professional's {path}", staff("sara", path)) for path in PROFESSIONALS),
        *((f"a leader's {path}", staff("lone", path)) for path in LEADERS),
        *((f"an administrator's {path}", staff("admin", path)) for path in SEARCHES),
        ("the worker's minute", lambda there, _number: there.minute()),
    ]


def _in_turn(both: Sequence[_Municipality], ask: Callable[[_Municipality, int], float]) -> list[list[float]]:
    times: list[list[float]] = [[] for _one in both]
    for number in range(WARM + ASKED):
        for there, took in zip(both, times, strict=True):
            took.append(ask(there, number))
    return [took[WARM:] for took in times]


def _p95(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def _row(what: str, took: Sequence[float]) -> Row:
    small, large = took
    return Row(
        f"{what}, p95 at {LARGE:,} citizens",
        f"{large * 1e3:.1f} ms",
        f"{small * 1e3:.1f} ms at {SMALL:,}, at most x{MOST:g}",
        large / small,
        large <= MOST * small,
    )
