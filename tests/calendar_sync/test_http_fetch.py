"""An address that somebody typed reaches public machines by https, and nothing else."""

import gzip
import socket
import ssl
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from app.calendar_sync.http_fetch import FetchFailed, FetchFault, checked_url, is_public, public_addresses
from tests.calendar_sync.publishing import HOST, MACHINE, OTHER, URL, Publisher, publishing


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Publisher]:
    with publishing(tmp_path_factory.mktemp("machine")) as publisher:
        yield publisher


@pytest.fixture
def publisher(machine: Publisher) -> Publisher:
    """The machine as it is before anybody has asked it."""
    machine.reset()
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
    assert trouble(publisher) is FetchFault.SENT_ON
    publisher.headers = {"Location": f"http://{HOST}/secret"}
    assert trouble(publisher) is FetchFault.SENT_ON
    publisher.headers = {"Location": "/round-and-round"}
    assert trouble(publisher) is FetchFault.REFUSED
    assert publisher.looked_up == [HOST] * 6  # once for each request, four of them in the round


def test_a_redirect_to_another_host_is_followed_where_that_one_is_public(publisher: Publisher) -> None:
    def sends_on(request: BaseHTTPRequestHandler) -> None:
        elsewhere = request.headers["Host"].startswith(OTHER)
        request.send_response(200 if elsewhere else 302)
        if not elsewhere:
            request.send_header("Location", f"https://{OTHER}/a.ics")
        request.end_headers()
        request.wfile.write(b"BEGIN" if elsewhere else b"")

    publisher.instead = sends_on
    assert publisher.fetcher().fetch(URL) == b"BEGIN"
    assert publisher.looked_up == [HOST, OTHER]
    assert publisher.asked[-1] == f"{OTHER}:{publisher.port}/a.ics"
    publisher.first_addresses = [(MACHINE,), ("10.0.0.1",)]
    assert trouble(publisher) is FetchFault.SENT_ON
    assert publisher.asked[2:] == [f"{HOST}:{publisher.port}/jonas.ics"]


@pytest.fixture
def inner(publisher: Publisher) -> Iterator[Callable[[], bool]]:
    """A machine of one's own network at the same port. Return whether anybody came to it."""
    with socket.create_server(("127.0.0.2", publisher.port)) as server:
        server.setblocking(False)

        def was_met() -> bool:
            try:
                server.accept()[0].close()
            except BlockingIOError:
                return False
            return True

        yield was_met


def test_a_name_that_becomes_an_inner_address_between_two_looks_gains_nothing(
    publisher: Publisher, inner: Callable[[], bool]
) -> None:
    publisher.first_addresses, publisher.addresses = [(MACHINE,)], ("127.0.0.2",)
    assert publisher.fetcher().fetch(URL) == b"BEGIN"  # it went where it looked
    assert trouble(publisher) is FetchFault.NOT_PUBLIC  # half an hour later
    publisher.first_addresses = [(MACHINE,)]
    publisher.status, publisher.headers = 302, {"Location": "/again"}
    assert trouble(publisher) is FetchFault.SENT_ON  # and where it sends us to itself
    publisher.first_addresses = [(MACHINE, "127.0.0.2")]
    assert trouble(publisher) is FetchFault.NOT_PUBLIC
    assert len(publisher.asked) == 2
    assert not inner()


def test_a_certificate_of_somebody_else_is_refused(publisher: Publisher, tmp_path: Path) -> None:
    assert trouble(publisher, "https://bank.example.dk/jonas.ics") is FetchFault.NO_ANSWER
    publisher_trusts, publisher.trusts = publisher.trusts, ssl.create_default_context()
    try:
        assert trouble(publisher) is FetchFault.NO_ANSWER
    finally:
        publisher.trusts = publisher_trusts
    assert publisher.asked == []


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (404, FetchFault.REFUSED),
        (410, FetchFault.REFUSED),
        (204, FetchFault.REFUSED),
        (500, FetchFault.BROKEN),
        (503, FetchFault.BROKEN),
        (401, FetchFault.SIGN_IN),
        (403, FetchFault.SIGN_IN),
    ],
)
def test_what_is_not_there_is_not_taken_and_each_cause_is_its_own(
    publisher: Publisher, status: int, expected: FetchFault
) -> None:
    publisher.status = status
    assert trouble(publisher) is expected


def test_what_is_packed_is_unpacked_and_never_more_than_may_come(publisher: Publisher) -> None:
    publisher.body = gzip.compress(b"BEGIN:VCALENDAR")
    assert publisher.fetcher().fetch(URL) == b"BEGIN:VCALENDAR"  # a packed file
    publisher.headers = {"Content-Encoding": "gzip"}
    assert publisher.fetcher().fetch(URL) == b"BEGIN:VCALENDAR"  # a packed answer
    publisher.body = publisher.body[:-4]
    assert trouble(publisher) is FetchFault.CUT_OFF
    publisher.body = b"BEGIN:VCALENDAR"
    assert trouble(publisher) is FetchFault.CUT_OFF
    publisher.body = gzip.compress(bytes(50_000_000))
    tracemalloc.start()
    try:
        assert trouble(publisher, most_bytes=1_000_000) is FetchFault.TOO_BIG
        assert tracemalloc.get_traced_memory()[1] < 5_000_000  # it was not unpacked to be measured
    finally:
        tracemalloc.stop()


def test_too_much_or_cut_off_is_not_taken(publisher: Publisher) -> None:
    publisher.body = b"x" * 2000
    assert trouble(publisher, most_bytes=1000) is FetchFault.TOO_BIG
    publisher.headers = {"Content-Encoding": "br"}
    assert trouble(publisher) is FetchFault.REFUSED
    publisher.headers = {"Content-Length": "3000"}
    assert trouble(publisher) is FetchFault.CUT_OFF


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
