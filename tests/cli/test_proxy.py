"""Whose address a limit counts: the client's own, as the socket or a trusted proxy has seen it."""

import http.client
from collections.abc import Iterable
from urllib.parse import urlencode

import pytest
from flask import Flask, request

from app.identity.invitation_codes import new_code
from app.identity.login_attempts import answer_names
from app.run.server import behind_proxies
from app.web.context import FROM_THIS_MACHINE
from tests.account.conftest import few_codes
from tests.run.test_server import PATIENCE, serving

PROXY = "127.0.0.1"  # where the tests' own connections come from
STRANGER, ANNA = "203.0.113.9", "203.0.113.10"
KEY = "only for tests, 32 bytes and more"
FREE = 3  # wrong codes, in these tests


@pytest.fixture(autouse=True)
def few_are_free(monkeypatch: pytest.MonkeyPatch) -> None:
    few_codes(monkeypatch, FREE)


def try_code(port: int, forwarded_for: str | None) -> int:
    """Type a code that is nobody's, through a proxy that says so of the client; return the status."""
    headers = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}
    if forwarded_for is not None:
        headers["X-Forwarded-For"] = forwarded_for
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request("POST", "/invitation", urlencode({"code": new_code()}), headers)
    status = connection.getresponse().status
    connection.close()
    return status


def use_up(port: int, said: Iterable[str | None]) -> None:
    assert {try_code(port, one) for one in said} == {422}


def test_a_stranger_behind_the_proxy_shuts_the_door_for_nobody_else(app: Flask) -> None:
    with serving(app, {PROXY}) as (port, _stop):
        use_up(port, [STRANGER] * FREE)
        assert try_code(port, STRANGER) == 429
        assert try_code(port, ANNA) == 422


def test_what_a_stranger_says_of_himself_gives_no_new_tries(app: Flask) -> None:
    with serving(app, {PROXY}) as (port, _stop):
        use_up(port, [f"198.51.100.{number}, {STRANGER}" for number in range(FREE)])
        assert try_code(port, f'{ANNA}, "noget [sludder, {STRANGER}') == 429
        assert try_code(port, ANNA) == 422


def test_a_proxy_that_is_not_named_makes_all_into_one_and_is_told_once(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    """The control, and why `serve` asks: without a trusted proxy it is the socket's peer that counts."""
    with serving(app) as (port, _stop):
        use_up(port, [f"198.51.100.{number}" for number in range(FREE)])
        assert try_code(port, ANNA) == 429
    assert sum("is not in ENPLAN_TRUSTED_PROXY" in one for one in caplog.messages) == 1


FORWARDED = {
    "one client": ("203.0.113.9", "203.0.113.9"),
    "the last is the proxy's word": ("1.2.3.4, 203.0.113.9", "203.0.113.9"),
    "two proxies": ("1.2.3.4, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
    "with a port": ("203.0.113.9:51515", "203.0.113.9"),
    "IPv6": ("2001:DB8:0::1", "2001:db8::1"),
    "IPv6 with a port": ('"[2001:db8::1]:443"', "2001:db8::1"),
    "IPv4 inside IPv6": ("::ffff:203.0.113.9", "203.0.113.9"),
    "nothing": ("", "10.0.0.1"),
    "an empty end": ("203.0.113.9,", "10.0.0.1"),
    "no address": ("unknown", "10.0.0.1"),
    "nonsense": ('"[::1, æøå\x00, <script>', "10.0.0.1"),
    "the proxy alone": ("10.0.0.2", "10.0.0.1"),
}


@pytest.mark.parametrize("case", FORWARDED)
@pytest.mark.parametrize("peer", ["10.0.0.1", "::ffff:10.0.0.1"])
def test_the_client_is_the_last_that_a_trusted_proxy_has_seen(case: str, peer: str) -> None:
    said, client = FORWARDED[case]
    assert seen_from(peer, X_FORWARDED_FOR=said)["REMOTE_ADDR"] == client


def seen_from(peer: str, **headers: str) -> dict[str, str]:
    """Return what the app is told of a request from `peer`, behind the proxies 10.0.0.1 and 10.0.0.2."""
    told: dict[str, str] = {}

    def app(environ: dict[str, str], _start: object) -> list[bytes]:
        told.update(environ)
        return []

    environ = {"REMOTE_ADDR": peer, "wsgi.url_scheme": "http"}
    environ |= {f"HTTP_{name}": value for name, value in headers.items()}
    behind_proxies({"10.0.0.1", "10.0.0.2"}, app)(environ, lambda *_: None)  # type: ignore[arg-type]
    return told


def test_no_forwarding_header_reaches_the_app() -> None:
    names = ("FOR", "HOST", "PROTO", "PORT", "BY")
    every = {f"X_FORWARDED_{name}": "203.0.113.9" for name in names} | {"FORWARDED": "for=203.0.113.9"}
    for peer in ("10.0.0.1", "192.0.2.7"):
        assert not [name for name in seen_from(peer, **every) if "FORWARDED" in name]
    assert seen_from("192.0.2.7", **every)["REMOTE_ADDR"] == "192.0.2.7"


@pytest.mark.parametrize("header", ["X_FORWARDED_FOR", "FORWARDED", "VIA", "X_REAL_IP"])
@pytest.mark.parametrize("said", ["", "203.0.113.9"])
def test_what_a_proxy_hands_on_does_not_come_from_this_machine(header: str, said: str) -> None:
    assert seen_from("127.0.0.1")[FROM_THIS_MACHINE]
    assert not seen_from("127.0.0.1", **{header: said})[FROM_THIS_MACHINE]


@pytest.mark.parametrize(
    ("peer", "said", "scheme"),
    [
        ("10.0.0.1", "https", "https"),
        ("10.0.0.1", "http, https", "https"),
        ("10.0.0.1", "gopher", "http"),
        ("192.0.2.7", "https", "http"),
    ],
)
def test_the_scheme_is_believed_of_a_trusted_proxy_alone(peer: str, said: str, scheme: str) -> None:
    assert seen_from(peer, X_FORWARDED_PROTO=said)["wsgi.url_scheme"] == scheme


def test_a_proxy_without_a_word_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    answer = behind_proxies({"10.0.0.1"}, lambda *_: [])
    for _ in range(3):
        answer({"REMOTE_ADDR": "10.0.0.1"}, lambda *_: None)  # type: ignore[arg-type]
    assert [one.message for one in caplog.records if "X-Forwarded-For" in one.message] != []
    assert len(caplog.records) == 1


def test_all_of_ipv4_is_not_one_network() -> None:
    def keys(address: str) -> set[str]:
        return set(answer_names(KEY, address, "").waits)

    assert keys("::ffff:203.0.113.9") == keys("203.0.113.9") != keys("::ffff:203.0.113.10")
    assert len(keys("203.0.113.9")) == 1
    assert keys("2001:db8::1") == keys("2001:db8::2")
    assert len(keys("2001:db8::1") & keys("2001:db8:0:1::1")) == 1  # the /48 they both lie in
    assert not keys("2001:db8::1") & keys("2001:db8:1:1::1")


@pytest.mark.own_app
def test_the_app_asks_for_the_address_in_one_way(app: Flask) -> None:
    said: list[str | None] = []
    app.before_request(lambda: said.append(request.remote_addr))
    with serving(app, {PROXY}) as (port, _stop):
        try_code(port, f"1.2.3.4, {ANNA}")
    assert said == [ANNA]
