"""What meetings say about people's time: what each takes or holds, and the ways to it. Pure.

A way is cut short where what stood before already lacked the room; a change that would leave anybody with
less time on the way than they had is laid in full, and the database refuses it. So cancelling never fails.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

from app.calendar.models import Meeting
from app.calendar.rules import MeetingState, OccupancyKind, Slot, SubjectKind
from app.calendar.travel import LONGEST_TRIP, Known, Stay, trips
from app.calendar.wall import edge

TAKES = (MeetingState.AGREED, MeetingState.HELD)  # its own time is taken, not only held
Way = tuple[UUID, datetime, datetime, UUID]  # whose, from, until, to which meeting


@dataclass(frozen=True, slots=True)
class Freed:
    """Time that somebody was given back."""

    subject_id: UUID
    kind: SubjectKind
    stay: Stay


@dataclass(frozen=True, slots=True)
class Claim:
    """Time that a meeting takes or holds for one of its people."""

    subject_id: UUID
    kind: OccupancyKind
    optional: bool
    stay: Stay


@dataclass(slots=True)
class Calendar:
    """One subject's time around the days that are touched."""

    kind: SubjectKind
    stays: list[Stay] = field(default_factory=list)  # of meetings that do not change
    freed: list[Stay] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    ways: dict[Way, UUID] = field(default_factory=dict)  # as they are laid now, with their rows

    def touched(self) -> Iterator[Stay]:
        yield from self.freed
        yield from (claim.stay for claim in self.claims)


def times_of(meeting: Meeting, options: Sequence[Slot]) -> Iterator[tuple[OccupancyKind, Slot]]:
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
    if meeting.state in (MeetingState.PROPOSED, MeetingState.AGREED):
        for option in options:
            yield from ((OccupancyKind.HOLD, piece) for piece in without(option, covered))
            covered.append(option)


def without(slot: Slot, covered: Iterable[Slot]) -> list[Slot]:
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


def span_of(day: date) -> tuple[datetime, datetime]:
    """Return when the ways that a change on `day` may touch arrive: that day, or early the next."""
    return edge(day, time()), edge(day + timedelta(days=1), time()) + LONGEST_TRIP


def is_in(moment: datetime, spans: Iterable[tuple[datetime, datetime]]) -> bool:
    return any(first <= moment < last for first, last in spans)


def those_who_can(calendar: Calendar, known: Known) -> list[Claim]:
    """Return the claims that are made: those that must be, and of the others those there is room for."""
    made = [claim for claim in calendar.claims if not claim.optional]
    for claim in calendar.claims:
        if claim.optional and has_room(calendar, [one.stay for one in made], claim.stay, known):
            made.append(claim)
    return made


def has_room(calendar: Calendar, made: Sequence[Stay], wanted: Stay, known: Known) -> bool:
    """Say whether a time is free beside what is `made`, and nobody would have less time on the way."""
    stays = [*calendar.stays, *made]
    if any(wanted.start < one.end and one.start < wanted.end for one in stays):
        return False
    may_lack = lacking(calendar, known)
    ways = trips(calendar.kind, [*stays, wanted], known)
    return all(way.lacks <= may_lack.get((way.to.meeting_id, way.to.start), timedelta()) for way in ways)


def lacking(calendar: Calendar, known: Known) -> dict[tuple[UUID, datetime], timedelta]:
    """Return how much each way lacked before the change, or lacks when what was there is gone."""
    found: dict[tuple[UUID, datetime], timedelta] = {}
    for stays in (calendar.stays + calendar.freed, calendar.stays):
        for way in trips(calendar.kind, stays, known):
            key = (way.to.meeting_id, way.to.start)
            found[key] = max(way.lacks, found.get(key, timedelta()))
    return found


def ways_of(
    subject_id: UUID, calendar: Calendar, claims: Iterable[Claim], known: Known, days: Iterable[date]
) -> Iterator[Way]:
    """Yield the ways that arrive on these days, when these claims are made."""
    may_lack = lacking(calendar, known)
    spans = [span_of(day) for day in days]
    for way in trips(calendar.kind, calendar.stays + [claim.stay for claim in claims], known):
        if not is_in(way.to.start, spans):
            continue
        whole = way.lacks > may_lack.get((way.to.meeting_id, way.to.start), timedelta())
        length = way.wanted if whole else min(way.wanted, way.room)
        if length:
            yield subject_id, way.to.start - length, way.to.start, way.to.meeting_id
