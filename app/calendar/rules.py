"""What a meeting is, and when two clash. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.errors import Refused

LONGEST = timedelta(hours=12)


class SubjectKind(StrEnum):
    """Whatever can be in only one place at a time."""

    CITIZEN = "citizen"
    PROFESSIONAL = "professional"
    ROOM = "room"
    INTERPRETER = "interpreter"


class MeetingState(StrEnum):
    PROPOSED = "proposed"  # its times are held
    AGREED = "agreed"
    HELD = "held"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Channel(StrEnum):
    IN_PERSON = "in_person"
    PHONE = "phone"
    VIDEO = "video"
    HOME = "home"


class Reply(StrEnum):
    """A citizen's answer to a meeting; none is asked why."""

    COMING = "coming"
    OTHER_TIME = "other_time"
    CANNOT = "cannot"
    CALL_ME = "call_me"


class OccupancyKind(StrEnum):
    MEETING = "meeting"
    HOLD = "hold"
    TRAVEL = "travel"


class ParticipantRole(StrEnum):
    CITIZEN = "citizen"
    REQUIRED = "required"
    OPTIONAL = "optional"
    INTERPRETER = "interpreter"
    COMPANION = "companion"


class InvalidSlot(Refused):
    reason = "Tiden kan ikke bruges. Slut skal komme efter start, og mødet må højst vare 12 timer."


class Clash(Refused):
    """The time is taken. Never says whose or what the other meeting is."""

    reason = "Tiden er optaget. Vælg en anden tid."


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A half-open span of time: `start` is inside it, `end` is not."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if not self.start < self.end <= self.start + LONGEST:
            raise InvalidSlot

    def overlaps(self, other: "Slot") -> bool:
        return self.start < other.end and other.start < self.end


def clashes(wanted: Slot, booked: Iterable[Slot]) -> list[Slot]:
    """Return the booked slots that `wanted` would collide with, earliest first."""
    return sorted(slot for slot in booked if slot.overlaps(wanted))
