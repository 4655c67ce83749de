"""A checkout with nothing but the start-up script, and a stand-in for the Python that it would call."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ENPLAN = Path(__file__).parents[2] / "enplan"
LOCKS = ("requirements.txt", "requirements-test.txt", "requirements-uv.txt")
NPM_LOCK = "e2e/engines/package-lock.json"
APP_SAYS = 7

# Writes down each call and what it was told. FAULT names the accident that befalls it.
STAND_IN = """#!/bin/sh
echo "$*" >> "$CALLS"
env > "$CALLS.env"
case "$*" in
    "-I -m venv "*)
        mkdir -p "$4/bin"
        [ "$FAULT" = killed ] && kill -9 $PPID
        [ "$FAULT" = full ] && echo "[Errno 28] No space left on device" && exit 1
        ln -s "$(readlink -f "$0")" "$4/bin/python" ;;
    "-I -m pip index "*)
        [ "$FAULT" = silent ] && exec sleep 60
        [ "$FAULT" = offline ] && echo "ERROR: No matching distribution found for flask" && exit 1 ;;
    "-I -m pip install "*)
        [ "$FAULT" = wheel ] && echo "ERROR: No matching distribution found for nothing==1" && exit 1 ;;
    *" --verify "*)
        [ "$FAULT" = broken ] && echo '{"faults": ["nothing: ImportError: no _nothing"]}' && exit 0
        printf '{"faults": [], "files": {"bin/python": [%d, %d000000000]}}' \\
            "$(wc -c < "$0")" "$(date -r "$0" +%s)" ;;
    "-m playwright "*)
        [ "$FAULT" = no-browser ] && echo "Failed to download" && exit 1 ;;
    "-P -m app "*)
        exit 7 ;;
esac
exit 0
"""

# Stands in for npm, java and the browser.
TOOL = """#!/bin/sh
echo "$(basename "$0") $*" >> "$CALLS"
[ "$(basename "$0")" = npm ] || exit 0
[ "$FAULT" = no-npm ] && echo "npm error network request to the registry failed: connect ETIMEDOUT" && exit 1
mkdir -p "$3/node_modules"
"""

RUNNER = """
import ast, contextlib, csv, ctypes, fcntl, functools, glob, hashlib, importlib.metadata, importlib.util, json
import os, pathlib, pkgutil, re, runpy, shutil, subprocess, sys, tempfile, tomllib
# all of it now: another user may not reach this Python's folder
python, *sys.argv = sys.argv[1:]
sys._base_executable = python
{prelude}
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@dataclass(frozen=True)
class Checkout:
    root: Path
    python: Path
    calls: Path

    @property
    def tools(self) -> Path:
        return self.python.parent / "tools"

    def command(self, *args: str, prelude: str = "") -> list[str]:
        code = RUNNER.format(prelude=prelude)
        return [sys.executable, "-c", code, str(self.python), str(self.root / "enplan"), *args]

    def environment(self, fault: str = "", **more: str) -> dict[str, str]:
        return {
            "PATH": f"{self.tools}:{os.environ['PATH']}",
            "ENPLAN_CHROMIUM": "chosen",
            "CALLS": str(self.calls),
            "FAULT": fault,
            **more,
        }

    def start(
        self, *args: str, fault: str = "", prelude: str = "", **env: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*args, prelude=prelude),
            env=self.environment(fault, **env),
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def told(self) -> dict[str, str]:
        """The environment of the last call."""
        lines = self.calls.with_name("calls.env").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line)

    def called(self, words: str) -> int:
        """Return how many calls began with `words`."""
        lines = self.calls.read_text().splitlines() if self.calls.exists() else []
        return sum(line.startswith(words) for line in lines)


@pytest.fixture
def checkout() -> Iterator[Checkout]:
    """The folder is not pytest's own: that one is closed to other users, and one test is another user."""
    folder = Path(tempfile.mkdtemp(prefix="enplan-start-"))
    folder.chmod(0o755)
    root, python = folder / "checkout", folder / "python"
    root.mkdir()
    shutil.copy(ENPLAN, root / "enplan")
    for lock in LOCKS:
        (root / lock).write_text("nothing==1\n")
    python.write_text(STAND_IN)
    python.chmod(0o755)
    os.utime(python, (1_000, 1_000))  # whole seconds, as the stand-in tells them
    made = Checkout(root, python, folder / "calls")
    made.tools.mkdir()
    for name in ("npm", "java"):
        (made.tools / name).write_text(TOOL)
        (made.tools / name).chmod(0o755)
    (root / "e2e" / "engines").mkdir(parents=True)
    (root / NPM_LOCK).write_text("{}")
    yield made
    for one in folder.iterdir():
        if one.is_dir():
            one.chmod(0o755)
    shutil.rmtree(folder)
