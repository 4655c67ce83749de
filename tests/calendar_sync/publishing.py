"""A machine that publishes a calendar as one on the internet does: https, with a certificate of its own."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.calendar_sync.http_fetch import Fetcher, is_public

HOST, OTHER = "kalender.example.dk", "hos-en-anden.example.dk"
URL = f"https://{HOST}/jonas.ics"
MACHINE = "127.0.0.1"  # where it is; to the tests it is on the internet
Answer = Callable[[BaseHTTPRequestHandler], None]


def certificate(folder: Path) -> Path:
    """Make a certificate for HOST and OTHER, and return where it and its key are."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)]),
    )
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST), x509.DNSName(OTHER)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "host.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@dataclass
class Publisher:
    """What the machine answers; `asked` is every path that it was asked for, with the host it was named."""

    port: int
    trusts: ssl.SSLContext
    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    instead: Answer | None = None
    asked: list[str] = field(default_factory=list)
    looked_up: list[str] = field(default_factory=list)
    addresses: tuple[str, ...] = (MACHINE,)  # what a name server of the test says
    first_addresses: list[tuple[str, ...]] = field(default_factory=list)  # and what it says before, in turn

    def reset(self) -> None:
        """Be as it was before anybody asked."""
        self.body, self.status, self.headers, self.instead = b"BEGIN", 200, {}, None
        self.addresses = (MACHINE,)
        for each in (self.first_addresses, self.asked, self.looked_up):
            each.clear()

    def fetcher(self, *, seconds: float = 8.0, most_bytes: int = 1024 * 1024) -> Fetcher:
        def resolve(host: str, _port: int) -> tuple[str, ...]:
            self.looked_up.append(host)
            found = self.first_addresses.pop(0) if self.first_addresses else self.addresses
            return found if all(one == MACHINE or is_public(one) for one in found) else ()

        return Fetcher(most_bytes, resolve, self.trusts, self.port, seconds)


@contextmanager
def publishing(folder: Path) -> Iterator[Publisher]:
    path = certificate(folder)
    serves = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serves.load_cert_chain(path)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            publisher.asked.append(f"{self.headers['Host']}{self.path}")
            if publisher.instead:
                return publisher.instead(self)
            self.send_response(publisher.status)
            for name, value in {"Content-Length": str(len(publisher.body)), **publisher.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(publisher.body)
            return None

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """A client that hangs up is part of the test."""

    server = Server((MACHINE, 0), Handler)
    server.socket = serves.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    publisher = Publisher(server.server_address[1], ssl.create_default_context(cafile=str(path)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield publisher
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
