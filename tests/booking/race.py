"""Many who book at once, through the app, and how many overlaps they leave."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

from sqlalchemy import text
from sqlmodel import col, select

from app.meetings.models import Occupancy
from app.meetings.no_overlap import NO_CLASH, SQLITE_TRIGGERS
from app.store.db import Database


def at_once(ask: Callable[[int], int], many: int) -> Counter[int]:
    """Call `ask` with 0, 1, … at the same moment, each on its own thread; count the statuses."""
    barrier = threading.Barrier(many)

    def wait_and_ask(number: int) -> int:
        barrier.wait()
        return ask(number)

    with ThreadPoolExecutor(many) as pool:
        return Counter(pool.map(wait_and_ask, range(many)))


def overlapping_pairs(database: Database) -> int:
    """Count the neighbours in anybody's time that overlap."""
    with database.reading() as session:
        rows = session.exec(
            select(Occupancy).order_by(col(Occupancy.subject_id), col(Occupancy.starts_at))
        ).all()
    return sum(
        one.subject_id == other.subject_id and other.starts_at < one.ends_at for one, other in pairwise(rows)
    )


def take_the_guard_away(database: Database) -> None:
    """Remove what the database promises about clashes, as a bad migration would."""
    with database.engine.begin() as connection:
        if database.is_sqlite:
            for trigger in SQLITE_TRIGGERS:
                connection.execute(text(f"DROP TRIGGER {trigger}"))
        else:
            connection.execute(text(f"ALTER TABLE occupancy DROP CONSTRAINT {NO_CLASH}"))
