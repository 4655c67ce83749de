"""What the plan page costs beside bare Flask: built for each look, and kept by the server between them.

Bare Flask is the smallest app that answers with a fixed page of 12 kB. Each app has a process of its own,
served by `app.server.serve`; this process asks over several connections that stay open. Counted is the time
the server's processor works for a request, which says the same on a busy machine as on an idle one; requests
a second stand beside it. The apps take turns, and the ratio of each round counts: the median is told.
"""

import json
import selectors
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.table import Row

CONNECTIONS = 8
REQUESTS = 600  # in a round, to each app
ROUNDS = 15
WARM = 100  # requests before anything is counted
BUILT_LEAST, KEPT_LEAST = 0.20, 0.70
BARE, BUILT, KEPT = "bare", "built", "kept"
HEADER_END = b"\r\n\r\n"


@dataclass(slots=True)
class Server:
    """One app in its own process, and what each round cost it."""

    name: str
    process: "subprocess.Popen[str]"
    port: int
    request: bytes
    body: bytes = b""  # of the last answer
    cpu: list[float] = field(default_factory=list)  # seconds for a request, by round
    wall: list[float] = field(default_factory=list)

    def worked(self) -> float:
        """Return how many seconds the server's processor has worked."""
        assert self.process.stdin
        assert self.process.stdout
        print(file=self.process.stdin, flush=True)
        return float(self.process.stdout.readline())


def run() -> list[Row]:
    with (
        tempfile.TemporaryDirectory(prefix="enplan-bench-") as place,
        _serving(BARE, place) as bare,
        _serving(BUILT, place) as built,
        _serving(KEPT, place) as kept,
    ):
        servers = (bare, built, kept)
        for server in servers:
            _ask(server, WARM)
        for number in range(ROUNDS):
            for server in servers[number % 3 :] + servers[: number % 3]:
                _round(server)
    return [_row(built, bare, BUILT_LEAST), _row(kept, bare, KEPT_LEAST)]


@contextmanager
def _serving(name: str, place: str) -> Iterator[Server]:
    command = [sys.executable, "-m", "bench.pages_served", name, str(Path(place) / f"{name}.db")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        told = json.loads(process.stdout.readline())
        lines = [
            f"GET {told['path']} HTTP/1.1",
            f"Host: localhost:{told['port']}",
            "User-Agent: Mozilla/5.0",
            "Accept: text/html,application/xhtml+xml",
            "Accept-Encoding: gzip, deflate, br",
            "Accept-Language: da",
            "Sec-Fetch-Site: same-origin",
            f"Cookie: {told['cookie']}",
        ]
        try:
            yield Server(name, process, told["port"], "\r\n".join(lines).encode() + HEADER_END)
        finally:
            process.terminate()


def _round(server: Server) -> None:
    worked, began = server.worked(), time.perf_counter()
    _ask(server, REQUESTS)
    server.wall.append((time.perf_counter() - began) / REQUESTS)
    server.cpu.append((server.worked() - worked) / REQUESTS)


def _ask(server: Server, times: int) -> None:
    """Send the same request so many times, over all connections at once, and read each answer whole."""
    left, waits = times - CONNECTIONS, 0
    with selectors.DefaultSelector() as ready:
        for _ in range(CONNECTIONS):
            connection = socket.create_connection(("127.0.0.1", server.port))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            ready.register(connection, selectors.EVENT_READ, bytearray())
            connection.sendall(server.request)
            waits += 1
        while waits:
            for key, _events in ready.select(30):
                asked: Any = key.fileobj
                answer: bytearray = key.data
                assert isinstance(connection, socket.socket)
                answer += asked.recv(262_144) or b"\0"
                if not _is_whole(server, answer):
                    continue
                answer.clear()
                if left:
                    left -= 1
                    asked.sendall(server.request)
                else:
                    waits -= 1
                    ready.unregister(asked)
                    asked.close()


def _is_whole(server: Server, answer: bytearray) -> bool:
    """Say whether an answer has come to its end; keep its body."""
    head, found, body = answer.partition(HEADER_END)
    if not found:
        return False
    assert head.startswith(b"HTTP/1.1 200 "), head
    length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
    if len(body) < int(length):
        return False
    server.body = bytes(body)
    return True


def _row(server: Server, bare: Server, least: float) -> Row:
    ratio = statistics.median(one / other for one, other in zip(bare.cpu, server.cpu, strict=True))
    return Row(
        f"plan page, {server.name}: processor time for a request",
        f"{_said(server)}, {len(server.body)} B",
        f"bare Flask {_said(bare)}; at least {least:.2f}",
        ratio,
        ratio >= least,
    )


def _said(server: Server) -> str:
    worked, waited = statistics.median(server.cpu), statistics.median(server.wall)
    return f"{worked * 1e6:.0f} µs ({1 / waited:.0f} a second)"
