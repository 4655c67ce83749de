"""An app in a process of its own, and this process that asks it over connections that stay open.

Counted is the time the server's processor works, which says the same on a busy machine as on an idle one;
what each answer took by the clock stands beside it.
"""

import json
import re
import selectors
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

from flask import Flask

from app.run.server import listen, serve

CONNECTIONS = 8
PATIENCE = 30  # seconds without any answer
HEADER_END = b"\r\n\r\n"


class Answer(NamedTuple):
    """What came back for one request, and how many seconds after it was sent."""

    head: bytes
    body: bytes
    seconds: float

    @property
    def status(self) -> int:
        return int(self.head.split(b" ", 2)[1])

    def field(self, name: str) -> str:
        """Return a header's value; nothing if there is none."""
        found = re.search(rf"^{name}: (.*?)\r?$", self.head.decode("latin-1"), re.I | re.M)
        return found[1] if found else ""


@dataclass(frozen=True, slots=True)
class Server:
    """One app in its own process, where it answers and what else it told."""

    process: "subprocess.Popen[str]"
    told: dict[str, Any]

    @property
    def port(self) -> int:
        return int(self.told["port"])

    def worked(self) -> float:
        """Return how many seconds the server's processor has worked."""
        assert self.process.stdin
        assert self.process.stdout
        print(file=self.process.stdin, flush=True)
        return float(self.process.stdout.readline())


@contextmanager
def serving(module: str, *arguments: str) -> Iterator[Server]:
    """Run a module that calls `answer`, and yield it when it can be asked."""
    command = [sys.executable, "-m", module, *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield Server(process, json.loads(process.stdout.readline()))
        finally:
            process.terminate()


def answer(app: Flask, **told: Any) -> None:
    """Serve `app` as shipped; say where, in one line of JSON, and the work so far for each line sent."""
    stop = threading.Event()
    with listen("127.0.0.1", 0) as taken:
        threading.Thread(target=_tell_work, args=(stop,), daemon=True).start()
        print(json.dumps({"port": taken.getsockname()[1], **told}), flush=True)
        serve(app, taken, stop)


def _tell_work(stop: threading.Event) -> None:
    for _line in sys.stdin:
        print(time.process_time(), flush=True)
    stop.set()


def request(method: str, port: int, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """Return a request as it goes on the line."""
    named = {"Host": f"localhost:{port}", **headers}
    if body:
        named |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in named.items())]
    return "\r\n".join(lines).encode() + HEADER_END + body


@dataclass(slots=True)
class _Line:
    """A connection that waits for an answer: what has come of it, and to which request."""

    number: int
    sent_at: float
    come: bytearray


def ask(port: int, requests: Sequence[bytes], connections: int = CONNECTIONS) -> list[Answer]:
    """Send the requests in order, each as soon as a connection is free; return the answers in that order."""
    answers: dict[int, Answer] = {}
    waiting = iter(enumerate(requests))
    with selectors.DefaultSelector() as ready:
        for number, sent in islice(waiting, connections):
            _send(ready, port, None, number, sent)
        while ready.get_map():
            events = ready.select(PATIENCE)
            assert events, "no answer"
            for key, _ in events:
                connection: Any = key.fileobj
                line: _Line = key.data
                found = _received(connection, line)
                if found is None:
                    continue
                answers[line.number] = found
                ready.unregister(connection)
                ends = found.field("connection") == "close"
                if ends:
                    connection.close()
                after = next(waiting, None)
                if after is not None:
                    _send(ready, port, None if ends else connection, *after)
                else:
                    connection.close()
    return [answers[number] for number in range(len(requests))]


def _send(
    ready: selectors.BaseSelector, port: int, connection: socket.socket | None, number: int, sent: bytes
) -> None:
    """Send a request on a connection that is free, or on a new one, and wait for its answer."""
    if connection is None:
        connection = socket.create_connection(("127.0.0.1", port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    ready.register(connection, selectors.EVENT_READ, _Line(number, time.perf_counter(), bytearray()))
    connection.sendall(sent)


def _received(connection: socket.socket, line: _Line) -> Answer | None:
    """Take what has come; return the answer if that is all of it."""
    came = connection.recv(262_144)
    assert came, "the server closed the connection"
    line.come += came
    head, found, body = line.come.partition(HEADER_END)
    if not found:
        return None
    one = Answer(bytes(head), bytes(body), time.perf_counter() - line.sent_at)
    return None if len(body) < int(one.field("content-length") or 0) else one
