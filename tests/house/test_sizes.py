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
# Templates with wider lines, and how many. In HTML a line break is white space, and some of these lines are
# one sentence with its links, or one element in a row: each is wrapped with its page looked at.
WIDE = {
    "account/_new_devices.html": 1,
    "account/_passkey.html": 1,
    "account/_passkeys.html": 1,
    "account/invite.html": 1,
    "account/make_passkey.html": 1,
    "account/settings.html": 3,
    "account/sign_in.html": 1,
    "assessments/_choice.html": 4,
    "assessments/_parts.html": 2,
    "assessments/answer.html": 3,
    "assessments/form.html": 1,
    "assessments/index.html": 1,
    "availability/index.html": 3,
    "calendar/_changed.html": 1,
    "calendar/_found.html": 5,
    "calendar/_meeting_answer.html": 6,
    "calendar/_meeting_card.html": 1,
    "calendar/_parts.html": 13,
    "calendar/_says.html": 2,
    "calendar/index.html": 3,
    "calendar/meeting.html": 2,
    "calendar/staff/_actions.html": 4,
    "calendar/staff/_parts.html": 7,
    "calendar/staff/_says.html": 1,
    "calendar/staff/_stands.html": 1,
    "calendar/staff/day.html": 1,
    "calendar/staff/edit.html": 2,
    "calendar/staff/need.html": 1,
    "calendar/staff/new_times.html": 1,
    "calendar/staff/sent.html": 1,
    "calendar/staff/series.html": 3,
    "calendar/week.html": 4,
    "calendar_sync/busy.html": 1,
    "calendar_sync/feeds.html": 1,
    "caseload/_entry.html": 3,
    "caseload/_reading.html": 1,
    "caseload/_row.html": 2,
    "caseload/queue.html": 2,
    "consent/index.html": 2,
    "demo/index.html": 2,
    "demo/states.html": 2,
    "entries/_actions.html": 3,
    "entries/entry.html": 1,
    "entries/form.html": 6,
    "goals/_cards.html": 1,
    "goals/_plan.html": 1,
    "goals/_says.html": 2,
    "goals/_steps.html": 2,
    "goals/goal.html": 2,
    "goals/history.html": 2,
    "goals/index.html": 1,
    "home/_answers.html": 3,
    "home/_rest.html": 3,
    "home/index.html": 2,
    "layout/base.html": 6,
    "macros/forms.html": 7,
    "macros/icons.html": 1,
    "macros/parts.html": 8,
    "minutes/_minutes.html": 4,
    "minutes/own_words.html": 1,
    "minutes/write.html": 3,
    "plan/_contact.html": 5,
    "plan/contact.html": 4,
    "pwa/contact_choice.html": 3,
    "pwa/meetings_choice.html": 3,
    "pwa/offline.html": 1,
}


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


def wide_lines(source: str) -> int:
    return sum(len(line) > WIDEST for line in source.splitlines())


def test_a_template_is_no_wider_than_a_screen() -> None:
    """A file that is mended leaves WIDE; one that gets more such lines is red."""
    found = {
        path.relative_to("app/templates").as_posix(): wide_lines(path.read_text("utf-8"))
        for path in TEMPLATES
    }
    assert {name: count for name, count in found.items() if count} == WIDE


def test_a_wide_line_is_seen() -> None:
    assert (wide_lines("a" * 160), wide_lines("a\n" + "a" * 161)) == (0, 1)


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
