"""Encrypted backups as a person types them: the key, where it may lie, and who is told what."""

import re
import shutil
from pathlib import Path
from sqlite3 import sqlite_version_info

import pytest

from app.cli.demo import clock_at, prepare
from app.demo.demo_instance import DemoInstance
from app.store.db import has_safe_wal, sqlite_driver
from tests.cli.conftest import Run, one_sentence
from tests.cli.test_first_sign_in import well
from tests.cli.test_serve_refuses import SAFE
from tests.cli.test_upkeep import HERE, complaints

BEGINS = b"age-encryption.org/v1"
CHECK = ("config", "check")


@pytest.fixture
def demo(enplan: Run, tmp_path: Path) -> Path:
    app = prepare(DemoInstance(tmp_path / "demo"), "http://localhost:5000", clock_at(None))
    app.extensions["db"].close()
    (tmp_path / "safe").mkdir()
    return tmp_path / "demo"


def make_key(enplan: Run, name: str = "kopi-2026") -> str:
    """Make a key in the folder `safe`, and return what the server is told of it."""
    said = well(enplan("key", "backup", f"safe/{name}.txt", "--name", name))
    return said.splitlines()[-1].partition("=")[2]


def copy_but_the_database(demo: Path) -> None:
    """Make the demo `new`, where only a backup is missing: none holds the secret key."""
    shutil.copytree(demo, "new", ignore=shutil.ignore_patterns("enplan.db*"), dirs_exist_ok=True)


def test_a_key_is_made_a_backup_closed_with_it_and_opened_again(enplan: Run, demo: Path) -> None:
    said = well(enplan("key", "backup", "safe/kopi.txt", "--name", "kopi-2026"))
    private = re.findall(r"AGE-SECRET-KEY-1\w+", Path("safe/kopi.txt").read_text("utf-8"))
    setting, _is, recipient = said.splitlines()[-1].partition("=")
    assert (len(private), setting) == (1, "ENPLAN_BACKUP_RECIPIENT")
    assert private[0] not in said
    assert "aldrig samme sted som kopierne" in said.lower()
    assert Path("safe/kopi.txt").stat().st_mode & 0o777 == 0o600
    told = {setting: recipient}
    assert "krypteres til kopi-2026" in enplan("doctor", *HERE, **told).stdout
    saved = well(enplan("backup", "saved.age", *HERE, **told))
    assert "saved.age.sha256" in saved
    assert Path("saved.age").read_bytes().startswith(BEGINS)
    assert "# Nøgle: kopi-2026 · age1" in Path("saved.age.sha256").read_text("utf-8")
    assert "»kopi-2026«" in one_sentence(enplan("restore", "saved.age", "--data", "new"))
    copy_but_the_database(demo)
    back = well(enplan("restore", "saved.age", "--identity", "safe/kopi.txt", "--data", "new"))
    assert back.splitlines()[0].split()[-1] == saved.splitlines()[0].split()[-1]  # the number of rows
    assert "Slet safe/kopi.txt" in back
    assert complaints(enplan("doctor", "--data", "new")) == []


def test_without_a_recipient_it_is_as_before(enplan: Run, demo: Path) -> None:
    clear = well(enplan("backup", "clear.db", *HERE, ENPLAN_BACKUP_RECIPIENT=""))
    assert "krypteret" not in clear
    assert Path("clear.db").read_bytes().startswith(b"SQLite format 3")
    copy_but_the_database(demo)
    back = enplan("restore", "clear.db", "--identity", "nowhere", "--data", "new")
    assert "ikke krypteret" in well(back)


@pytest.mark.usefixtures("demo")
def test_where_others_must_wait_meanwhile_it_is_told(enplan: Run) -> None:
    recipient = make_key(enplan)
    for sqlite, version in {"": sqlite_driver().sqlite_version_info, "system": sqlite_version_info}.items():
        file = f"saved-{sqlite}.age"
        done = enplan("backup", file, *HERE, "--recipient", recipient, ENPLAN_SQLITE=sqlite)
        assert done.returncode == 0
        assert ("men ingen kan skrive" in done.stderr) is not has_safe_wal(version)


@pytest.mark.usefixtures("demo")
def test_a_key_and_backups_are_kept_apart_and_nothing_is_replaced(enplan: Run) -> None:
    recipient = make_key(enplan)
    well(enplan("backup", "saved.age", *HERE, "--recipient", recipient))
    again = enplan("key", "backup", "here.txt", "--name", "kopi-2027")
    assert "vælg en anden mappe" in one_sentence(again)
    assert not Path("here.txt").exists()
    before = Path("safe/kopi-2026.txt").read_bytes()
    assert "er der allerede" in one_sentence(
        enplan("key", "backup", "safe/kopi-2026.txt", "--name", "kopi-2026")
    )
    assert Path("safe/kopi-2026.txt").read_bytes() == before
    assert "højst 40" in one_sentence(enplan("key", "backup", "safe/x", "--name", "to ord"), code=2)
    assert "er der allerede" in one_sentence(enplan("backup", "saved.age", *HERE, "--recipient", recipient))


WRONG = {
    "age1abc": "hel og uden mellemrum",
    "kopi-2026:{key}x": "hel og uden mellemrum",
    "{key}": "har et navn, der ikke kan bruges",
    "en kopi:{key}": "har et navn",
    "kopi:{private}": "har den private halvdel",
    "kopi:{key},KOPI:{key}": "to gange",
}


def test_a_recipient_that_can_not_be_used_is_told_everywhere(enplan: Run, demo: Path) -> None:
    key = make_key(enplan).rpartition(":")[2]
    private = Path("safe/kopi-2026.txt").read_text("utf-8").split()[-1]
    for word, says in WRONG.items():
        recipient = word.format(key=key, private=private)
        told = {"ENPLAN_BACKUP_RECIPIENT": recipient}
        ways = [
            one_sentence(enplan("backup", "x.age", *HERE, **told), code=2),
            one_sentence(enplan(*CHECK, **SAFE, **told), code=2),
            *complaints(enplan("doctor", *HERE, **told)),
        ]
        if "," not in word:
            ways.append(one_sentence(enplan("backup", "x.age", *HERE, "--recipient", recipient), code=2))
        assert all(says in said and private not in said for said in ways), (word, ways)
        assert list(Path().glob("x.age*")) == []  # never in clear because of a slip
    good = f"kopi-2026:{key}"
    assert "krypteret til kopi-2026" in well(enplan(*CHECK, **SAFE, ENPLAN_BACKUP_RECIPIENT=good))
    assert "ikke krypteret" in well(enplan(*CHECK, **SAFE))
