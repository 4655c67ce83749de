"""Where a peer lives while it is asked: an environment, a process that answers on a port, and their end."""

import socket
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

PATIENCE = 180  # seconds for an answer; the slowest peers need them
TRIES = 40


def installed(folder: Path, *packages: str) -> Path:
    """Make an environment with these packages, and return its Python."""
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    command = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", *packages]
    subprocess.run(command, check=True, stdout=sys.stderr)
    return python


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


@contextmanager
def running(command: list[str], port: int, folder: Path) -> Iterator[None]:
    """Let a server run in `folder` until the block ends; it writes what it says to a file there."""
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        give_up_at = time.monotonic() + PATIENCE
        while not _answers(port):
            assert process.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < give_up_at, "the server does not answer"
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    location: str
    body: str


def send(port: int, method: str, path: str, body: str = "", **headers: str) -> Answer:
    """Send one request on a connection of its own; `Content_Type` is the header Content-Type.

    A connection that is broken before there is an answer is tried again: some servers let few wait.
    """
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    for attempt in range(TRIES):
        try:
            connection.request(method, path, body.encode(), named)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers.get("Location", ""), answer.read().decode())
        except ConnectionError:
            time.sleep(0.05 * (attempt + 1))
        finally:
            connection.close()
    raise ConnectionError(f"no answer on port {port}")
