"""One word for one thing: no class, module or verb has two meanings, and none given up comes back."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

FLOORS = {"rules", "models", "news", "service", "forms", "routes", "queries", "texts", "__init__"}
EACH_HAS_ONE = {"init_app", "main", "run"}  # of an extension, of a process, of a command
GIVEN_UP = {
    *(
        "kept",
        "parts",
        "looking",
        "drawing",
        "problems",
        "door",
        "shapes",
        "values",
        "pace",
        "refusals",
        "page",
    ),
    *(
        "rows",
        "own",
        "reading",
        "ties",
        "many",
        "eyes",
        "lateness",
        "overdue",
        "asking",
        "answering",
        "moving",
    ),
    *("laying", "telling", "remembering", "passing", "leaving", "known", "three", "sweep", "grid", "sheets"),
    *("told", "tries", "keys", "seal", "draft", "day", "folder", "staffing", "wishing", "finding", "finder"),
    *("utils", "helpers", "common", "core", "base", "manager"),
    *("MeetingWish", "Look", "Kept", "Parts", "Sheet", "Standing", "Told", "Said", "Known", "Door", "Eyes"),
}
AT_HOME = {"app/web/page.py"}  # what a page is, and nothing else


def modules() -> Iterator[Path]:
    yield from (path for path in sorted(Path("app").rglob("*.py")) if "versions" not in path.parts)


def of_kind(kind: type[ast.stmt]) -> dict[str, list[str]]:
    """Return where each public class or function of a module's own level is made."""
    found = defaultdict(list)
    for path in modules():
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, kind) and not _is_view(node):
                found[getattr(node, "name", "")].append(path.as_posix())
    return found


def _is_view(node: ast.stmt) -> bool:
    """Say whether a function answers an address: its name is told with its room's, as `goals.answer`."""
    return any("bp." in ast.unparse(one) for one in getattr(node, "decorator_list", []))


def twice(found: dict[str, list[str]]) -> dict[str, list[str]]:
    return {name: places for name, places in found.items() if len(places) > 1}


def stems() -> dict[str, list[str]]:
    """Return where each module is; one in a room's package of routes or forms is named with its room."""
    found = defaultdict(list)
    for path in modules():
        if path.stem not in FLOORS and path.parent.name not in ("routes", "forms"):
            found[path.stem].append(path.as_posix())
    return found


def test_no_two_classes_have_one_name() -> None:
    assert twice(of_kind(ast.ClassDef)) == {}


def test_no_two_modules_have_one_name() -> None:
    assert twice(stems()) == {}


def test_no_two_functions_have_one_name() -> None:
    found = {name: places for name, places in of_kind(ast.FunctionDef).items() if not name.startswith("_")}
    assert set(twice(found)) - EACH_HAS_ONE == set()


def test_no_name_that_was_given_up_is_back() -> None:
    names = {path.stem for path in modules() if path.as_posix() not in AT_HOME} | set(of_kind(ast.ClassDef))
    assert names & GIVEN_UP == set()


def test_a_second_meaning_is_seen() -> None:
    assert twice({"Answer": ["app/a.py", "app/b.py"], "Reply": ["app/a.py"]}) == {
        "Answer": ["app/a.py", "app/b.py"]
    }
