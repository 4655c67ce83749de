"""Pages read by prepared selects: each is built once, and the few reads that need a session are named."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ASKS = ("Reader", "PreparedReader")  # what a function calls the one it asks through
# What reads in a session: no page, or by a verb's own functions after a form that could not be done.
IN_A_SESSION = {
    "app/administration/routes/imports.py": 1,  # was it taken before: asked by what a tap does
    "app/administration/routes/new_person.py": 2,  # who is here already: asked by what a tap does
    "app/administration/routes/people.py": 1,  # who is meant, as the terminal asks it too
    "app/administration/routes/roles.py": 1,  # was it done before: asked by what a tap does
    "app/administration/routes/systems.py": 1,  # as the terminal asks it too
    "app/booking/book.py": 2,
    "app/calendar/staff/proposal.py": 1,
    "app/calendar_sync/import_service.py": 2,
    "app/caseload/routes/caseload.py": 2,
    "app/caseload/routes/handover_led.py": 1,  # was it sent before: asked by what a tap does, not by a page
    "app/demo/state_routes.py": 1,
    "app/retention/purge.py": 3,  # the worker's and a command's
}


def built_each_time(source: str) -> list[str]:
    """Return each place where a `Reader` is asked something else than a constant, or what is remembered."""
    tree = ast.parse(source)
    remembered = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and _caches(node)}
    return [
        f"{asked.lineno}: {ast.unparse(asked)}"
        for asked in _asked(tree)
        if not (
            _is_constant(asked) or (isinstance(asked, ast.Call) and ast.unparse(asked.func) in remembered)
        )
    ]


def _asked(tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "execute_prepared"
        ):
            yield node.args[1]
        if isinstance(node, ast.FunctionDef):
            yield from _asked_in(node)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "prepared_reader().exec":
            yield node.args[0]


def _asked_in(function: ast.FunctionDef) -> Iterator[ast.expr]:
    for one in function.args.args:
        if one.annotation is not None and ast.unparse(one.annotation) in ASKS:
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and _is_exec_of(one.arg, node.func):
                    yield node.args[0]


def _is_exec_of(name: str, called: ast.expr) -> bool:
    of = called.value if isinstance(called, ast.Attribute) and called.attr == "exec" else None
    return isinstance(of, ast.Name) and of.id == name


def _is_constant(asked: ast.expr) -> bool:
    if isinstance(asked, ast.Subscript):  # of a constant with several
        asked = asked.value
    return isinstance(asked, ast.Name | ast.Attribute) and ast.unparse(asked).rpartition(".")[2].isupper()


def _caches(function: ast.FunctionDef) -> bool:
    return any("cache" in ast.unparse(one) for one in function.decorator_list)


def test_what_a_reader_is_asked_is_built_once() -> None:
    sources = {str(path): path.read_text("utf-8") for path in Path("app").rglob("*.py")}
    del sources["app/store/prepared.py"]  # hands on what it is given
    asks = {path: source for path, source in sources.items() if "prepared" in source}
    found = {path: odd for path, source in asks.items() if (odd := built_each_time(source))}
    assert found == {}


@pytest.mark.parametrize(
    "line",
    [
        "session.exec(select(Plan.id).where(Plan.id == plan_id), params={})",
        "session.exec(FOUND.limit(1), params={})",
        "session.exec(wanted, params={})",
        "session.exec(_build(), params={})",
        "execute_prepared(session, _build(3), {})",
        "prepared_reader().exec(select(Plan.id), params={})",
    ],
)
def test_one_that_is_built_each_time_would_be_seen(line: str) -> None:
    assert built_each_time(f"def find(session: Reader, plan_id: UUID) -> Any:\n    return {line}")


def test_constants_and_what_is_remembered_are_let_through() -> None:
    cached = "@lru_cache(maxsize=8)\ndef _build(number): ...\n"
    asks = "def find(session: Reader): return session.exec({}, params={{}})\n"
    assert not built_each_time(
        cached + "".join(asks.format(one) for one in ("_ONE", "rows.ONE", "_build(2)"))
    )


def test_a_page_needs_no_session() -> None:
    rooms = {path: path.read_text("utf-8").count(".reading()") for path in Path("app").rglob("*.py")}
    found = {str(path): number for path, number in rooms.items() if number and "cli" not in path.parts}
    assert found == IN_A_SESSION
