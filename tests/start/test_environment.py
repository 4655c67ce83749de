"""Real environments, made by the Python we run on, from wheels that lie beside them: no network is needed."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.machinery import EXTENSION_SUFFIXES
from importlib.util import find_spec
from pathlib import Path

import pytest

from . import wheels
from .conftest import ENPLAN
from .pythons import OFFLINE, copy_checkout, first_page, other_python

BASE = Path(getattr(sys, "_base_executable", sys.executable))
APP = "import markupsafe, markupsafe._speedups, sys; print(markupsafe.__file__, sys.argv[1:])"
# The settings for making locks that once steered the set-up, and worse.
UV_SETTINGS = (
    'python-version = "3.9"\npython-platform = "windows"\ntarget = "astray"\nno-binary = [":all:"]\n'
)
PIP_SETTINGS = "[global]\nconstraint = /nowhere\n[install]\ntarget = astray\nno-binary = :all:\nquiet = 0\n"
VARIABLES = {
    "PIP_NO_DEPS": "0",
    "PIP_PREFIX": "/nowhere",
    "PIP_PYTHON_VERSION": "3.9",
    "PIP_REQUIREMENT": "/nowhere",
    "UV_CONSTRAINT": "/nowhere",
    "UV_PYTHON": "3.9",
    "UV_SYSTEM_PYTHON": "1",
    "VIRTUAL_ENV": "/nowhere",
}


HAS_UV = find_spec("uv") is not None


@dataclass(frozen=True)
class Place:
    """A checkout of nothing but the start-up script, the folder with its wheels, and a folder to stand in."""

    root: Path
    shelf: Path
    elsewhere: Path

    def start(self) -> subprocess.CompletedProcess[str]:
        home = str(self.elsewhere)
        here = {"PATH": os.environ["PATH"], "HOME": home, "XDG_CONFIG_HOME": f"{home}/.config"}
        reach = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": self.shelf.as_uri(), "PYTHONPATH": home}
        return subprocess.run(
            [BASE, self.root / "enplan", "said"],
            cwd=self.elsewhere,
            env={**VARIABLES, **here, **reach},
            capture_output=True,
            text=True,
            check=False,
        )

    def compiled(self) -> Path:
        [found] = self.root.glob(
            f".venv/lib/python3*/site-packages/markupsafe/_speedups*{EXTENSION_SUFFIXES[0]}"
        )
        return found


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    folder = tmp_path_factory.mktemp("Én plan på æøå")
    made = Place(folder / "checkout", folder / "shelf", folder / "elsewhere")
    for one in (made.root / "app", made.shelf, made.elsewhere):
        one.mkdir(parents=True)
    shutil.copy(ENPLAN, made.root / "enplan")
    (made.root / "app" / "__main__.py").write_text(APP)
    lay_locks(made, [wheels.packed_again(made.shelf, "markupsafe")])
    lay_traps(made)
    return made


def lay_locks(place: Place, pinned: list[Path]) -> None:
    """uv is packed again where this run has it; else the set-up falls back on pip, as it should."""
    wheels.made_up(place.shelf, "flask")  # the first contact asks for it
    uv = wheels.packed_again(place.shelf, "uv") if HAS_UV else wheels.made_up(place.shelf, "uv")
    wheels.lock(place.root / "requirements-uv.txt", [uv])
    for name in ("requirements.txt", "requirements-test.txt"):
        wheels.lock(place.root / name, pinned)


def lay_traps(place: Place) -> None:
    """In the checkout, in the folder one stands in and in the home, everything points another way."""
    for folder in (place.root, place.elsewhere):
        (folder / "pyproject.toml").write_text(f"[tool.uv.pip]\n{UV_SETTINGS}")
    config = place.elsewhere / ".config"
    for tool, file, text in (("uv", "uv.toml", f"[pip]\n{UV_SETTINGS}"), ("pip", "pip.conf", PIP_SETTINGS)):
        (config / tool).mkdir(parents=True)
        (config / tool / file).write_text(text)
    for module in ("ensurepip", "markupsafe", "pip", "tomllib", "venv"):
        (place.elsewhere / f"{module}.py").write_text("raise SystemExit('astray')")


def works(done: subprocess.CompletedProcess[str], place: Place) -> bool:
    return done.returncode == 0 and str(place.root / ".venv") in done.stdout and "['said']" in done.stdout


@pytest.mark.slow
def test_no_setting_of_folder_home_or_surroundings_steers_the_set_up(place: Place) -> None:
    done = place.start()
    assert works(done, place), done.stderr
    assert done.stderr.splitlines() == [
        "Sætter Én plan op. Det tager lidt tid første gang.",
        "Henter pakker.",
    ]
    assert place.start().stderr == ""
    assert not list(place.root.parent.rglob("astray*"))
    [installer] = place.compiled().parents[1].glob("markupsafe-*.dist-info/INSTALLER")
    assert installer.read_text().strip() == ("uv" if HAS_UV else "pip")  # a uv led astray leaves it to pip


@pytest.mark.slow
def test_another_pythons_package_is_noticed_and_all_made_anew(place: Place) -> None:
    assert works(place.start(), place)
    site = place.compiled().parents[1]
    shutil.unpack_archive(wheels.made_up(place.shelf, "planted", tag="cp39-cp39-any"), site, "zip")
    mended = place.start()
    assert works(mended, place), mended.stderr
    assert "Sætter Én plan op." in mended.stderr
    assert not list(site.glob("planted*"))
    assert place.start().stderr == ""


def faults(place: Place) -> list[str]:
    """Return what the set-up sees in the environment before it is stamped."""
    command = [
        str(place.root / ".venv/bin/python"),
        "-I",
        str(place.root / "enplan"),
        "--verify",
        "requirements.txt",
    ]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found: list[str] = json.loads(said)["faults"]
    return found


def another_pythons_file(compiled: Path) -> None:
    compiled.rename(compiled.with_name("_speedups.cpython-39-x86_64-linux-gnu.so"))


def a_file_that_is_no_module(compiled: Path) -> None:
    compiled.write_bytes(b"")


def half_a_package(compiled: Path) -> None:
    shutil.rmtree(compiled.parent)


def another_version(compiled: Path) -> None:
    [info] = compiled.parents[1].glob("markupsafe-*.dist-info")
    told = info / "METADATA"
    told.write_text(told.read_text("utf-8").replace("\nVersion: ", "\nVersion: 9"), "utf-8")


HARM = [another_pythons_file, a_file_that_is_no_module, half_a_package, another_version]


@pytest.mark.parametrize("harm", HARM)
def test_what_cannot_be_used_is_seen(place: Place, harm: Callable[[Path], None], tmp_path: Path) -> None:
    assert works(place.start(), place)
    assert faults(place) == []
    site = place.compiled().parents[1]
    for part in site.glob("markupsafe*"):
        shutil.copytree(part, tmp_path / part.name)
    harm(place.compiled())
    assert faults(place)
    for part in tmp_path.iterdir():
        shutil.rmtree(site / part.name, ignore_errors=True)
        shutil.copytree(part, site / part.name)


@pytest.mark.slow
def test_a_package_of_another_python_is_never_called_installed(place: Place, tmp_path: Path) -> None:
    """As it happened: the installer was content, and what it had laid was 3.9's."""
    other = Place(tmp_path / "checkout", place.shelf, place.elsewhere)
    shutil.copytree(place.root, other.root, ignore=shutil.ignore_patterns(".venv"))
    wrong = wheels.made_up(place.shelf, "wrong", said="cp39-cp39-manylinux_2_17_x86_64")
    wheels.lock(other.root / "requirements.txt", [wrong])
    done = other.start()
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith("wrong er til en anden Python")
    assert not (other.root / ".venv" / "enplan.json").exists()


@pytest.mark.slow
def test_another_python_gets_its_own_packages_and_the_first_page(tmp_path: Path) -> None:
    python = other_python()
    if python is None:
        pytest.skip("there is no other Python from 3.11 here to start on")
    root = copy_checkout(tmp_path / "Én plan på æøå")
    elsewhere = tmp_path / "another folder"
    elsewhere.mkdir()
    (elsewhere / "uv.toml").write_text(f"[pip]\n{UV_SETTINGS}")
    started = first_page(python.path, root, folder=elsewhere, env=os.environ | VARIABLES)
    if OFFLINE in started.said:
        pytest.skip(f"Python {python}: the packages can't be fetched without network")
    assert started.title, started.said
    tag = json.loads((root / ".venv" / "enplan.json").read_text())["tag"]
    assert tag == f"cpython-{python.version[0]}{python.version[1]}"
