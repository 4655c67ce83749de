"""The line between a phone and the site: the site really stops, or its answer is lost on the way."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from threading import Event, Thread

from flask import Flask
from playwright.sync_api import BrowserContext, Page

from app import create_app
from app.clock import fixed_clock
from app.config import Settings
from app.demo.people import CAST
from app.server import listen, serve
from e2e.looking import until
from tests.cast import NOW

HOST = "127.0.0.1"


@dataclass
class Server:
    """The site as it is really served, on one port, through stops and starts."""

    settings: Settings
    app: Flask
    port: int
    _stop: Event = field(default_factory=Event)
    _serving: Thread | None = None

    @property
    def url(self) -> str:
        return self.settings.origin

    def start(self, **changed: bool) -> None:
        """Start as after a release, with these settings changed."""
        self.settings = replace(self.settings, **changed)  # type: ignore[arg-type]
        self.app = create_app(self.settings, clock=fixed_clock(NOW))
        self._stop = Event()
        taken = listen(HOST, self.port)
        self._serving = Thread(target=serve, args=(self.app, taken, self._stop), daemon=True)
        self._serving.start()

    def stop(self) -> None:
        """Stop for real: nobody listens on the port any more."""
        self._stop.set()
        if self._serving is not None:
            self._serving.join()
            self._serving = None


@contextmanager
def serving(settings: Settings) -> Iterator[Server]:
    """Serve a site on a free port, which becomes its address."""
    with listen(HOST, 0) as probe:
        port = probe.getsockname()[1]
    server = Server(replace(settings, origin=f"http://localhost:{port}"), Flask("not started"), port)
    server.start()
    try:
        yield server
    finally:
        server.stop()


class LossyLine:
    """Stands in front of a server. While `loses` is set, what is posted arrives and its answer does not."""

    def __init__(self, port: int) -> None:
        self.loses = False
        self.lost = 0
        self._to = port
        self._taken = listen(HOST, 0)
        self.port: int = self._taken.getsockname()[1]
        Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._taken.close()

    def _accept(self) -> None:
        while True:
            try:
                phone, _address = self._taken.accept()
            except OSError:  # closed
                return
            Thread(target=self._carry, args=(phone,), daemon=True).start()

    def _carry(self, phone: socket.socket) -> None:
        """Carry requests one after the other; each answer ends as the site closes the connection."""
        with phone:
            request = _whole_request(phone)
            if not request:
                return
            with socket.create_connection((HOST, self._to)) as site:
                site.sendall(request)
                answer = b"".join(iter(lambda: site.recv(65536), b""))
            if self.loses and request.startswith(b"POST"):
                self.lost += 1
                return
            phone.sendall(answer)


def _whole_request(phone: socket.socket) -> bytes:
    """Read one request, and ask the site to close after it, so that its answer has an end."""
    head, body = b"", b""
    while b"\r\n\r\n" not in head:
        more = phone.recv(65536)
        if not more:
            return b""
        head += more
    head, _, body = head.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
    length = next((int(line[15:]) for line in lines if line.lower().startswith(b"content-length:")), 0)
    while len(body) < length:
        body += phone.recv(65536)
    return b"\r\n".join([*lines, b"Connection: close", b"", body])


def enter(phone: BrowserContext, slug: str) -> Page:
    """Become somebody on this phone, and wait until the worker keeps its files."""
    page = phone.new_page()
    page.goto("/demo")
    page.get_by_role("button", name=next(one.name for one in CAST if one.slug == slug)).click()
    page.wait_for_url(lambda url: not url.endswith("/demo"))
    until(page, "(await navigator.serviceWorker.ready).active?.state === 'activated'")
    return page
