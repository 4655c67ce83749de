"""The line between a phone and the site, on which an answer can be lost."""

import socket
from contextlib import suppress
from threading import Thread

from playwright.sync_api import BrowserContext, Page

from app.demo.cast import CAST
from app.run.server import listen
from e2e.page_checks import until
from e2e.serving import HOST

PAGE = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n\r\n%s"


class LossyLine:
    """Stands in front of a server. What is posted to `at` meets a trouble, if one is set.

    `loses`: it arrives, its answer does not. `cuts`: it does not arrive. `gateway`: this page is the answer.
    """

    def __init__(self, port: int) -> None:
        self.at = ""  # a part of the address; empty: all of them
        self.loses = self.cuts = False
        self.gateway = ""
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
        with phone, suppress(OSError):  # the phone has hung up, or the site is gone
            request = _whole_request(phone)
            if not request:
                return
            phone.sendall(self._answer(request))

    def _answer(self, request: bytes) -> bytes:
        """Return what reaches the phone: nothing, if the line is lost."""
        verb, address, _ = request.split(b" ", 2)
        troubled = verb == b"POST" and self.at.encode() in address
        self.lost += troubled and (self.loses or self.cuts)
        if troubled and self.cuts:
            return b""
        if troubled and self.gateway:
            return PAGE.encode() % self.gateway.encode()
        with socket.create_connection((HOST, self._to)) as site:
            site.sendall(request)
            answer = b"".join(iter(lambda: site.recv(65536), b""))
        return b"" if troubled and self.loses else answer


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


def keep_choice(page: Page, label: str) -> None:
    """Press the button of the card this choice stands in, as all in the settings is saved."""
    card = page.locator("section").filter(has=page.get_by_label(label))
    card.get_by_role("button", name="Gem på telefonen").click()


def enter(phone: BrowserContext, slug: str) -> Page:
    """Become somebody on this phone, and wait until the worker keeps its files."""
    page = phone.new_page()
    page.goto("/demo")
    page.get_by_role("button", name=next(one.name for one in CAST if one.slug == slug)).click()
    page.wait_for_url(lambda url: not url.endswith("/demo"))
    until(page, "(await navigator.serviceWorker.ready).active?.state === 'activated'")
    return page
