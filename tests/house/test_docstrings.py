"""A file that a docstring names is there."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

FILED = re.compile(r"(?<![\w.*/])([a-z_]+\.py)\b")
DOCUMENTED = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def docstrings(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, DOCUMENTED):
            yield ast.get_docstring(node, clean=False) or ""


def named(source: str) -> set[str]:
    """Return the files that the docstrings of a module name without a folder."""
    return {name for text in docstrings(source) for name in FILED.findall(text)}


def test_a_file_that_is_named_exists() -> None:
    files = {path.name for folder in ("app", "tests", "bench", "e2e") for path in Path(folder).rglob("*.py")}
    wrong = {
        path.as_posix(): missing
        for path in Path("app").rglob("*.py")
        if (missing := named(path.read_text("utf-8")) - files)
    }
    assert wrong == {}


def test_a_file_that_is_gone_is_seen() -> None:
    assert named('"""See gone.py, and app/there.py."""') == {"gone.py"}
