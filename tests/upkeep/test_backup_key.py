"""A backup says which secret key it hangs on, and comes back with that one alone, into either database."""

from pathlib import Path

import pytest
from sqlalchemy import inspect

from app.migrations import schema
from app.store.db import Database
from app.store.key_fingerprint import OtherSecretKey, confirm_secret_key, fingerprint_of
from app.upkeep.backup import backup
from app.upkeep.restore import restore
from app.upkeep.rules import UnsafeOperation
from tests.cast import NOW
from tests.conftest import KINDS
from tests.upkeep.conftest import EmptyPlace, change, count_people

OURS, THEIRS = "the key of this site, 32 bytes and more", "the key of another one, 32 bytes and more"


@pytest.fixture
def saved(database: Database, tmp_path: Path) -> Path:
    """A backup of a site that has been used with our key."""
    confirm_secret_key(database, OURS, now=NOW)
    backup(database, tmp_path / "saved.db")
    return tmp_path / "saved.db"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("key", [THEIRS, None])
def test_another_key_leaves_the_place_empty(
    key: str | None, kind: str, saved: Path, empty_place: EmptyPlace, tmp_path: Path
) -> None:
    place, files = empty_place(kind), set(tmp_path.iterdir())
    with pytest.raises(UnsafeOperation, match="ENPLAN_SECRET_KEY"):
        restore(saved, place, key)
    assert set(tmp_path.iterdir()) == files
    database = Database(place)
    assert inspect(database.engine).get_table_names() == []
    database.close()
    restore(saved, place.replace("empty", "again") if kind == "sqlite" else place, OURS)


@pytest.mark.both_databases
@pytest.mark.parametrize("kind", KINDS)
def test_what_comes_back_still_knows_its_key(kind: str, saved: Path, empty_place: EmptyPlace) -> None:
    place = empty_place(kind)
    restore(saved, place, OURS)
    database = Database(place)
    assert not confirm_secret_key(database, OURS, now=NOW)
    with pytest.raises(OtherSecretKey):
        confirm_secret_key(database, THEIRS, now=NOW)
    database.close()


def test_a_changed_fingerprint_is_damage(saved: Path, empty_place: EmptyPlace) -> None:
    """The checksum of the backup holds for the fingerprint as for every other row."""
    change(saved, "UPDATE key_fingerprint SET fingerprint = ?", fingerprint_of(THEIRS))
    for key in (OURS, THEIRS):
        with pytest.raises(UnsafeOperation, match="beskadiget"):
            restore(saved, empty_place("sqlite"), key)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("key", [THEIRS, OURS, None])
def test_a_backup_that_knows_no_key_comes_back_with_any(
    key: str | None, kind: str, database: Database, empty_place: EmptyPlace, tmp_path: Path
) -> None:
    backup(database, tmp_path / "old.db")
    place = empty_place(kind)
    assert restore(tmp_path / "old.db", place, key)["key_fingerprint"] == 0
    assert count_people(place) > 0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "database_kind", ["sqlite"], indirect=True
)  # a PostgreSQL is saved at the newest step
def test_a_backup_from_before_the_fingerprint_comes_back(
    kind: str, database: Database, empty_place: EmptyPlace, tmp_path: Path
) -> None:
    schema.migrate(database, "0012")
    backup(database, tmp_path / "old.db")
    place = empty_place(kind)
    assert restore(tmp_path / "old.db", place, OURS)["key_fingerprint"] == 0
    restored = Database(place)
    assert confirm_secret_key(restored, OURS, now=NOW)
    restored.close()
