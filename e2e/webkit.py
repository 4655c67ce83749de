"""WebKitGTK on a screen that nobody sees, driven over WebDriver: Playwright can't start Debian's."""

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from glob import glob
from http.client import HTTPConnection
from tempfile import TemporaryDirectory
from typing import Any

from app.run.server import listen
from e2e.conftest import PATIENCE
from e2e.serving import HOST

MISSING = "WebKitGTK mangler. På Debian: sudo apt install webkit2gtk-driver xvfb"
DRIVER, SCREEN = "WebKitWebDriver", "Xvfb"
OLD_MISSING = "WPE WebKit mangler. På Debian 12: sudo apt install wpewebkit-driver cog"
OLD_DRIVER, OLD_BROWSER = "WPEWebDriver", "cog"
BROWSERS = "/usr/lib/*/webkit2gtk-4*/MiniBrowser"
# The page's own content policy stands: nothing is evaluated from a text inside it.
RUN = """const [given, say] = arguments;
(%s)(...given).then((said) => say([said]), (wrong) => say(String(wrong)));"""


class WebDriverError(Exception):
    """What the driver or the page says went wrong."""


def lacks_webkit() -> bool:
    return not (shutil.which(DRIVER) and shutil.which(SCREEN) and glob(BROWSERS))


def lacks_old_webkit() -> bool:
    return not (shutil.which(OLD_DRIVER) and shutil.which(OLD_BROWSER))


class WebKit:
    """A driver that runs; each session is a browser that has seen nothing yet."""

    def __init__(self, port: int, wanted: dict[str, Any]) -> None:
        self._port, self._wanted = port, wanted

    def ask(self, verb: str, path: str, **said: Any) -> Any:
        """Return what the driver answers; raise WebDriverError if it says no."""
        line = HTTPConnection(HOST, self._port, timeout=PATIENCE / 1000)
        body = json.dumps(said) if verb == "POST" else None
        line.request(verb, path, body, {"Content-Type": "application/json", "Connection": "close"})
        answer = json.loads(line.getresponse().read())["value"]
        line.close()
        if isinstance(answer, dict) and "error" in answer:
            raise WebDriverError(f"{answer['error']}: {answer['message']}")
        return answer

    @contextmanager
    def session(self) -> Iterator["WebKitSession"]:
        made = self.ask("POST", "/session", capabilities={"alwaysMatch": self._wanted})["sessionId"]
        yield WebKitSession(self, f"/session/{made}")
        with suppress(WebDriverError):
            self.ask("DELETE", f"/session/{made}")


class WebKitSession:
    """One browser, with one window."""

    def __init__(self, driver: WebKit, path: str) -> None:
        self._driver, self._path = driver, path

    def goto(self, address: str) -> None:
        self._driver.ask("POST", f"{self._path}/url", url=address)

    def narrow(self) -> None:
        """Make the window as narrow as it can be: 447 px."""
        self._driver.ask("POST", f"{self._path}/window/rect", x=0, y=0, width=320, height=700)

    def run(self, function: str, *given: object) -> Any:
        """Call an async function in the page, and return what it returns."""
        said = self._driver.ask(
            "POST", f"{self._path}/execute/async", script=RUN % function, args=[list(given)]
        )
        if isinstance(said, str):
            raise WebDriverError(said)
        return said[0]


@contextmanager
def driving_webkit() -> Iterator[WebKit]:
    """Start a screen and the driver, for as long as the block lasts."""
    options = {"binary": glob(BROWSERS)[0], "args": ["--automation"]}
    with _screen() as display, _driving(DRIVER, DISPLAY=display) as port:
        yield WebKit(port, {"webkitgtk:browserOptions": options})


@contextmanager
def driving_old_webkit() -> Iterator[WebKit]:
    """Start the driver of Debian's WPE, which is Safari 16.0 and needs no screen."""
    options = {"binary": shutil.which(OLD_BROWSER), "args": ["--automation", "--platform=headless"]}
    with TemporaryDirectory() as folder, _driving(OLD_DRIVER, XDG_RUNTIME_DIR=folder) as port:
        yield WebKit(port, {"browserName": OLD_BROWSER, "wpe:browserOptions": options})


@contextmanager
def _driving(program: str, **more: str) -> Iterator[int]:
    """Start a driver, and yield the port at which it listens."""
    with listen(HOST, 0) as probe:
        port: int = probe.getsockname()[1]
    env = {**os.environ, "TZ": "Europe/Copenhagen", **more}
    with subprocess.Popen([program, f"--port={port}"], env=env, stderr=subprocess.DEVNULL) as driver:
        try:
            _wait_for(port, driver)
            yield port
        finally:
            driver.terminate()


@contextmanager
def _screen() -> Iterator[str]:
    """Start a screen, and yield the name that a program asks for it by."""
    reads, writes = os.pipe()
    command = [SCREEN, "-displayfd", str(writes), "-screen", "0", "800x1280x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[writes], stderr=subprocess.DEVNULL) as screen:
        os.close(writes)
        try:
            with os.fdopen(reads) as told:
                number = told.readline().strip()
            yield f":{number}"
        finally:
            screen.terminate()


def _wait_for(port: int, driver: "subprocess.Popen[bytes]") -> None:
    """Return when the driver listens, which takes it a few hundredths of a second."""
    while driver.poll() is None:
        with suppress(ConnectionRefusedError):
            socket.create_connection((HOST, port)).close()
            return
    raise WebDriverError("the driver ended before it began")
