"""Every Python on this machine that Én plan should start on, and one start from nothing on one of them."""

import os
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FLOOR = (3, 11)
HOME = Path.home()
PLACES = (
    (Path("/usr/bin"), "python3*"),
    (Path("/usr/local/bin"), "python3*"),
    (Path("/opt"), "*/bin/python3*"),
    (HOME / ".pyenv/versions", "*/bin/python3"),
    (HOME / ".local/share/uv/python", "*/bin/python3"),
)
# A Python in a made-up environment is no Python of its own, and one without ensurepip can't make one.
ASK = """
import ensurepip, os, sys
version = ".".join(map(str, sys.version_info[:3]))
print(version if sys.prefix == sys.base_prefix else "", os.path.realpath(sys.executable))
"""
LEFT_AT_HOME = (".*", "__pycache__", "node_modules", "test-results")
PATIENCE = 600  # seconds; a first start fetches everything
OFFLINE = "Den første start har brug for internet."


@dataclass(frozen=True, slots=True)
class Python:
    """One interpreter: its version (major, minor, patch) and the file that is run."""

    version: tuple[int, ...]
    path: Path

    def __str__(self) -> str:
        return ".".join(map(str, self.version))


@dataclass(frozen=True, slots=True)
class Start:
    """What a start from nothing came to: its first page's title (None: there was none), and all it said."""

    title: str | None
    said: str


def pythons() -> list[Python]:
    """Return one Python of each minor version from the floor, the newest patch of each, oldest first."""
    newest: dict[tuple[int, ...], Python] = {}
    for one in sorted(filter(None, map(_ask, _candidates())), key=lambda one: one.version):
        if one.version >= FLOOR:
            newest[one.version[:2]] = one
    return list(newest.values())


def other_python() -> Python | None:
    """Return the newest Python that is not the one we run on; None if there is no other."""
    others = [one for one in pythons() if one.version[:2] != sys.version_info[:2]]
    return others[-1] if others else None


def _candidates() -> Iterator[Path]:
    folders = [(Path(place), "python3*") for place in os.environ.get("PATH", "").split(os.pathsep) if place]
    seen: set[Path] = set()
    for folder, pattern in (*PLACES, *folders):
        for path in folder.glob(pattern) if folder.is_dir() else ():
            if re.fullmatch(r"python3(\.\d+)?", path.name) and path.resolve() not in seen:
                seen.add(path.resolve())
                yield path


def _ask(path: Path) -> Python | None:
    try:
        done = subprocess.run(
            [path, "-I", "-c", ASK], capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    version, _, real = done.stdout.strip().partition(" ")
    return (
        Python(tuple(map(int, version.split("."))), Path(real)) if re.fullmatch(r"[\d.]+", version) else None
    )


def copy_checkout(to: Path) -> Path:
    """Lay the files of this checkout in `to`, and nothing that a run has left."""
    shutil.copytree(ROOT, to, ignore=shutil.ignore_patterns(*LEFT_AT_HOME))
    return to


def first_page(python: Path, root: Path, *, folder: Path, env: dict[str, str]) -> Start:
    """Start the demo in the checkout `root` with `python`, standing in `folder`, and get its first page."""
    command = [str(python), str(root / "enplan"), "demo", "--port", "0"]
    with subprocess.Popen(
        command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        said, titles = "", list[str]()
        for line in process.stdout:
            said += line
            address = re.search(r"http://localhost:\d+", line)
            if address and not titles:
                with urllib.request.urlopen(f"{address[0]}/", timeout=PATIENCE) as page:  # noqa: S310 - ours
                    titles = re.findall(r"<title>\s*(.*?)\s*</title>", page.read().decode("utf-8"), re.S)
                process.terminate()
    return Start(titles[0] if titles else None, said)
