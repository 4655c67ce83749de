"""Nobody learns at the door which codes are out: how long a wrong one takes whose first half is, or is not.

Probes in turn, in one process, by rank (Mann-Whitney) of processor time, which sees more than a stranger does
over a line: |z| under 5 says that the two can't be told apart. The control does a little more for a half that
is out, and must be seen.
"""

import math
import secrets
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete

from app.config import DEMO_SITE, Settings, read_site
from app.dates.clock import fixed_clock
from app.demo.cast import person_id
from app.identity import login_attempts
from app.identity.credentials import LoginAttempt
from app.identity.invitation_codes import GROUP, new_code
from app.identity.invitations import make_invitation
from app.identity.login_attempts import WRONG_CODES, WRONG_HALVES
from app.migrations.schema import migrate
from app.store.db import Database
from bench.table import Row
from tests.cast import NOW
from tests.conftest import ORIGIN, make_app, seed_cast
from tests.databases import in_memory

PROBES = 2_000
KEY = "only for tests, 32 bytes and more"
LEAK = 1_200  # hashes more, in the control
OURS = {"Sec-Fetch-Site": "same-origin"}
MOST_Z, SEEN_Z = 5.0, 10.0


def run() -> list[Row]:
    # Nobody waits here: what is measured is a try that is looked at.
    login_attempts.WRONG_CODES = replace(WRONG_CODES, free=10**9)
    login_attempts.WRONG_HALVES = replace(WRONG_HALVES, free=10**9)
    try:
        return _measured()
    finally:
        login_attempts.WRONG_CODES, login_attempts.WRONG_HALVES = WRONG_CODES, WRONG_HALVES


def _measured() -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="enplan-bench-", dir=in_memory()) as folder:
        url = f"sqlite:///{Path(folder) / 'door.db'}"
        database = Database(url)
        migrate(database)
        with database.writing() as session:
            seed_cast(session)
            out = make_invitation(session, KEY, person_id("anna"), by=None, now=NOW).code[:GROUP]
        database.close()
        settings = Settings(url, KEY, ORIGIN, demo=True, site=read_site(DEMO_SITE))
        app = make_app(settings, clock=fixed_clock(NOW))
        told = z_of(*_times(app, out, lambda _half: None))
        leaked = z_of(*_times(app, out, lambda half: _leak(half == out)))
        app.extensions["db"].close()
    what = f"{PROBES:,} wrong codes, whose first half is out or not"
    seen, more = abs(leaked) > SEEN_Z, f"the control: {LEAK} hashes more where it is"
    return [
        Row(what, f"z {told:.1f}", f"under {MOST_Z:.0f}", holds=abs(told) < MOST_Z),
        Row(more, f"z {leaked:.1f}", f"over {SEEN_Z:.0f}", holds=seen),
    ]


def _times(app: Flask, out: str, more: Callable[[str], None]) -> tuple[list[float], list[float]]:
    client = FlaskClient(app)  # not the tests' own, which reads each page through
    known, unknown, nobodys = list[float](), list[float](), new_code()[:GROUP]
    for number in range(PROBES):
        is_out = number % 2 == 0
        half = out if is_out else nobodys
        data = {"code": half + new_code()[:GROUP]}
        address = {"REMOTE_ADDR": f"10.{number // 65536}.{number // 256 % 256}.{number % 256}"}
        began = time.thread_time()
        status = client.post("/invitation", data=data, environ_base=address, headers=OURS).status_code
        more(half)
        (known if is_out else unknown).append(time.thread_time() - began)
        assert status in (303, 422)
        if number % 50 == 0:  # so that neither has more rows to count than the other
            _forget(app)
    return known, unknown


def _forget(app: Flask) -> None:
    with app.extensions["db"].writing() as session:
        session.exec(delete(LoginAttempt))


def _leak(is_out: bool) -> None:
    for _ in range(LEAK if is_out else 0):
        sha256(secrets.token_bytes(16)).digest()


def z_of(first: list[float], second: list[float]) -> float:
    """Return how far the ranks of two samples are from those of one, in standard deviations."""
    ranked = sorted([*((one, True) for one in first), *((one, False) for one in second)])
    ranks = sum(place for place, (_time, is_first) in enumerate(ranked, 1) if is_first)
    n, m = len(first), len(second)
    expected, deviation = n * (n + m + 1) / 2, math.sqrt(n * m * (n + m + 1) / 12)
    return (ranks - expected) / deviation
