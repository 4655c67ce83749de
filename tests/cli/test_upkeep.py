"""`backup`, `restore` and `doctor` as a person types them."""

import shutil
from pathlib import Path

import pytest

from app.cli.demo import clock_at, prepare
from app.demo.demo_instance import DemoInstance
from tests.cli.conftest import Done, Run, one_sentence

HERE = ("--data", "demo")


@pytest.fixture
def demo(enplan: Run, tmp_path: Path) -> Path:
    """A demo in the folder one stands in; `enplan` is asked for first, since it takes us there."""
    app = prepare(DemoInstance(tmp_path / "demo"), "http://localhost:5000", clock_at(None))
    app.extensions["db"].close()
    return tmp_path / "demo"


def complaints(done: Done) -> list[str]:
    return [line.removeprefix("SE HER").strip() for line in done.stdout.splitlines() if "SE HER" in line]


@pytest.mark.usefixtures("demo")
def test_a_fresh_demo_is_as_promised(enplan: Run) -> None:
    done = enplan("doctor", *HERE)
    assert complaints(done) == []
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) > 8


def test_a_site_without_key_settings_or_database_is_told_each(enplan: Run) -> None:
    done = enplan("doctor", ENPLAN_DATABASE_URL="sqlite:///gone.db", ENPLAN_SECRET_KEY="short")
    key, settings, database = complaints(done)
    assert done.returncode == 1
    assert "ENPLAN_SECRET_KEY" in key
    assert "ENPLAN_CONFIG" in settings
    assert "gone.db" in database
    assert not Path("gone.db").exists()


def test_a_file_that_is_no_database_is_told(enplan: Run, demo: Path) -> None:
    (demo / "enplan.db").write_bytes(b"%PDF-1.7 ")
    (complaint,) = complaints(enplan("doctor", *HERE))
    assert "ikke en database" in complaint


def test_a_backup_comes_back_in_another_folder(enplan: Run, demo: Path, tmp_path: Path) -> None:
    saved = enplan("backup", "saved.db", *HERE)
    assert saved.returncode == 0, saved.stderr
    (tmp_path / "secret.key").write_text((demo / "secret.key").read_text())
    shutil.rmtree(demo)
    demo.mkdir()
    shutil.move(tmp_path / "secret.key", demo)  # no backup holds it
    back = enplan("restore", "saved.db", *HERE)
    assert back.returncode == 0, back.stderr
    assert back.stdout.split()[-2] == saved.stdout.split()[-2]  # the number of rows
    assert complaints(enplan("doctor", *HERE)) == []


@pytest.mark.usefixtures("demo")
def test_nothing_is_replaced(enplan: Run) -> None:
    enplan("backup", "saved.db", *HERE)
    assert "saved.db er der allerede" in one_sentence(enplan("backup", "saved.db", *HERE))
    assert "enplan.db er der allerede" in one_sentence(enplan("restore", "saved.db", *HERE))


@pytest.mark.usefixtures("demo")
def test_what_can_not_be_done_is_one_sentence(enplan: Run) -> None:
    assert "no/such/folder findes ikke" in one_sentence(enplan("backup", "no/such/folder/saved.db", *HERE))
    assert "gone.db findes ikke" in one_sentence(enplan("restore", "gone.db", "--data", "new"))
    Path("letter.txt").write_text("Kære alle")
    assert "ikke en database" in one_sentence(enplan("restore", "letter.txt", "--data", "new"))
