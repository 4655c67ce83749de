"""What is asked for, and what is offered. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from app.meetings.rules import Channel, Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """Who must meet, for how long, and between when. The citizen is not among `with_ids`.

    `notice`: the citizen must know some days before; False when the citizen picks the time. `instead_of` is a
    meeting that will be given up: its own time counts as free. `not_near`: times that the citizen has
    asked to leave; nothing within two hours of one is another time.
    """

    citizen_id: UUID
    with_ids: tuple[UUID, ...]
    minutes: int
    from_: datetime
    to: datetime
    channel: Channel
    place_id: UUID | None = None
    place: str | None = None  # what it is called, when it is none of the known ones
    interpreter_id: UUID | None = None  # None: anyone who speaks the citizen's language, if that is needed
    room_id: UUID | None = None
    notice: bool = True
    instead_of: UUID | None = None
    not_near: tuple[Slot, ...] = ()
    wide_hours: bool = False  # before and after office hours too

    @property
    def length(self) -> timedelta:
        return timedelta(minutes=self.minutes)

    @property
    def needed_ids(self) -> frozenset[UUID]:
        """Everybody and everything that must be free, but for the citizen."""
        return frozenset(one for one in (*self.with_ids, self.interpreter_id, self.room_id) if one)


class OfferReason(StrEnum):
    """Why a time is good, or less so. Their weights stand in `ranking`."""

    MORNING = "morning"  # these three: the part of the day that the citizen prefers
    MIDDAY = "midday"
    AFTERNOON = "afternoon"
    FREE_DAY = "free_day"
    STRAIGHT_AFTER = "straight_after"
    RESTED = "rested"
    SOON = "soon"
    TIME_BEFORE = "time_before"
    EARLY_MONDAY = "early_monday"
    LAST_HOUR = "last_hour"
    RATHER_NOT = "rather_not"  # a soft request: never told to anybody else


class Relaxation(StrEnum):
    """What those who help can give up themselves when no time is found."""

    WITHOUT = "uden"
    ROOM = "lokale"
    INTERPRETER = "tolk"
    PHONE = "telefon"
    HOURS = "timer"
    LATER = "senere"


class UncertainCalendar(NamedTuple):
    """Somebody whose own calendar we don't know, or have not been able to read for a while."""

    person_id: UUID | None  # None: the citizen needs an interpreter, and we know of none
    name: str
    known_at: datetime | None  # None: there is no calendar to read


class TimeOffer(NamedTuple):
    """A time that suits everybody, with the reasons that tell most first."""

    slot: Slot
    reasons: tuple[OfferReason, ...]
    warnings: tuple[UncertainCalendar, ...] = ()
    interpreter_id: UUID | None = None  # who could interpret then; None: nobody is needed


@dataclass(frozen=True, slots=True)
class SearchBlocker:
    """Something without which there would be times, in words, and how many. `way`: how to look so again."""

    words: str
    count: int
    way: Relaxation | None = None  # None: it is the citizen's, and can only be asked about
    without: UUID | None = None  # who or what is left out, where that is the way
