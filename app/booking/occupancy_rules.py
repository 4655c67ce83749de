"""What meetings say about people's time: what each takes or holds, and the ways to it. Pure.

A way is cut short where what stood before already lacked the room; a change that would leave anybody with
less time on the way than they had is laid in full, and the database refuses it. So cancelling never fails.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Protocol
from uuid import UUID

from app.dates.local_time import span_edge
from app.meetings.life_cycle import STANDING, MeetingState
from app.meetings.rules import OccupancyKind, Slot, SubjectKind
from app.meetings.travel import LONGEST_TRIP, Known, TravelStay, travel_trips

TAKES = (MeetingState.AGREED, MeetingState.HELD)  # its own time is taken, not only held
Way = tuple[UUID, datetime, datetime, UUID]  # whose, from, until, to which meeting


class MeetingTimes(Protocol):
    """What a meeting says of time; Meeting says what each part means."""

    starts_at: datetime
    ends_at: datetime
    state: MeetingState


@dataclass(frozen=True, slots=True)
class FreedTime:
    """Time that somebody was given back."""

    subject_id: UUID
    kind: SubjectKind
    stay: TravelStay


@dataclass(frozen=True, slots=True)
class TimeClaim:
    """Time that a meeting takes or holds for one of its people."""

    subject_id: UUID
    kind: OccupancyKind
    optional: bool
    stay: TravelStay


@dataclass(slots=True)
class SubjectCalendar:
    """One subject's time around the days that are touched."""

    kind: SubjectKind
    stays: list[TravelStay] = field(default_factory=list)  # of meetings that do not change
    freed: list[TravelStay] = field(default_factory=list)
    claims: list[TimeClaim] = field(default_factory=list)
    trips: dict[Way, UUID] = field(default_factory=dict)  # as they are laid now, with their rows

    def touched(self) -> Iterator[TravelStay]:
        yield from self.freed
        yield from (claim.stay for claim in self.claims)


def claimed_times(meeting: MeetingTimes, options: Sequence[Slot]) -> Iterator[tuple[OccupancyKind, Slot]]:
    """Yield the time that a meeting takes, and what it holds beside that: no moment twice.

    `options` are those that are still open.
    """
    own = Slot(meeting.starts_at, meeting.ends_at)
    covered: list[Slot] = []
    if meeting.state in TAKES:
        yield OccupancyKind.MEETING, own
        covered.append(own)
    if meeting.state is MeetingState.PROPOSED and not options:
        yield OccupancyKind.HOLD, own
    if meeting.state in STANDING:
        for option in options:
            yield from ((OccupancyKind.HOLD, piece) for piece in subtract_slots(option, covered))
            covered.append(option)


def subtract_slots(slot: Slot, covered: Iterable[Slot]) -> list[Slot]:
    """Return what is left of a time when others are taken out of it."""
    pieces = [slot]
    for other in covered:
        ends = [
            edges
            for piece in pieces
            for edges in (
                (piece.start, min(piece.end, other.start)),
                (max(piece.start, other.end), piece.end),
            )
        ]
        pieces = [Slot(start, end) for start, end in ends if start < end]
    return pieces


def travel_span(day: date) -> tuple[datetime, datetime]:
    """Return when the ways that a change on `day` may touch arrive: that day, or early the next."""
    return span_edge(day, time()), span_edge(day + timedelta(days=1), time()) + LONGEST_TRIP


def is_in(moment: datetime, spans: Iterable[tuple[datetime, datetime]]) -> bool:
    return any(first <= moment < last for first, last in spans)


def feasible_claims(calendar: SubjectCalendar, known: Known) -> list[TimeClaim]:
    """Return the claims that are made: those that must be, and of the others those there is room for."""
    made = [claim for claim in calendar.claims if not claim.optional]
    for claim in calendar.claims:
        if claim.optional and has_room(calendar, [one.stay for one in made], claim.stay, known):
            made.append(claim)
    return made


def has_room(calendar: SubjectCalendar, made: Sequence[TravelStay], wanted: TravelStay, known: Known) -> bool:
    """Say whether a time is free beside what is `made`, and nobody would have less time on the way."""
    stays = [*calendar.stays, *made]
    if any(wanted.start < one.end and one.start < wanted.end for one in stays):
        return False
    may_lack = missing_travel(calendar, known)
    trips = travel_trips(calendar.kind, [*stays, wanted], known)
    return all(way.lacks <= may_lack.get((way.to.meeting_id, way.to.start), timedelta()) for way in trips)


def missing_travel(calendar: SubjectCalendar, known: Known) -> dict[tuple[UUID, datetime], timedelta]:
    """Return how much each way lacked before the change, or lacks when what was there is gone."""
    found: dict[tuple[UUID, datetime], timedelta] = {}
    for stays in (calendar.stays + calendar.freed, calendar.stays):
        for way in travel_trips(calendar.kind, stays, known):
            key = (way.to.meeting_id, way.to.start)
            found[key] = max(way.lacks, found.get(key, timedelta()))
    return found


def travel_claims(
    subject_id: UUID,
    calendar: SubjectCalendar,
    claims: Iterable[TimeClaim],
    known: Known,
    days: Iterable[date],
) -> Iterator[Way]:
    """Yield the ways that arrive on these days, when these claims are made."""
    may_lack = missing_travel(calendar, known)
    spans = [travel_span(day) for day in days]
    for way in travel_trips(calendar.kind, calendar.stays + [claim.stay for claim in claims], known):
        if not is_in(way.to.start, spans):
            continue
        whole = way.lacks > may_lack.get((way.to.meeting_id, way.to.start), timedelta())
        length = way.wanted if whole else min(way.wanted, way.room)
        if length:
            yield subject_id, way.to.start - length, way.to.start, way.to.meeting_id
