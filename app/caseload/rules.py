"""In which order a contact person meets what waits. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from app.identity.rules import first_name
from app.meetings.rules import Channel, Reply
from app.plan.rules import CitizenTie

ASKS = (Reply.OTHER_TIME, Reply.CANNOT, Reply.CALL_ME)  # answers that somebody must take on from there


class WaitingCounts(NamedTuple):
    """How much waits with one citizen. The order of the fields is the order of their weight."""

    asks_today: int = 0  # meetings later today that the citizen can't or won't have as they are
    late: int = 0  # of `to_answer`, those whose day has passed
    to_answer: int = 0
    overdue: int = 0  # promises of the municipality
    asks: int = 0  # as `asks_today`, of other days
    to_read: int = 0  # shown answers to how it goes; nothing is late with them


class UpcomingMeeting(NamedTuple):
    """A meeting that is today, or to which the citizen has answered that it can't be as it is."""

    meeting_id: UUID
    day: date  # in Denmark
    starts_at: datetime
    reply: Reply | None
    channel: Channel

    @property
    def asks(self) -> bool:
        return self.reply in ASKS


@dataclass(frozen=True, slots=True)
class CitizenRow:
    """One citizen on the reader's list."""

    bond: CitizenTie
    name: str
    sort_key: str
    said_yes: bool
    waiting: WaitingCounts
    phone: str | None = None  # None: not known, or not for this reader
    planned: Sequence[UpcomingMeeting] = ()  # soonest first

    @property
    def first_name(self) -> str:
        return first_name(self.name)


def most_urgent_first(row: CitizenRow) -> tuple[tuple[int, ...], str]:
    """Return the key that puts those who wait for the reader first, and equals in Danish order."""
    counts = [-count for count in row.waiting]
    return (*counts, -len(row.planned)), row.sort_key


def pick_next(waiting: Sequence[UUID], *, after: UUID | None = None, stay: UUID | None = None) -> UUID | None:
    """Return which one to show: `stay` while it waits, the one after `after`, round again, or the first."""
    if stay in waiting:
        return stay
    if after in waiting:
        return waiting[(waiting.index(after) + 1) % len(waiting)]
    return waiting[0] if waiting else None
