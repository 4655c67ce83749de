"""What has one place in the house is done nowhere else: asking the time, and committing."""

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


def modules() -> Iterator[tuple[str, str]]:
    for path in Path("app").rglob("*.py"):
        yield path.relative_to("app").as_posix(), path.read_text("utf-8")


def test_the_clock_alone_asks_what_time_it_is() -> None:
    assert {name for name, source in modules() if asks_the_time(source)} == {"dates/clock.py"}


def test_nothing_but_the_store_commits() -> None:
    assert {name.split("/")[0] for name, source in modules() if commits(source)} - {"store"} == set()


def test_both_are_seen() -> None:
    assert asks_the_time("from datetime import datetime\nthen = datetime.now(UTC)")
    assert asks_the_time("import time\nthen = time.time()")
    assert not asks_the_time("then = page.now()")
    assert commits("def book(session):\n    session.commit()")
