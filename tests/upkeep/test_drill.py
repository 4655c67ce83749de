"""The drill: a backup is taken while the site is written to, and a new site starts on it."""

from pathlib import Path

import pytest

from app import create_app
from app.config import DEMO_SITE, Settings, read_site
from app.dates.clock import fixed_clock
from app.identity.login import DEMO_COOKIE
from app.store.db import Database
from app.upkeep.backup import backup
from app.upkeep.restore import restore
from tests.cast import NOW
from tests.conftest import KINDS, ORIGIN, CarefulClient, enter
from tests.durability.found import look
from tests.durability.writer import heard, started
from tests.upkeep.conftest import EmptyPlace, everything_in

pytestmark = pytest.mark.both_databases

BEFORE, AFTER = 20, 5  # acknowledged writes


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_what_was_acknowledged_before_the_backup_is_there_after_the_restore(
    kind: str, database_url: str, empty_place: EmptyPlace, tmp_path: Path
) -> None:
    file, place = tmp_path / "drill.db", empty_place(kind)
    before, after = back_up_under_writing(database_url, file)
    counts = restore(file, place)
    database = Database(place)
    with database.engine.connect() as connection:
        found = look(connection)
    database.close()
    assert found.lost(before) == set()
    assert found.half == 0
    assert len(found.whole) == counts["entry_version"]
    assert {table: len(rows) for table, rows in everything_in(place).items()} == counts
    assert max(after) > max(found.whole), "nobody wrote after the backup was taken"
    assert starts_on(place)


def back_up_under_writing(url: str, file: Path) -> tuple[set[int], set[int]]:
    """Take a backup while a process writes; return what it was acknowledged before, and after."""
    database = Database(url)
    before, after = set[int](), set[int]()
    with started(url, first=1) as writer:
        steps = heard(writer)
        kept = (number for step, number in steps if step == "kept")
        before.update(next(kept) for _ in range(BEFORE))
        counts = backup(database, file)
        while len(after) < AFTER or max(after) <= counts["entry_version"]:
            after.add(next(kept))
    database.close()
    return before, after


def starts_on(url: str) -> bool:
    """Start the app on this database, and say whether a citizen gets their page."""
    key = "only for tests, 32 bytes and more"
    app = create_app(Settings(url, key, ORIGIN, demo=True, site=read_site(DEMO_SITE)), clock=fixed_clock(NOW))
    app.test_client_class = CarefulClient
    client = app.test_client()
    client.set_cookie(DEMO_COOKIE, enter(app, "anna"), domain="localhost")
    answer = client.get("/")
    app.extensions["db"].close()
    return answer.status_code == 200
