"""One select and one way to ask: SQLModel's; what differs is said in `app.store`, and has one name each."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SQLMODELS_OWN = {"select", "and_", "or_", "not_", "case", "cast", "type_coerce"}  # with types of their own
CONNECTIONS = {
    "connection",
    "source",
    "target",
    "session.connection()",
}  # SQLAlchemy's, which know no models
CURSORS = {"cursor", "connection.cursor()", "file", "op"}  # of the driver, and of the migrations
MANY = 4  # columns that SQLModel's select has types for


def second_ways(source: str) -> list[str]:
    """Return each place where a program selects or asks otherwise than by SQLModel's `select` and `exec`."""
    return [f"{node.lineno}: {ast.unparse(node)[:80]}" for node in _second_ways(ast.parse(source))]


def _second_ways(tree: ast.Module) -> Iterator[ast.stmt | ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            if _is_second_select(node):
                yield node
        elif isinstance(node, ast.Call) and (_is_wide(node) or _is_second_exec(node)):
            yield node


def _is_second_select(node: ast.ImportFrom) -> bool:
    package = (node.module or "").partition(".")[0]
    if package == "sqlalchemy":
        return any(one.name in SQLMODELS_OWN for one in node.names)
    return package == "sqlmodel" and any(one.name == "select" and one.asname for one in node.names)


def _is_wide(node: ast.Call) -> bool:
    several = len(node.args) > MANY or any(isinstance(one, ast.Starred) for one in node.args)
    return several and ast.unparse(node.func).rpartition(".")[2] == "select"


def _is_second_exec(node: ast.Call) -> bool:
    if not isinstance(node.func, ast.Attribute):
        return False
    asked, how = ast.unparse(node.func.value), node.func.attr
    if how in ("scalar", "scalars", "query"):
        return asked == "session"
    return how == "execute" and asked not in CONNECTIONS | CURSORS


def test_the_app_has_one_select_and_one_way_to_ask() -> None:
    sources = sorted(Path("app").rglob("*.py"))
    found = {str(path): ways for path in sources if (ways := second_ways(path.read_text("utf-8")))}
    assert found == {}


@pytest.mark.parametrize(
    "line",
    [
        "from sqlalchemy import func, select",
        "from sqlalchemy.sql import select",
        "from sqlalchemy import or_",
        "from sqlmodel import select as pick",
        "session.execute(select(Plan)).scalars().all()",
        "session.scalars(select(Plan))",
        "reader.execute(FIND, {'id': one})",
        "select(*COLUMNS)",
        "select(A.a, A.b, A.c, A.d, A.e)",
    ],
)
def test_a_second_way_would_be_seen(line: str) -> None:
    assert second_ways(line)


def test_what_differs_by_name_is_let_through() -> None:
    assert not second_ways("from sqlmodel import Session, or_, select\nfrom sqlalchemy import func")
    assert not second_ways("session.exec(select(Plan)).all()\nselect_columns(*COLUMNS)")
    assert not second_ways("session.connection().execute(text('SELECT 1'))\nconnection.execute(FIND)")
