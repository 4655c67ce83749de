"""Each import contract is broken once, in a copy, to see it go red."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

LINT = Path(sys.executable).parent / "lint-imports"
BREACHES = {
    "The floors of the house": ("app/identity/rules.py", "import app.calendar.rules"),
    "Inside a room": ("app/goals/models.py", "import app.goals.service"),
    "Rules are pure": ("app/entries/rules.py", "import flask"),
    "Services do not know the web": ("app/entries/service/writing.py", "import flask"),
}


def contracts(folder: Path) -> str:
    """Return what the linter says of the code in `folder`."""
    answer = subprocess.run(
        [LINT, "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    return answer.stdout


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(
        "app", tmp_path / "app", ignore=shutil.ignore_patterns("__pycache__", "static", "templates")
    )
    shutil.copy("pyproject.toml", tmp_path)
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("name", BREACHES)
def test_a_breach_is_seen(name: str, copy: Path) -> None:
    path, breach = BREACHES[name]
    source = copy / path
    source.write_text(source.read_text("utf-8") + f"\n{breach}\n", "utf-8")
    assert f"{name} BROKEN" in contracts(copy)


@pytest.mark.slow
def test_the_house_as_it_stands_keeps_them(copy: Path) -> None:
    said = contracts(copy)
    assert "BROKEN" not in said
    assert said.count("KEPT") >= len(BREACHES)
