"""`python -m e2e.orca.listen`: writes what Orca says, in Danish, on PAGES, to the folder `speech`.

Started by hand, and again when a page has changed. Needs what PROGRAMS names, and at-spi2-core and dbus-x11.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from playwright.sync_api import Page, Playwright, sync_playwright

from e2e.orca.pages import PAGES, Heard
from e2e.screenshots import demo
from tests.cast import NOW

PROGRAMS = ("orca", "firefox-esr", "xvfb-run", "xauth", "xdotool", "openbox", "dbus-run-session")
INSIDE = "ENPLAN_ORCA"  # set in the process that has a screen and a bus of its own
SETTLED = 0.7  # s without a word: Orca has said it all
PATIENCE = 30  # s: longer than that is silence, and is written as it is
MOST_STOPS = 200
SILENCE = "(Orca siger ikke noget)"
SAID = re.compile(r"SPEECH OUTPUT: '(.*?)'\s*(?:\{.*)?$")
KEY_NAMES = {"tabulator", "venstre ctrl"}  # Orca says which key was pressed
# What is said is waited for by the words that one sees: of the last control, and of the one that has focus.
LAST = """[...document.querySelectorAll("a[href], button, input, textarea, summary")]
    .filter((one) => one.checkVisibility()).at(-1)"""
WORDS = """((one) => one.ariaLabel || one.labels?.[0]?.innerText || one.innerText || "")(%s)
    .trim().split("\\n")[0]"""
READER_ON = (
    "dbus-send --session --print-reply --dest=org.a11y.Bus /org/a11y/bus org.freedesktop.DBus.Properties.Set "
    "string:org.a11y.Status string:ScreenReaderEnabled variant:boolean:true"
)


class Orca:
    """An Orca that runs: what it says, and the keys that are pressed in front of it."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._read = 0

    def hear(self, expected: str = "") -> list[str]:
        """Wait until these words have been said and it is quiet again; return all that was said."""
        start = changed = time.monotonic()
        size, said = -1, list[str]()
        while time.monotonic() - changed < SETTLED or not any(expected in one for one in said or [""]):
            if time.monotonic() - start > PATIENCE:
                break
            if self._log.stat().st_size != size:
                size, changed = self._log.stat().st_size, time.monotonic()
                said = self._new()
            time.sleep(0.1)
        self._read = size
        return said

    def _new(self) -> list[str]:
        text = self._log.read_bytes()[self._read :].decode("utf-8", "replace")
        found = (SAID.search(line) for line in text.splitlines())
        said = (" ".join(one[1].split()) for one in found if one)
        return [one for one in said if one and one not in KEY_NAMES]


@contextmanager
def running(*command: str) -> Iterator[None]:
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.kill()  # Orca says goodbye so long that it never goes


@contextmanager
def orca(home: Path) -> Iterator[Orca]:
    """Start the accessibility bus, a window manager and Orca."""
    log = home / "orca.log"
    own = home / "data" / "orca" / "orca-customizations.py"
    own.parent.mkdir(parents=True)
    own.write_text("from orca import debug\ndebug.debugFile.reconfigure(line_buffering=True)\n", "utf-8")
    with ExitStack() as started:
        started.enter_context(running("/usr/libexec/at-spi-bus-launcher", "--launch-immediately"))
        started.enter_context(running("openbox"))
        subprocess.run(READER_ON.split(), check=True, stdout=subprocess.DEVNULL)
        log.touch()
        started.enter_context(running("orca", "--replace", f"--debug-file={log}"))
        reader = Orca(log)
        reader.hear()
        yield reader


def press(key: str) -> None:
    subprocess.run(["xdotool", "key", key], check=True)


def tab_through(reader: Orca, page: Page) -> Iterator[str]:
    """Yield what is said at each stop of Tab, from the page's first control to its last."""
    key = "ctrl+Home"  # to the first: nothing in the page stands before it
    for _ in range(MOST_STOPS):
        press(key)
        yield " ".join(reader.hear(page.evaluate(WORDS % "document.activeElement"))) or SILENCE
        if page.evaluate(f"document.activeElement === {LAST}"):
            return
        key = "Tab"


def listen(reader: Orca, page: Page, heard: Heard) -> None:
    page.goto(heard.address)
    read = reader.hear(page.evaluate(WORDS % LAST))
    stops = list(tab_through(reader, page))
    heard.write(read, stops)
    print(f"{heard.key}: {len(read)} linjer, {len(stops)} stop")  # noqa: T201


def open_page(playwright: Playwright, url: str) -> Page:
    """Open a window that one can see and hear, signed in as Anna."""
    browser = playwright.firefox.launch(
        channel="moz-firefox",
        executable_path=shutil.which("firefox-esr"),
        headless=False,
        firefox_user_prefs={"accessibility.force_disabled": -1},
    )
    context = browser.new_context(base_url=url, no_viewport=True, locale="da-DK")
    context.request.post("/demo/log-ind", form={"person": "anna"}, headers={"Sec-Fetch-Site": "same-origin"})
    return context.new_page()


def main() -> int:
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if missing:
        print("Det her mangler: " + ", ".join(missing))  # noqa: T201
        return 1
    if INSIDE not in os.environ:
        screen = ["xvfb-run", "-a", "-s", "-screen 0 1000x1400x24", "dbus-run-session", "--"]
        again = [sys.executable, "-m", "e2e.orca.listen"]
        return subprocess.call([*screen, *again], env={**os.environ, INSIDE: "1"})
    with ExitStack() as started:
        folder = started.enter_context(tempfile.TemporaryDirectory())
        os.environ |= {"HOME": folder, "XDG_RUNTIME_DIR": folder, "XDG_DATA_HOME": f"{folder}/data"}
        os.environ |= {"LANG": "C.UTF-8", "LANGUAGE": "da", "GNOME_ACCESSIBILITY": "1", "NO_AT_BRIDGE": "0"}
        # Nobody speaks there: without a sound card Orca would wait for ever for the first word aloud.
        os.environ |= {"SPEECHD_ADDRESS": "inet_socket:127.0.0.1:1"}
        os.environ |= {"TZ": "Europe/Copenhagen"}  # elsewhere a page says that its times are Danish
        reader = started.enter_context(orca(Path(folder)))
        url = started.enter_context(demo(NOW.isoformat()))
        page = open_page(started.enter_context(sync_playwright()), url)
        for heard in PAGES:
            listen(reader, page, heard)
        page.context.browser.close()  # type: ignore[union-attr]
    return 0


if __name__ == "__main__":
    sys.exit(main())
