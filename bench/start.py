"""What the app weighs: its start, its memory and its packages, against a bare Flask on the same server.

And that it starts at all: from nothing, on every Python found here.

Start is a new process until its first page is answered: for us I dag with a session, a database and a
template; for bare Flask a string of the same size. Memory is what the process holds (PSS) after 100 pages.
"""

import http.client
import json
import os
import re
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from app.config import DEMO_SITE
from app.demo.cast import person_id
from app.identity.login import SECURE_COOKIE
from app.identity.sessions import open_session
from app.migrations.schema import migrate
from app.run.server import THREADS, listen
from app.store.db import Database
from bench.everywhere import from_nothing
from bench.table import Row
from tests.language.conftest import seed_whole_demo

ROOT = Path(__file__).parent.parent
HOST = "127.0.0.1"
ROUNDS = 5
PAGES = 100
PATIENCE = 60  # seconds
MOST_START, MOST_MEMORY, MOST_MB = 10, 4, 150
# Each costs time or memory at start, and few pages need it; "babel en" is what Babel knows of a language.
LAZY = ("alembic", "holidays", "webauthn", "cryptography", "segno", "psycopg", "babel en", "babel ar")
BARE_PACKAGES = ("flask", "werkzeug", "jinja2", "markupsafe", "click", "blinker", "itsdangerous", "waitress")
BARE = f"""
import sys
from flask import Flask
from waitress import serve
app = Flask("bare")
@app.get("/")
def page():
    return "x" * 30_000
serve(app, host="{HOST}", port=int(sys.argv[1]), threads={THREADS})
"""
LOADED = """
import json, sys
from app import create_app
from app.config import read_settings
app = create_app(read_settings())
client = app.test_client()
client.set_cookie(sys.argv[1], sys.argv[2])
assert client.get("/").status_code == 200
import babel.localedata
print(json.dumps([*sys.modules, *(f"babel {code}" for code in babel.localedata._cache)]))
"""


@dataclass(frozen=True, slots=True)
class Site:
    """How one site is started, and the header with which its page is asked for."""

    command: list[str]
    env: dict[str, str]
    cookie: str = ""


def run() -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="enplan-bench-") as place:
        ours, bare = _ours(Path(place)), Site([sys.executable, "-c", BARE], dict(os.environ))
        return [*_starts(ours, bare), _memory(ours, bare), _installed(), _lazy(ours), *from_nothing()]


def _ours(folder: Path) -> Site:
    """Lay a site as a municipality has it, with Anna signed in."""
    url = f"sqlite:///{folder / 'enplan.db'}"
    database, now = Database(url), datetime.now(UTC)
    migrate(database)
    with database.writing() as session:
        seed_whole_demo(session)
        secret = open_session(session, person_id("anna"), now=now)
    database.close()
    env = {
        "ENPLAN_DATABASE_URL": url,
        "ENPLAN_SECRET_KEY": "only to measure, 32 bytes and more",
        "ENPLAN_ORIGIN": "https://plan.example",
        "ENPLAN_CONFIG": str(DEMO_SITE),
        "ENPLAN_TRUSTED_PROXY": "none",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "app", "serve", "--port"]
    return Site(command, os.environ | env, f"{SECURE_COOKIE}={secret}")


@contextmanager
def _started(site: Site) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Yield the process of a site and its port when it has answered its first page."""
    with listen(HOST, 0) as probe:
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [*site.command, str(port)], env=site.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        give_up_at = time.monotonic() + PATIENCE
        while not _answers(site, port):
            assert process.poll() is None, "the site did not start"
            assert time.monotonic() < give_up_at, "the site does not answer"
        yield process, port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)


def _answers(site: Site, port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=PATIENCE)
    with suppress(ConnectionError):
        connection.request("GET", "/", headers={"Cookie": site.cookie})
        answer = connection.getresponse()
        assert len(answer.read()) > 10_000, "another page than the one to measure"
        return answer.status == http.client.OK
    time.sleep(0.005)
    return False


def _start(site: Site) -> tuple[float, float]:
    """Return the seconds to the first page, by the clock and of the processor (a quick end included)."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    with _started(site):
        took = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    worked = (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)
    return took, worked


def _starts(ours: Site, bare: Site) -> list[Row]:
    took: dict[int, list[tuple[float, float]]] = {0: [], 1: []}
    for number in range(ROUNDS + 1):
        for which, site in enumerate((ours, bare)):
            one = _start(site)
            if number:  # the first round reads the files from the disk
                took[which].append(one)
    rows = []
    for place, name in enumerate(("by the clock", "processor time")):
        us, them = (statistics.median(one[place] for one in took[which]) for which in (0, 1))
        promised = place == 1  # the clock tells of the machine's other work too
        most = f", at most x{MOST_START}" if promised else ""
        rows.append(
            Row(
                f"start until the first page, {name}",
                f"{us:.2f} s",
                f"bare Flask: {them:.2f} s{most}",
                us / them,
                us <= MOST_START * them if promised else None,
            )
        )
    return rows


def _memory(ours: Site, bare: Site) -> Row:
    us, them = (_megabytes_held(site) for site in (ours, bare))
    what = f"memory after {PAGES} pages"
    if us is None or them is None:
        return Row(what, "not measured", "this system doesn't tell it", holds=None)
    return Row(
        what,
        f"{us:.0f} MB",
        f"bare Flask: {them:.0f} MB, at most x{MOST_MEMORY}",
        us / them,
        us <= MOST_MEMORY * them,
    )


def _megabytes_held(site: Site) -> float | None:
    with _started(site) as (process, port):
        for _ in range(PAGES):
            assert _answers(site, port)
        with suppress(OSError):
            told = Path(f"/proc/{process.pid}/smaps_rollup").read_text("ascii")
            found = re.search(r"^Pss: +(\d+) kB", told, re.M)
            return int(found[1]) / 1024 if found else None
    return None


def _installed() -> Row:
    lock = (ROOT / "requirements.txt").read_text("utf-8")
    ours = _megabytes_of(re.findall(r"^([\w-]+)==", lock, re.M))
    bare = _megabytes_of(BARE_PACKAGES)
    return Row(
        "packages of the run lock, installed",
        f"{ours:.0f} MB",
        f"bare Flask and waitress: {bare:.0f} MB, at most {MOST_MB} MB",
        ours / bare,
        ours <= MOST_MB,
    )


def _megabytes_of(names: Iterable[str]) -> float:
    """Return what the packages hold on the disk; those for other systems are not here."""
    total = 0
    for name in names:
        with suppress(PackageNotFoundError):
            for file in distribution(name).files or ():
                path = Path(str(file.locate()))
                total += path.stat().st_size if path.exists() else 0
    return total / 1024**2


def _lazy(ours: Site) -> Row:
    name, _, secret = ours.cookie.partition("=")
    said = subprocess.run(
        [sys.executable, "-c", LOADED, name, secret], env=ours.env, check=True, capture_output=True
    )
    loaded = set(json.loads(said.stdout))
    early = [one for one in LAZY if one in loaded]
    return Row(
        "heavy packages loaded by start and first page",
        ", ".join(early) or "none",
        f"none of {', '.join(LAZY)}",
        holds=not early,
    )
