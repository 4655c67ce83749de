"""How tall Anna's pages are on an old phone, in screens of 320 by 640, and how many words they have.

And where the first answer to a meeting and the contact person stand, which are to be seen early. Letters are
those of the machine that measures: on most phones they are narrower, and the pages shorter.
"""

import os
import tempfile
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Page

from app import create_app
from app.dates.clock import fixed_clock
from app.identity.login import DEMO_COOKIE
from bench.table import Row
from bench.visit import launch_chromium, lay_demo, served
from e2e.conftest import SMALL
from tests.cast import NOW
from tests.conftest import enter

SCREEN = SMALL["height"]
# page, address: the most screens and words it is to have; None: nothing is promised. Source: product.md 3.
PAGES: dict[str, tuple[str, float | None, int | None]] = {
    "I dag": ("/", 4.9, None),
    "Plan": ("/plan", 5.0, 350),
    "Plan, all open": ("/plan?alle=1", None, None),
    "Kalender": ("/kalender", None, None),
    "Historie": ("/plan/historie", None, None),
    "Dit ja": ("/samtykke", None, None),
    "Kontakt": ("/kontakt", None, None),
}
WORDS = r"document.querySelector('main').innerText.split(/\s+/).filter(Boolean).length"
BOTTOM = "(wanted) => document.querySelector(wanted).getBoundingClientRect().bottom + scrollY"


def run() -> list[Row]:
    lacks = os.environ.get("ENPLAN_NO_BROWSER")
    if lacks:
        return [Row("first screens", "not measured", lacks, holds=None)]
    with ExitStack() as stack:
        place = stack.enter_context(tempfile.TemporaryDirectory(prefix="enplan-bench-"))
        app = create_app(lay_demo(Path(place)), clock=fixed_clock(NOW))
        port = stack.enter_context(served(app))
        phone = stack.enter_context(launch_chromium()).new_context(
            base_url=f"http://localhost:{port}", viewport=SMALL, timezone_id="Europe/Copenhagen"
        )
        secret = enter(app, "anna")
        phone.add_cookies([{"name": DEMO_COOKIE, "value": secret, "domain": "localhost", "path": "/"}])
        page = phone.new_page()
        rows = [row for name, wanted in PAGES.items() for row in _measured(page, name, *wanted)]
        page.goto("/")
        return [*rows, *_places(page), *_at_the_largest(page)]


def _measured(page: Page, name: str, address: str, screens: float | None, words: int | None) -> list[Row]:
    page.goto(address)
    tall = page.evaluate("document.documentElement.scrollHeight") / SCREEN
    many = page.evaluate(WORDS)
    rows = [_row(f"{name}, screens", tall, screens, "screens")]
    return [*rows, _row(f"{name}, words", many, words, "words")]


def _places(page: Page) -> list[Row]:
    return [
        _row(
            "I dag, first answer whole", page.evaluate(BOTTOM, "#next-meeting button") / SCREEN, 1, "screens"
        ),
        _row("I dag, call and write", page.evaluate(BOTTOM, "#kontaktperson .pair") / SCREEN, 2, "screens"),
    ]


def _at_the_largest(page: Page) -> list[Row]:
    """Where the first answer ends in the largest letters, on I dag and on the meeting's own page."""
    mine = page.locator("#next-meeting a[href*='/kalender/']").last.get_attribute("href") or ""
    rows = []
    for name, address, card in (("I dag", "/", "#next-meeting"), ("Meeting", mine, "#meeting")):
        page.goto(address)
        page.evaluate("document.documentElement.dataset.text = 'largest'")
        found = page.evaluate(BOTTOM, f"{card} button") / SCREEN
        rows.append(_row(f"{name} at Størst, first answer whole", found, 1, "screens"))
    return rows


def _row(what: str, found: float, most: float | None, unit: str) -> Row:
    figure = f"{found:.1f} {unit}" if unit == "screens" else f"{found:.0f} {unit}"
    if most is None:
        return Row(what, figure, "", holds=None)
    return Row(what, figure, f"at most {most:g}", found / most, found <= most)
