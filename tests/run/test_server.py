"""Somebody slow never keeps the others waiting, and a stop cuts nobody off."""

import http.client
import socket
import threading
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager

import pytest
from flask import Flask, request

from app.identity.login import DEMO_COOKIE
from app.run import connections, server
from app.run.connections import REFUSED_HEADERS
from app.run.server import listen, serve
from tests.conftest import enter

SLOW_ONES = 50
PATIENCE = 20  # seconds until a test gives up; nothing is timed


@contextmanager
def serving(app: Flask, proxies: Collection[str] = ()) -> Iterator[tuple[int, threading.Event]]:
    stop = threading.Event()
    with listen("127.0.0.1", 0) as taken:
        thread = threading.Thread(target=serve, args=(app, taken, stop), kwargs={"trusted_proxies": proxies})
        thread.start()
        try:
            yield taken.getsockname()[1], stop
        finally:
            stop.set()
            thread.join(PATIENCE)
    assert not thread.is_alive()


@pytest.fixture
def port(app: Flask) -> Iterator[int]:
    with serving(app) as (port, _stop):
        yield port


def get(port: int, **headers: str) -> http.client.HTTPResponse:
    return get_answer(port, "/demo", **headers)


def get_answer(port: int, path: str, **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def test_fifty_who_send_a_byte_at_a_time_keep_nobody_waiting(port: int) -> None:
    with ExitStack() as open_ones:
        slow = [
            open_ones.enter_context(socket.create_connection(("127.0.0.1", port), PATIENCE))
            for _one in range(SLOW_ONES)
        ]
        for letter in b"GET /demo HTTP/1.1\r\nHost: localhost\r\nX-Slow: ":
            for one in slow:
                one.send(bytes([letter]))
        assert get(port).status == 200
        for one in slow:  # they are still being listened to, and get their answer when they are done
            one.sendall(b"yes\r\n\r\n")
            assert one.recv(12) == b"HTTP/1.1 200"


def test_a_slow_body_holds_no_thread_either(port: int) -> None:
    with ExitStack() as open_ones:
        for _one in range(SLOW_ONES):
            slow = open_ones.enter_context(socket.create_connection(("127.0.0.1", port), PATIENCE))
            slow.sendall(
                b"POST /demo/log-ind HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900\r\n\r\nperson="
            )
        assert get(port).status == 200


def test_the_server_does_not_say_what_it_is(port: int) -> None:
    answer = get(port)
    assert answer.getheader("Server") is None
    assert "waitress" not in str(answer.getheaders()).lower()


@pytest.mark.own_app
def test_a_proxys_word_is_not_taken_from_anybody(app: Flask) -> None:
    said: list[str | None] = []
    app.before_request(lambda: said.append(request.headers.get("X-Forwarded-For")))
    with serving(app) as (port, _stop):
        get(port, **{"X-Forwarded-For": "10.0.0.1"})
    assert said == [None]


@pytest.mark.own_app
def test_an_answer_under_way_is_finished_before_the_stop(app: Flask) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def wait_a_little() -> None:
        begun.set()
        go_on.wait(PATIENCE)

    app.before_request(wait_a_little)
    answers: list[int] = []
    with serving(app) as (port, stop):
        asker = threading.Thread(target=lambda: answers.append(get(port).status))
        asker.start()
        assert begun.wait(PATIENCE)
        stop.set()
        go_on.set()
        asker.join(PATIENCE)
    assert answers == [200]


def test_http_1_0_needs_no_host(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as asker:
        asker.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
        assert asker.recv(12) in (b"HTTP/1.0 200", b"HTTP/1.1 200")


DRIPPING = b"GET /demo HTTP/1.1\r\nHost: localhost\r\nX-Slow: "


@pytest.mark.parametrize(("seconds", "served"), [(0.3, True), (600.0, False)], ids=["guarded", "the control"])
def test_those_who_drip_shut_nobody_out(
    seconds: float, served: bool, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They hold every connection there may be, and never stop sending."""
    monkeypatch.setattr(server, "MOST_CONNECTIONS", 20)
    for name in ("HEADER_SECONDS", "CROWDED_SECONDS", "CROWDED_BODY_SECONDS"):
        monkeypatch.setattr(connections, name, seconds)
    with serving(app) as (port, _stop), ExitStack() as open_ones:
        dripping = [
            open_ones.enter_context(socket.create_connection(("127.0.0.1", port), PATIENCE))
            for _one in range(30)
        ]
        for one in dripping:
            one.sendall(DRIPPING)
        visitor = open_ones.enter_context(socket.create_connection(("127.0.0.1", port), 3 if served else 1))
        visitor.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        if served:
            assert visitor.recv(12) == b"HTTP/1.1 200"
            return
        with pytest.raises(TimeoutError):
            visitor.recv(12)


@pytest.mark.parametrize(
    ("sent", "answered"),
    [(b"", b""), (DRIPPING, b""), (b"POST /skriv HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nslow", b"")],
    ids=["silent", "headers", "body"],
)
def test_a_request_that_is_not_whole_in_time_is_let_go(
    sent: bytes, answered: bytes, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HEADER_SECONDS", "BODY_SECONDS"):
        monkeypatch.setattr(connections, name, 0.2)
    with serving(app) as (port, _stop), socket.create_connection(("127.0.0.1", port), PATIENCE) as slow:
        slow.sendall(sent)
        assert slow.recv(12) == answered


def test_a_port_is_held_by_one(port: int) -> None:
    with pytest.raises(OSError, match="in use"):
        listen("127.0.0.1", port)


@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [
        (b"POST /skriv HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n", 413, "for stort"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 40_000 + b"\r\n\r\n", 431, "for stort"),
        (b"GET / HTTP/1.1\r\nHost: a\x00b\r\n\r\n", 400, "forstod ikke"),
        (b"HVAD\r\n\r\n", 400, "forstod ikke"),
        (b"GET /demo HTTP/1.1\r\n\r\n", 400, "forstod ikke"),
        (b"GET /demo HTTP/1.1\r\nHost: localhost\r\nHost: other\r\n\r\n", 400, "forstod ikke"),
    ],
)
def test_what_the_server_itself_refuses_is_said_kindly_and_with_our_headers(
    port: int, sent: bytes, status: int, said: str
) -> None:
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as asker:
        asker.sendall(sent)
        answer = http.client.HTTPResponse(asker)
        answer.begin()
        text = answer.read().decode()
    assert answer.status == status
    assert said in text
    assert "Intet er ændret" in text
    for name, value in REFUSED_HEADERS.items():
        assert answer.getheader(name) == value


@pytest.mark.parametrize("host", ["a" * 70, "a..b"])
def test_a_host_that_is_none_gets_our_page_also_when_signed_in(app: Flask, port: int, host: str) -> None:
    answer = get(port, Host=host, Cookie=f"{DEMO_COOKIE}={enter(app, 'anna')}")
    assert answer.status == 400
    assert answer.getheader("Content-Security-Policy", "").startswith("default-src 'none'; script-src")
