"""How much each question reads: what the database walked, not what it was meant to.

SQLite counts the steps of its machine. PostgreSQL tells of each part of a plan how many rows went through it;
it is asked to go by indexes, as it would in tables that are not as small as here.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from app.store.db import Database

EVERY = 10  # steps of SQLite's machine between two counts
READS = re.compile(r"\s*(SELECT|WITH|UPDATE|DELETE)\b")
WAYS_NOT_TAKEN = ("seqscan", "hashjoin", "mergejoin", "material")
AS_IF_LARGE = "; ".join(
    (*(f"SET LOCAL enable_{way} = off" for way in WAYS_NOT_TAKEN), "SET LOCAL random_page_cost = 0.1")
)


@contextmanager
def reads_of(database: Database) -> Iterator[Counter[str]]:
    """Note how much each statement that is asked in the block reads at the most; of PostgreSQL, by table."""
    reads = Counter[str]()
    watch = _Sqlite(reads) if database.is_sqlite else _Postgresql(reads)
    event.listen(database.engine, "before_cursor_execute", watch)
    yield reads
    event.remove(database.engine, "before_cursor_execute", watch)
    watch.close()


class _Sqlite:
    """Counts what SQLite does until the next statement."""

    def __init__(self, reads: Counter[str]) -> None:
        self._reads = reads
        self._now, self._steps = "", 0
        self._counted: list[Any] = []

    def __call__(self, _connection: Any, cursor: Any, statement: str, *_rest: Any) -> None:
        self._settle()
        self._now = statement if READS.match(statement) else ""
        driver = cursor.connection
        if driver not in self._counted:
            self._counted.append(driver)
            driver.set_progress_handler(self._count, EVERY)

    def _count(self) -> None:
        self._steps += EVERY

    def _settle(self) -> None:
        if self._now:
            self._reads[self._now] = max(self._reads[self._now], self._steps)
        self._steps = 0

    def close(self) -> None:
        self._settle()
        for driver in self._counted:
            driver.set_progress_handler(None, 0)


class _Postgresql:
    """Lets PostgreSQL run a statement and tell of it, and undoes what it changed."""

    def __init__(self, reads: Counter[str]) -> None:
        self._reads = reads

    def __call__(
        self, _connection: Any, cursor: Any, statement: str, values: Any, _context: Any, many: bool
    ) -> None:
        if not READS.match(statement):
            return
        connection = cursor.connection
        with connection.transaction(force_rollback=True):
            connection.execute(AS_IF_LARGE)
            explained = f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}"
            ((told,),) = connection.execute(explained, values[0] if many else values).fetchall()
        plan = told if isinstance(told, list) else json.loads(told)
        rows = Counter[str]()
        _count_rows(plan[0]["Plan"], rows)
        for table, number in rows.items():
            read = f"{table} in {statement}"
            self._reads[read] = max(self._reads[read], number)

    def close(self) -> None:
        """Nothing is left to count."""


def _count_rows(part: dict[str, Any], rows: Counter[str]) -> None:
    """Count the rows of each table that this part of a plan and those in it have looked at."""
    if "Relation Name" in part and part["Node Type"] != "ModifyTable":
        gone = sum(number for name, number in part.items() if name.startswith("Rows Removed by"))
        rows[part["Relation Name"]] += round((part["Actual Rows"] + gone) * part["Actual Loops"])
    for inner in part.get("Plans", ()):
        _count_rows(inner, rows)
