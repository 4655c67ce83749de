"""`./enplan screenshots`: the eight main pages of a fresh demo, at 320 and 390 px, light and dark.

All go to `.data/screenshots`; the two that stand in README.md are laid in `docs` as well.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, ViewportSize, sync_playwright

from e2e.conftest import ARGUMENTS, IN_DENMARK
from tests.cast import People

HERE = Path(".data/screenshots")
NOW = "2026-11-23T09:00:00+01:00"
ANNA = f"/borgere/{People().anna.id}/plan"
PAGES = (
    ("anna", "/", "i-dag"),
    ("anna", "/plan", "plan"),
    ("anna", "/skriv?slags=droem", "skriv"),
    ("anna", "/kalender", "kalender"),
    ("anna", "/kontakt", "kontakt"),
    ("anna", "/indstillinger", "indstillinger"),
    ("line", "/borgere", "borgere"),
    ("line", "/godkend", "godkend"),
)
IN_README = ("i-dag", "plan")
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@contextmanager
def demo(now: str = NOW) -> Iterator[str]:
    """Serve a demo of its own, its clock standing at `now`, while the block runs; yield its address."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "app", "demo", "--port", "0", "--data", folder, "--now", now]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as served:
            try:
                assert served.stdout is not None
                said = (re.search(r"http://localhost:\d+", line) for line in served.stdout)
                yield next(found[0] for found in said if found)
            finally:
                served.terminate()


def photograph(browser: Browser, url: str, width: int, scheme: Literal["light", "dark"]) -> None:
    """Take every page at one width in one scheme."""
    for who, address, name in PAGES:
        size = ViewportSize(width=width, height=700)
        context = browser.new_context(base_url=url, viewport=size, color_scheme=scheme, device_scale_factor=2)
        context.request.post("/demo/log-ind", form={"person": who}, headers={"Sec-Fetch-Site": "same-origin"})
        page = context.new_page()
        page.goto(address)
        path = HERE / f"{name}-{width}-{scheme}.png"
        page.screenshot(path=path, full_page=True)
        if name in IN_README and (width, scheme) == (390, "light"):
            page.screenshot(path=path.with_suffix(".top.png"))
            shutil.move(path.with_suffix(".top.png"), Path("docs") / f"{name}.png")
        context.close()


def main() -> None:
    HERE.mkdir(parents=True, exist_ok=True)
    Path("docs").mkdir(exist_ok=True)
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with demo() as url, sync_playwright() as playwright:
        chosen = os.environ.get("ENPLAN_CHROMIUM") or None
        browser = playwright.chromium.launch(
            executable_path=chosen, args=[*ARGUMENTS, *as_root], env=IN_DENMARK
        )
        for width in (320, 390):
            for scheme in SCHEMES:
                photograph(browser, url, width, scheme)
        browser.close()
    print(f"{len(list(HERE.glob('*.png')))} billeder ligger i {HERE}.")  # noqa: T201


if __name__ == "__main__":
    main()
