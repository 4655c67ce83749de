"""What is left out on PostgreSQL is asked of it elsewhere, and who races does so on both databases."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.store.db import Database
from tests.asked_places import noted, only_on_sqlite
from tests.cast import People
from tests.conftest import Browser
from tests.goals.plans import lay_plan

RACES = {"Barrier", "Process", "ThreadPoolExecutor", "Thread"}
SERVES = {"run"}  # rooms whose tests only let a server or a worker go on beside them
ROWS = {"app", "browser_of", "client", "database", "database_url", "session", "settings"}


@pytest.mark.both_databases
def test_each_place_that_asks_is_noted(
    database: Database, database_kind: str, browser_of: Browser, people: People
) -> None:
    lay_plan(database)
    assert browser_of(people.anna).get("/plan").status_code == 200
    here = noted()[database_kind]
    for start, what in (
        ("app/identity/sessions.py:", {"SELECT", "login_session", "person"}),
        ("app/goals/queries.py:", {"SELECT", "person", "promise"}),
        ("app/goals/service.py:", {"INSERT", "step"}),
    ):
        assert [one for one in here if one.startswith(start) and what <= set(one.split())], what


def test_a_place_that_postgresql_is_never_asked_is_told() -> None:
    """The control: a new question in a room whose tests run on one database turns a whole run red."""
    both, new, refused = "app/a/queries.py:3 SELECT a", "app/a/queries.py:9 SELECT a", "app/b.py:4 is refused"
    told = {"sqlite": [both, new, refused], "postgresql": [both, "app/c.py:5 SELECT c"]}
    assert only_on_sqlite(told, ()) == [new, refused]
    assert only_on_sqlite(told, ("app/b.py",)) == [new]
    written = {
        "sqlite": ["app/a.py:1 INSERT a", "app/a.py:1 DELETE a"],
        "postgresql": ["app/b.py:2 INSERT a"],
    }
    assert only_on_sqlite(written, ()) == ["app/a.py:1 DELETE a"]


def races(source: str) -> Iterator[str]:
    """Yield the tests on real rows that do two things at once, and are not said to run on both databases."""
    tree = ast.parse(source)
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    starters = RACES | {one.name for one in functions if _names(one) & RACES}
    if _is_marked([one for one in tree.body if isinstance(one, ast.Assign)]):
        return
    for one in functions:
        asked = {argument.arg for argument in one.args.args}
        is_race = one.name.startswith("test_") and _names(one) & starters and asked & ROWS
        if is_race and not _is_marked(one.decorator_list):
            yield one.name


def _names(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)} | {
        one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute)
    }


def _is_marked(nodes: list[ast.expr] | list[ast.Assign]) -> bool:
    return any("both_databases" in ast.unparse(one) or "database_kind" in ast.unparse(one) for one in nodes)


def test_who_races_does_so_on_both_databases() -> None:
    files = sorted(path for path in Path("tests").rglob("test_*.py") if path.parent.name not in SERVES)
    assert len(files) > 100
    found = {str(path): list(races(path.read_text("utf-8"))) for path in files}
    assert {path: names for path, names in found.items() if names} == {}


def test_a_race_on_one_database_is_noticed() -> None:
    race = (
        "def together(work):\n    Thread(target=work).start()\n\n\n"
        "def test_one_wins(database):\n    together(1)\n"
    )
    assert list(races(race)) == ["test_one_wins"]
    assert list(races(race.replace("def test", "@pytest.mark.both_databases\ndef test"))) == []
    assert list(races("pytestmark = pytest.mark.both_databases\n" + race)) == []
    assert list(races(race.replace("database", "clock"))) == []
