"""Letting nobody else book the same people until the transaction ends.

The rows of the subjects are locked in the order of their ids: bookings of the same people queue up instead of
blocking each other in a ring. Measured with 200 at once: without the order a deadlock storm, with it none.
"""

import math
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import Session, and_, col, or_, select

from app.booking.expiry import expire_meetings, is_overdue
from app.booking.participants import read_people_by_meeting
from app.dates.workdays import WorkingCalendar
from app.errors import Missing
from app.meetings.life_cycle import MeetingChanged, MeetingIsOver, goes_on
from app.meetings.models import CalendarSubject, Meeting, Occupancy
from app.meetings.rules import LONGEST, OccupancyKind, Slot
from app.meetings.travel import LONGEST_TRIP
from app.store import deadline
from app.store.db import UtcDateTime
from app.store.prepared import execute_prepared
from app.store.query import id_list, select_columns

LOCK_SECONDS = 5.0  # 200 at once were all answered within 3 s on two busy cores; then db.retrying tries again
_SUBJECTS = (
    select(CalendarSubject.id)
    .where(col(CalendarSubject.id).in_(id_list()))
    .order_by(col(CalendarSubject.id))
    .with_for_update(key_share=True)
)


def lock_subjects(session: Session, ids: Collection[UUID]) -> None:
    """Let nobody else book these until the transaction ends; wait for whoever does so now.

    SQLite has one writer at a time, and this transaction is it.
    """
    if session.get_bind().dialect.name == "sqlite":
        return
    waits = math.ceil(min(LOCK_SECONDS, deadline.seconds_left()) * 1000)
    session.connection().exec_driver_sql(f"SET LOCAL lock_timeout = {waits}")
    session.exec(_SUBJECTS, params={"ids": list(ids)}).all()


def lock_for_booking(
    session: Session,
    ids: Collection[UUID],
    slots: Iterable[Slot],
    *,
    now: datetime,
    workdays: WorkingCalendar,
    keep: Collection[UUID] = (),
) -> None:
    """Lock these subjects, and take away the holds around these times that nobody answered in time.

    Whoever else is in such a proposal is locked with them. `keep` are meetings that are left alone.
    """
    dead = _dead_holds(session, ids, slots, now) - set(keep)
    people = read_people_by_meeting(session, dead) if dead else {}
    everybody = set(ids).union(*people.values())
    lock_subjects(session, everybody)
    if dead:
        same = read_people_by_meeting(session, dead)
        expired = [one for one in dead if same.get(one, set()) <= everybody]
        expire_meetings(session, expired, now=now, workdays=workdays)


def lock_meetings(session: Session, meeting_ids: Sequence[UUID]) -> list[Meeting]:
    """Lock everybody in these meetings, which want no time; return the meetings as they are now.

    Raises:
        Missing: there is no such meeting.
        MeetingChanged: somebody was put in it just before.
    """
    people = _everybody_in(session, meeting_ids)
    lock_subjects(session, people)
    return _read_locked(session, meeting_ids, people)


def lock_meetings_for_times(
    session: Session,
    meeting_ids: Sequence[UUID],
    slots: Iterable[Slot],
    *,
    now: datetime,
    workdays: WorkingCalendar,
    also: Collection[UUID] = (),
) -> list[Meeting]:
    """Lock everybody in these meetings, and `also` others, as `lock_for_booking` does for these times.

    Raises:
        As `lock_meetings`.
    """
    people = _everybody_in(session, meeting_ids) | set(also)
    lock_for_booking(session, people, slots, now=now, workdays=workdays, keep=meeting_ids)
    return _read_locked(session, meeting_ids, people)


def _everybody_in(session: Session, meeting_ids: Sequence[UUID]) -> set[UUID]:
    return set().union(*read_people_by_meeting(session, meeting_ids).values())


def _read_locked(session: Session, meeting_ids: Sequence[UUID], people: set[UUID]) -> list[Meeting]:
    """Return the meetings as they are, now that these people are locked."""
    if not people >= _everybody_in(session, meeting_ids):
        raise MeetingChanged
    wanted = select(Meeting).where(col(Meeting.id).in_(meeting_ids))
    rows = session.exec(wanted.execution_options(populate_existing=True))
    found = {meeting.id: meeting for meeting in rows}
    if len(found) != len(set(meeting_ids)):
        raise Missing
    return [found[one] for one in meeting_ids]


def check_current(meeting: Meeting, sequence: int, *, now: datetime) -> None:
    """See that a meeting can still be changed, and is what the one who changes it saw.

    Raises:
        MeetingIsOver: it has ended or will not be.
        MeetingChanged: it has changed since.
    """
    if not goes_on(meeting.state, meeting.ends_at, now):
        raise MeetingIsOver
    if meeting.sequence != sequence:
        raise MeetingChanged


def _dead_holds(session: Session, ids: Collection[UUID], slots: Iterable[Slot], now: datetime) -> set[UUID]:
    """Return the proposals whose time ran out, of those who hold time near these slots."""
    near = list(slots)
    if not near:
        return set()
    asked: dict[str, Any] = {"ids": ids, "now": now}
    for number, slot in enumerate(near):
        asked[f"first_{number}"] = slot.start - LONGEST - LONGEST_TRIP
        asked[f"last_{number}"] = slot.end + LONGEST_TRIP
    rows = execute_prepared(session, _old_holds(len(near)), asked)
    return {meeting.id for meeting in rows if is_overdue(meeting, now=now)}


@lru_cache(maxsize=64)
def _old_holds(slots: int) -> Any:
    """Return the question for the meetings in which people hold time near so many slots in vain."""
    at = col(Occupancy.starts_at)
    near = [
        and_(
            at > bindparam(f"first_{number}", type_=UtcDateTime()),
            at < bindparam(f"last_{number}", type_=UtcDateTime()),
        )
        for number in range(slots)
    ]
    return (
        select_columns(Meeting)
        .join(Occupancy, col(Occupancy.meeting_id) == Meeting.id)
        .where(
            col(Occupancy.subject_id).in_(id_list()),
            Occupancy.kind == OccupancyKind.HOLD,
            or_(*near),
            or_(
                Meeting.expires_at <= bindparam("now", type_=UtcDateTime()),
                Meeting.offers_until <= bindparam("now", type_=UtcDateTime()),
            ),
        )
    )
