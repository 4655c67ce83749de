"""What is installed is the same everywhere, and comes from where the machine itself says."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.txt", "requirements-test.txt", "requirements-uv.txt")
OWN = {".ci", ".gitignore"}  # other names with a dot in front belong to tools
# Put together here, so that this file isn't found by its own search.
REGISTRIES = [".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"))]


def pins(lock: str) -> dict[str, list[str]]:
    """Return the lines of each pin by name, version and marker: `flask==3.1.3` and its hashes."""
    found: dict[str, list[str]] = {}
    for line in (ROOT / lock).read_text().splitlines():
        if not line.startswith(" "):
            found[line.removesuffix("\\").strip()] = []
        else:
            found[next(reversed(found))].append(line.strip().removesuffix("\\").strip())
    return found


def versions(lock: str) -> dict[str, set[str]]:
    """Return the versions of each name; a package may have one for each Python."""
    found: dict[str, set[str]] = {}
    for pin in pins(lock):
        name, _, version = pin.partition(";")[0].strip().partition("==")
        found.setdefault(name, set()).add(version)
    return found


def own_files() -> Iterator[Path]:
    for top in ROOT.iterdir():
        if top.name in OWN or not top.name.startswith("."):
            files = top.rglob("*") if top.is_dir() else [top]
            yield from (file for file in files if file.is_file() and "__pycache__" not in file.parts)


def test_no_file_names_a_package_registry() -> None:
    naming = [
        str(file.relative_to(ROOT))
        for file in own_files()
        if any(host.encode() in file.read_bytes() for host in REGISTRIES)
    ]
    assert naming == []


@pytest.mark.parametrize("lock", LOCKS)
def test_no_lock_holds_an_address(lock: str) -> None:
    assert "//" not in (ROOT / lock).read_text()


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_is_exact_and_hashed(lock: str) -> None:
    hashed = re.compile(r"--hash=sha256:[0-9a-f]{64}")
    assert pins(lock)
    for pin, hashes in pins(lock).items():
        assert re.match(r"[a-z0-9-]+==[0-9][\w.]*( ;|$)", pin), pin
        assert hashes, pin
        assert all(hashed.fullmatch(line) for line in hashes), pin


def test_the_tests_run_on_what_is_served() -> None:
    tested = pins("requirements-test.txt")
    assert [pin for pin, hashes in pins("requirements.txt").items() if tested.get(pin) != hashes] == []


def test_the_locks_hold_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for lock, wanted in (
        ("requirements.txt", project["dependencies"]),
        ("requirements-test.txt", project["optional-dependencies"]["test"]),
    ):
        for asked in map(Requirement, wanted):
            held = versions(lock).get(asked.name)
            assert held, asked
            assert all(version in asked.specifier for version in held), asked


def test_django_stays_out() -> None:
    """django-htmx is there for the htmx file that it carries, and asks for all of Django."""
    assert "django" not in versions("requirements-test.txt")
