"""The two kinds of transaction, and what SQLite is told at every connection."""

import threading
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

from app.identity.models import Municipality
from app.store.db import Database, has_safe_wal

pytestmark = pytest.mark.both_databases


def count_municipalities(database: Database) -> int:
    with database.engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM municipality")).scalar_one())


def test_sqlite_is_told_to_keep_every_acknowledged_write(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/x.db")
    with database.engine.connect() as connection:
        said = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("synchronous", "foreign_keys")
        }
        journal = connection.execute(text("PRAGMA journal_mode")).scalar()
    database.close()
    assert said == {"synchronous": 2, "foreign_keys": 1}  # 2 is FULL
    assert journal == "wal"


def test_nobody_waits_for_a_lock_without_end(database: Database) -> None:
    asked = "PRAGMA busy_timeout" if database.is_sqlite else "SHOW lock_timeout"
    with database.engine.connect() as connection:
        assert connection.execute(text(asked)).scalar() in (20_000, "20s")


def test_an_old_sqlite_gets_the_safe_journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENPLAN_SQLITE", "system")
    database = Database(f"sqlite:///{tmp_path}/x.db")
    driver = database.engine.dialect.dbapi
    assert driver is not None
    with database.engine.connect() as connection:
        journal = connection.execute(text("PRAGMA journal_mode")).scalar()
    database.close()
    assert journal == ("wal" if has_safe_wal(driver.sqlite_version_info) else "truncate")


@pytest.mark.parametrize(
    ("version", "safe"),
    [((3, 51, 3), True), ((3, 51, 2), False), ((3, 50, 7), True), ((3, 50, 6), False), ((3, 44, 6), True),
     ((3, 40, 1), False), ((3, 53, 4), True)],
)  # fmt: skip
def test_which_sqlite_is_safe(version: tuple[int, ...], safe: bool) -> None:
    assert has_safe_wal(version) is safe


def test_reading_throws_changes_away(database: Database) -> None:
    with database.reading() as session:
        session.add(Municipality(name="Glemt Kommune"))
        session.flush()
    assert count_municipalities(database) == 1


def test_a_block_that_raises_leaves_nothing(database: Database) -> None:
    def add_twice() -> None:
        with database.writing() as session:
            session.add(Municipality(name="Ny Kommune"))
            session.flush()
            session.add(Municipality(name="Ny Kommune"))

    with pytest.raises(IntegrityError):
        add_twice()
    assert count_municipalities(database) == 1


def test_read_then_write_from_many_threads_meets_no_lock(database: Database) -> None:
    """Begun the usual way (deferred), most of these fail at once with "database is locked" on SQLite."""
    trouble: list[str] = []

    def rename(count: int) -> None:
        try:
            for _ in range(10):
                with database.writing() as session:
                    session.connection().execute(text("SELECT name FROM municipality")).all()
                    session.connection().execute(
                        text("UPDATE municipality SET name = :name"), {"name": f"Nr. {count}"}
                    )
        except OperationalError as problem:
            trouble.append(type(problem).__name__)

    threads = [threading.Thread(target=rename, args=(count,)) for count in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert trouble == []
