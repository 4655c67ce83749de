"""The site as a test serves it: the app's own server, on a free port, through stops and starts."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Event, Thread

from flask import Flask

from app.config import Settings
from app.run.server import listen, serve
from tests.cast import NOW
from tests.worker_app import WorkerApp

HOST = "127.0.0.1"
WORKER = WorkerApp()


@dataclass
class Server:
    """The site as it is really served, on one port, through stops and starts."""

    settings: Settings
    app: Flask
    port: int
    now: datetime = NOW  # what its clock shows; a test may move it on
    _stop: Event = field(default_factory=Event)
    _serving: Thread | None = None

    @property
    def url(self) -> str:
        return self.settings.origin

    def start(self, **changed: bool) -> None:
        """Start as after a release, with these settings changed."""
        self.settings = replace(self.settings, **changed)  # type: ignore[arg-type]
        self.app = WORKER.take(self.settings, lambda: self.now)
        self._stop = Event()
        taken = listen(HOST, self.port)
        self._serving = Thread(target=serve, args=(self.app, taken, self._stop), daemon=True)
        self._serving.start()

    def stop(self) -> None:
        """Stop for real: nobody listens on the port any more."""
        self._stop.set()
        if self._serving is not None:
            with suppress(ConnectionRefusedError):  # it may just have seen it by itself
                socket.create_connection((HOST, self.port)).close()  # wakes it: no test waits for its tick
            self._serving.join()
            self._serving = None


_ports: list[int] = []  # the one had last


def free_port() -> int:
    """Return the port that this worker had before, if it is still free: the app knows its own address."""
    for port in (*_ports, 0):
        with suppress(OSError), listen(HOST, port) as probe:
            _ports[:] = [probe.getsockname()[1]]
            break
    return _ports[0]


@contextmanager
def serving(settings: Settings) -> Iterator[Server]:
    """Serve a site on a free port, which becomes its address."""
    port = free_port()
    server = Server(replace(settings, origin=f"http://localhost:{port}"), Flask("not started"), port)
    server.start()
    try:
        yield server
    finally:
        server.stop()
