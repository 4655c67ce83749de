"""The step to one row a sign-in and back loses no look: old rows stand, and a list is written out again."""

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Row, Uuid, column, table, text
from sqlalchemy import insert as insert_into

from app.access.models import AccessLogEntry, AccessLogList
from app.migrations.schema import head, migrate
from app.store.db import Database, UtcDateTime
from app.store.query import select_columns
from tests.cast import NOW, People
from tests.conftest import Browser

pytestmark = pytest.mark.both_databases

PEOPLE = People()
BEFORE = 17  # the step before
OLD = table(
    "access_log_entry",
    column("id", Uuid()),
    column("at", UtcDateTime()),
    *(column(name, Uuid()) for name in ("citizen_id", "actor_id")),
    *(column(name) for name in ("action", "relation")),
)


def rows(database: Database, *columns: Any) -> Sequence[Row[Any]]:
    with database.reading() as session:
        return session.exec(select_columns(*columns)).all()


def old_rows(database: Database) -> Counter[tuple[Any, ...]]:
    wanted = (OLD.c.at, OLD.c.citizen_id, OLD.c.actor_id, OLD.c.action, OLD.c.relation)
    return Counter(tuple(one) for one in rows(database, *wanted))


def test_no_look_is_lost_on_the_way_down_and_up(database: Database, browser_of: Browser) -> None:
    line = browser_of(PEOPLE.line)
    line.get(f"{PEOPLE.anna.url}/plan")
    line.get("/borgere")
    migrate(database, f"-{int(head()) - BEFORE}")
    looks = Counter(
        (NOW, one.id, PEOPLE.line.id, "caseload:read", "contact")
        for one in (PEOPLE.anna, PEOPLE.karim, PEOPLE.bent, PEOPLE.ny)
    )
    looks[NOW, PEOPLE.anna.id, PEOPLE.line.id, "plan:read", "contact"] = 1
    assert old_rows(database) == looks
    with database.writing() as session:  # the version of before wrote each look
        look = {"at": NOW, "citizen_id": PEOPLE.anna.id, "actor_id": PEOPLE.line.id}
        look |= {"action": "plan:read", "relation": "contact"}
        session.connection().execute(insert_into(OLD), [look | {"id": uuid4()} for _ in range(2)])
    migrate(database)
    looks[NOW, PEOPLE.anna.id, PEOPLE.line.id, "plan:read", "contact"] = 3
    assert old_rows(database) == looks
    assert set(rows(database, AccessLogEntry.session_id, AccessLogEntry.list_digest)) == {(None, None)}
    assert rows(database, AccessLogList.digest) == []


def test_after_the_step_a_sign_in_of_before_writes_one_row_more(
    database: Database, browser_of: Browser
) -> None:
    line = browser_of(PEOPLE.line)
    line.get(f"{PEOPLE.anna.url}/plan")
    migrate(database, f"-{int(head()) - BEFORE}")
    migrate(database)
    for _ in range(2):
        line.get(f"{PEOPLE.anna.url}/plan")
    assert sum(old_rows(database).values()) == 2


def test_the_step_down_names_no_index_of_its_own(database: Database) -> None:
    migrate(database, f"-{int(head()) - BEFORE}")
    with database.engine.connect() as connection:
        where = {
            "sqlite": "SELECT name FROM sqlite_master WHERE type = 'index'",
            "postgresql": "SELECT indexname FROM pg_indexes",
        }[database.engine.dialect.name]
        names = set(connection.execute(text(where)).scalars())
    assert {"ix_access_log_entry_at", "ix_access_log_entry_citizen_id"} <= names
    assert not {"uq_access_log_entry_look", "uq_access_log_entry_list"} & names
