"""The only code that writes occupancy: it follows from what the meetings say, and is written anew with them.

A change is two steps. `release_occupancy` deletes the rows of the meetings that are about to change, so that
the guard sees no half-done swap. `write_occupancy` writes what they say now, and the ways to every other
meeting of those people that day. Nothing here looks for overlaps first: the database decides. A check in
Python let 26-34 of 3,200 attempts through, the constraint lets none.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, insert
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from app.booking.occupancy_rules import TAKES, FreedTime, TimeClaim, feasible_claims, travel_claims
from app.booking.queries import (
    OCCUPANCY,
    affected_calendars,
    read_occupancy,
    read_surroundings,
    read_travel_times,
)
from app.dates.local_time import danish_day
from app.meetings.life_cycle import MeetingState
from app.meetings.models import Meeting
from app.meetings.no_overlap import NO_CLASH
from app.meetings.rules import Clash, OccupancyKind
from app.store.db import violates

# With something to return the driver sends all rows in one statement: half a meeting is never tried.
_INSERT = insert(OCCUPANCY).returning(OCCUPANCY.c.id)


def release_occupancy(session: Session, meeting_ids: Collection[UUID]) -> list[FreedTime]:
    """Take away all time of these meetings, before they change, and return it. Their people are locked."""
    freed = read_occupancy(session, meeting_ids)
    session.exec(delete(OCCUPANCY).where(OCCUPANCY.c.meeting_id.in_(meeting_ids)))
    return freed


def write_occupancy(session: Session, meetings: Collection[Meeting], freed: Sequence[FreedTime] = ()) -> None:
    """Write the time that these meetings take now, and the ways around them. Their people are locked.

    Raises:
        Clash: somebody is taken, or could not get there in time.
    """
    session.flush()
    calendars = affected_calendars(session, meetings, freed)
    days = {danish_day(stay.start) for one in calendars.values() for stay in one.touched()}
    if not days:
        return
    read_surroundings(session, calendars, days)
    known = read_travel_times(session, calendars.values())
    rows: list[dict[str, object]] = []
    gone: list[UUID] = []
    for subject_id in sorted(calendars):
        calendar = calendars[subject_id]
        claims = feasible_claims(calendar, known)
        trips = set(travel_claims(subject_id, calendar, claims, known, days))
        gone += [row_id for way, row_id in calendar.trips.items() if way not in trips]
        rows += [_claimed(claim) for claim in claims]
        rows += [_row(OccupancyKind.TRAVEL, *way) for way in sorted(trips - calendar.trips.keys())]
    _write(session, rows, gone)


def release_all_occupancy(session: Session) -> None:
    """Take away all time of everybody, before every meeting is moved at once (the demo, on another day)."""
    session.exec(delete(OCCUPANCY))


def rebuild_all_occupancy(session: Session) -> None:
    """Write the time of every meeting after that, or when they are all new. A way may be cut short.

    Raises:
        Clash: two of them overlap.
    """
    session.flush()
    wanted = select(Meeting).where(col(Meeting.state).in_((*TAKES, MeetingState.PROPOSED)))
    rows = session.exec(wanted.execution_options(populate_existing=True)).all()
    calendars = affected_calendars(session, rows, ())
    days = {danish_day(stay.start) for one in calendars.values() for stay in one.touched()}
    known = read_travel_times(session, calendars.values())
    written: list[dict[str, object]] = []
    for subject_id in sorted(calendars):
        calendar = calendars[subject_id]
        claims = feasible_claims(calendar, known)
        calendar.freed = [claim.stay for claim in claims]  # as if it had been so before: nothing is refused
        written += [_claimed(claim) for claim in claims]
        written += [
            _row(OccupancyKind.TRAVEL, *way)
            for way in travel_claims(subject_id, calendar, claims, known, days)
        ]
    _write(session, written, ())


def _write(session: Session, rows: Sequence[dict[str, object]], gone: Sequence[UUID]) -> None:
    if gone:
        session.exec(delete(OCCUPANCY).where(OCCUPANCY.c.id.in_(gone)))
    try:
        if rows:
            session.exec(_INSERT, params=rows)
    except IntegrityError as problem:
        if violates(problem, NO_CLASH):
            raise Clash from problem
        raise


def _claimed(claim: TimeClaim) -> dict[str, object]:
    stay = claim.stay
    row = _row(claim.kind, claim.subject_id, stay.start, stay.end, stay.meeting_id)
    return row | {"exact_meeting_id": stay.meeting_id if claim.kind is OccupancyKind.MEETING else None}


def _row(
    kind: OccupancyKind, subject_id: UUID, start: datetime, end: datetime, meeting_id: UUID
) -> dict[str, object]:
    return {
        "id": uuid4(),
        "subject_id": subject_id,
        "starts_at": start,
        "ends_at": end,
        "kind": kind,
        "meeting_id": meeting_id,
        "exact_meeting_id": None,
    }
