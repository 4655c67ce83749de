"""What Anna waits for on a slow line and an old phone, beside the same words dressed in GOV.UK Frontend.

The line: 400 ms round trip, 400 kbit/s. The phone: a processor six times slower than this one's. A first
visit knows nothing; a repeat visit comes to the same page again, with what the phone has kept (our worker
too, and the page it keeps: `web/dictionary.py`) and over new connections. One without script has no worker:
the browser keeps that page by itself.
"""

import os
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from app import create_app
from app.config import DEMO_SITE, Settings, read_site
from app.dates.clock import fixed_clock
from app.identity.login import DEMO_COOKIE
from app.migrations.schema import migrate
from app.run.server import listen, serve
from app.store.db import Database
from bench import govuk
from bench.slow_line import HOST, SlowLine, slow_line
from bench.table import Row
from e2e.conftest import ARGUMENTS, SMALL
from e2e.page_checks import until
from tests.cast import NOW
from tests.conftest import enter
from tests.language.conftest import seed_whole_demo

PAGES = {"/": "I dag", "/plan": "Plan"}
ROUNDS = 5
SLOWER = 6  # the phone's processor
PATIENCE = 120_000  # ms
MOST_BYTES, MOST_REQUESTS, MOST_OF_GOVUK = 40_000, 6, 0.70
MOST_AGAIN = {"/": 5_200, "/plan": 7_300}
MOST_BARE = {"/": 11_082, "/plan": 12_957}  # without script

WATCH = """
window.seen = { shifts: 0, largest: 0 };
const watch = (type, note) => new PerformanceObserver((list) => list.getEntries().forEach(note))
  .observe({ type, buffered: true });
watch("layout-shift", (one) => { window.seen.shifts += one.value; });
watch("largest-contentful-paint", (one) => { window.seen.largest = one.startTime; });
"""
FIRST = 'performance.getEntriesByName("first-contentful-paint")[0]'
READ = f"({{ ...window.seen, first: {FIRST}.startTime }})"


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit: milliseconds to the first and the largest paint, and what passed on the line."""

    first: float
    largest: float
    shifts: float
    carried: int  # bytes both ways, headers included
    requests: int


@dataclass
class Dressing:
    """One site behind its slow line, and the visits paid to it: by address, first ones and repeated ones."""

    line: SlowLine
    cookie: str | None
    first: dict[str, list[Visit]]
    again: dict[str, list[Visit]]


def run() -> list[Row]:
    lacks = os.environ.get("ENPLAN_NO_BROWSER")
    if lacks:
        return [Row("visits", "not measured", lacks, holds=None)]
    with ExitStack() as stack:
        place = stack.enter_context(tempfile.TemporaryDirectory(prefix="enplan-bench-"))
        settings = lay_demo(Path(place))
        app = create_app(settings, clock=fixed_clock(NOW))
        secret = enter(app, "anna")
        pages = _pages(app, secret)
        ours = _dressing(stack, app, secret)
        dressings = [ours]
        if govuk.is_installed():
            dressings.append(_dressing(stack, govuk.dressed(pages, settings)))
        chromium = stack.enter_context(launch_chromium())
        _visit_in_turn(chromium, dressings)
        bare = {address: _carried_without_script(chromium, ours, address) for address in PAGES}
    theirs = dressings[1] if len(dressings) > 1 else None
    return _promises(ours) + _repeats(ours, bare) + _ratios(ours, theirs)


def lay_demo(folder: Path) -> Settings:
    """Lay the whole demo in `folder`; return the settings of its site."""
    url = f"sqlite:///{folder / 'demo.db'}"
    database = Database(url)
    migrate(database)
    with database.writing() as session:
        seed_whole_demo(session)
    database.close()
    return Settings(url, "only to measure, 32 bytes and more", "", True, read_site(DEMO_SITE))


def _pages(app: Flask, secret: str) -> dict[str, str]:
    client = app.test_client()
    client.set_cookie(DEMO_COOKIE, secret)
    return {address: client.get(address).text for address in PAGES}


def _dressing(stack: ExitStack, app: Flask, cookie: str | None = None) -> Dressing:
    line = stack.enter_context(slow_line(stack.enter_context(served(app))))
    return Dressing(line, cookie, {one: [] for one in PAGES}, {one: [] for one in PAGES})


@contextmanager
def served(app: Flask) -> Iterator[int]:
    """Serve the app for as long as the block lasts; yield the port."""
    taken, stop = listen(HOST, 0), Event()
    thread = Thread(target=serve, args=(app, taken, stop))
    thread.start()
    try:
        yield taken.getsockname()[1]
    finally:
        stop.set()
        thread.join()


@contextmanager
def launch_chromium() -> Iterator[Browser]:
    """Yield a Chromium of its own."""
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("ENPLAN_CHROMIUM") or None, args=[*ARGUMENTS, *as_root]
        )
        yield browser
        browser.close()


def _visit_in_turn(chromium: Browser, dressings: list[Dressing]) -> None:
    for number in range(ROUNDS + 1):
        for address in PAGES:
            for one in dressings:
                first, again = _visit_twice(chromium, one, address)
                if number:  # the first round is thrown away
                    one.first[address].append(first)
                    one.again[address].append(again)


def _visit_twice(chromium: Browser, dressing: Dressing, address: str) -> tuple[Visit, Visit]:
    phone = _new_phone(chromium, dressing)
    try:
        first = _visit(phone, dressing, address)
        if dressing.cookie:
            _look_round(phone, dressing, address)
        return first, _visit(phone, dressing, address)
    finally:
        phone.close()


def _new_phone(chromium: Browser, dressing: Dressing, *, script: bool = True) -> BrowserContext:
    phone = chromium.new_context(
        base_url=f"http://localhost:{dressing.line.port}",
        viewport=SMALL,
        device_scale_factor=2,
        is_mobile=True,
        java_script_enabled=script,
    )
    phone.set_default_timeout(PATIENCE)
    if dressing.cookie:
        phone.add_cookies(
            [{"name": DEMO_COOKIE, "value": dressing.cookie, "domain": "localhost", "path": "/"}]
        )
    return phone


def _carried_without_script(chromium: Browser, dressing: Dressing, address: str) -> int:
    """Return the bytes of a repeat visit with a phone that runs none, so that it has no worker."""
    phone = _new_phone(chromium, dressing, script=False)
    for _ in range(2):
        page = phone.new_page()
        dressing.line.hang_up()
        page.goto(address, wait_until="networkidle")
        page.close()
    phone.close()
    return dressing.line.carried


def _look_round(phone: BrowserContext, dressing: Dressing, address: str) -> None:
    """Go on to a second page of ours: with that one the worker comes."""
    page = phone.new_page()
    page.goto(address, referer=f"http://localhost:{dressing.line.port}/", wait_until="load")
    until(page, "(await navigator.serviceWorker.ready).active?.state === 'activated'")
    page.close()


def _visit(phone: BrowserContext, dressing: Dressing, address: str) -> Visit:
    page, line = phone.new_page(), dressing.line
    page.add_init_script(WATCH)
    phone.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    line.hang_up()
    page.goto(address, wait_until="networkidle")
    until(page, f"{FIRST} && window.seen.largest")
    seen = page.evaluate(READ)
    page.close()
    return Visit(seen["first"], seen["largest"], seen["shifts"], line.carried, line.requests)


def _median(visits: list[Visit], what: str) -> float:
    return float(statistics.median(getattr(visit, what) for visit in visits))


def _promises(ours: Dressing) -> list[Row]:
    rows = []
    for address, name in PAGES.items():
        visits = ours.first[address]
        carried, requests = _median(visits, "carried"), _median(visits, "requests")
        shifts = max(visit.shifts for visit in visits + ours.again[address])
        rows += [
            Row(
                f"first visit to {name}: bytes and requests",
                f"{carried:,.0f} B, {requests:.0f} requests",
                f"at most {MOST_BYTES:,} B, {MOST_REQUESTS} requests",
                carried / MOST_BYTES,
                carried <= MOST_BYTES and requests <= MOST_REQUESTS,
            ),
            Row(f"visits to {name}: layout shift", f"{shifts:.4f}", "0", holds=shifts == 0),
        ]
    return rows


def _repeats(ours: Dressing, bare: dict[str, int]) -> list[Row]:
    rows = []
    for address, name in PAGES.items():
        visits, most = ours.again[address], MOST_AGAIN[address]
        carried, requests = _median(visits, "carried"), _median(visits, "requests")
        rows += [
            Row(
                f"repeat visit to {name}: bytes and requests",
                f"{carried:,.0f} B, {requests:.0f} request",
                f"at most {most:,} B, 1 request",
                carried / most,
                carried <= most and requests <= 1,
            ),
            Row(
                "the same without script: bytes on the line",
                f"{bare[address]:,} B",
                f"at most {MOST_BARE[address]:,} B",
                bare[address] / MOST_BARE[address],
                bare[address] <= MOST_BARE[address],
            ),
        ]
    return rows


def _ratios(ours: Dressing, theirs: Dressing | None) -> list[Row]:
    if theirs is None:
        return [Row("visits against GOV.UK Frontend", "not measured", "its package isn't here", holds=None)]
    rows = []
    for address, name in PAGES.items():
        for which, most in (("first", MOST_OF_GOVUK), ("again", None)):
            both = getattr(ours, which)[address], getattr(theirs, which)[address]
            visit = f"{'first' if which == 'first' else 'repeat'} visit to {name}"
            rows += [
                _ratio(f"{visit}: first paint", "first", both, most),
                _ratio(f"{visit}: largest paint", "largest", both, most),
                _ratio(f"{visit}: bytes on the line", "carried", both, None),
            ]
    return rows


def _ratio(what: str, measured: str, both: tuple[list[Visit], list[Visit]], most: float | None) -> Row:
    ours, theirs = (_shown(visits, measured) for visits in both)
    ratio = _median(both[0], measured) / _median(both[1], measured)
    limit = f", at most {most:.2f} of it" if most else ""
    return Row(what, ours, f"GOV.UK: {theirs}{limit}", ratio, ratio <= most if most else None)


def _shown(visits: list[Visit], what: str) -> str:
    values = [getattr(visit, what) for visit in visits]
    if what == "carried":
        return f"{statistics.median(values):,.0f} B"
    return f"{statistics.median(values):.0f} ms ({min(values):.0f}–{max(values):.0f})"
