"""Fetches a file from an address that somebody typed: only https, only public machines, never much or long.

The name is looked up once, every address it has must be public, and the connection goes to the one that was
looked at: a name that answers differently the second time gains nothing. Redirects are looked at again.
"""

import ipaddress
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from http.client import HTTPException, HTTPResponse, HTTPSConnection, IncompleteRead
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

HTTPS = 443
SECONDS = 20.0  # for all of it, redirects included; a slow name server alone can take longer
MOST_REDIRECTS = 3
MOST_LETTERS = 2000
MOVED = (301, 302, 303, 307, 308)
OK = 200
SIGN_IN = (401, 403, 407)
SERVER_ERROR = 500
PLAIN, PACKED = ("", "identity"), ("gzip", "x-gzip")
GZIP = b"\x1f\x8b"  # how such a file begins


class FetchFault(StrEnum):
    """Why an address gave nothing."""

    NOT_HTTPS = "not_https"
    NOT_PUBLIC = "not_public"
    NO_ANSWER = "no_answer"
    REFUSED = "refused"  # it answered, but not with the file
    SIGN_IN = "sign_in"  # one must be signed in there
    BROKEN = "server_error"  # the machine itself says that it can't
    TOO_BIG = "too_big"
    CUT_OFF = "cut_off"  # less came than was promised, or what was packed can't be unpacked
    SENT_ON = "sent_on"  # it answered that the file is where we may not go


class FetchFailed(Exception):
    def __init__(self, trouble: FetchFault) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


def public_addresses(host: str, port: int) -> Sequence[str]:
    """Return the addresses of a name; none if any of them is not public."""
    found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    return found if all(is_public(one) for one in found) else []


def is_public(address: str) -> bool:
    """Say whether an address is one of the open internet's, whichever way it is written."""
    one = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(one, "ipv4_mapped", None) or getattr(one, "sixtofour", None)
    if inner is None and isinstance(one, ipaddress.IPv6Address) and one in _NAT64:
        inner = ipaddress.IPv4Address(one.packed[-4:])
    if inner is None and one.version == 6 and one not in _HANDED_OUT:  # noqa: PLR2004
        return False
    return all(each.is_global and not each.is_multicast for each in (one, inner) if each is not None)


# All that is given to anybody on the internet. Outside it lie old ways to write an inner address, which
# Python 3.11 takes for global: fec0::/10, ::127.0.0.1, 64:ff9b:1::/48. Source: RFC 4291 2.4, IANA.
_HANDED_OUT = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def checked_url(url: str) -> SplitResult:
    """Return the parts of an address that may be fetched; `webcal:` is taken as https.

    Raises:
        FetchFailed: it is no https address of a machine with a name, at the usual port.
    """
    if len(url) > MOST_LETTERS or not url.isascii() or not url.isprintable() or " " in url:
        raise FetchFailed(FetchFault.NOT_HTTPS)
    try:
        parts = urlsplit(url)
        port = parts.port or HTTPS
    except ValueError:
        raise FetchFailed(FetchFault.NOT_HTTPS) from None
    if parts.scheme == "webcal":
        parts = parts._replace(scheme="https")
    host = parts.hostname or ""
    if parts.scheme != "https" or "@" in parts.netloc or port != HTTPS:
        raise FetchFailed(FetchFault.NOT_HTTPS)
    last = host.rpartition(".")[2]
    if "." not in host or not (last.isalpha() or last.startswith("xn--")):  # numbers are no name
        raise FetchFailed(FetchFault.NOT_PUBLIC)
    return parts


class _To(HTTPSConnection):
    """A connection to addresses that were looked at, while the certificate must be the name's."""

    def __init__(self, host: str, addresses: Sequence[str], fetcher: "Fetcher", seconds: float) -> None:
        super().__init__(host, fetcher.port, timeout=seconds, context=fetcher.context)
        self._addresses, self._tls = addresses, fetcher.context
        self._live: socket.socket | None = None
        self.was_cut = False

    def connect(self) -> None:
        plain = self._reach()
        # Shaking hands apart from wrapping, so that it can be cut off, too.
        self._live = self._tls.wrap_socket(plain, server_hostname=self.host, do_handshake_on_connect=False)
        self._live.do_handshake()
        self.sock: Any = self._live

    def _reach(self) -> socket.socket:
        share = (self.timeout or SECONDS) / len(self._addresses)  # of the time there is for all of them
        for address in self._addresses[:-1]:
            with suppress(OSError):
                return self._connected(address, share)
        return self._connected(self._addresses[-1], share)

    def _connected(self, address: str, share: float) -> socket.socket:
        plain = socket.create_connection((address, self.port), share)
        plain.settimeout(self.timeout)
        return plain

    def cut(self) -> None:
        """End it now, whatever it waits for: a server that sends a byte a second never times out."""
        self.was_cut = True
        if self._live is not None:
            with suppress(OSError):
                self._live.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        super().close()
        if self._live is not None:
            self._live.close()


@dataclass(frozen=True, slots=True)
class Fetcher:
    """How to fetch: the tests have a server of their own, with a name and a certificate of its own."""

    most_bytes: int
    resolve: Callable[[str, int], Sequence[str]] = public_addresses
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    port: int = HTTPS
    seconds: float = SECONDS

    def fetch(self, url: str) -> bytes:
        """Return what the address holds.

        Raises:
            FetchFailed: it can't be had, or it is not one we may ask.
        """
        ends = time.monotonic() + self.seconds
        for turn in range(MOST_REDIRECTS + 1):
            try:
                parts = checked_url(url)
                status, location, body = self._request(parts, ends)
            except FetchFailed as problem:
                forbidden = turn and problem.trouble in (FetchFault.NOT_HTTPS, FetchFault.NOT_PUBLIC)
                raise (FetchFailed(FetchFault.SENT_ON) if forbidden else problem) from None
            if status == OK:
                return body
            if status not in MOVED or not location:
                raise FetchFailed(_fault_of(status))
            url = urljoin(parts.geturl(), location)
        raise FetchFailed(FetchFault.REFUSED)

    def _request(self, parts: SplitResult, ends: float) -> tuple[int, str, bytes]:
        host = parts.hostname or ""
        try:
            addresses = self.resolve(host, self.port)
        except (OSError, UnicodeError):
            raise FetchFailed(FetchFault.NO_ANSWER) from None
        if not addresses:
            raise FetchFailed(FetchFault.NOT_PUBLIC)
        connection = _To(host, addresses, self, _left(ends))
        watch = threading.Timer(_left(ends), connection.cut)
        watch.start()
        path = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
        headers = {"Accept": "text/calendar", "Accept-Encoding": "identity", "User-Agent": "enplan"}
        try:
            connection.request("GET", path, headers=headers)
            with connection.getresponse() as answer:
                body = self._read(answer, connection) if answer.status == OK else b""
                return answer.status, answer.headers.get("Location", ""), body
        except IncompleteRead:
            raise FetchFailed(FetchFault.NO_ANSWER if connection.was_cut else FetchFault.CUT_OFF) from None
        except (OSError, HTTPException, ValueError):  # ValueError: an address that can't be sent
            raise FetchFailed(FetchFault.NO_ANSWER) from None
        finally:
            watch.cancel()
            connection.close()

    def _read(self, answer: HTTPResponse, connection: _To) -> bytes:
        coding = answer.headers.get("Content-Encoding", "").strip().lower()
        if coding not in (*PLAIN, *PACKED):
            raise FetchFailed(FetchFault.REFUSED)
        body = answer.read(self.most_bytes + 1)
        if connection.was_cut:  # what came looks whole where nobody said how long it is
            raise FetchFailed(FetchFault.NO_ANSWER)
        if len(body) > self.most_bytes:
            raise FetchFailed(FetchFault.TOO_BIG)
        if answer.length:  # less came than was promised
            raise FetchFailed(FetchFault.CUT_OFF)
        return self._unpacked(body) if coding in PACKED or body.startswith(GZIP) else body

    def _unpacked(self, body: bytes) -> bytes:
        """Return what was packed, up to as much as may come at all."""
        unpack = zlib.decompressobj(zlib.MAX_WBITS | 16)  # with the head that gzip writes
        try:
            plain = unpack.decompress(body, self.most_bytes + 1)
        except zlib.error:
            raise FetchFailed(FetchFault.CUT_OFF) from None
        if len(plain) > self.most_bytes:
            raise FetchFailed(FetchFault.TOO_BIG)
        if not unpack.eof:  # it was cut off
            raise FetchFailed(FetchFault.CUT_OFF)
        return plain


def _fault_of(status: int) -> FetchFault:
    """Return why there is no file, by what the machine answered."""
    if status in SIGN_IN:
        return FetchFault.SIGN_IN
    return FetchFault.BROKEN if status >= SERVER_ERROR else FetchFault.REFUSED


def _left(ends: float) -> float:
    """Return the seconds that are left, for the next wait."""
    left = ends - time.monotonic()
    if left <= 0:
        raise FetchFailed(FetchFault.NO_ANSWER)
    return left
