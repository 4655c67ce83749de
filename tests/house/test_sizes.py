"""What can be read in one sitting stays so."""

import ast
from pathlib import Path

import pytest

CODE = sorted(path for folder in ("app", "tests", "e2e", "bench") for path in Path(folder).rglob("*.py"))
TEMPLATES = sorted(Path("app/templates").rglob("*.html"))
STYLES = sorted(Path("app/static").rglob("*.css"))
SCRIPTS = sorted(Path("app/static").rglob("*.js"))

MOST_CHARACTERS = 16 * 1024  # of a module
WIDEST = 160  # characters of a template's line


def lines(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


def long_functions(source: str, most: int) -> list[str]:
    """Return the functions whose code, docstring not counted, is `most` lines or longer."""
    found = (
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    return [one.name for one in found if (one.end_lineno or 0) - one.lineno - _docstring(one) >= most]


def _docstring(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = function.body[0]
    is_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return (first.end_lineno or 0) - first.lineno + 1 if is_text else 0


def test_a_module_can_be_read_in_one_sitting() -> None:
    assert [str(path) for path in CODE if lines(path) > (400 if path.parts[0] == "app" else 500)] == []


def test_a_module_is_short_in_characters_too() -> None:
    assert [str(path) for path in CODE if len(path.read_text("utf-8")) > MOST_CHARACTERS] == []


def test_a_function_fits_on_a_screen() -> None:
    code = [path for path in CODE if "migrations" not in path.parts]
    found = {str(path): long_functions(path.read_text("utf-8"), 40) for path in code}
    assert {path: names for path, names in found.items() if names} == {}


def has_wide_line(source: str) -> bool:
    return any(len(line) > WIDEST for line in source.splitlines())


def test_a_template_is_no_wider_than_a_screen() -> None:
    assert [str(path) for path in TEMPLATES if has_wide_line(path.read_text("utf-8"))] == []


def test_a_wide_line_is_seen() -> None:
    assert has_wide_line("a\n" + "a" * 161)
    assert not has_wide_line("a" * 160)


@pytest.mark.parametrize(
    ("files", "most"),
    [(TEMPLATES, 200), (STYLES, 200), (SCRIPTS, 120)],
    ids=["templates", "styles", "scripts"],
)
def test_what_a_browser_gets_is_in_small_files(files: list[Path], most: int) -> None:
    assert files
    assert [str(path) for path in files if lines(path) > most] == []


def test_a_long_function_is_seen() -> None:
    body = "\n".join("    x = 1" for _ in range(40))
    assert long_functions(f"def f():\n{body}\n", 40) == ["f"]
