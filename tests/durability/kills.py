"""`kill -9` in the middle of writing, again and again, on one database."""

import random
from dataclasses import dataclass, field

from sqlalchemy import text

from app.store.db import Database
from tests.durability.found import look, number_of
from tests.durability.writer import heard, started, words_of

MOST_WRITES = 25  # in a round, before it is cut


@dataclass(slots=True)
class Toll:
    """What the kills cost. `lost`, `half`, `unexpected` and `damaged` must be 0."""

    rounds: int = 0
    in_flight: int = 0  # rounds that ended inside a write
    unanswered: int = 0  # writes that were begun and never acknowledged
    acknowledged: set[int] = field(default_factory=set)
    begun: set[int] = field(default_factory=set)
    lost: int = 0
    half: int = 0
    unexpected: int = 0  # rows that nobody asked for, or with other words than were written
    damaged: int = 0


def kill_rounds(url: str, *, rounds: int, seed: int) -> Toll:
    """Start a writer, kill it at a moment the seed decides, look, and go on where it stopped."""
    dice, toll = random.Random(seed), Toll()  # noqa: S311 — a moment, not a secret
    for _ in range(rounds):
        _kill_once(url, dice, toll)
        look_after(url, toll)
        toll.rounds += 1
    return toll


def _kill_once(url: str, dice: random.Random, toll: Toll) -> None:
    first = max(toll.begun, default=0) + 1
    end = dice.choice(("begun", "laid", "kept")), first + dice.randrange(1, MOST_WRITES)
    last = ""
    with started(url, first) as writer:
        for step, number in heard(writer):
            last = step
            (toll.acknowledged if step == "kept" else toll.begun).add(number)
            if (step, number) == end:
                writer.kill()
    assert writer.returncode == -9, "the writer ended by itself"
    toll.in_flight += last != "kept"


def look_after(url: str, toll: Toll) -> None:
    """Open the database as a new start does, and count: what is lost stays lost, so the last count is all."""
    database = Database(url)
    with database.engine.connect() as connection:
        found = look(connection)
        if database.is_sqlite:
            toll.damaged += connection.execute(text("PRAGMA integrity_check")).scalar() != "ok"
        rows = (
            connection.execute(text("SELECT words FROM entry_version WHERE words LIKE 'Nr. %'"))
            .scalars()
            .all()
        )
    database.close()
    toll.lost = len(found.lost(toll.acknowledged))
    toll.half = found.half
    twice_or_other = len(rows) - len({words for words in rows if words == words_of(number_of(words))})
    toll.unexpected = len(found.whole - toll.begun) + twice_or_other
