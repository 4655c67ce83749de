"""What the access log costs on the list of one's citizens: the first look of a sign-in, and a later one.

One contact person of a made-up municipality (`./enplan seed`) has 300 citizens. In this process, with the
app's own client; counted is the time its processor works.
"""

import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import col, func, select

from app import create_app
from app.access.models import AccessLogEntry
from app.caseload.routes import caseload as routes
from app.config import DEMO_SITE, Settings, read_site
from app.dates.clock import system_clock
from app.demo.bulk_people import seed_municipality
from app.demo.cast import person_id
from app.identity.login import DEMO_COOKIE
from app.identity.sessions import open_session
from app.migrations.schema import migrate
from app.store.db import Database
from bench.pages_served import SECRET_KEY
from bench.table import Row

CITIZENS = 300
SIGN_INS = 30
WARM = 3
MOST = 1.15
HERE = "/borgere"
_LISTS = select(func.count()).where(col(AccessLogEntry.list_digest).is_not(None))


def run() -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="enplan-bench-") as place:
        url = f"sqlite:///{Path(place) / 'caseload.db'}"
        app = create_app(
            Settings(url, SECRET_KEY, "http://localhost:5000", demo=True, site=read_site(DEMO_SITE))
        )
        database: Database = app.extensions["db"]
        _lay(database)
        took, rows = _looks(app, database)
        database.close()
    what, bare = f"Borgere with {CITIZENS} citizens", took["unlogged"]
    return [
        Row(f"{what}: rows of the access log, a sign-in with two looks", f"{rows:g}", "1", None, rows == 1),
        *(
            Row(
                f"{what}: the {which} look",
                f"{took[which] * 1e3:.1f} ms",
                f"{bare * 1e3:.1f} ms with nothing logged, at most x{MOST:g}",
                took[which] / bare,
                took[which] <= MOST * bare,
            )
            for which in ("first", "later")
        ),
    ]


def _lay(database: Database) -> None:
    """Lay a made-up municipality, in which the contact person Line has so many citizens of them."""
    migrate(database)
    with database.writing() as session:
        seed_municipality(session, read_site(DEMO_SITE), citizens=2 * CITIZENS, seed=1, now=system_clock())


def _looks(app: Flask, database: Database) -> tuple[dict[str, float], float]:
    """Return the seconds of a sign-in's first look, a later and an unlogged one; and the rows it wrote."""
    took: dict[str, list[float]] = {"first": [], "later": [], "unlogged": []}
    names: dict[str, Any] = vars(routes)
    logged = names["log_list"]
    for number in range(WARM + SIGN_INS):
        client = _sign_in(app, database)
        for which, times in took.items():
            names["log_list"] = logged if which != "unlogged" else _log_nothing
            began = time.process_time()
            page = client.get(HERE)
            seconds = time.process_time() - began
            assert page.status_code == 200
            assert page.text.count("/borgere/") >= CITIZENS
            if number >= WARM:
                times.append(seconds)
    names["log_list"] = logged
    with database.reading() as session:
        rows = session.exec(_LISTS).one()
    return {which: statistics.median(times) for which, times in took.items()}, rows / (WARM + SIGN_INS)


def _sign_in(app: Flask, database: Database) -> FlaskClient:
    with database.writing() as session:
        token = open_session(session, person_id("line"), now=system_clock())
    client = app.test_client()
    client.set_cookie(DEMO_COOKIE, token, domain="localhost")
    return client


def _log_nothing(_subjects: object, _action: object) -> None:
    """Stand in for the log, to see what it costs."""
