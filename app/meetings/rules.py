"""What a meeting is, and which times it may have. Pure; the database refuses a clash (`no_overlap`)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum, StrEnum
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from app.errors import Refused

LONGEST = timedelta(hours=12)
FARTHEST = timedelta(days=2 * 366)
MOST_PEOPLE = 20
MOST_OPTIONS = 3  # times of one proposal
MOST_PROPOSALS = 2  # that wait for one citizen's answer

PURPOSE_MOST = 200
WHY_MOST = 1000
BRING_MOST = 300
PLACE_MOST = 200


class SubjectKind(StrEnum):
    """Whatever can be in only one place at a time."""

    CITIZEN = "citizen"
    PROFESSIONAL = "professional"
    ROOM = "room"
    INTERPRETER = "interpreter"


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
    DECLINED = "declined"  # of an offer: no meeting, and no other time
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


class NotBookable(Refused):
    """Nobody could have the meeting as it was asked for. `field` is the part at fault."""

    field = "starts_at"

    def __init__(self, field: str | None = None, **params: Any) -> None:
        super().__init__(**params)
        self.field = field or type(self).field


class InvalidSlot(NotBookable):
    reason = "Tiden kan ikke bruges. Slut skal komme efter start, og mødet må højst vare 12 timer."
    field = "ends_at"


class NoOffset(NotBookable):
    reason = "Skriv tiden med tidszone, for eksempel 2027-03-03T10:00+01:00."


class OddMinutes(NotBookable):
    reason = "Skriv tiden i hele minutter."


class NoSuchTime(NotBookable):
    reason = "Den tid findes ikke. Uret bliver stillet en time frem den nat."


class PastTime(NotBookable):
    reason = "Tiden er gået. Vælg en senere tid."


class NoDayToReply(NotBookable):
    """A proposal whose first time is today: it is answered the day before at the latest."""

    reason = "En tid i dag kan ikke foreslås. Book den kun, når borgeren har sagt ja i telefonen."


class TooFarAway(NotBookable):
    reason = "Der er for længe til. Vælg en tid inden for to år."


class ClosedThatDay(NotBookable):
    """A public holiday."""

    reason = "Den dag er %(name)s. Vælg en anden dag."


class UnknownCitizen(NotBookable):
    reason = "Vi kender ingen borger med det id."
    field = "citizen"


class UnknownPlace(NotBookable):
    reason = "Vi kender ikke det sted."
    field = "place"


class NoVideoMeeting(NotBookable):
    reason = "Kun et møde på video kan have et link."
    field = "link"


class TooManyTimes(NotBookable):
    reason = "Foreslå højst 3 tider ad gangen."


class NotASeries(NotBookable):
    reason = "Vælg 2 til 30 møder med mindst en uge imellem. De skal ligge inden for 26 uger."
    field = "occurrences"


class UnknownPeople(NotBookable):
    reason = "Vi kender ikke alle, der skal være med."
    field = "with"


class WrongNumberOfPeople(NotBookable):
    reason = "Der skal være mellem 1 og 20 andre med."
    field = "with"


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


class Clash(Refused):
    """The time is taken. Never says whose or what the other meeting is."""

    reason = "Tiden er optaget. Vælg en anden tid."

    def __init__(self, alternatives: Sequence[Slot] = (), *, over_limit: bool = False) -> None:
        super().__init__()
        self.alternatives = alternatives
        self.over_limit = over_limit  # more than the citizen can take; only the contact person may be told


class TooManyProposals(Clash):
    """The citizen has as many proposals to answer as can be asked of anybody."""

    reason = "Der ligger allerede to forslag og venter på svar. Spørg kontaktpersonen."


class TooManyAtOnce(TooManyProposals):
    """The citizen has room for another proposal, but not for as many as one change asks about."""

    reason = "Så skal der svares på mere end to forslag på én gang. Spørg kontaktpersonen."


@dataclass(frozen=True, slots=True)
class MeetingRequest:
    """A meeting as somebody asks for it. Times carry an offset; the citizen is not among `with_ids`."""

    citizen_id: UUID
    with_ids: tuple[UUID, ...]
    starts_at: datetime
    ends_at: datetime
    purpose: str
    channel: Channel
    why: str | None = None
    bring: str | None = None
    place: str | None = None
    directions: str | None = None
    link: str | None = None  # to a video meeting, as `video_link` reads it
    duty: bool = False
    said_yes: bool = False  # the citizen has said yes to this very time, and somebody wrote it down
    organiser_id: UUID | None = None  # None: a system asks
    system_id: UUID | None = None  # None: a person asks
    options: tuple[Slot, ...] = ()  # two or three times to choose from, all held; empty: the one time
    place_id: UUID | None = None  # None: no known place
    optional_ids: tuple[UUID, ...] = ()  # staff who take part if they are free
    companion_ids: tuple[UUID, ...] = ()  # of the citizen's own people, who act for her, with a calendar here
    room_id: UUID | None = None
    interpreter_id: UUID | None = None
    companion: str | None = None  # who the citizen brings along
    message_id: UUID | None = None  # the message it is proposed because of
    request_key: str | None = None  # the same key gives the same meeting

    def __post_init__(self) -> None:
        if self.link and self.channel is not Channel.VIDEO:
            raise NoVideoMeeting

    @property
    def agreed(self) -> bool:
        """True when it stands at once; else it is a proposal, and its times are held."""
        return (self.duty or self.said_yes) and not self.options


class Unchanged(Enum):
    """What a change leaves as it is; None would take it away."""

    KEEP = "keep"


KEEP: Final = Unchanged.KEEP


@dataclass(frozen=True, slots=True)
class MeetingChange:
    """What is to be different about a meeting, but not its time. Who is in it is given whole."""

    with_ids: tuple[UUID, ...] | Unchanged = KEEP
    optional_ids: tuple[UUID, ...] | Unchanged = KEEP
    room_id: UUID | Unchanged | None = KEEP
    interpreter_id: UUID | Unchanged | None = KEEP
    channel: Channel | Unchanged = KEEP
    place_id: UUID | Unchanged | None = KEEP
    place: str | Unchanged | None = KEEP
    directions: str | Unchanged | None = KEEP
    link: str | Unchanged | None = KEEP  # left as it is, it goes when the meeting is by video no more
    purpose: str | Unchanged = KEEP
    why: str | Unchanged | None = KEEP
    bring: str | Unchanged | None = KEEP
    companion: str | Unchanged | None = KEEP


class Obstacle(StrEnum):
    """Why one meeting of a series can't be where it would fall."""

    HOLIDAY = "holiday"
    CLOSING = "closing"  # a closing day: staff are warned, it can be booked
    TAKEN = "taken"  # or hours of which the citizen has said "kan ikke": the cause is private
    LIMIT = "limit"  # more than the citizen can take; only for the contact person to read
    NO_SUCH_TIME = "no_such_time"


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One meeting of a series as it would be. A time that does not exist stands where the clock puts it."""

    slot: Slot
    obstacle: Obstacle | None = None
    name: str | None = None  # of the public holiday


def is_skipped(moment: datetime, zone: ZoneInfo) -> bool:
    """Say whether `moment` names a time of day that `zone` skips on the night its clocks go forward.

    Only if its offset is one of the zone's own: 02:30Z is a real moment on that night, 02:30+01:00 is not.
    """
    bare = moment.replace(tzinfo=None)
    before, after = (bare.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    assert before is not None  # noqa: S101 — a zone always has an offset
    assert after is not None  # noqa: S101
    return before < after and moment.utcoffset() in (before, after)


def slot_of(
    meeting_request: MeetingRequest,
    *,
    now: datetime,
    zone: ZoneInfo,
    holiday_name: Callable[[date], str | None],
) -> Slot:
    """Return the time of a request; see `check_slot`."""
    return check_slot(
        meeting_request.starts_at, meeting_request.ends_at, now=now, zone=zone, holiday_name=holiday_name
    )


def check_slot(
    starts_at: datetime,
    ends_at: datetime,
    *,
    now: datetime,
    zone: ZoneInfo,
    holiday_name: Callable[[date], str | None],
) -> Slot:
    """Return the time from one moment to another, if anybody could have it.

    Raises:
        NotBookable: the first thing that is wrong with it: form, place in time, length, day.
    """
    for field, moment in (("starts_at", starts_at), ("ends_at", ends_at)):
        _check_form(field, moment, zone)
    # Two moments of one zone are compared and subtracted by the wall.
    starts_at, ends_at = starts_at.astimezone(UTC), ends_at.astimezone(UTC)
    if starts_at < now:
        raise PastTime
    if starts_at > now + FARTHEST:
        raise TooFarAway
    slot = Slot(starts_at, ends_at)
    last = slot.end.astimezone(zone) - timedelta(minutes=1)  # a meeting that ends at midnight ends that day
    for day in (slot.start.astimezone(zone).date(), last.date()):
        if name := holiday_name(day):
            raise ClosedThatDay(name=name)
    return slot


def _check_form(field: str, moment: datetime, zone: ZoneInfo) -> None:
    if moment.utcoffset() is None:
        raise NoOffset(field)
    if moment.second or moment.microsecond:
        raise OddMinutes(field)
    if is_skipped(moment, zone):
        raise NoSuchTime(field)
