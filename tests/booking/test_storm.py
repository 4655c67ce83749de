"""Nothing overlaps and nobody is shown a lock, whoever books at once; without lock or guard this is seen."""

import pytest

from app.store.db import Database
from tests.booking.race import take_the_guard_away
from tests.booking.storm import prepare, squall, storm

pytestmark = pytest.mark.both_databases

SEED = 20260302


@pytest.fixture
def url(database: Database) -> str:
    prepare(database)
    return database.url.render_as_string(hide_password=False)


@pytest.mark.slow
def test_what_several_processes_do_at_once_leaves_every_promise_kept(url: str) -> None:
    tally = storm(url, processes=2, attempts=160, seed=SEED)
    assert tally.holds, tally
    tried = {name.split()[0] for name in (*tally.done, *tally.refused)}
    assert {"insert", "move", "swap", "series", "people"} <= tried
    assert sum(tally.done.values()) > 0 < sum(tally.refused.values())


@pytest.mark.slow
def test_without_the_guard_the_storm_is_red(url: str, database: Database) -> None:
    take_the_guard_away(database)
    tally = squall(url, threads=4, attempts=160, seed=SEED)
    assert any("overlap" in one for one in tally.broken), tally


@pytest.mark.slow
def test_without_the_lock_the_storm_is_red(url: str) -> None:
    tally = squall(url, threads=6, attempts=300, seed=SEED, without_lock=True)
    assert tally.errors or tally.broken or tally.deadlocks, tally
