"""A real site does not start with anything missing or unsafe; it is named."""

import re
import signal
import sqlite3
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from app.config import DEMO_SITE
from tests.cli.conftest import Run, one_sentence, running

SAFE = {
    "ENPLAN_DATABASE_URL": "sqlite:///site/enplan.db",
    "ENPLAN_SECRET_KEY": "32 bytes and more, for tests only",
    "ENPLAN_ORIGIN": "https://plan.example.dk",
    "ENPLAN_CONFIG": str(DEMO_SITE),
    "ENPLAN_TRUSTED_PROXY": "none",
}


@pytest.fixture
def site(enplan: Run, tmp_path: Path) -> Path:
    """A migrated database, as an administrator makes it."""
    assert enplan("migrate", **SAFE).returncode == 0
    return tmp_path / "site" / "enplan.db"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ENPLAN_SECRET_KEY", ""),
        ("ENPLAN_SECRET_KEY", "short"),
        ("ENPLAN_ORIGIN", ""),
        ("ENPLAN_ORIGIN", "http://plan.example.dk"),
        ("ENPLAN_CONFIG", ""),
        ("ENPLAN_CONFIG", "not-there.toml"),
        ("ENPLAN_DEMO", "1"),
        ("ENPLAN_TRUSTED_PROXY", ""),
        ("ENPLAN_TRUSTED_PROXY", "localhost"),
    ],
)
def test_a_setting_that_is_missing_or_unsafe_is_named(name: str, value: str, enplan: Run, site: Path) -> None:
    said = one_sentence(enplan("serve", "--port", "0", **(SAFE | {name: value})), code=2)
    assert name in said
    assert "short" not in said


@pytest.mark.usefixtures("site")
def test_a_proxy_that_is_not_named_stops_the_start_with_an_example(enplan: Run) -> None:
    unset = {name: value for name, value in SAFE.items() if name != "ENPLAN_TRUSTED_PROXY"}
    said = one_sentence(enplan("serve", "--port", "0", **unset), code=2)
    assert "ENPLAN_TRUSTED_PROXY mangler" in said
    assert "f.eks. 127.0.0.1, eller none" in said


def test_a_database_that_is_not_there_is_not_made(enplan: Run, tmp_path: Path) -> None:
    assert "./enplan migrate" in one_sentence(enplan("serve", "--port", "0", **SAFE))
    assert not (tmp_path / "site").exists()


def test_a_database_of_an_older_step(enplan: Run, site: Path) -> None:
    with sqlite3.connect(site) as ours:
        ours.execute("UPDATE alembic_version SET version_num = '0001'")
    assert "./enplan migrate" in one_sentence(enplan("serve", "--port", "0", **SAFE))


def test_a_database_without_one_of_its_promises(enplan: Run, site: Path) -> None:
    with sqlite3.connect(site) as ours:
        ours.execute("DROP TRIGGER occupancy_clash_insert")
    assert "occupancy_clash_insert" in one_sentence(enplan("serve", "--port", "0", **SAFE))


def test_a_database_server_that_does_not_answer(enplan: Run) -> None:
    nowhere = {"ENPLAN_DATABASE_URL": "postgresql+psycopg://enplan:hemmelig@127.0.0.1:9/enplan"}
    said = one_sentence(enplan("serve", "--port", "0", **(SAFE | nowhere)))
    assert "ENPLAN_DATABASE_URL" in said
    assert "hemmelig" not in said


def test_an_address_that_is_no_database(enplan: Run) -> None:
    for url in ("notes.txt", "mysql://x/y"):
        said = one_sentence(enplan("serve", "--port", "0", **(SAFE | {"ENPLAN_DATABASE_URL": url})), code=2)
        assert "ENPLAN_DATABASE_URL" in said


@pytest.mark.slow
def test_a_site_that_is_whole_serves_without_a_demo_and_stops_quietly(site: Path, tmp_path: Path) -> None:
    with running("serve", "--port", "0", cwd=tmp_path, **SAFE) as (process, said):
        port = re.search(r"port (\d+)", said)
        assert port is not None
        address = f"http://127.0.0.1:{port[1]}"
        with urlopen(Request(f"{address}/privatliv", headers={"Host": "plan.example.dk"})) as answer:  # noqa: S310
            assert "max-age" in answer.headers["Strict-Transport-Security"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert [path.name for path in site.parent.iterdir()] == ["enplan.db"]


@pytest.mark.slow
def test_the_worker_works_until_it_is_told_to_stop(site: Path, tmp_path: Path) -> None:
    with running("worker", cwd=tmp_path, **SAFE) as (process, _said):
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert [path.name for path in site.parent.iterdir()] == ["enplan.db"]
