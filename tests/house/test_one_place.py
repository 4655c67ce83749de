"""What has one place in the house is done nowhere else: the time, commits, and the working days."""

import ast
from collections.abc import Iterator
from pathlib import Path

ASKS_THE_TIME = {"now", "today", "utcnow"}
TIME_MODULE = {"time.time", "time.localtime", "time.gmtime"}


def calls(source: str) -> Iterator[str]:
    """Yield what is called, as it is written."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def asks_the_time(source: str) -> bool:
    return any(
        one in TIME_MODULE or (one.rpartition(".")[2] in ASKS_THE_TIME and one[:4] in ("date", "_dat"))
        for one in calls(source)
    )


def commits(source: str) -> bool:
    return any(one.endswith((".commit", ".rollback")) for one in calls(source))


def counts_days_its_own_way(source: str) -> bool:
    """Say whether a function takes closing days alone, or counts working days if it is handed none."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            last = node.args.args[len(node.args.args) - len(node.args.defaults) :]
            given = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
            optional = {one.arg for one in last} | {one.arg for one, default in given if default}
            taken = {one.arg for one in (*node.args.args, *node.args.kwonlyargs)}
            if "workdays" in optional or taken & {"closing_days", "closed_days"}:
                return True
    return False


def tolerates_a_row(source: str) -> bool:
    return any(".on_conflict_" in one or one == "on_conflict_do_nothing" for one in calls(source))


def modules() -> Iterator[tuple[str, str]]:
    for path in Path("app").rglob("*.py"):
        yield path.relative_to("app").as_posix(), path.read_text("utf-8")


def test_the_clock_alone_asks_what_time_it_is() -> None:
    assert {name for name, source in modules() if asks_the_time(source)} == {"dates/clock.py"}


def test_nothing_but_the_store_commits() -> None:
    assert {name.split("/")[0] for name, source in modules() if commits(source)} - {"store"} == set()


def test_working_days_are_counted_by_the_municipalitys_calendar_alone() -> None:
    assert [name for name, source in modules() if counts_days_its_own_way(source)] == []


def test_the_store_alone_inserts_what_may_be_there_already() -> None:
    assert {name for name, source in modules() if tolerates_a_row(source)} == {"store/insert.py"}


def test_each_of_these_is_seen() -> None:
    assert tolerates_a_row("session.exec(insert(Goal).values(row).on_conflict_do_nothing())")
    assert counts_days_its_own_way("def due(day, closing_days): ...")
    assert counts_days_its_own_way("def due(day, *, now, workdays=None): ...")
    assert counts_days_its_own_way("def due(day, workdays=WEEKDAYS): ...")
    assert not counts_days_its_own_way("def due(day, workdays, *, now=None): ...")
    assert asks_the_time("from datetime import datetime\nthen = datetime.now(UTC)")
    assert asks_the_time("import time\nthen = time.time()")
    assert not asks_the_time("then = page.now()")
    assert commits("def book(session):\n    session.commit()")
