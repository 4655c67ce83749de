"""`seed` fills an empty database with people who are made up, and no other."""

from pathlib import Path

import pytest
from sqlmodel import func, select

from app.cli.seed_database import NOT_EMPTY, REAL_SITE
from app.demo.cast import CAST
from app.demo.demo_instance import DemoInstance, read_seeded_at
from app.identity.models import Person
from app.store.db import Database
from tests.cli.conftest import Run

FEW = ("seed", "--citizens", "3", "--data", "demo")


def test_what_is_laid_is_a_demo_and_is_not_laid_twice(enplan: Run, tmp_path: Path) -> None:
    done = enplan(*FEW)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Borgere lagt ind: 3.")
    folder = DemoInstance(tmp_path / "demo")
    assert folder.key_file.exists()
    database = Database(folder.database_url)
    with database.reading() as session:
        assert read_seeded_at(session) is not None
        there = session.exec(select(func.count()).select_from(Person)).one()
    assert there > len(CAST) + 3
    again = enplan(*FEW)
    assert (again.returncode, again.stderr.strip()) == (1, NOT_EMPTY)
    with database.reading() as session:
        assert session.exec(select(func.count()).select_from(Person)).one() == there
    database.close()


def test_a_real_site_is_left_alone(enplan: Run, tmp_path: Path) -> None:
    done = enplan("seed", "--citizens", "3", ENPLAN_CONFIG=str(tmp_path / "enplan.toml"))
    assert (done.returncode, done.stderr.strip()) == (2, REAL_SITE)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.both_databases
@pytest.mark.usefixtures("people")
def test_a_database_with_people_is_left_alone(enplan: Run, database_url: str) -> None:
    done = enplan("seed", "--citizens", "3", ENPLAN_DATABASE_URL=database_url, ENPLAN_SECRET_KEY="k" * 48)
    assert (done.returncode, done.stderr.strip()) == (1, NOT_EMPTY)
