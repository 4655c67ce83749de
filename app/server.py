"""Serves the app to browsers, and stops without cutting anybody off.

Waitress reads a request whole before a thread takes it, so a client that sends one byte at a time holds a
socket and never a thread. Measured with 20 of them: servers that give each a thread answered nobody else.
"""

import logging
import signal
import socket
import threading
import time
from typing import Any

from flask import Flask
from waitress import create_server, wasyncore
from waitress.channel import HTTPChannel
from waitress.task import ErrorTask

from app.headers import FIXED

THREADS = 8
MOST_CONNECTIONS = 800  # below the usual 1,024 open files of a process
QUIET_SECONDS = 60  # a connection that says nothing is closed
BODY_BYTES = 2 * 1024 * 1024  # above the app's own limit, so that the app itself answers kindly
HEADER_BYTES = 32 * 1024
LAST_WORDS_SECONDS = 5  # how long the answers under way may take when we stop
TICK_SECONDS = 0.5

# What is refused before the app sees it; nothing is shown, so nothing may be loaded.
REFUSED_HEADERS = FIXED | {
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
TOO_MUCH = "Det, du sendte, er for stort. Gå tilbage, og send lidt ad gangen. Intet er gået tabt."
NOT_UNDERSTOOD = "Vi forstod ikke det, du sendte. Gå tilbage, og prøv igen. Intet er gået tabt."
OUR_FAULT = "Det gik galt hos os. Det, du har gemt, er der stadig. Prøv igen om lidt."

# A few who wait a moment for a thread are no news.
logging.getLogger("waitress.queue").setLevel(logging.ERROR)


class KindRefusal(ErrorTask):  # type: ignore[misc]  # waitress has no types
    """What the server itself refuses, said as the app would say it, and with the same headers."""

    def execute(self) -> None:
        error = self.request.error
        said = {413: TOO_MUCH, 431: TOO_MUCH, 500: OUR_FAULT}.get(error.code, NOT_UNDERSTOOD)
        body = f"{said} Du kan ringe til os på {self.channel.server.phone}.\n".encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers.extend(REFUSED_HEADERS.items())
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class Channel(HTTPChannel):  # type: ignore[misc]  # waitress has no types
    error_task_class = KindRefusal


def listen(host: str, port: int) -> socket.socket:
    """Take the port, and return the socket that holds it; port 0 takes a free one.

    Raises:
        OSError: the port is taken or not allowed, or this machine has no such address.
    """
    family, _kind, _protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    taken = socket.socket(family, socket.SOCK_STREAM)
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(address)
        taken.listen(1024)
    except OSError:
        taken.close()
        raise
    return taken


def stop_on_signals(stop: threading.Event) -> None:
    """Let SIGTERM and Ctrl+C ask for a quiet end. Only from the main thread."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())


def serve(
    app: Flask, taken: socket.socket, stop: threading.Event, *, trusted_proxy: str | None = None
) -> None:
    """Answer on `taken` until `stop` is set; then finish the answers under way and close the database.

    `trusted_proxy` is the address of a proxy in front whose word on the client's address is believed.
    """
    connections: dict[int, Any] = {}
    trust = {
        "trusted_proxy": trusted_proxy,
        "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"},
    }
    server = create_server(
        app,
        map=connections,
        sockets=[taken],
        threads=THREADS,
        connection_limit=MOST_CONNECTIONS,
        channel_timeout=QUIET_SECONDS,
        max_request_body_size=BODY_BYTES,
        max_request_header_size=HEADER_BYTES,
        asyncore_use_poll=True,
        clear_untrusted_proxy_headers=True,
        ident=None,
        **(trust if trusted_proxy else {}),
    )
    server.channel_class, server.phone = Channel, app.extensions["settings"].site.phone
    try:
        while not stop.is_set():
            wasyncore.loop(timeout=TICK_SECONDS, use_poll=True, map=connections, count=1)
        server.accepting = False
        give_up_at = time.monotonic() + LAST_WORDS_SECONDS
        while _is_answering(server) and time.monotonic() < give_up_at:
            wasyncore.loop(timeout=TICK_SECONDS, use_poll=True, map=connections, count=1)
    finally:
        server.task_dispatcher.shutdown(timeout=LAST_WORDS_SECONDS)
        wasyncore.close_all(connections)
        app.extensions["db"].close()  # the last connection folds SQLite's log into the file


def _is_answering(server: Any) -> bool:
    return any(channel.requests or channel.total_outbufs_len for channel in server.active_channels.values())
