"""The power goes, after each single thing that was asked of the disk: nothing acknowledged is lost.

The same replay with SQLite's weaker settings must lose, or it could not have seen a loss at all.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from app.store.db import Database
from tests.conftest import seed_cast
from tests.databases import Templates
from tests.durability.power_cuts import Settings, cut_power

WRITES, SEED = 12, 2026  # 60 writes, each cut opened four ways, in `./enplan bench durability`
OFF, NORMAL, FULL = 0, 1, 2
pytestmark = pytest.mark.slow


@pytest.fixture
def site(templates: Templates) -> Iterator[Path]:
    with templates.copy("sqlite", seed_cast) as url:
        yield Path(make_url(url).database or "")


@pytest.mark.parametrize(
    "settings", [None, Settings("truncate", FULL)], ids=["as served", "where SQLite is old"]
)
def test_no_power_cut_loses_or_damages_anything(
    settings: Settings | None, site: Path, tmp_path: Path
) -> None:
    damage = cut_power(site, tmp_path, writes=WRITES, seed=SEED, settings=settings)
    assert (damage.lossy, damage.damaged, damage.half) == (0, 0, 0), damage
    assert damage.cuts > 10 * WRITES
    assert damage.folds, "no cut fell where the log is folded into the file"


def test_control_normal_loses_acknowledged_writes(site: Path, tmp_path: Path) -> None:
    damage = cut_power(site, tmp_path, writes=WRITES, seed=SEED, settings=Settings("wal", NORMAL))
    assert damage.lossy > 0
    assert damage.most_lost > 1


def test_control_off_damages_the_file(site: Path, tmp_path: Path) -> None:
    damage = cut_power(site, tmp_path, writes=WRITES, seed=SEED, settings=Settings("wal", OFF))
    assert damage.damaged > 0


def test_the_app_asks_for_the_settings_that_hold(site: Path) -> None:
    database = Database(f"sqlite:///{site}")
    found = Settings.found_in(database)
    database.close()
    assert found.synchronous == FULL
