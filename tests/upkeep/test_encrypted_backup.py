"""An encrypted backup: only a private key opens it, and no clear word of it lies on a disk meanwhile."""

import shutil
import subprocess
import tracemalloc
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import inspect

from app.backup_keys import BackupKey
from app.demo.cast import person_id
from app.identity.credentials import Passkey
from app.migrations import schema
from app.store.db import Database, has_safe_wal, sqlite_driver
from app.upkeep.age_file import NotWhole, decrypt, encrypt, make_key_pair, read_identities
from app.upkeep.backup import backup
from app.upkeep.backup_note import KEY, BackupNote, note_path, write_note
from app.upkeep.encrypted_backup import backup_encrypted
from app.upkeep.progress import Progress
from app.upkeep.restore import restore
from app.upkeep.rules import UnsafeOperation
from tests.cast import NOW, People
from tests.conftest import KINDS
from tests.upkeep.conftest import EmptyPlace, change, count_people, everything_in
from tests.upkeep.test_bulk_load import HARD
from tests.writing import wrote

WORDS = "أريد أن أعيش قريبًا من ابنتي 🌿 æøå"
ALWAYS = {"first": 0.0, "every": 0.0}


class Keys:
    """Two keys, each with its private half in a file of its own, elsewhere than the backups."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ours, self.theirs = self.make("kopi-2026"), self.make("kopi-2031")

    def make(self, name: str) -> BackupKey:
        public, private = make_key_pair()
        self.file(name).write_text(f"# public key: {public}\n{private}\n")
        return BackupKey(name, public)

    def file(self, name: str) -> Path:
        return self.folder / name


@pytest.fixture
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return Keys(tmp_path_factory.mktemp("safe"))


@pytest.fixture
def written(database: Database, people: People) -> Database:
    """A municipality with words of a plan, and bytes and text that are hard to write."""
    wrote(database, people.anna, "in_plan", words=WORDS)
    with database.writing() as session:
        session.add(
            Passkey(
                person_id=people.anna.id,
                credential_id=bytes(range(256)),
                public_key=b"\\x00\\N\t\n",
                sign_count=2**32 - 1,
                backed_up=False,
                name=HARD,
                created_at=NOW,
            )
        )
    return database


@pytest.fixture
def saved(written: Database, keys: Keys, tmp_path: Path) -> Path:
    backup_encrypted(written, tmp_path / "saved.age", (keys.ours,), now=NOW)
    return tmp_path / "saved.age"


@pytest.mark.both_databases
@pytest.mark.parametrize("kind", KINDS)
def test_every_row_goes_back_into_either_database_with_the_private_key(
    kind: str, saved: Path, keys: Keys, database_url: str, empty_place: EmptyPlace
) -> None:
    place = empty_place(kind)
    counts = restore(saved, place, identity=keys.file("kopi-2026"))
    rows = everything_in(place)
    assert rows == everything_in(database_url)
    assert counts == {table: len(found) for table, found in rows.items()}
    database = Database(place)
    with database.engine.connect() as connection:
        assert schema.missing_constraints(connection) == []
    database.close()


class Watch:
    """Looks in every file of a folder, each time that something is told of, for the words of a plan."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.looks, self.seen = folder, 0, set[str]()

    def look(self, _told: str = "") -> None:
        self.looks += 1
        for file in self.folder.rglob("*"):
            if file.is_file() and WORDS.encode() in file.read_bytes():
                self.seen.add(file.name)


@pytest.mark.both_databases
def test_no_clear_word_lies_on_the_disk_at_any_time(
    written: Database, keys: Keys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = tmp_path / "backups"
    (places / "tmp").mkdir(parents=True)
    monkeypatch.setattr("tempfile.tempdir", str(places / "tmp"))
    watch = Watch(places)
    progress = Progress(watch.look, **ALWAYS)
    backup_encrypted(written, places / "saved.age", (keys.ours,), now=NOW, progress=progress)
    watch.look()
    assert (watch.looks > 8, watch.seen) == (True, set())
    assert {file.stat().st_mode & 0o777 for file in places.glob("saved*")} == {0o600}
    backup(written, places / "clear.db", Progress(watch.look, **ALWAYS))
    watch.look()
    assert "clear.db" in watch.seen  # the control: in clear it is found, while it is written too
    assert any(name.startswith(".clear.db.") for name in watch.seen)


@pytest.mark.both_databases
def test_what_is_written_meanwhile_is_not_half_in_it(
    written: Database, people: People, keys: Keys, tmp_path: Path, empty_place: EmptyPlace
) -> None:
    if written.is_sqlite and not has_safe_wal(sqlite_driver().sqlite_version_info):
        pytest.skip("others wait meanwhile: the journal is TRUNCATE")
    before, wrote_on = everything_in(written.url.render_as_string(hide_password=False)), list[str]()

    def write(told: str) -> None:
        if told.startswith("Kopierer") and not wrote_on:
            wrote_on.append(told)
            wrote(written, people.anna, "in_plan", words="skrevet imens")

    progress = Progress(write, **ALWAYS)
    backup_encrypted(written, tmp_path / "saved.age", (keys.ours,), now=NOW, progress=progress)
    place = empty_place("sqlite")
    restore(tmp_path / "saved.age", place, identity=keys.file("kopi-2026"))
    assert wrote_on
    assert everything_in(place) == before
    assert everything_in(written.url.render_as_string(hide_password=False)) != before


def _rewrite(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def _flip(file: Path, at: int) -> None:
    content = bytearray(file.read_bytes())
    content[at] ^= 1
    file.write_bytes(content)


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-3000])


def _without_note(file: Path) -> None:
    note_path(file).unlink()


def _note_of_another(file: Path) -> None:
    content = file.read_bytes()
    write_note(note_path(file), file, BackupNote((), len(content), "0" * 64), now=NOW)
    _rewrite(note_path(file), "# Størrelse", "# Nøgle: anden · age1anden\n# Størrelse")


def _name_theirs(file: Path) -> None:
    """Let the note name the other key, whole."""
    old = note_path(file).read_text("utf-8").splitlines()[1]
    _rewrite(note_path(file), old, (file.parent / "theirs").read_text("utf-8"))


Harm = Callable[[Path], object]
OURS, THEIRS = "kopi-2026", "kopi-2031"
RENAMED: Harm = lambda file: _rewrite(note_path(file), OURS, THEIRS)  # noqa: E731 — one of many
BIT: Harm = lambda file: _flip(file, -3000)  # noqa: E731
# What was done to the files, the private key that is tried, and what is said then.
FAULTS: dict[str, tuple[tuple[Harm, ...], str | None, str]] = {
    "no key": ((), None, r"krypteret med nøglen »kopi-2026« \(age1\w{10}…\): skriv --identity"),
    "no key, no note": ((_without_note,), None, "sedlen saved.age.sha256 med nøglens navn er her ikke"),
    "a wrong key": ((), THEIRS, "kopi-2031 åbner ikke .*, som er krypteret med nøglen »kopi-2026«"),
    "a wrong key, no note": ((_without_note,), THEIRS, "åbner ikke .* er her ikke: find sedlen"),
    "no such key": ((), "gone", "gone findes ikke"),
    "a key that is none": ((), "public", "har ingen privat nøgle"),
    "a key with a slip": ((), "slip", "er ikke hel: hent filen igen"),
    "cut": ((_cut,), OURS, "er klippet over: den fylder"),
    "cut, no note": ((_cut, _without_note), OURS, "er beskadiget eller klippet over"),
    "a bit of the rows": ((BIT,), OURS, "kontrolsummen passer ikke"),
    "a bit of the rows, no note": ((BIT, _without_note), OURS, "er beskadiget"),
    "a bit of the key's place": ((lambda file: _flip(file, 40),), OURS, "kontrolsummen passer ikke"),
    "the first bytes": ((lambda file: _flip(file, 0),), OURS, "kontrolsummen passer ikke"),
    "another name": ((RENAMED,), OURS, "saved.age.sha256 hører ikke til .*: filen er hel .* »kopi-2026«"),
    "another name, and its key": ((RENAMED,), THEIRS, "kopi-2031 åbner ikke .* »kopi-2031«"),
    "another key, and that key": ((_name_theirs,), THEIRS, "er nøglen »kopi-2031« .*, som sedlen"),
    "the note of another": ((_note_of_another,), OURS, "hører ikke til"),
}


def test_what_can_not_be_opened_says_why_and_leaves_the_place_empty(
    saved: Path, keys: Keys, empty_place: EmptyPlace, tmp_path: Path
) -> None:
    (keys.folder / "slip").write_text(keys.file(OURS).read_text().strip()[:-1])
    (keys.folder / "public").write_text(str(keys.theirs))
    (tmp_path / "theirs").write_text(KEY.format(key=keys.theirs), "utf-8")
    whole = {file: file.read_bytes() for file in (saved, note_path(saved))}
    place = empty_place("sqlite")
    for name, (harms, key, says) in FAULTS.items():
        for harm in harms:
            harm(saved)
        files = set(tmp_path.iterdir())
        with pytest.raises(UnsafeOperation, match=says):
            restore(saved, place, identity=keys.file(key) if key else None)
        assert set(tmp_path.iterdir()) == files, name
        for file, content in whole.items():
            file.write_bytes(content)
    restore(saved, place, identity=keys.file(OURS))  # the control: nothing of all that stays
    assert count_people(place) > 0


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_a_postgresql_is_left_empty_too(saved: Path, keys: Keys, empty_place: EmptyPlace) -> None:
    place = empty_place("postgresql")
    _cut(saved)
    for name, says in ((OURS, "klippet over"), (THEIRS, "klippet over")):
        with pytest.raises(UnsafeOperation, match=says):
            restore(saved, place, identity=keys.file(name))
    database = Database(place)
    assert inspect(database.engine).get_table_names() == []
    database.close()


def test_any_of_several_keys_opens_it_and_both_are_named(
    database: Database, keys: Keys, tmp_path: Path, empty_place: EmptyPlace
) -> None:
    backup_encrypted(database, tmp_path / "two.age", (keys.ours, keys.theirs), now=NOW)
    restore(tmp_path / "two.age", empty_place("sqlite"), identity=keys.file(THEIRS))  # else the first does
    with pytest.raises(UnsafeOperation, match=r"»kopi-2026« \(age1\w+…\) eller »kopi-2031« \(age1"):
        restore(tmp_path / "two.age", empty_place("sqlite"))


def test_nothing_is_replaced_and_nothing_is_left(written: Database, keys: Keys, tmp_path: Path) -> None:
    for taken in ("saved.age", "saved.age.sha256"):
        (tmp_path / taken).write_text("mine")
        with pytest.raises(UnsafeOperation, match="er der allerede"):
            backup_encrypted(written, tmp_path / "saved.age", (keys.ours,), now=NOW)
        assert [file.name for file in tmp_path.glob("*saved*")] == [taken]
        (tmp_path / taken).unlink()


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_database_with_a_broken_tie_is_not_saved_as_if_it_were_whole(
    written: Database, keys: Keys, tmp_path: Path
) -> None:
    change(Path(written.url.database or ""), "DELETE FROM entry")
    with pytest.raises(UnsafeOperation, match="Databasen er beskadiget"):
        backup_encrypted(written, tmp_path / "saved.age", (keys.ours,), now=NOW)
    assert list(tmp_path.glob("*saved*")) == []


def lines(step: str, program: str = "9.9.0") -> list[bytes]:
    """Return a backup of one municipality, as a program at this step writes it."""
    one = f'["{person_id("anna").hex}","Solbjerg"]'
    return [
        f'{{"enplan_backup":1,"program":"{program}","schema":"{step}","keys":[["kopi-2026","age1…"]]}}\n'.encode(),
        f'{{"table":"municipality","columns":["id","name"]}}\n{one}\n'.encode(),
        b'{"end":{"municipality":1}}\n',
    ]


def test_older_ones_are_brought_up_to_date_and_newer_or_strange_ones_are_refused(
    keys: Keys, tmp_path: Path, empty_place: EmptyPlace
) -> None:
    older, file = lines("0012"), tmp_path / "made.age"
    strange = {
        "installér mindst version 9.9.0. Sikkerhedskopien er på trin 9999": lines("9999"),
        "Ikke alle rækker kom med": [*older[:2], b'{"end":{"municipality":2}}\n'],
        "bryder et løfte": [*older[:2], older[1], older[2]],
        "made.age er ikke en sikkerhedskopi": [b"hej\n"],
        "er ikke en sikkerhedskopi fra": older[:2],
        "ikke en sikkerhedskopi fra ./": [older[0], b'{"table":"sqlite_master","columns":["sql"]}\n'],
        "er ikke en sikkerhedskopi fra ./": [*older, b"[]\n"],
    }
    for says, content in {"": older, **strange}.items():
        with file.open("wb") as opened:
            encrypt(content, opened.write, [keys.ours])
        place = empty_place("sqlite")
        if not says:
            assert restore(file, place, identity=keys.file(OURS))["municipality"] == 1
            continue
        with pytest.raises(UnsafeOperation, match=says):
            restore(file, place, identity=keys.file(OURS))
        assert not Path(place.removeprefix("sqlite:///")).exists()


def test_memory_stays_flat_however_much_there_is(keys: Keys, tmp_path: Path) -> None:
    piece, count, file, found = b"x" * 100_000, 300, tmp_path / "large.age", [0]

    def parts() -> Iterator[bytes]:
        for _number in range(count):
            yield piece

    def take(part: bytes) -> None:
        found[0] += len(part)

    tracemalloc.start()
    with file.open("wb") as opened:
        encrypt(parts(), opened.write, [keys.ours])
    with file.open("rb") as closed:
        decrypt(closed.read, take, read_identities(keys.file(OURS)))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == [count * len(piece)]
    assert most < 2_000_000  # of the 30 MB that went through


def test_what_goes_wrong_on_the_way_is_told_as_itself(keys: Keys, tmp_path: Path) -> None:
    """A full disk is no damaged backup, and an interruption is none."""
    file, full = tmp_path / "made.age", OSError(28, "No space left on device")

    def fails(_part: object) -> bytes:
        raise trouble

    for trouble in (full, KeyboardInterrupt()):
        with pytest.raises(type(trouble)):
            encrypt([b"x"], fails, [keys.ours])
    with file.open("wb") as opened:
        encrypt([b"x"], opened.write, [keys.ours])
    for trouble in (full, KeyboardInterrupt()):
        with file.open("rb") as closed, pytest.raises(type(trouble)):
            decrypt(closed.read, fails, read_identities(keys.file(OURS)))
        with pytest.raises(type(trouble)):
            decrypt(fails, print, read_identities(keys.file(OURS)))
    with pytest.raises(NotWhole):  # the control
        decrypt(BytesIO(file.read_bytes()[:-1]).read, print, read_identities(keys.file(OURS)))


@pytest.mark.skipif(shutil.which("age") is None, reason="no age here")
def test_another_program_opens_it(saved: Path, keys: Keys, tmp_path: Path) -> None:
    opened = subprocess.run(
        ["age", "-d", "-i", keys.file(OURS), saved], capture_output=True, check=True
    ).stdout
    assert WORDS.encode() in opened
    assert opened.splitlines()[-1].startswith(b'{"end":')
    summed = subprocess.run(
        ["sha256sum", "-c", note_path(saved)], cwd=tmp_path, capture_output=True, check=True
    )
    assert summed.stdout == b"saved.age: OK\n"
