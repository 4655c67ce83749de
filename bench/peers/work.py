"""What everybody is sent, and how many overlaps it leaves: 15 professionals, one citizen, an hour each.

Source of the two rushes: edge cases 1 (all want the same hour) and 2 (staggered by a quarter).
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import combinations
from typing import Protocol

from app.dates.local_time import DANISH_TIME
from tests.booking.race import at_once

BOOKINGS, PROFESSIONALS = 200, 15
HOUR, QUARTER = timedelta(hours=1), timedelta(minutes=15)
STARTS = 29  # quarters at which a meeting between 8 and 16 can begin
SAME_DAY, STAGGERED_DAY = date(2027, 3, 2), date(2027, 3, 9)  # Tuesdays, no holidays near
ACCEPTED, REFUSED = 201, 409

Span = tuple[datetime, datetime]  # half-open


class Peer(Protocol):
    """A calendar that can be asked for a meeting."""

    @property
    def name(self) -> str: ...

    def book(self, number: int, span: Span) -> bool:
        """Ask for one meeting of the citizen with professional `number` % 15; say whether it was accepted."""

    def stored(self, day: date) -> list[Span]:
        """Return the citizen's meetings on that day, as they are stored."""


@dataclass(frozen=True, slots=True)
class Rush:
    """What a peer said to 200 at once, and what it has stored of them."""

    accepted: int
    stored: int
    pairs: int
    seconds: float


def wanted(day: date, number: int) -> Span:
    """Return the hour that booking `number` asks for."""
    first = 8 * 4 + number % STARTS if day == STAGGERED_DAY else 10 * 4
    start = datetime(day.year, day.month, day.day, tzinfo=DANISH_TIME) + first * QUARTER
    return start, start + HOUR


def rush(peer: Peer, day: date) -> Rush:
    """Send every booking of that day at the same moment."""
    began = time.perf_counter()
    said = at_once(lambda n: ACCEPTED if peer.book(n, wanted(day, n)) else REFUSED, BOOKINGS)
    seconds = time.perf_counter() - began
    stored = peer.stored(day)
    assert stored, f"{peer.name} has stored nothing, so it was not asked as it wants to be"
    return Rush(said[ACCEPTED], len(stored), overlapping(stored), seconds)


def overlapping(spans: Iterable[Span]) -> int:
    """Count the pairs that overlap, each pair once: three at the same hour are three pairs."""
    return sum(one[0] < other[1] and other[0] < one[1] for one, other in combinations(spans, 2))
