"""An address that somebody typed reaches public machines by https, and nothing else."""

import socket
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from app.calendar_sync.http_fetch import FetchFailed, FetchFault, checked_url, is_public, public_addresses
from tests.calendar_sync.publishing import HOST, URL, Publisher, publishing


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Publisher]:
    with publishing(tmp_path_factory.mktemp("machine")) as publisher:
        yield publisher


@pytest.fixture
def publisher(machine: Publisher) -> Publisher:
    """The machine as it is before anybody has asked it."""
    machine.body, machine.status, machine.headers, machine.instead = b"BEGIN", 200, {}, None
    machine.addresses = ("127.0.0.1",)
    machine.asked.clear()
    machine.looked_up.clear()
    return machine


def trouble(publisher: Publisher, url: str = URL, **more: float) -> FetchFault:
    with pytest.raises(FetchFailed) as refused:
        publisher.fetcher(**more).fetch(url)  # type: ignore[arg-type]
    return refused.value.trouble


def test_what_is_published_is_fetched_and_the_name_is_looked_up_once(publisher: Publisher) -> None:
    assert publisher.fetcher().fetch(f"{URL}?hash=a%20b") == b"BEGIN"
    assert publisher.fetcher().fetch(URL.replace("https:", "webcal:")) == b"BEGIN"
    assert publisher.asked[0] == f"{HOST}:{publisher.port}/jonas.ics?hash=a%20b"
    assert publisher.looked_up == [HOST, HOST]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://kalender.example.dk/x.ics", FetchFault.NOT_HTTPS),
        ("file:///etc/passwd", FetchFault.NOT_HTTPS),
        ("ftp://kalender.example.dk/x", FetchFault.NOT_HTTPS),
        ("https://kalender.example.dk:8443/x.ics", FetchFault.NOT_HTTPS),
        ("https://kalender.example.dk:x/", FetchFault.NOT_HTTPS),
        ("https://user:pass@kalender.example.dk/x.ics", FetchFault.NOT_HTTPS),
        ("https://kalender.example.dk/a b", FetchFault.NOT_HTTPS),
        ("https://kalender.example.dk/\r\nHost: x", FetchFault.NOT_HTTPS),
        (f"https://kalender.example.dk/{'x' * 2000}", FetchFault.NOT_HTTPS),
        ("https://localhost/x.ics", FetchFault.NOT_PUBLIC),
        ("https://127.0.0.1/x.ics", FetchFault.NOT_PUBLIC),
        ("https://8.8.8.8/x.ics", FetchFault.NOT_PUBLIC),
        ("https://2130706433/x.ics", FetchFault.NOT_PUBLIC),
        ("https://0x7f.0x1/x.ics", FetchFault.NOT_PUBLIC),
        ("https://[::1]/x.ics", FetchFault.NOT_PUBLIC),
        ("https:///x.ics", FetchFault.NOT_PUBLIC),
        ("", FetchFault.NOT_HTTPS),
    ],
)
def test_only_https_addresses_of_machines_with_a_name_are_asked(url: str, expected: FetchFault) -> None:
    with pytest.raises(FetchFailed) as refused:
        checked_url(url)
    assert refused.value.trouble is expected


PRIVATE = (
    *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1"),
    *("0.0.0.0", "255.255.255.255", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1"),  # noqa: S104
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"),
    *("fec0::1", "::127.0.0.1", "::ffff:0:127.0.0.1", "64:ff9b:1::7f00:1", "4000::1"),
)


def test_no_private_address_counts_as_public_whichever_way_it_is_written() -> None:
    assert [one for one in PRIVATE if is_public(one)] == []
    assert all(is_public(one) for one in ("8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"))
    assert list(public_addresses("localhost", 443)) == []


def test_a_name_with_no_public_address_is_not_connected_to(publisher: Publisher) -> None:
    publisher.addresses = ()
    assert trouble(publisher) is FetchFault.NOT_PUBLIC
    assert publisher.asked == []


def test_a_name_with_many_silent_addresses_takes_no_longer_than_one(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []

    def silent(_address: tuple[str, int], seconds: float) -> socket.socket:
        waits.append(seconds)
        raise TimeoutError

    monkeypatch.setattr(socket, "create_connection", silent)
    publisher.addresses = tuple(f"8.8.8.{number}" for number in range(40))
    assert trouble(publisher, seconds=8.0) is FetchFault.NO_ANSWER
    assert len(waits) == 40
    assert sum(waits) <= 8.0


def test_a_redirect_is_looked_at_again(publisher: Publisher) -> None:
    publisher.status = 302
    publisher.headers = {"Location": "https://127.0.0.1/secret"}
    assert trouble(publisher) is FetchFault.NOT_PUBLIC
    publisher.headers = {"Location": f"http://{HOST}/secret"}
    assert trouble(publisher) is FetchFault.NOT_HTTPS
    publisher.headers = {"Location": "/round-and-round"}
    assert trouble(publisher) is FetchFault.REFUSED
    assert publisher.looked_up == [HOST] * 6  # once for each request, four of them in the round


def test_a_certificate_of_somebody_else_is_refused(publisher: Publisher, tmp_path: Path) -> None:
    assert trouble(publisher, "https://bank.example.dk/jonas.ics") is FetchFault.NO_ANSWER
    publisher_trusts, publisher.trusts = publisher.trusts, ssl.create_default_context()
    try:
        assert trouble(publisher) is FetchFault.NO_ANSWER
    finally:
        publisher.trusts = publisher_trusts
    assert publisher.asked == []


@pytest.mark.parametrize("status", [404, 500, 401, 204])
def test_what_is_not_there_is_not_taken(publisher: Publisher, status: int) -> None:
    publisher.status = status
    assert trouble(publisher) is FetchFault.REFUSED


def test_too_much_compressed_or_cut_off_is_not_taken(publisher: Publisher) -> None:
    publisher.body = b"x" * 2000
    assert trouble(publisher, most_bytes=1000) is FetchFault.TOO_BIG
    publisher.headers = {"Content-Encoding": "gzip"}
    assert trouble(publisher) is FetchFault.REFUSED
    publisher.headers = {"Content-Length": "3000"}
    assert trouble(publisher) is FetchFault.NO_ANSWER


def test_a_machine_that_sends_a_byte_at_a_time_is_hung_up_on(publisher: Publisher) -> None:
    gone = threading.Event()

    def drip(request: BaseHTTPRequestHandler) -> None:
        try:
            while not gone.wait(0.05):
                request.wfile.write(b"H")
                request.wfile.flush()
        except OSError:
            gone.set()

    publisher.instead = drip
    assert trouble(publisher, seconds=0.5) is FetchFault.NO_ANSWER
    assert gone.wait(10)  # it noticed that nobody listens
