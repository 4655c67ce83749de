"""A database that a newer program has had: every command says so in one sentence, and changes nothing."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from app.migrations import schema
from app.store.db import Database
from app.upkeep.backup import backup
from app.version import program_version
from tests.cli.conftest import Run, one_sentence
from tests.conftest import seed_cast
from tests.databases import Templates

NEWER = "9999"
SENTENCE = "nyere end programmet: installér mindst version 7.8.9."
KEY = {"ENPLAN_SECRET_KEY": "only for tests, 32 bytes and more"}
SITE = KEY | {
    "ENPLAN_ORIGIN": "https://plan.example.dk",
    "ENPLAN_CONFIG": str(Path(__file__).parents[2] / "app/demo/solbjerg.toml"),
    "ENPLAN_TRUSTED_PROXY": "none",
}


@pytest.fixture
def url(database_kind: str, templates: Templates) -> Iterator[str]:
    with templates.copy(database_kind, seed_cast) as url:
        with closing(Database(url)) as database, database.writing() as session:
            session.connection().execute(
                text("UPDATE alembic_version SET version_num = :step, program = '7.8.9'"), {"step": NEWER}
            )
        yield url


@pytest.mark.both_databases
@pytest.mark.parametrize("words", [("serve",), ("migrate",), ("worker",), ("import", "people.csv")])
def test_no_command_goes_on_and_each_says_which_version_is_needed(
    words: tuple[str, ...], url: str, enplan: Run, tmp_path: Path
) -> None:
    (tmp_path / "people.csv").write_text("navn\nAnna\n", "utf-8")
    said = one_sentence(enplan(*words, ENPLAN_DATABASE_URL=url, **SITE))
    assert said.startswith("Databasen er ")
    assert SENTENCE in said
    assert f"Databasen er på trin {NEWER}, og denne udgave kender trin {schema.head()}." in said
    with closing(Database(url)) as database, database.engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == NEWER


@pytest.mark.both_databases
def test_doctor_names_it_too(url: str, enplan: Run) -> None:
    done = enplan("doctor", ENPLAN_DATABASE_URL=url, **SITE)
    assert done.returncode == 1
    assert SENTENCE in done.stdout
    assert done.stderr == ""


@pytest.mark.both_databases
def test_a_backup_of_it_is_not_brought_back(url: str, enplan: Run, tmp_path: Path) -> None:
    with closing(Database(url)) as database:
        if not database.is_sqlite:
            pytest.skip("a backup of PostgreSQL is written in the schema of the program that takes it")
        backup(database, tmp_path / "backup.db")
    place = tmp_path / "restored.db"
    done = enplan("restore", tmp_path / "backup.db", ENPLAN_DATABASE_URL=f"sqlite:///{place}", **KEY)
    assert SENTENCE in one_sentence(done)
    assert not place.exists()


def test_one_that_does_not_say_by_whom_is_told_of_all_the_same(url: str, enplan: Run) -> None:
    with closing(Database(url)) as database, database.writing() as session:
        session.connection().execute(text("UPDATE alembic_version SET program = NULL"))
    assert "installér en nyere udgave." in one_sentence(enplan("migrate", ENPLAN_DATABASE_URL=url))


@pytest.mark.both_databases
def test_the_program_that_took_the_newest_step_is_noted(database: Database) -> None:
    with database.engine.connect() as connection:
        noted = connection.execute(text("SELECT program FROM alembic_version")).scalar()
    assert noted == program_version() != ""
