"""The only code that writes occupancy: it follows from what the meetings say, and is laid anew with them.

A change is two steps. `release` deletes the rows of the meetings that are about to change, so that the guard
sees no half-done swap. `lay` writes what they say now, and the ways to every
other meeting of those people that day. Nothing here looks for overlaps first: the database decides.

A way is cut short where what stood before it lacked the room; a change that would leave anybody with less
time on the way than they had is laid in full, and the database refuses it. So cancelling never fails.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, Table, and_, delete, insert, or_, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from app.calendar.guard import NO_CLASH
from app.calendar.models import CalendarSubject, Meeting, MeetingOption, Occupancy, Participant, Travel
from app.calendar.rules import (
    LONGEST,
    Clash,
    MeetingState,
    OccupancyKind,
    OptionState,
    ParticipantRole,
    Slot,
    SubjectKind,
)
from app.calendar.travel import LONGEST_TRIP, Known, Stay, spot_for, spot_of, trips
from app.calendar.wall import edge
from app.clock import danish_day
from app.db import breaks

_OCCUPANCY: Table = Occupancy.__table__  # type: ignore[attr-defined]
TAKES = (MeetingState.AGREED, MeetingState.HELD)  # its own time is taken, not only held
Way = tuple[UUID, datetime, datetime, UUID]  # whose, from, until, to which meeting


@dataclass(frozen=True, slots=True)
class Freed:
    """Time that somebody was given back."""

    subject_id: UUID
    kind: SubjectKind
    stay: Stay


@dataclass(frozen=True, slots=True)
class _Claim:
    """Time that a meeting takes or holds for one of its people."""

    subject_id: UUID
    kind: OccupancyKind
    optional: bool
    stay: Stay

    def row(self) -> dict[str, object]:
        exact = self.stay.meeting_id if self.kind is OccupancyKind.MEETING else None
        return _row(self.kind, self.subject_id, self.stay.start, self.stay.end, self.stay.meeting_id, exact)


@dataclass(slots=True)
class _Calendar:
    """One subject's time around the days that are touched."""

    kind: SubjectKind
    stays: list[Stay] = field(default_factory=list)  # of meetings that do not change
    freed: list[Stay] = field(default_factory=list)
    claims: list[_Claim] = field(default_factory=list)
    ways: dict[Way, UUID] = field(default_factory=dict)  # as they are laid now, with their rows


def release(session: Session, meeting_ids: Collection[UUID]) -> list[Freed]:
    """Take away all time of these meetings, before they change, and return it. Their people are locked."""
    rows = session.execute(
        _with_meeting(col(CalendarSubject.kind).label("subject_kind"))
        .join(CalendarSubject, col(CalendarSubject.id) == col(Occupancy.subject_id))
        .where(col(Occupancy.meeting_id).in_(meeting_ids), col(Occupancy.kind) != OccupancyKind.TRAVEL)
    ).all()
    session.execute(delete(_OCCUPANCY).where(_OCCUPANCY.c.meeting_id.in_(meeting_ids)))
    return [Freed(row.subject_id, row.subject_kind, _stay(row, row.subject_kind)) for row in rows]


def lay(session: Session, meetings: Collection[Meeting], freed: Sequence[Freed] = ()) -> None:
    """Write the time that these meetings take now, and the ways around them. Their people are locked.

    Raises:
        Clash: somebody is taken, or could not get there in time.
    """
    session.flush()
    calendars = _calendars(session, meetings, freed)
    days = {danish_day(stay.start) for one in calendars.values() for stay in _touched(one)}
    if not days:
        return
    _read_the_rest(session, calendars, days, {meeting.id for meeting in meetings})
    known = _known(session, calendars.values())
    rows: list[dict[str, object]] = []
    gone: list[UUID] = []
    for subject_id, calendar in sorted(calendars.items(), key=lambda item: str(item[0])):
        claims = _those_who_can(calendar, known)
        ways = set(_ways(subject_id, calendar, claims, known, days))
        gone += [row_id for way, row_id in calendar.ways.items() if way not in ways]
        rows += [claim.row() for claim in claims]
        rows += [_row(OccupancyKind.TRAVEL, *way) for way in sorted(ways - calendar.ways.keys())]
    _write(session, rows, gone)


def _write(session: Session, rows: list[dict[str, object]], gone: list[UUID]) -> None:
    if gone:
        session.execute(delete(_OCCUPANCY).where(_OCCUPANCY.c.id.in_(gone)))
    if not rows:
        return
    try:
        session.execute(insert(_OCCUPANCY).values(rows))  # one statement: half a meeting is never tried
    except IntegrityError as problem:
        if breaks(problem, NO_CLASH):
            raise Clash from problem
        raise


def _row(
    kind: OccupancyKind,
    subject_id: UUID,
    start: datetime,
    end: datetime,
    meeting_id: UUID,
    exact: UUID | None = None,
) -> dict[str, object]:
    return {
        "id": uuid4(),
        "subject_id": subject_id,
        "starts_at": start,
        "ends_at": end,
        "kind": kind,
        "meeting_id": meeting_id,
        "exact_meeting_id": exact,
    }


def _with_meeting(*more: Any) -> Any:
    """Return a question for rows of occupancy with where their meeting is."""
    return select(
        _OCCUPANCY.c.id,
        _OCCUPANCY.c.subject_id,
        _OCCUPANCY.c.starts_at,
        _OCCUPANCY.c.ends_at,
        _OCCUPANCY.c.kind,
        _OCCUPANCY.c.meeting_id,
        col(Meeting.citizen_id),
        col(Meeting.channel),
        col(Meeting.place_id),
        col(Meeting.place),
        *more,
    ).join(Meeting, col(Meeting.id) == _OCCUPANCY.c.meeting_id)


def _stay(row: Row[Any], kind: SubjectKind) -> Stay:
    spot = spot_for(kind, row.citizen_id, spot_of(row.channel, row.place_id, row.place))
    return Stay(row.starts_at, row.ends_at, row.meeting_id, spot)


def _touched(calendar: _Calendar) -> Iterator[Stay]:
    yield from calendar.freed
    yield from (claim.stay for claim in calendar.claims)


def _calendars(
    session: Session, meetings: Collection[Meeting], freed: Sequence[Freed]
) -> dict[UUID, _Calendar]:
    """Return the calendars of everybody who gives or gets time, with just that in them."""
    found: dict[UUID, _Calendar] = {}
    for one in freed:
        found.setdefault(one.subject_id, _Calendar(one.kind)).freed.append(one.stay)
    ids = [meeting.id for meeting in meetings]
    options = defaultdict(list)
    wanted = select(MeetingOption).where(
        col(MeetingOption.meeting_id).in_(ids), col(MeetingOption.state) == OptionState.OPEN
    )
    for option in session.execute(wanted.order_by(col(MeetingOption.position))).scalars():
        options[option.meeting_id].append(Slot(option.starts_at, option.ends_at))
    times = {meeting.id: list(_times(meeting, options[meeting.id])) for meeting in meetings}
    by_id = {meeting.id: meeting for meeting in meetings}
    people = select(
        col(Participant.meeting_id),
        col(Participant.subject_id),
        col(Participant.role),
        col(CalendarSubject.kind),
    ).join(CalendarSubject, col(CalendarSubject.id) == col(Participant.subject_id))
    for meeting_id, subject_id, role, kind in session.execute(
        people.where(col(Participant.meeting_id).in_(ids))
    ):
        calendar = found.setdefault(subject_id, _Calendar(kind))
        meeting = by_id[meeting_id]
        spot = spot_for(kind, meeting.citizen_id, spot_of(meeting.channel, meeting.place_id, meeting.place))
        optional = role is ParticipantRole.OPTIONAL
        calendar.claims += [
            _Claim(subject_id, taken_as, optional, Stay(slot.start, slot.end, meeting_id, spot))
            for taken_as, slot in times[meeting_id]
        ]
    return found


def _times(meeting: Meeting, options: Sequence[Slot]) -> Iterator[tuple[OccupancyKind, Slot]]:
    """Yield the time that a meeting takes, and what it holds beside that: no moment twice."""
    own = Slot(meeting.starts_at, meeting.ends_at)
    covered: list[Slot] = []
    if meeting.state in TAKES:
        yield OccupancyKind.MEETING, own
        covered.append(own)
    if meeting.state is MeetingState.PROPOSED and not options:
        yield OccupancyKind.HOLD, own
    if meeting.state in (MeetingState.PROPOSED, MeetingState.AGREED):
        for option in options:
            yield from ((OccupancyKind.HOLD, piece) for piece in _without(option, covered))
            covered.append(option)


def _without(slot: Slot, covered: Iterable[Slot]) -> list[Slot]:
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


def _span(day: date) -> tuple[datetime, datetime]:
    """Return when the ways that a change on `day` may touch arrive: that day, or early the next."""
    return edge(day, time()), edge(day + timedelta(days=1), time()) + LONGEST_TRIP


def _read_the_rest(
    session: Session, calendars: dict[UUID, _Calendar], days: set[date], changed: set[UUID]
) -> None:
    """Read what else there is in these calendars on these days, and just before."""
    spans = [_span(day) for day in sorted(days)]
    at = _OCCUPANCY.c.starts_at
    rows = session.execute(
        _with_meeting().where(
            _OCCUPANCY.c.subject_id.in_(calendars.keys()),
            or_(*(and_(at > first - LONGEST, at < last) for first, last in spans)),
        )
    )
    for row in rows:
        calendar = calendars[row.subject_id]
        if row.kind is not OccupancyKind.TRAVEL:
            calendar.stays.append(_stay(row, calendar.kind))
        elif _is_in(row.ends_at, spans):
            calendar.ways[(row.subject_id, row.starts_at, row.ends_at, row.meeting_id)] = row.id


def _is_in(moment: datetime, spans: Iterable[tuple[datetime, datetime]]) -> bool:
    return any(first <= moment < last for first, last in spans)


def _known(session: Session, calendars: Iterable[_Calendar]) -> Known:
    spots = {stay.spot for one in calendars for stay in (*one.stays, *_touched(one))}
    places = [spot for spot in spots if isinstance(spot, UUID)]
    if len(places) < 2:  # noqa: PLR2004 — from one place to another
        return {}
    rows = session.execute(
        select(col(Travel.from_id), col(Travel.to_id), col(Travel.minutes)).where(
            col(Travel.from_id).in_(places), col(Travel.to_id).in_(places)
        )
    )
    return {frozenset((row.from_id, row.to_id)): row.minutes for row in rows}


def _lacking(calendar: _Calendar, known: Known) -> dict[tuple[UUID, datetime], timedelta]:
    """Return how much each way lacked before the change, or lacks when what was there is gone."""
    found: dict[tuple[UUID, datetime], timedelta] = {}
    for stays in (calendar.stays + calendar.freed, calendar.stays):
        for trip in trips(calendar.kind, stays, known):
            key = (trip.to.meeting_id, trip.to.start)
            found[key] = max(trip.lacks, found.get(key, timedelta()))
    return found


def _those_who_can(calendar: _Calendar, known: Known) -> list[_Claim]:
    """Return the claims that are made: those that must be, and of the others those there is room for."""
    made = [claim for claim in calendar.claims if not claim.optional]
    lacking = _lacking(calendar, known)
    for claim in calendar.claims:
        if claim.optional:
            stays = calendar.stays + [one.stay for one in made]
            free = all(claim.stay.end <= one.start or one.end <= claim.stay.start for one in stays)
            ways = trips(calendar.kind, [*stays, claim.stay], known)
            if free and not any(trip.lacks > _may_lack(lacking, trip.to) for trip in ways):
                made.append(claim)
    return made


def _may_lack(lacking: dict[tuple[UUID, datetime], timedelta], to: Stay) -> timedelta:
    return lacking.get((to.meeting_id, to.start), timedelta())


def _ways(
    subject_id: UUID, calendar: _Calendar, claims: Iterable[_Claim], known: Known, days: set[date]
) -> Iterator[Way]:
    lacking = _lacking(calendar, known)
    spans = [_span(day) for day in days]
    for trip in trips(calendar.kind, calendar.stays + [claim.stay for claim in claims], known):
        if not _is_in(trip.to.start, spans):
            continue
        whole = trip.lacks > _may_lack(lacking, trip.to)
        length = trip.wanted if whole else min(trip.wanted, trip.room)
        if length:
            yield subject_id, trip.to.start - length, trip.to.start, trip.to.meeting_id
