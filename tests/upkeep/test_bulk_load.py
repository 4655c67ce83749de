"""Rows that come in by the thousand are held against every promise all the same, and lie as they lay."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, nullcontext
from datetime import UTC, date, datetime, time
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from app.availability.models import CalendarWish
from app.availability.rules import WishKind
from app.demo.cast import person_id
from app.identity.credentials import Passkey
from app.meetings.no_overlap import SQLITE_TRIGGERS
from app.migrations import schema
from app.store.db import Database
from app.upkeep import unindexed
from app.upkeep.backup import backup
from app.upkeep.copy_rows import copy_to_postgresql
from app.upkeep.progress import Progress
from app.upkeep.restore import restore
from app.upkeep.rules import UnsafeOperation
from app.upkeep.stored_form import select_stored
from tests.cast import NOW
from tests.conftest import KINDS
from tests.databases import Templates
from tests.demo.tapping import seed_demo_day
from tests.upkeep.conftest import EmptyPlace, everything_in

pytestmark = pytest.mark.skipif("postgresql" not in KINDS, reason="SQLite's backup is the file itself")

HARD = "a\tb\\c\nd \\. \\N 'e' \"f\" %s {g} 🌿 أ"


@pytest.fixture
def demo(templates: Templates) -> Iterator[Database]:
    """The whole demo, with a value of each kind that any column can hold, and those hard to write."""
    with templates.copy("sqlite", seed_demo_day) as url:
        database = Database(url)
        anna = person_id("anna")
        with database.writing() as session:
            session.add(
                CalendarWish(
                    citizen_id=anna,
                    kind=WishKind.REST,
                    weekday=None,
                    from_time=time(7, 5, 3, 20),
                    until_time=time(0),
                    starts_on=date(2026, 3, 29),
                    hard=True,
                    created_at=datetime(2026, 3, 29, 1, 59, 59, 999999, UTC),
                )
            )
            session.add(
                Passkey(
                    person_id=anna,
                    credential_id=bytes(range(256)),
                    public_key=b"\\x00\\N\t\n",
                    sign_count=2**32 - 1,
                    backed_up=False,
                    name=HARD,
                    created_at=NOW,
                )
            )
        yield database
        database.close()


def promises(url: str) -> tuple[object, object]:
    database = Database(url)
    with database.engine.connect() as connection:
        found = [
            unindexed._read(connection, question) for question in (unindexed._CONSTRAINTS, unindexed._INDEXES)
        ]
    database.close()
    return found[0], found[1]


def test_the_way_to_postgresql_and_back_changes_no_value(
    demo: Database, empty_place: EmptyPlace, tmp_path: Path
) -> None:
    backup(demo, tmp_path / "first")
    there, again, bare = empty_place("postgresql"), empty_place("sqlite"), empty_place("postgresql")
    restore(tmp_path / "first", there)
    database = Database(there)
    backup(database, tmp_path / "second")
    database.close()
    restore(tmp_path / "second", again)
    before = everything_in(demo.url.render_as_string())
    assert before == everything_in(there) == everything_in(again)
    tried = {type(value) for rows in before.values() for row in rows for value in row}
    assert tried >= {UUID, datetime, date, time, bool, int, bytes, str}
    migrated = Database(bare)
    schema.migrate(migrated)
    migrated.close()
    assert promises(there) == promises(bare)
    assert sum(map(len, promises(bare))) > 300  # type: ignore[arg-type]  # lists


# Each would be refused if it were written the usual way; here it lies in a file that has lost its guards.
BROKEN = {
    "fk_entry_version_entry_id_entry": "DELETE FROM entry",
    "uq_plan_one_open": "UPDATE plan SET citizen_id = (SELECT min(citizen_id) FROM plan)",
    "occupancy_no_clash": "UPDATE occupancy SET subject_id = (SELECT min(subject_id) FROM occupancy)",
    "ck_entry_version_words_length": "UPDATE entry_version SET words = ''",
}
UNGUARDED = """
PRAGMA ignore_check_constraints = ON;
DROP INDEX uq_plan_one_open;
DROP TRIGGER occupancy_clash_insert;
DROP TRIGGER occupancy_clash_update;
"""


@pytest.mark.parametrize("promise", [*BROKEN, None])
def test_rows_that_break_a_promise_are_refused_whole(
    promise: str | None, demo: Database, empty_place: EmptyPlace
) -> None:
    with closing(sqlite3.connect(demo.url.database or "")) as file:
        file.executescript(UNGUARDED + BROKEN.get(promise or "", ""))
    place = Database(empty_place("postgresql"))
    refused = pytest.raises(IntegrityError, match=promise) if promise else nullcontext()
    with demo.engine.connect() as source, refused, place.engine.begin() as target:
        schema.take_steps(target)
        copy_to_postgresql(source, target, Progress())
    with place.engine.connect() as target:
        assert schema.at_head(target) is (promise is None)  # without a broken one it is let in: the control
    place.close()


def test_a_whole_backup_with_two_meetings_at_once_is_not_brought_back(
    demo: Database, empty_place: EmptyPlace, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(demo.url.database or "")) as file:
        file.executescript(
            UNGUARDED.replace("DROP INDEX uq_plan_one_open;", "") + BROKEN["occupancy_no_clash"]
        )
        for trigger in SQLITE_TRIGGERS.values():
            file.execute(trigger)
    backup(demo, tmp_path / "saved")
    place = Database(empty_place("postgresql"))
    with pytest.raises(UnsafeOperation, match="occupancy_no_clash"):
        restore(tmp_path / "saved", place.url.render_as_string())
    with place.engine.connect() as target:
        assert inspect(target).get_table_names() == []
    place.close()


def test_every_column_can_be_carried() -> None:
    for table in SQLModel.metadata.sorted_tables:
        assert select_stored(table).count(",") >= len(table.columns) - 1


def test_what_takes_long_is_told_and_what_is_soon_done_is_not(demo: Database, tmp_path: Path) -> None:
    told: list[str] = []
    backup(demo, tmp_path / "quiet", Progress(told.append))
    assert told == []
    backup(demo, tmp_path / "long", Progress(told.append, first=0, every=0))
    assert told[0] == "Kopierer databasens fil … 0 sek."
    assert told[-1] == "Regner kontrolsummen ud … 0 sek."
