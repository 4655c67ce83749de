"""What a message is, whose turn it is, and when one can be taken out again. Pure."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.errors import Refused

WORDS_MOST = 4000
ABOUT_MOST = 20
UNNOTICED = timedelta(minutes=10)  # a message that nobody has read is taken out within these without a trace

ABOUT_KINDS: dict[str, "AboutKind"] = {}  # what messages can be about, by the name that is stored


class PlanAnswer(StrEnum):
    """What the citizen said to "may I take this into the plan?"."""

    YES = "yes"
    NO = "no"


class MessageNeedsContact(Refused):
    reason = "Du har ikke en kontaktperson endnu. Ring til kommunen. Din besked er gemt som kladde."


class NothingToAnswer(Refused):
    reason = "Der er allerede svaret. Se det nyeste i jeres beskeder."


class AlreadyInPlan(Refused):
    reason = "Det står allerede i planen."


class ReadersChanged(Refused):
    reason = "Nu er det nogle andre, der kan se din plan. Læs, hvem det er, og svar en gang til."


class NotTakenOut(Refused):
    reason = "Den besked kan ikke fjernes. Skriv en ny, hvis noget er forkert."


class PlanNotOpen(Refused):
    reason = "Planen er ikke åben. Derfor kan det ikke komme med."


@dataclass(frozen=True, slots=True)
class DraftVersion:
    """A draft as a form was made from it: which, and when it was written."""

    id: UUID
    written_at: datetime

    @classmethod
    def read(cls, text: str | None) -> "DraftVersion | None":
        """Return what a form carries; None for nothing, and for what no form of ours does."""
        number, _space, moment = (text or "").partition(" ")
        try:
            return cls(UUID(number), datetime.fromisoformat(moment))
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"{self.id} {self.written_at.isoformat()}"


@dataclass(frozen=True, slots=True)
class About:
    """What a message is about: the name of a kind, and which one."""

    kind: str
    id: UUID

    @classmethod
    def read(cls, text: str | None) -> "About | None":
        """Return what an address says, as in `entry-<uuid>`; None if it says nothing that is known."""
        kind, _dash, number = (text or "").partition("-")
        try:
            return cls(kind, UUID(number)) if kind in ABOUT_KINDS else None
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"{self.kind}-{self.id}"


@dataclass(frozen=True, slots=True)
class AboutLabel:
    """What one thing is called ("din drøm"), without its words, and where it stands."""

    text: str
    endpoint: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class AboutKind:
    """A kind of thing that messages can be about; to make one is to register it.

    `find(session, citizen_id, ids)` returns those that are this citizen's, each with its place.
    """

    name: str
    find: Callable[[Any, UUID, Collection[UUID]], Mapping[UUID, AboutLabel]]

    def __post_init__(self) -> None:
        if self.name in ABOUT_KINDS or not 0 < len(self.name) <= ABOUT_MOST:
            raise ValueError(self.name)
        ABOUT_KINDS[self.name] = self


def leaves_a_trace(*, sent_at: datetime, read_at: datetime | None, now: datetime) -> bool:
    """Say whether the reader is told that a message was taken out: nobody need know of one they never saw."""
    return read_at is not None or now - sent_at > UNNOTICED
