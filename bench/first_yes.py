"""From an empty Debian to the first citizen's yes over https; all that is typed, a page or the screen told.

The empty Debian is made by debootstrap and not counted; then the commands of docs/drift/en-eftermiddag.md are
typed in it as root, as far as they need no systemd: that is said, and its services are started by hand. The
people are a browser and a passkey of software outside it. Only as root, where debootstrap is.
"""

import http.client
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from bench.table import Row
from tests.cli.test_first_sign_in import NAMED
from tests.cli.test_operator_guide import blocks
from tests.cli.test_proxy_examples import HOST, answers, certify
from tests.identity.authenticator import Authenticator
from tests.start.pythons import copy_checkout

PAGE = "en-eftermiddag.md"
SUITES = ("bookworm", "trixie")
REACHING = (
    "PIP_",
    "UV_",
    "HTTP",
    "http",
    "SSL_",
    "REQUESTS_",
)  # where packages are fetched is the machine's affair
PEOPLE = "M1;Asta Prøve;administrator;;;20304050;asta@kommunen.example;\n"
CITIZEN = "L1;Lis Prøve;kontaktperson;;;20304051;;\nB1;Bo Prøve;borger;;L1;20304052;;\n"
CODE = re.compile(r"^([2-9A-Z]{4} [2-9A-Z]{4})$", re.MULTILINE)
UP_SECONDS = 60
READ_IN = "[ -f /srv/enplan/enplan.env ] && { set -a; . /srv/enplan/enplan.env; set +a; }"
NEEDS_SYSTEMD = ("systemctl", "curl", "cp /srv/enplan/enplan.service")


def run() -> list[Row]:
    if os.name != "posix" or os.geteuid() != 0 or shutil.which("debootstrap") is None:
        return [
            Row("from an empty Debian to the first yes", "not measured", "root and debootstrap", holds=None)
        ]
    return [_row(suite) for suite in SUITES]


def _row(suite: str) -> Row:
    what = f"from an empty Debian ({suite}) to the first citizen's yes over https"
    with tempfile.TemporaryDirectory(prefix="enplan-debian-") as place:
        root = Path(place) / "root"
        try:
            _make_empty(suite, root)
        except subprocess.CalledProcessError:
            return Row(what, "not measured", "debootstrap can't fetch it", holds=None)
        with _mounted(root):
            machine = Machine(root)
            began = time.monotonic()
            said_yes = first_yes(machine)
            took = time.monotonic() - began
    return Row(what, f"{took:.0f} s, {machine.steps} steps", "none but the screen's", holds=said_yes)


def _make_empty(suite: str, root: Path) -> None:
    sources = "\n".join(
        path.read_text() for path in Path("/etc/apt").rglob("*") if path.suffix in (".list", ".sources")
    )
    mirror = re.search(r"^(?:URIs:|deb(?: \[.*\])?) +(\S+)", sources, re.MULTILINE)
    words = ["debootstrap", "--variant=minbase", suite, str(root), *([mirror[1]] if mirror else [])]
    subprocess.run(words, check=True, capture_output=True)
    _let_out(root)


def _let_out(root: Path) -> None:
    """Let the new machine reach the network as this one does: names, mirrors, and whom it trusts."""
    own = [*Path("/etc/apt/apt.conf.d").glob("99*"), *Path("/usr/local/share/ca-certificates").glob("*.crt")]
    for path in (Path("/etc/resolv.conf"), Path("/etc/hosts"), Path("/etc/pip.conf"), *own):
        if path.exists():
            there = root / path.relative_to("/")
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, there)


@contextmanager
def _mounted(root: Path) -> Iterator[None]:
    subprocess.run(["mount", "-t", "proc", "proc", root / "proc"], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", root / "proc"], check=True)


@dataclass
class Machine:
    """The Debian in a folder, and somebody who types in it."""

    root: Path
    steps: int = 0
    env: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.env = {name: said for name, said in os.environ.items() if name.startswith(REACHING)}
        self.env |= {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LANG": "C.UTF-8"}
        self.env |= {"DEBIAN_FRONTEND": "noninteractive"}

    def words(self, line: str, user: str = "root") -> list[str]:
        as_user = (
            [] if user == "root" else ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"]
        )
        shell = f"cd /opt/enplan 2>/dev/null; {READ_IN}; {line}"
        return ["chroot", str(self.root), *as_user, "/bin/sh", "-c", shell]

    def type(self, line: str, *, well: bool = True) -> str:
        self.steps += 1
        done = subprocess.run(self.words(line), env=self.env, capture_output=True, text=True, check=False)
        if well and done.returncode:
            raise subprocess.CalledProcessError(done.returncode, line, done.stdout, done.stderr)
        return done.stdout + done.stderr

    @contextmanager
    def running(self, line: str, user: str) -> Iterator[None]:
        self.steps += 1
        process = subprocess.Popen(
            self.words(f"exec {line}", user),
            env=self.env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(30)


def first_yes(machine: Machine) -> bool:
    """Type what the page says, start the services, and let a citizen in; say whether the yes was taken."""
    copy_checkout(machine.root / "opt" / "enplan")
    _set_up(machine)
    with ExitStack() as stack:
        for line in ("./enplan serve", "./enplan worker"):
            stack.enter_context(machine.running(line, "enplan"))
        stack.enter_context(machine.running("nginx -g 'daemon off;'", "root"))
        _wait(8000)
        _wait(443)
        (code,) = CODE.findall(machine.type("./enplan invite 20304052"))
        return Browser(machine.root / "etc" / "ssl" / "enplan.pem").says_yes(code)


def _set_up(machine: Machine) -> None:
    """Type the page's commands up to where the services are started, and write what it says to write."""
    site, (program, _postgresql, services) = machine.root / "srv" / "enplan", blocks(PAGE, "sh")
    init, database, people, _invite = blocks(PAGE)
    for line in (*program, *init):
        machine.type(f"apt-get update -q && {line} util-linux" if line.startswith("apt-get") else line)
    _mend(site / "enplan.toml", machine.type("./enplan config check", well=False))
    for name in ("enplan.env", "nginx.conf"):
        (site / name).write_text(
            (site / name).read_text("utf-8").replace("plan.kommunen.example", HOST), "utf-8"
        )
    with (site / "personer.csv").open("a", encoding="utf-8") as file:
        file.write(PEOPLE + CITIZEN)
    certify(machine.root / "etc" / "ssl")
    for line in (*database, *people, *services):
        if not line.startswith(("set -a", *NEEDS_SYSTEMD)):
            machine.type(line)


def _mend(settings: Path, said: str) -> None:
    """Write the example in place of each line that is named."""
    lines = settings.read_text("utf-8").splitlines()
    for found in map(NAMED.fullmatch, said.splitlines()):
        if found:
            lines[int(found[1]) - 1] = found[2]
    settings.write_text("\n".join(lines) + "\n", "utf-8")


def _wait(port: int) -> None:
    ends = time.monotonic() + UP_SECONDS
    while not answers(port):
        if time.monotonic() > ends:
            raise TimeoutError(port)
        time.sleep(0.05)


class Browser:
    """A citizen's phone: TLS by the public name, cookies, and a passkey."""

    def __init__(self, certificate: Path) -> None:
        self._trusted = ssl.create_default_context(cafile=str(certificate))
        self._cookies: dict[str, str] = {}
        self._key = Authenticator(f"https://{HOST}", rp_id=HOST)

    def says_yes(self, code: str) -> bool:
        """Type the code, make the passkey, read the text and say yes."""
        self._ask("POST", "/invitation", code=code)
        options = json.loads(self._ask("POST", "/invitation/valg")[1])
        self._ask("POST", "/invitation/adgangsnoegle", credential=self._key.make(options))
        version = re.search(r'name="version"[^>]*value="([^"]+)"', self._ask("GET", "/samtykke")[1])
        assert version
        self._ask("POST", "/samtykke/ja", version=version[1])
        return (
            self._ask("GET", "/plan")[0] == 200
            and 'action="/samtykke/nej"' in self._ask("GET", "/samtykke")[1]
        )

    def _ask(self, method: str, path: str, **fields: str) -> tuple[int, str]:
        taken = socket.create_connection(("127.0.0.1", 443), timeout=30)
        connection = http.client.HTTPSConnection(HOST, timeout=30)
        connection.sock = self._trusted.wrap_socket(taken, server_hostname=HOST)
        headers = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        connection.request(method, path, urlencode(fields), headers)
        answer = connection.getresponse()
        for line in answer.headers.get_all("Set-Cookie", []):
            name, _is, value = line.partition(";")[0].partition("=")
            self._cookies[name] = value
        said = answer.status, answer.read().decode()
        connection.close()
        return said
