"""A SQLite file swapped under a running server: nothing is called saved that nobody will read again."""

import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Column, MetaData, Table, Text, insert, text

import app.store.db
from app.cli.demo import clock_at, prepare
from app.demo.demo_instance import DemoInstance
from app.store.db import Database, sqlite_driver
from app.store.prepared import insert_rows
from app.store.sqlite_file import DatabaseReplaced, OpenFile
from app.upkeep.backup import backup
from tests.cli.conftest import running
from tests.durability.test_full_disk import readiness, words_in
from tests.durability.visitor import Visitor

WRITES = 20
PAGE = 4096  # bytes of SQLite's
WORDS = "Jeg vil lære at svømme"
TRUE_SENTENCE = "Vi kan ikke gemme lige nu"
SAID = insert(Table("said", MetaData(), Column("words", Text)))
EVERYTHING = '"cookies", "storage", "cache"'
THE_SAME = "the same database file as at the start"


def _move_away(file: Path, other: Path) -> None:
    file.rename(file.with_name("old.db"))
    other.rename(file)


def _move_all_away(file: Path, other: Path) -> None:
    for end in ("-wal", "-shm"):
        Path(f"{file}{end}").rename(file.with_name(f"old.db{end}"))
    _move_away(file, other)


def _delete(file: Path, other: Path) -> None:
    file.unlink()
    other.rename(file)


# What somebody does at the terminal while the server runs; `other` is a backup of before.
SWAPS: dict[str, Callable[[Path, Path], object]] = {
    "another renamed over it": lambda file, other: other.rename(file),
    "moved away, another in its place": _move_away,
    "moved away with its log, another in its place": _move_all_away,
    "moved away": lambda file, _other: file.rename(file.with_name("old.db")),
    "deleted, another in its place": _delete,
    "deleted": lambda file, _other: file.unlink(),
    "written over": lambda file, other: shutil.copyfile(other, file),
    "its log deleted": lambda file, _other: Path(f"{file}-wal").unlink(),
}


@pytest.fixture(scope="session")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demo that has been laid, and a backup of it; copied for each test."""
    folder = tmp_path_factory.mktemp("laid")
    prepare(DemoInstance(folder / "demo"), "http://localhost:5000", clock_at(None)).extensions["db"].close()
    with closing(Database(f"sqlite:///{folder / 'demo' / 'enplan.db'}")) as database:
        backup(database, folder / "other.db")
    return folder


@pytest.fixture
def file(laid: Path, tmp_path: Path) -> Path:
    """The file of a demo."""
    return Path(shutil.copytree(laid / "demo", tmp_path / "demo")) / "enplan.db"


@pytest.fixture
def other(laid: Path, tmp_path: Path) -> Path:
    """A backup of the demo."""
    return Path(shutil.copy(laid / "other.db", tmp_path))


@pytest.mark.slow
@pytest.mark.parametrize("swap", SWAPS)
def test_a_server_whose_file_is_swapped_acknowledges_nothing(
    swap: str, file: Path, other: Path, tmp_path: Path
) -> None:
    with running("demo", "--port", "0", "--data", "demo", cwd=tmp_path) as (server, said):
        anna = Visitor(said.split()[-1])
        anna.become("anna")
        assert anna.post("/skriv", slags="droem", words=f"{WORDS} 0").status == 303
        assert anna.get("/readyz").status == 200
        SWAPS[swap](file, other)
        answers = [anna.post("/skriv", slags="droem", words=f"{WORDS} {n}") for n in range(1, WRITES + 1)]
        assert {answer.status for answer in answers} == {503}
        assert all(TRUE_SENTENCE in answer.text and WORDS in answer.text for answer in answers)
        assert "er der stadig" not in answers[0].text
        read = [anna.get(path) for path in ("/", "/plan")]
        assert {answer.status for answer in read} == {503}
        assert all("Vi kan ikke vise siden lige nu" in answer.text for answer in read)
        assert not any("er der stadig" in answer.text for answer in read)
        ready = anna.get("/readyz")
        assert ready.status == 503
        assert THE_SAME in ready.text
        left = anna.post("/log-af")
        assert (left.status, left.cookies["s"], left.clears) == (303, "", EVERYTHING)
        server.terminate()
        assert server.wait(30) == 0
    if swap == "its log deleted":
        assert words_in(file) == [f"{WORDS} 0"]
    elif file.exists():  # what was put there is as it was put there
        assert words_in(file) == []
    if file.with_name("old.db").exists():  # and what was moved away holds all that was acknowledged
        assert words_in(file.with_name("old.db")) == [f"{WORDS} 0"]


def _damage(file: Path) -> None:
    """Write over the middle of every page, as a dying disk does."""
    with file.open("r+b") as pages:
        for at in range(PAGE, file.stat().st_size, PAGE):
            pages.seek(at)
            pages.write(b"\xff" * (PAGE // 2))


@pytest.mark.slow
def test_a_damaged_file_is_told_and_lets_everybody_off(file: Path, tmp_path: Path) -> None:
    with running("demo", "--port", "0", "--data", "demo", cwd=tmp_path) as (_server, said):
        anna = Visitor(said.split()[-1])
        anna.become("anna")
        assert anna.get("/readyz").status == 200
        _damage(file)
        read = [anna.get(path) for path in ("/plan", "/kalender", "/kontakt")]
        assert {answer.status for answer in read} == {503}
        assert all("Vi kan ikke vise siden lige nu" in answer.text for answer in read)
        refused = anna.post("/skriv", slags="droem", words=WORDS)
        assert refused.status == 503
        assert WORDS in refused.text
        assert TRUE_SENTENCE in refused.text
        assert not any("er der stadig" in answer.text for answer in (*read, refused))
        assert readiness(anna, 503) == 503
        left = anna.post("/log-af")
        assert (left.status, left.cookies["s"], left.clears) == (303, "", EVERYTHING)


@pytest.mark.slow
def test_after_a_new_start_it_serves_the_new_file(file: Path, other: Path, tmp_path: Path) -> None:
    with running("demo", "--port", "0", "--data", "demo", cwd=tmp_path) as (_server, said):
        anna = Visitor(said.split()[-1])
        anna.become("anna")
        other.rename(file)
        assert anna.post("/skriv", slags="droem", words=f"{WORDS} 0").status == 503
    with running("demo", "--port", "0", "--data", "demo", cwd=tmp_path) as (_server, said):
        anna = Visitor(said.split()[-1])
        anna.become("anna")
        assert anna.post("/skriv", slags="droem", words=f"{WORDS} 1").status == 303
        assert anna.get("/readyz").status == 200
    assert words_in(file) == [f"{WORDS} 1"]


def _acknowledged(database: Database, first: int) -> set[str]:
    """Return what was said to be written, every other one by a session, the rest by the driver itself."""
    kept = set()
    for number in range(first, first + WRITES):
        try:
            if number % 2:
                insert_rows(database, {SAID: [{"words": str(number)}]})
            else:
                with database.writing() as session:
                    session.connection().execute(text("CREATE TABLE IF NOT EXISTS said (words text)"))
                    session.connection().execute(SAID, {"words": str(number)})
            kept.add(str(number))
        except DatabaseReplaced:
            pass
    return kept


@pytest.mark.parametrize("guarded", [True, False], ids=["guarded", "the control"])
@pytest.mark.parametrize("swap", ["another renamed over it", "moved away with its log, another in its place"])
def test_without_the_guard_every_acknowledged_write_is_lost(
    swap: str, guarded: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not guarded:
        monkeypatch.setattr(app.store.db, "_file", lambda _url: None)
    file, other = tmp_path / "enplan.db", tmp_path / "other.db"
    fresh = Database(f"sqlite:///{other}")
    theirs = _acknowledged(fresh, 100)
    fresh.close()
    database = Database(f"sqlite:///{file}")
    _acknowledged(database, 0)
    SWAPS[swap](file, other)
    told = _acknowledged(database, 200)
    database.close()
    lost = (told | theirs) - _words(file)  # of the server's, or, by its log, of the file that was put there
    assert (len(told), len(lost)) == ((0, 0) if guarded else (WRITES, WRITES))


def test_with_the_older_journal_it_is_noticed_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.store.db, "has_safe_wal", lambda _version: False)
    file = tmp_path / "enplan.db"
    database = Database(f"sqlite:///{file}")
    assert len(_acknowledged(database, 0)) == WRITES
    file.rename(tmp_path / "old.db")
    assert _acknowledged(database, 100) == set()
    database.close()
    assert len(_words(tmp_path / "old.db")) == WRITES


def _words(file: Path) -> set[str]:
    database = Database(f"sqlite:///{file}")
    with database.engine.connect() as connection:
        found = set(connection.execute(text("SELECT words FROM said")).scalars())
    database.close()
    return found


def test_a_file_that_is_gone_before_the_first_connection_is_not_made_anew(file: Path) -> None:
    database = Database(f"sqlite:///{file}")
    for one in (file, Path(f"{file}-wal"), Path(f"{file}-shm")):
        one.unlink(missing_ok=True)
    with pytest.raises(DatabaseReplaced), database.reading() as session:
        session.connection()
    assert not file.exists()


def test_a_swap_while_a_transaction_runs_is_not_acknowledged(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'enplan.db'}")
    _acknowledged(database, 0)
    with pytest.raises(DatabaseReplaced):
        _write_while_it_is_moved_away(database, tmp_path / "enplan.db")
    database.close()


def _write_while_it_is_moved_away(database: Database, file: Path) -> None:
    with database.writing() as session:
        session.connection().execute(text("INSERT INTO said VALUES ('lost')"))
        file.rename(file.with_name("old.db"))


def test_folding_the_log_is_no_swap(tmp_path: Path) -> None:
    """The file changes under us all the time: by our own hand, and by other processes that fold the log."""
    database, beside = (Database(f"sqlite:///{tmp_path / 'enplan.db'}") for _ in range(2))
    for first in range(5):
        assert len(_acknowledged(database, first * WRITES)) == WRITES
        with closing(beside.engine.raw_connection()) as connection:
            folded = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
            assert folded is not None
            assert folded.fetchone()[0] == 0
        assert not database.is_replaced()
    beside.close()
    assert len(_acknowledged(database, 1000)) == WRITES
    database.close()


def test_all_connections_may_close_and_come_again(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'enplan.db'}")
    for first in range(3):
        assert len(_acknowledged(database, first)) == WRITES
        database.close()  # SQLite removes its log with the last connection, and makes another
    assert not database.is_replaced()
    database.close()


def test_the_log_is_folded_also_when_no_connection_was_free_at_first(tmp_path: Path) -> None:
    """It is noticed by a connection to the new file, which can't fold the old one's log; a later one can."""
    file, other = tmp_path / "enplan.db", tmp_path / "other.db"
    fresh = Database(f"sqlite:///{other}")
    theirs = _acknowledged(fresh, 100)
    fresh.close()
    database = Database(f"sqlite:///{file}")
    ours = _acknowledged(database, 0)
    with closing(database.engine.raw_connection()):  # the only one there is
        _move_away(file, other)
        assert database.is_replaced()
    database.close()
    assert (_words(file), _words(tmp_path / "old.db")) == (theirs, ours)


def test_a_log_that_another_process_takes_away_as_it_closes_is_no_swap(tmp_path: Path) -> None:
    other = Database(f"sqlite:///{tmp_path / 'enplan.db'}")
    _acknowledged(other, 0)
    file = OpenFile(str(tmp_path / "enplan.db"), sqlite_driver())
    assert file.opened()
    assert Path(tmp_path / "enplan.db-wal").exists()
    other.close()
    assert not Path(tmp_path / "enplan.db-wal").exists()
    assert not file.is_replaced()


@pytest.mark.parametrize("put", [shutil.copyfile, shutil.move], ids=["cp", "mv"])
def test_a_log_of_another_file_is_not_folded_into_this_one(
    put: Callable[[Path, Path], object], file: Path, other: Path, tmp_path: Path
) -> None:
    """The program is cut off, its file exchanged, and it starts again: its log is the old one's."""
    with running("demo", "--port", "0", "--data", "demo", cwd=tmp_path) as (server, said):
        anna = Visitor(said.split()[-1])
        anna.become("anna")
        assert anna.post("/skriv", slags="droem", words=f"{WORDS} 0").status == 303
        server.kill()
        server.wait(30)
    put(other, file)
    again = running("demo", "--port", "0", "--data", "demo", cwd=tmp_path)
    with pytest.raises(AssertionError, match="hører til en anden database"), again:
        pass
    Path(f"{file}-wal").rename(tmp_path / "old-wal")
    assert words_in(file) == []
