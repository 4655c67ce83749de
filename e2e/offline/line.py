"""The line between a phone and the site, on which an answer can be lost."""

import socket
from threading import Thread

from playwright.sync_api import BrowserContext, Page

from app.demo.cast import CAST
from app.run.server import listen
from e2e.page_checks import until
from e2e.serving import HOST


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
