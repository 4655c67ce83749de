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

ROOT = Path(__file__).parents[2]
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
    process = subprocess.Popen(
        command(*words),
        cwd=cwd,
        env=surroundings(**env),
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
