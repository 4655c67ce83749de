"""From a tap to what it changed, on a line with 400 ms round trip: with script, without, and as it was.

Before, a form sent by script was answered 303, and the browser asked once more. It does so again where the
site is not told that script asks. The tap is "Det er gjort" on I dag and its undoing, by turns.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask
from playwright.sync_api import Browser, Page

from app import create_app
from app.dates.clock import fixed_clock
from app.identity.login import DEMO_COOKIE
from bench.slow_line import SlowLine, slow_line
from bench.table import Row
from bench.visit import PATIENCE, launch_chromium, lay_demo, served
from e2e.conftest import SMALL
from tests.cast import NOW
from tests.conftest import enter

if TYPE_CHECKING:  # these names are for the reader and mypy alone
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

TAPS = 12  # of which the first two are thrown away
BUTTONS = ("Det er gjort", "Fortryd: det er ikke gjort endnu")
TOLD = ("Skridtet er gjort.", "Skridtet er ikke gjort endnu.")
MOST_OF_BEFORE = 0.65  # one round trip of two, and what is drawn and carried


def run() -> list[Row]:
    lacks = os.environ.get("ENPLAN_NO_BROWSER")
    if lacks:
        return [Row("taps", "not measured", lacks, holds=None)]
    with ExitStack() as stack:
        place = stack.enter_context(tempfile.TemporaryDirectory(prefix="enplan-bench-"))
        app = create_app(lay_demo(Path(place)), clock=fixed_clock(NOW))
        secret = enter(app, "anna")
        line = stack.enter_context(slow_line(stack.enter_context(served(app))))
        browser = stack.enter_context(launch_chromium())
        now = _taps(browser, line, secret)
        plain = _taps(browser, line, secret, script=False)
        _let_the_browser_follow(app)
        before = _taps(browser, line, secret)
    return [
        _row("a tap with script, to what it changed", now, before, "answered 303, as before", MOST_OF_BEFORE),
        _row("the same without script", plain, before, "with script, answered 303", None),
    ]


def _let_the_browser_follow(app: Flask) -> None:
    """Hide from the site that script sends a form; what it then asks for is a region all the same."""
    onward: Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]] = app.wsgi_app

    def hide(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "POST":
            environ.pop("HTTP_HX_REQUEST", None)
        return onward(environ, start)

    app.wsgi_app = hide  # type: ignore[method-assign, assignment]


def _taps(browser: Browser, line: SlowLine, secret: str, *, script: bool = True) -> list[float]:
    """Return the milliseconds of each tap."""
    phone = browser.new_context(
        base_url=f"http://localhost:{line.port}",
        viewport=SMALL,
        java_script_enabled=script,
        service_workers="block",
    )
    phone.set_default_timeout(PATIENCE)
    phone.add_cookies([{"name": DEMO_COOKIE, "value": secret, "domain": "localhost", "path": "/"}])
    page = phone.new_page()
    page.goto("/", wait_until="networkidle")
    took = [_tap(page, number % 2) for number in range(TAPS)]
    phone.close()
    return took[2:]


def _tap(page: Page, which: int) -> float:
    button = page.get_by_role("button", name=BUTTONS[which])
    told = page.get_by_role("status").get_by_text(TOLD[which])
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    assert box is not None
    began = time.perf_counter()  # the driver's own looks at the button are no part of it
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    told.wait_for()
    return (time.perf_counter() - began) * 1000


def _row(what: str, taps: list[float], others: list[float], whose: str, most: float | None) -> Row:
    ratio = statistics.median(taps) / statistics.median(others)
    limit = f", at most {most:.2f} of it" if most else ""
    return Row(
        what, _shown(taps), f"{whose}: {_shown(others)}{limit}", ratio, ratio <= most if most else None
    )


def _shown(taps: list[float]) -> str:
    return f"{statistics.median(taps):.0f} ms ({min(taps):.0f}–{max(taps):.0f})"
