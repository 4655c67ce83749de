"""The commands as a person types them: a process of its own."""

import os
import subprocess
import sys
from argparse import _SubParsersAction
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.cli import build_parser, main
from app.config import DEMO_SITE
from app.dates.clock import system_clock
from app.identity.models import Person
from app.people_import.matching import external_key
from app.store.db import Database
from app.store.key_fingerprint import confirm_secret_key
from tests.cast import People

ROOT = Path(__file__).parents[2]
KEY = "only for tests, 32 bytes and more"
Run = Callable[..., "Done"]


def command(*words: str | Path) -> list[str]:
    return [sys.executable, "-P", "-m", "app", *map(str, words)]


def surroundings(**more: str) -> dict[str, str]:
    bare = {name: value for name, value in os.environ.items() if not name.startswith("ENPLAN_")}
    return bare | {"PYTHONPATH": str(ROOT)} | more


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def enplan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return what runs a command to its end, standing in an empty folder."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("ENPLAN_")]:
        monkeypatch.delenv(name)

    def run(*words: str | Path, **env: str) -> Done:
        with monkeypatch.context() as around:
            for name, value in env.items():
                around.setenv(name, value)
            try:
                code = main([str(word) for word in words])
            except SystemExit as end:
                code = int(end.code or 0)
        return Done(code, *capsys.readouterr())

    return run


@pytest.fixture
def cast_site(database_url: str, database: Database, people: People) -> dict[str, str]:
    """A site with the cast in it; Anna and Karim share a phone, and Line has a number of another system."""
    with database.writing() as session:
        for one in (people.anna, people.karim):
            session.get_one(Person, one.id).phone = "20304050"
        line = session.get_one(Person, people.line.id)
        line.email, line.external_key = "line@solbjerg.example", external_key(KEY, "m-17")
    confirm_secret_key(database, KEY, now=system_clock())
    return {
        "ENPLAN_DATABASE_URL": database_url,
        "ENPLAN_SECRET_KEY": KEY,
        "ENPLAN_ORIGIN": "https://plan.example.dk",
        "ENPLAN_CONFIG": str(DEMO_SITE),
    }


def in_a_process(*words: str | Path, cwd: Path, limit: Callable[[], None] | None = None) -> Done:
    """Run a command to its end in a process of its own; `limit` is done to the process first."""
    done = subprocess.run(
        command(*words),
        cwd=cwd,
        env=surroundings(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        preexec_fn=limit,
    )
    return Done(done.returncode, done.stdout, done.stderr)


@contextmanager
def running(*words: str | Path, cwd: Path, **env: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start a server, and yield it with the first line that it prints, when it is ready."""
    with running_in(command(*words), cwd=cwd, env=env) as served:
        yield served


@contextmanager
def running_in(
    words: list[str], *, cwd: Path, env: dict[str, str]
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start whatever `words` start, as `running` does."""
    process = subprocess.Popen(
        words,
        cwd=cwd,
        env=surroundings() | env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        said = process.stdout.readline()
        assert said, process.communicate()[1]
        yield process, said
    finally:
        process.terminate()
        process.communicate(timeout=30)


def one_sentence(done: Done, code: int = 1) -> str:
    """Return what a command that failed said: one line, and no traceback."""
    assert done.returncode == code, done.stderr
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    return lines[0]


def command_names() -> Iterator[str]:
    """Yield every command as it is typed, those of two words too."""
    for name, parser in choices(build_parser()).items():
        below = choices(parser)
        yield from (f"{name} {verb}" for verb in below) if below else (name,)


def choices(parser: object) -> dict[str, object]:
    found = [one for one in getattr(parser, "_actions", ()) if isinstance(one, _SubParsersAction)]
    return dict(found[0].choices) if found else {}
