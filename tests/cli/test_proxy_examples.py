"""The examples of a proxy, run by the real nginx with TLS, in front of the real server."""

import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.config import DEMO_SITE
from app.dates.clock import system_clock
from tests.cli.conftest import Run, running
from tests.cli.shipped import FOLDER

HOST = "plan.example.dk"
SITE = {
    "ENPLAN_SECRET_KEY": "32 bytes and more, for tests only",
    "ENPLAN_ORIGIN": f"https://{HOST}",
    "ENPLAN_CONFIG": str(DEMO_SITE),
    "ENPLAN_TRUSTED_PROXY": "127.0.0.1",
    "ENPLAN_LOG": "json",
}
UP_SECONDS = 10
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("nginx") is None, reason="no nginx here"),
]


@dataclass
class Proxy:
    """Where nginx answers, and whom it is told to trust."""

    secure: int
    plain: int
    trusted: ssl.SSLContext

    def ask(self, path: str, method: str = "GET", body: bytes | None = None) -> http.client.HTTPResponse:
        """Ask by the public name over TLS, as a browser elsewhere does, and read the answer whole."""
        here = ("127.0.0.2", 0)  # not the proxy's own address
        taken = socket.create_connection(("127.0.0.1", self.secure), timeout=30, source_address=here)
        connection = http.client.HTTPSConnection(HOST, timeout=30)
        connection.sock = self.trusted.wrap_socket(taken, server_hostname=HOST)
        headers = {"Sec-Fetch-Site": "same-origin", "Accept-Encoding": "br", "X-Forwarded-For": "192.0.2.9"}
        connection.request(
            method, path, body, headers | {"Content-Type": "application/x-www-form-urlencoded"}
        )
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def certify(folder: Path) -> None:
    """Lay a certificate for the name that the browsers ask by, and its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), system_clock()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "enplan.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    (folder / "enplan.key").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))


def written(example: str, enplan: Run, folder: Path, port: str, secure: int, plain: int) -> str:
    """Return the example with the places of this machine in it, and nothing else changed."""
    if example == "compose":
        text = (FOLDER / "nginx.conf").read_text("utf-8")
        places = {"/tmp/": f"{folder}/"}  # noqa: S108 — the container's
        places |= {"/etc/nginx/tls": str(folder), "app:8000": f"127.0.0.1:{port}"}
        places |= {"listen 8443": f"listen {secure}", "listen 8080": f"listen {plain}"}
    else:
        assert enplan("init", folder / "site", "--origin", f"https://{HOST}").returncode == 0
        own = (folder / "site" / "nginx.conf").read_text("utf-8")
        kept = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in TEMPORARY)
        text = f"pid {folder}/nginx.pid;\nevents {{}}\nhttp {{\n{kept}{own}}}\n"
        places = {
            "/etc/ssl": str(folder),
            "127.0.0.1:8000": f"127.0.0.1:{port}",
            "/var/log/nginx": str(folder),
        }
        places |= {"listen 443": f"listen {secure}", "listen 80;": f"listen {plain};"}
    for place, ours in places.items():
        assert place in text, place
        text = text.replace(place, ours)
    return text


@contextmanager
def proxied(example: str, enplan: Run, folder: Path, port: str) -> Iterator[Proxy]:
    certify(folder)
    secure, plain = free_port(), free_port()
    config = folder / "nginx.conf"
    config.write_text(written(example, enplan, folder, port, secure, plain), "utf-8")
    words = ["nginx", "-p", str(folder), "-c", str(config)]
    checked = subprocess.run([*words, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    own = "daemon off; user root;" if os.geteuid() == 0 else "daemon off;"  # the folder is private
    process = subprocess.Popen([*words, "-g", own], stderr=subprocess.DEVNULL)
    try:
        ends = time.monotonic() + UP_SECONDS
        while not answers(secure):
            assert process.poll() is None
            assert time.monotonic() < ends
        yield Proxy(secure, plain, ssl.create_default_context(cafile=str(folder / "enplan.pem")))
    finally:
        process.terminate()
        process.wait(30)


def answers(port: int) -> bool:
    with socket.socket() as taken:
        return taken.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("example", ["compose", "init"])
def test_the_example_serves_over_tls_and_the_client_is_known(
    example: str, enplan: Run, tmp_path: Path
) -> None:
    site = SITE | {"ENPLAN_DATABASE_URL": f"sqlite:///{tmp_path}/data/enplan.db"}
    assert enplan("migrate", **(site | {"ENPLAN_LOG": ""})).returncode == 0
    with running("serve", "--port", "0", cwd=tmp_path, **site) as (server, said):
        port = said.split(" port ")[1].split()[0]
        with proxied(example, enplan, tmp_path, port) as proxy:
            page = proxy.ask("/log-ind")
            assert (page.status, page.headers["Content-Encoding"]) == (200, "br")  # not packed anew
            assert "max-age=" in page.headers["Strict-Transport-Security"]
            assert "Available-Dictionary" in page.headers["Vary"] or "Accept-Encoding" in page.headers["Vary"]
            assert proxy.ask("/metrics").status == 404
            assert proxy.ask("/readyz").status == 200
            refused = proxy.ask("/invitation", "POST", b"code=CFGHJMPQ")
            assert refused.status == 422
            assert proxy.ask("/ics/hemmelig-adresse.ics").status == 404
            kept = proxy.ask("/invitation", "POST", b"x" * (2 * 1024 * 1024 - 1))
            assert (kept.status, "Content-Security-Policy" in kept.headers) == (413, True)  # by the app
            assert proxy.ask("/invitation", "POST", b"x" * (3 * 1024 * 1024)).status == 413
            plain = http.client.HTTPConnection("127.0.0.1", proxy.plain, timeout=30)
            plain.request("GET", "/plan", headers={"Host": HOST})
            moved = plain.getresponse()
            assert (moved.status, moved.headers["Location"]) == (301, f"https://{HOST}/plan")
            plain.close()
            server.terminate()
            server.wait(30)
            assert (proxy.ask("/plan").status, proxy.ask("/plan").headers["Retry-After"]) == (503, "10")
        log = server.communicate(timeout=30)[1]
    assert "limits take all for one" not in log  # the server knows who asks
    assert not any("hemmelig" in file.read_text(errors="replace") for file in tmp_path.rglob("*.log"))
    assert re.search(r'"route": "/invitation"', log)
