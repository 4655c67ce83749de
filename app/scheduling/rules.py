"""What is asked for, and what is offered. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from app.availability.unread import UnreadTime
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
    around: datetime | None = None  # what is moved stays near: the nearest first, before it and after
    exact: "ExactTime | None" = None  # this very time, on any day and at any hour, and no other

    @property
    def length(self) -> timedelta:
        return timedelta(minutes=self.minutes)

    @property
    def needed_ids(self) -> frozenset[UUID]:
        """Everybody and everything that must be free, but for the citizen."""
        return frozenset(one for one in (*self.with_ids, self.interpreter_id, self.room_id) if one)


class ExactTime(NamedTuple):
    """A time that was agreed elsewhere, and what the citizen's part in it is."""

    slot: Slot
    said_yes: bool
    duty: bool

    @property
    def is_asked(self) -> bool:
        """Whether the citizen has yet to answer."""
        return not (self.said_yes or self.duty)


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


class TimeObstacle(StrEnum):
    """What stands in the way of a time that was agreed elsewhere, or is to be known of it."""

    MEETING = "meeting"  # somebody, a room or an interpreter is in another meeting
    AWAY = "away"
    OWN_CALENDAR = "own_calendar"  # as somebody's own calendar says: it may be this very meeting
    CITIZEN_MEETING = "citizen_meeting"
    CITIZEN_CANNOT = "citizen_cannot"
    CITIZEN_TRAVEL = "citizen_travel"
    CITIZEN_FULL = "citizen_full"
    TODAY = "today"  # nobody can be asked about today
    NO_INTERPRETER = "no_interpreter"
    NO_TIME_TO_DRIVE = "no_time_to_drive"
    CLOSED_DAY = "closed_day"
    ODD_HOURS = "odd_hours"
    SHORT_NOTICE = "short_notice"


class FoundObstacle(NamedTuple):
    """An obstacle, whose it is, and whether the time can be had all the same."""

    kind: TimeObstacle
    passable: bool
    who: UUID | None = None


class TimeCheck(NamedTuple):
    """What was found out about one time: nothing in its way is impassable when it can be booked."""

    obstacles: tuple[FoundObstacle, ...]
    names: Mapping[UUID, str]
    warnings: tuple["UncertainCalendar", ...]
    interpreter_id: UUID | None

    @property
    def fits(self) -> bool:
        return all(one.passable for one in self.obstacles)


class UncertainCalendar(NamedTuple):
    """Somebody whose own calendar we don't know, or have not been able to read for a while."""

    person_id: UUID | None  # None: the citizen needs an interpreter, and we know of none
    name: str
    known_at: datetime | None  # None: there is no calendar to read
    unread: UnreadTime | None = (
        None  # something in it could not be read, on these days; None: it is all of it
    )

    known_to: date | None = None  # what comes after this day is not read yet; None: it is of no such thing

    @property
    def is_of_days(self) -> bool:
        """Whether it holds for some days alone, on which something may be that is not known."""
        return self.unread is not None or self.known_to is not None

    def holds_on(self, day: date) -> bool:
        """Say whether what is told of the calendar holds for a day."""
        if self.known_to is not None:
            return day > self.known_to
        return self.unread is None or self.unread.covers(day)


class TimeOffer(NamedTuple):
    """A time that suits everybody, with the reasons that tell most first."""

    slot: Slot
    reasons: tuple[OfferReason, ...]
    warnings: tuple[UncertainCalendar, ...] = ()
    interpreter_id: UUID | None = None  # who could interpret then; None: nobody is needed
    as_agreed: bool = False  # it was agreed elsewhere, not found

    @property
    def is_uncertain(self) -> bool:
        """Whether somebody's own calendar may hold something that day that is not read."""
        return any(one.is_of_days for one in self.warnings)


@dataclass(frozen=True, slots=True)
class SearchBlocker:
    """Something without which there would be times, in words, and how many. `way`: how to look so again."""

    words: str
    count: int
    way: Relaxation | None = None  # None: it is the citizen's, and can only be asked about
    without: UUID | None = None  # who or what is left out, where that is the way
