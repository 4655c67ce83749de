"""Serves the app to browsers, and stops without cutting anybody off.

Waitress reads a request whole before a thread takes it, so a client that sends one byte at a time holds a
socket and never a thread. Measured with 20 of them: servers that give each a thread answered nobody else.
"""

import logging
import signal
import socket
import threading
import time
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask
from waitress import create_server, wasyncore

from app.ip_addresses import read_address
from app.run.connections import AppChannel, close_overdue
from app.run.sign_outs import settling_sign_outs
from app.run.threads import AnsweringThreads
from app.web.context import FROM_THIS_MACHINE

if TYPE_CHECKING:  # these names are for the reader and mypy alone
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger("enplan.server")

THREADS, KEPT_FOR_READING = 8, 2
MOST_CONNECTIONS = 800  # below the usual 1,024 open files of a process
QUIET_SECONDS = 60  # a connection that says nothing is closed
BODY_BYTES = 2 * 1024 * 1024  # above the app's own limit, so that the app itself answers kindly
HEADER_BYTES = 32 * 1024
LAST_WORDS_SECONDS = 5  # how long the answers under way may take when we stop
TICK_SECONDS = 0.5


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


BY_PROXIES = tuple(f"X_FORWARDED_{what}" for what in ("FOR", "HOST", "PROTO", "PORT", "BY"))
FORWARDED = ("FORWARDED", "VIA", "X_REAL_IP", *BY_PROXIES)


def behind_proxies(proxies: Collection[str], answer: "WSGIApplication") -> "WSGIApplication":
    """Give `answer` the client's own address as REMOTE_ADDR, and no forwarding header: anybody can write one.

    From one of `proxies` it is the last entry of X-Forwarded-For that is none of them: the one a trusted
    proxy has seen itself. All before it was written by whoever asks. From others it is the socket's peer.
    """
    warned, warned_of_peer = threading.Event(), threading.Event()

    def with_client(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        is_forwarded = any(f"HTTP_{name}" in environ for name in FORWARDED)  # also where it says nothing
        said = {name: environ.pop(f"HTTP_{name}", "") for name in FORWARDED}
        peer = _address(environ.get("REMOTE_ADDR", ""))
        environ[FROM_THIS_MACHINE] = not is_forwarded and _is_loopback(peer)
        if peer in proxies:
            client = _client(said["X_FORWARDED_FOR"], proxies)
            if client is None and not warned.is_set():
                warned.set()
                log.error("the proxy says no client address in X-Forwarded-For: limits take all for one")
            peer = client or peer
            if said["X_FORWARDED_PROTO"].rpartition(",")[2].strip().lower() == "https":
                environ["wsgi.url_scheme"] = "https"
        elif said["X_FORWARDED_FOR"] and not warned_of_peer.is_set():
            warned_of_peer.set()
            log.warning("%s forwards and is not in ENPLAN_TRUSTED_PROXY: limits take all for one", peer)
        environ["REMOTE_ADDR"] = environ["REMOTE_HOST"] = peer
        return answer(environ, start)

    return with_client


def _is_loopback(peer: str) -> bool:
    return bool(peer) and read_address(peer).is_loopback


def _client(forwarded_for: str, proxies: Collection[str]) -> str | None:
    """Return the last entry that is no trusted proxy; None if there is none, or it is no address."""
    for entry in reversed(forwarded_for.split(",")):
        address = _address(entry)
        if address not in proxies:
            return address or None
    return None


def _address(text: str) -> str:
    """Return an address as it is always written, without a port, brackets or quotes; or ""."""
    bare = text.strip().strip('"')
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        return str(read_address(bare))
    except ValueError:
        return ""


def serve(
    app: Flask, taken: socket.socket, stop: threading.Event, *, trusted_proxies: Collection[str] = ()
) -> None:
    """Answer on `taken` until `stop` is set; then finish the answers under way and close the database.

    `trusted_proxies` are the addresses of proxies in front whose word on the client's address is believed.
    """
    connections: dict[int, Any] = {}
    threads = app.extensions["threads"] = AnsweringThreads(THREADS, kept_for_reading=KEPT_FOR_READING)
    server = create_server(
        behind_proxies(trusted_proxies, app),
        map=connections,
        sockets=[taken],
        _dispatcher=threads,
        connection_limit=MOST_CONNECTIONS,
        channel_timeout=QUIET_SECONDS,
        max_request_body_size=BODY_BYTES,
        max_request_header_size=HEADER_BYTES,
        asyncore_use_poll=True,
        clear_untrusted_proxy_headers=False,  # `behind` takes them all away
        ident=None,
    )
    server.channel_class, server.phone = AppChannel, app.extensions["settings"].site.phone
    with settling_sign_outs(app):
        _answer(server, connections, stop)
    app.extensions["db"].close()  # the last connection folds SQLite's log into the file


def _answer(server: Any, connections: dict[int, Any], stop: threading.Event) -> None:
    try:
        look_at = 0.0
        while not stop.is_set():
            wasyncore.loop(timeout=TICK_SECONDS, use_poll=True, map=connections, count=1)
            if time.monotonic() >= look_at:
                close_overdue(server)
                look_at = time.monotonic() + TICK_SECONDS
        server.accepting = False
        give_up_at = time.monotonic() + LAST_WORDS_SECONDS
        while _is_answering(server) and time.monotonic() < give_up_at:
            wasyncore.loop(timeout=TICK_SECONDS, use_poll=True, map=connections, count=1)
    finally:
        server.task_dispatcher.shutdown(timeout=LAST_WORDS_SECONDS)
        wasyncore.close_all(connections)


def _is_answering(server: Any) -> bool:
    return any(channel.requests or channel.total_outbufs_len for channel in server.active_channels.values())
