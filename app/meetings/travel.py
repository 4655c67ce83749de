"""How long somebody needs from one place to the next, and what of it a day has room for. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from app.dates.local_time import danish_day
from app.meetings.place_names import place_key
from app.meetings.rules import Channel, ParticipantRole, SubjectKind

USUAL = timedelta(minutes=15)
PROFESSIONAL_LEAD = USUAL  # before a home visit, from wherever they are
LONGEST_TRIP = timedelta(minutes=240)  # the database knows of none longer
# No name that somebody wrote begins with a space.
HOME = " home"  # where a citizen is before the first meeting of a day
AT_WORK = " work"  # where a professional is, but for home visits

Spot = UUID | str  # a known place, or its name as somebody wrote it
Known = Mapping[frozenset[UUID], int]  # minutes between two known places, either way
Told = tuple[UUID, UUID, int]  # from one place to another, in minutes


def known_from(told: Iterable[Told]) -> Known:
    """Return what is known of ways; of one that is told both ways, and not the same, the longer."""
    found: dict[frozenset[UUID], int] = {}
    for one, other, minutes in told:
        way = frozenset((one, other))
        found[way] = max(minutes, found.get(way, 0))
    return found


def spot_of(channel: Channel, place_id: UUID | None, place: str | None) -> Spot | None:
    """Return where the citizen must be for a meeting; None by phone and by video, from anywhere."""
    if channel is Channel.HOME:
        return HOME
    if channel is not Channel.IN_PERSON:
        return None
    return place_id or place_key(place or "")


def travel_time(before: Spot, to: Spot, known: Known) -> timedelta:
    """Return how long it takes from one spot to another: nothing, what the table says, or the usual time."""
    if before == to:
        return timedelta()
    if isinstance(before, UUID) and isinstance(to, UUID):
        minutes = known.get(frozenset((before, to)))
        return USUAL if minutes is None else timedelta(minutes=minutes)
    return USUAL


@dataclass(frozen=True, slots=True, order=True)
class TravelStay:
    """Time of one subject that a meeting takes or holds, and where it is spent (None: no matter where)."""

    start: datetime
    end: datetime
    meeting_id: UUID
    spot: Spot | None = None
    part: SubjectKind | None = field(default=None, compare=False)  # of the subject in it; None: as ever


@dataclass(frozen=True, slots=True)
class Trip:
    """The way to a meeting: what it takes, and what there is between it and the meeting before."""

    to: TravelStay
    wanted: timedelta
    room: timedelta

    @property
    def lacks(self) -> timedelta:
        return max(self.wanted - self.room, timedelta())


def part_in(kind: SubjectKind, role: ParticipantRole | None) -> SubjectKind:
    """Return what a subject is in one meeting: who helps others is a citizen in a meeting of their own.

    `role` None: they are in it no more, and were what they are.
    """
    if role is None or kind not in (SubjectKind.CITIZEN, SubjectKind.PROFESSIONAL):
        return kind
    own = role in (ParticipantRole.CITIZEN, ParticipantRole.COMPANION)
    return SubjectKind.CITIZEN if own else SubjectKind.PROFESSIONAL


def spot_for(kind: SubjectKind, citizen_id: UUID, spot: Spot | None) -> Spot | None:
    """Return where a subject of this kind must be for a meeting that has the citizen at `spot`.

    Professionals are at work, or at the home of that citizen; rooms and interpreters do not travel.
    """
    if kind is SubjectKind.CITIZEN:
        return spot
    if kind is not SubjectKind.PROFESSIONAL or spot is None:
        return None
    return f" {citizen_id}" if spot == HOME else AT_WORK


def travel_trips(kind: SubjectKind, stays: Iterable[TravelStay], known: Known) -> list[Trip]:
    """Return the ways to those of a subject's stays that need one, earliest first.

    A way begins where the subject was last that Danish day, else at home or at work. Several times of one
    meeting are held side by side and only one of them will be: none of them is where another begins, and the
    way to one may lie inside another.
    """
    found: list[Trip] = []
    passed: list[TravelStay] = []  # of the same day, where it matters where
    last: TravelStay | None = None  # of any day
    for stay in sorted(stays):
        if passed and danish_day(passed[-1].start) != danish_day(stay.start):
            passed.clear()
        if stay.spot is not None:
            wanted = _wanted(stay.part or kind, passed, stay, known)
            room = LONGEST_TRIP if last is None else max(stay.start - last.end, timedelta())
            if wanted and last is not None and last.meeting_id == stay.meeting_id:
                wanted = min(wanted, room)
            if wanted:
                found.append(Trip(stay, wanted, room))
            passed.append(stay)
        last = stay if last is None or stay.end >= last.end else last
    return found


def _wanted(kind: SubjectKind, passed: list[TravelStay], stay: TravelStay, known: Known) -> timedelta:
    origin = HOME if kind is SubjectKind.CITIZEN else AT_WORK
    before = next((one.spot for one in reversed(passed) if one.meeting_id != stay.meeting_id), origin)
    if stay.spot is None or before is None or stay.spot == AT_WORK:
        return timedelta()
    return travel_time(before, stay.spot, known) if kind is SubjectKind.CITIZEN else _out(before, stay.spot)


def _out(before: Spot, to: Spot) -> timedelta:
    return timedelta() if before == to else PROFESSIONAL_LEAD
