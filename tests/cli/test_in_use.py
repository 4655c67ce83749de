"""A SQLite database in use: not restored into, not reset, and its name not taken by another file."""

import re
from pathlib import Path

import pytest
from sqlalchemy import text

from app.cli.database_checks import is_another_serving
from app.cli.demo import clock_at, prepare
from app.cli.error_messages import error_sentence
from app.config import DEMO_SITE
from app.demo.demo_instance import FILES, DemoInstance
from app.store.db import Database
from app.store.sqlite_file import DatabaseInUse, DatabaseReplaced, in_use
from app.upkeep.backup import backup
from tests.cli.conftest import Run, one_sentence, running
from tests.durability.visitor import Visitor
from tests.upkeep.conftest import count_people

SITE = {
    "ENPLAN_DATABASE_URL": "sqlite:///demo/enplan.db",
    "ENPLAN_SECRET_KEY": "32 bytes and more, for tests only",
    "ENPLAN_ORIGIN": "https://plan.example.dk",
    "ENPLAN_CONFIG": str(DEMO_SITE),
    "ENPLAN_TRUSTED_PROXY": "none",
}
SAYS = re.compile(r"i brug: stop serveren.* prøv igen.* Intet er ændret")


@pytest.fixture
def folder(enplan: Run, tmp_path: Path) -> Path:
    """A demo that has been laid, and a backup of it beside its folder; `enplan` takes us there."""
    assert enplan("--help").returncode == 0
    made = prepare(DemoInstance(tmp_path / "demo"), "http://localhost:5000", clock_at(None))
    backup(made.extensions["db"], tmp_path / "saved.db")
    made.extensions["db"].close()
    return tmp_path / "demo"


def remove(folder: Path) -> None:
    """Clear the way for a restore as somebody would who forgets that a server runs."""
    for name in FILES:
        (folder / name).unlink(missing_ok=True)


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [("demo", "--port", "0", "--data", "demo"), ("serve", "--port", "0"), ("worker",)],
    ids=lambda w: w[0],
)
def test_the_place_of_a_server_that_runs_is_left_empty(
    words: tuple[str, ...], folder: Path, tmp_path: Path, enplan: Run
) -> None:
    env = {} if words[0] == "demo" else SITE | {"ENPLAN_SECRET_KEY": (folder / "secret.key").read_text()}
    with running(*words, cwd=tmp_path, **env) as (
        server,
        _,
    ):
        there = SAYS.search(one_sentence(enplan("restore", "saved.db", "--data", "demo")))
        assert there, "while its file is there"
        remove(folder)
        before = sorted(folder.iterdir())
        assert SAYS.search(one_sentence(enplan("restore", "saved.db", "--data", "demo")))
        assert sorted(folder.iterdir()) == before
        server.kill()  # a lock that outlived its process would stop us for ever
        server.wait(30)
    remove(folder)
    assert enplan("restore", "saved.db", "--data", "demo").returncode == 0
    assert count_people(f"sqlite:///{folder}/enplan.db") == 17
    assert not (folder / "enplan.db-lock").exists()


@pytest.mark.slow
def test_nobody_starts_while_a_restore_is_under_way(folder: Path, enplan: Run) -> None:
    with in_use(folder / "enplan.db", alone=True):
        for words in (("serve", "--port", "0"), ("worker",)):
            assert "i brug" in one_sentence(enplan(*words, **SITE))
        assert "demo" in one_sentence(enplan("demo", "--port", "0", "--data", "demo"))


def test_others_may_use_it_together_and_the_last_one_tidies_up(tmp_path: Path) -> None:
    file = tmp_path / "enplan.db"
    file.touch()
    with in_use(file):
        with in_use(file):
            pass
        with pytest.raises(DatabaseInUse), in_use(file, alone=True):
            pass
        assert (tmp_path / "enplan.db-lock").exists()
    with in_use(file, alone=True):
        pass
    assert list(tmp_path.iterdir()) == [file]


def test_a_folder_that_can_not_be_written_is_no_hindrance(tmp_path: Path) -> None:
    with in_use(tmp_path / "not" / "there.db"):
        pass
    with in_use(Path("/proc/enplan.db")):
        pass


@pytest.mark.slow
def test_no_other_program_reads_the_new_file_with_the_log_of_the_old_one(
    folder: Path, tmp_path: Path, enplan: Run
) -> None:
    with running("demo", "--port", "0", "--data", "demo", cwd=tmp_path) as (_server, said):
        Visitor(said.split()[-1]).become("anna")
        (tmp_path / "saved.db").rename(folder / "enplan.db")
        for words in (("migrate",), ("worker",), ("backup", "b.db"), ("doctor",)):
            done = enplan(*words, "--data", "demo")
            assert done.returncode == 1
            assert "i brug" in done.stderr + done.stdout
    assert enplan("migrate", "--data", "demo").returncode == 0


def test_a_command_says_what_to_do(folder: Path, enplan: Run, tmp_path: Path) -> None:
    database = Database(f"sqlite:///{folder}/enplan.db")
    with database.writing() as session:
        session.connection().execute(text("SELECT 1"))
    (folder / "enplan.db").rename(tmp_path / "away.db")
    with pytest.raises(DatabaseReplaced) as problem, database.writing() as session:
        session.connection().execute(text("SELECT 1"))
    database.close()
    assert "byttet ud" in error_sentence(problem.value)
    assert "./enplan migrate" in one_sentence(enplan("backup", "x.db", "--data", "demo"))


@pytest.mark.slow
def test_a_second_server_on_one_sqlite_file_says_that_it_gains_nothing(folder: Path, tmp_path: Path) -> None:
    env = SITE | {"ENPLAN_SECRET_KEY": (folder / "secret.key").read_text()}
    url = f"sqlite:///{folder}/enplan.db"
    with is_another_serving(url) as before, is_another_serving(url) as now:
        assert (before, now) == (False, True)
        with running("serve", "--port", "0", cwd=tmp_path, **env) as (server, said):
            assert server.stderr is not None
            told = server.stderr.readline()
            assert (
                Visitor(f"http://127.0.0.1:{said.split(' port ')[1].split()[0]}").get("/healthz").status
                == 200
            )
    assert "gavner ikke: SQLite lader én skrive ad gangen" in told
    assert "PostgreSQL" in told
    assert not (folder / "enplan.db-serve-lock").exists()
