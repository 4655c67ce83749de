"""Many who book at once, through the app, and how many overlaps they leave."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

from sqlalchemy import text
from sqlmodel import col, select

from app.calendar.guard import NO_CLASH, SQLITE_TRIGGERS
from app.calendar.models import Occupancy
from app.db import Database

Ask = Callable[[], int]


def at_once(asks: Sequence[Ask]) -> Counter[int]:
    """Let every ask go at the same moment, each on a thread of its own; return how often each status came."""
    barrier = threading.Barrier(len(asks))

    def ask(one: Ask) -> int:
        barrier.wait()
        return one()

    with ThreadPoolExecutor(len(asks)) as pool:
        return Counter(pool.map(ask, asks))


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
