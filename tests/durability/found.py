"""What stands in a database after an accident, set against what its writer was told."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, text

# A write is three rows. One without the others is half a write.
HALVES = (
    "SELECT count(*) FROM entry e WHERE NOT EXISTS (SELECT 1 FROM entry_version v WHERE v.entry_id = e.id)",
    "SELECT count(*) FROM entry_version v WHERE NOT EXISTS (SELECT 1 FROM entry_event h"
    " WHERE h.entry_id = v.entry_id AND h.version = v.number)",
    "SELECT count(*) FROM entry_event h WHERE NOT EXISTS (SELECT 1 FROM entry e WHERE e.id = h.entry_id)",
)


@dataclass(frozen=True, slots=True)
class Found:
    """The numbers of the writes that are there whole, and how many are half there."""

    whole: frozenset[int]
    half: int

    def lost(self, acknowledged: Collection[int]) -> set[int]:
        return set(acknowledged) - self.whole


def look(connection: Connection) -> Found:
    """Return what stands in the database; the words themselves are compared where they are read."""
    half = sum(connection.execute(text(query)).scalar_one() for query in HALVES)
    rows = connection.execute(text("SELECT words FROM entry_version WHERE words LIKE 'Nr. %'"))
    return Found(frozenset(number_of(words) for (words,) in rows), half)


def number_of(words: str) -> int:
    return int(words.split()[1])
