"""No step of the database takes rows along that are not its own: what is made anew is dropped first."""

from collections.abc import Iterator

import pytest
from sqlmodel import Session, SQLModel, func, select

from app.entries.models import Entry, EntryVersion
from app.entries.rules import EntryKind
from app.migrations import schema
from app.store.db import Database
from app.store.query import select_columns
from tests.databases import Templates
from tests.demo.tapping import seed_demo_day

pytestmark = [pytest.mark.both_databases, pytest.mark.slow]

STEPS_BACK = 8  # as far as the rows of the demo can be stored by the steps before
# What the steps themselves move, or don't know before they are taken.
MOVED = {
    "message",
    "message_draft",
    "plan_request",
    "entry",
    "entry_version",
    "entry_event",
    "notice",
    "cover",
}
NEW = {
    "access_log_list",
    "citizen_reminder",
    "key_fingerprint",
    "municipality",
    "plan_access",
    "representation_scope",
    "retention_mark",
}


@pytest.fixture
def database_url(database_kind: str, templates: Templates) -> Iterator[str]:
    with templates.copy(database_kind, seed_demo_day) as url:
        yield url


def rows(session: Session) -> dict[str, int]:
    """Return how many rows each table has, and how many texts of dreams, goals and steps there are."""
    tables = [one for one in SQLModel.metadata.sorted_tables if one.name not in MOVED | NEW]
    found = {one.name: session.exec(select_columns(func.count()).select_from(one)).one()[0] for one in tables}
    texts = select(func.count()).select_from(EntryVersion).join(Entry).where(Entry.kind != EntryKind.OTHER)
    return found | {"texts of the plan": session.exec(texts).one()}


def test_down_and_up_again_every_row_is_there(database: Database) -> None:
    with database.reading() as session:
        before = rows(session)
    assert before["texts of the plan"] > 0
    for back in range(1, STEPS_BACK + 1):
        schema.migrate(database, f"-{back}")
        schema.migrate(database)
        with database.reading() as session:
            assert rows(session) == before, back
