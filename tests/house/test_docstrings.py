"""What a docstring names is there: each exception it says is raised, and each file."""

import ast
import builtins
import re
from collections.abc import Iterator
from pathlib import Path

RAISED = re.compile(r"^\s+([A-Z]\w+(?:\.\w+)*)(?:, ([A-Z]\w+))?:", re.M)
FILED = re.compile(r"(?<![\w.*/])([a-z_]+\.py)\b")
ELSEWHERE = {
    "sqlalchemy.exc.DBAPIError",
    "DBAPIError",
    "IntegrityError",
    "SQLAlchemyError",
    "ValidationError",
}


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(Path("app").rglob("*.py")):
        if "versions" not in path.parts:
            yield path, ast.parse(path.read_text("utf-8"))


def docstrings(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield ast.get_docstring(node, clean=False) or ""


def classes() -> set[str]:
    found = {
        node.name for _path, tree in modules() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)
    }
    return found | set(dir(builtins)) | ELSEWHERE


def raised(text: str) -> set[str]:
    """Return what stands under `Raises:` in a docstring."""
    _before, _raises, after = text.partition("Raises:")
    return {name for pair in RAISED.findall(after) for name in pair if name}


def test_what_is_said_to_be_raised_exists() -> None:
    known = classes()
    wrong = {
        path.as_posix(): missing
        for path, tree in modules()
        if (missing := {name for text in docstrings(tree) for name in raised(text)} - known)
    }
    assert wrong == {}


def test_a_file_that_is_named_exists() -> None:
    files = {path.name for folder in ("app", "tests", "bench", "e2e") for path in Path(folder).rglob("*.py")}
    wrong = {
        path.as_posix(): missing
        for path, tree in modules()
        if (missing := {name for text in docstrings(tree) for name in FILED.findall(text)} - files)
    }
    assert wrong == {}


def test_a_name_that_is_gone_is_seen() -> None:
    text = "Do it.\n\n    Raises:\n        GoneError: it is gone.\n        ValueError, Another: odd.\n    "
    assert raised(text) == {"GoneError", "ValueError", "Another"}
    assert FILED.findall("see gone.py, and app/there.py") == ["gone.py"]
