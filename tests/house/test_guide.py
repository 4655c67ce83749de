"""The first change in CONTRIBUTING.md can be made as it stands: its files are there, its tests have room."""

import re
from pathlib import Path

import pytest

from tests.house.test_sizes import MOST_CHARACTERS

GUIDE = Path("CONTRIBUTING.md").read_text("utf-8")
FILE = re.compile(r"`((?:app|tests|e2e|docs)/[\w./]+\.(?:py|html|md))`")
NEW = re.compile(r"app/migrations/versions/\d{4}_\w+\.py")  # a migration that the guide lets somebody write
TESTS = re.compile(r"end of `(tests/[\w./]+)`.*?```python\n(.*?)```", re.S)


def test_every_file_it_names_is_there() -> None:
    named = {name for name in FILE.findall(GUIDE) if not NEW.fullmatch(name)}
    assert len(named) > 10
    assert [name for name in sorted(named) if not Path(name).exists()] == []


@pytest.mark.parametrize(("path", "tests"), TESTS.findall(GUIDE))
def test_there_is_room_for_the_tests_it_adds(path: str, tests: str) -> None:
    assert tests.startswith("def test_")
    assert len(Path(path).read_text("utf-8")) + len(tests) < MOST_CHARACTERS
