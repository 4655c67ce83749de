"""A backup holds everything, can go back into either database, and never replaces what is there."""

import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url, text

from app.migrations import schema
from app.store.db import Database
from app.upkeep.backup import backup
from app.upkeep.restore import restore
from app.upkeep.rules import UnsafeOperation
from tests.cast import People
from tests.conftest import KINDS, seed_cast
from tests.databases import Templates
from tests.pg_server import PgServer
from tests.upkeep.conftest import EmptyPlace, change, count_people, everything_in
from tests.writing import wrote

ARABIC = "أريد أن أعيش قريبًا من ابنتي 🌿 æøå"


@pytest.fixture
def saved(database: Database, people: People, tmp_path: Path) -> Path:
    """A backup of a municipality in which something has been written."""
    wrote(database, people.anna, "in_plan", words=ARABIC)
    backup(database, tmp_path / "saved.db")
    return tmp_path / "saved.db"


@pytest.mark.both_databases
@pytest.mark.parametrize("kind", KINDS)
def test_every_row_goes_back_into_either_database(
    kind: str, saved: Path, database_url: str, empty_place: EmptyPlace
) -> None:
    place = empty_place(kind)
    counts = restore(saved, place)
    rows = everything_in(place)
    assert rows == everything_in(database_url)
    assert counts == {table: len(found) for table, found in rows.items()}
    assert counts["entry_version"] == 1


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_restored_holds_every_promise(kind: str, saved: Path, empty_place: EmptyPlace) -> None:
    place = empty_place(kind)
    restore(saved, place)
    database = Database(place)
    with database.engine.connect() as connection:
        assert schema.at_head(connection)
        assert schema.missing_constraints(connection) == []
    database.close()


@pytest.mark.both_databases
def test_a_backup_is_one_file_that_only_its_owner_can_read(saved: Path) -> None:
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    assert [path.name for path in saved.parent.glob("*saved*")] == ["saved.db"]


@pytest.mark.both_databases
def test_a_backup_replaces_nothing(database: Database, tmp_path: Path) -> None:
    kept = tmp_path / "kept.db"
    kept.write_text("mine")
    with pytest.raises(UnsafeOperation, match="er der allerede"):
        backup(database, kept)
    assert kept.read_text() == "mine"
    assert [path.name for path in tmp_path.glob("*kept*")] == ["kept.db"]


@pytest.mark.both_databases
def test_a_table_we_do_not_know_is_not_left_out_silently(database: Database, tmp_path: Path) -> None:
    with database.writing() as session:
        session.connection().execute(text("CREATE TABLE extra (words text)"))
        session.connection().execute(text("INSERT INTO extra VALUES ('noget')"))
    target = tmp_path / "saved.db"
    if database.is_sqlite:
        assert backup(database, target)["extra"] == 1
        return
    with pytest.raises(UnsafeOperation, match="extra"):
        backup(database, target)
    assert list(tmp_path.glob("*saved*")) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_place_in_use_is_left_as_it_is(kind: str, saved: Path, empty_place: EmptyPlace) -> None:
    place = empty_place(kind)
    restore(saved, place)
    before = everything_in(place)
    with pytest.raises(UnsafeOperation):
        restore(saved, place)
    assert everything_in(place) == before


def test_the_log_of_a_lost_database_is_not_folded_into_another(
    saved: Path, empty_place: EmptyPlace, tmp_path: Path
) -> None:
    place = empty_place("sqlite")
    log = Path(f"{place.removeprefix('sqlite:///')}-wal")
    log.write_bytes(b"an old log")
    with pytest.raises(UnsafeOperation, match="-wal"):
        restore(saved, place)
    assert log.read_bytes() == b"an old log"


def _with_revision(file: Path, revision: str) -> None:
    change(file, "DROP TABLE backup_seal")
    change(file, "UPDATE alembic_version SET version_num = ?", revision)
    database = Database(f"sqlite:///{file}")
    backup(database, file.with_suffix(".again"))
    database.close()
    file.with_suffix(".again").replace(file)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "a letter changed": lambda file: change(file, "UPDATE entry_version SET words = 'Noget andet'"),
    "a row gone": lambda file: change(file, "DELETE FROM entry_event"),
    "cut short": lambda file: file.write_bytes(file.read_bytes()[: file.stat().st_size // 2]),
    "a page zeroed": lambda file: file.write_bytes(file.read_bytes()[:-4096] + bytes(4096)),
    "something else": lambda file: file.write_bytes(b"%PDF-1.7 " * 5000),
    "a newer edition": lambda file: _with_revision(file, "9999"),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_backup_changes_nothing(
    damage: str, kind: str, saved: Path, empty_place: EmptyPlace, tmp_path: Path
) -> None:
    DAMAGES[damage](saved)
    place = empty_place(kind)
    files = set(tmp_path.iterdir())
    with pytest.raises(UnsafeOperation):
        restore(saved, place)
    assert set(tmp_path.iterdir()) == files
    database = Database(place)
    with database.engine.connect() as connection:
        assert not schema.at_head(connection)
    database.close()


@pytest.fixture
def sqlite_site(templates: Templates) -> Iterator[Database]:
    with templates.copy("sqlite", seed_cast) as url:
        database = Database(url)
        yield database
        database.close()


def test_a_file_copied_by_hand_is_no_backup(
    sqlite_site: Database, tmp_path: Path, empty_place: EmptyPlace
) -> None:
    shutil.copy(sqlite_site.url.database or "", tmp_path / "copied.db")
    with pytest.raises(UnsafeOperation, match="ikke en sikkerhedskopi"):
        restore(tmp_path / "copied.db", empty_place("sqlite"))


def test_a_backup_of_an_older_edition_is_brought_up_to_date(
    sqlite_site: Database, tmp_path: Path, empty_place: EmptyPlace
) -> None:
    schema.migrate(sqlite_site, "-1")
    backup(sqlite_site, tmp_path / "old.db")
    place = empty_place("sqlite")
    restore(tmp_path / "old.db", place)
    restored = Database(place)
    with restored.engine.connect() as connection:
        assert schema.at_head(connection)
    restored.close()
    with sqlite3.connect(f"file:{tmp_path / 'old.db'}?mode=ro", uri=True) as untouched:
        assert untouched.execute("SELECT version_num FROM alembic_version").fetchone()[0] < schema.head()
    untouched.close()
    assert count_people(place) > 0


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_a_postgresql_that_others_are_connected_to_is_left_empty(
    database: Database, postgresql: PgServer, empty_place: EmptyPlace, tmp_path: Path
) -> None:
    backup(database, tmp_path / "saved.db")
    place = empty_place("postgresql")
    name = str(make_url(place).database)
    with psycopg.connect(postgresql.dsn(name)):
        with pytest.raises(UnsafeOperation, match=r"i brug af andre \(1\): stop serveren"):
            restore(tmp_path / "saved.db", place)
        with psycopg.connect(postgresql.dsn(name)) as asking:
            tables = asking.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    assert tables == (0,)
    restore(tmp_path / "saved.db", place)  # the control: nobody is connected now
    assert count_people(place) == count_people(database.url.render_as_string(hide_password=False))
