"""One day of several people beside each other: the citizen's, the reader's own, colleagues'. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Uuid, bindparam
from sqlmodel import col

from app.access.policy import Field, SubjectReader, may_see
from app.availability.models import BusyTime
from app.availability.queries import list_wishes
from app.availability.rules import wish_spans
from app.booking.own_meetings import IS_OWN
from app.dates.local_time import DANISH_TIME, danish_day, span_edge
from app.meetings.models import Meeting, Occupancy
from app.meetings.rules import LONGEST, OccupancyKind
from app.plan.models import Absence
from app.plan.tie_conditions import is_away_during
from app.store.db import UtcDateTime
from app.store.prepared import Reader
from app.store.query import select_columns

ONE_DAY = timedelta(days=1)

_BEGINS, _ENDS = bindparam("begins", type_=UtcDateTime()), bindparam("ends", type_=UtcDateTime())
_PERSON = bindparam("subject_id", type_=Uuid())
_TAKEN = (
    select_columns(
        Occupancy.starts_at,
        Occupancy.ends_at,
        Occupancy.kind,
        Meeting.id,
        Meeting.purpose,
        Meeting.citizen_id,
        IS_OWN.label("is_own"),
    )
    .join(Meeting, col(Meeting.id) == Occupancy.meeting_id)
    .where(
        Occupancy.subject_id == _PERSON,
        # No time is longer than LONGEST: or all that ever was would be read.
        Occupancy.starts_at > bindparam("reach", type_=UtcDateTime()),
        Occupancy.starts_at < _ENDS,
        Occupancy.ends_at > _BEGINS,
    )
    .order_by(col(Occupancy.starts_at))
)

_OWN_CALENDAR = (
    select_columns(BusyTime.starts_at, BusyTime.ends_at)
    .where(BusyTime.person_id == _PERSON, BusyTime.starts_at < _ENDS, BusyTime.ends_at > _BEGINS)
    .order_by(col(BusyTime.starts_at))
)
_AWAY = select_columns(Absence.starts_at, Absence.ends_at).where(
    Absence.person_id == _PERSON, is_away_during(_BEGINS, _ENDS)
)


@dataclass(frozen=True, slots=True)
class TakenTime:
    """Some time of a day that is not free. `meeting_id` and `purpose` are there when the reader may know."""

    starts_at: datetime
    ends_at: datetime
    kind: str  # meeting, hold, travel or cannot; of one who helps also busy (their own calendar) or away
    meeting_id: UUID | None = None
    purpose: str | None = None

    @property
    def is_whole_day(self) -> bool:
        """Say whether it lasts from one midnight in Denmark to the next: a clock would say 0.00 of both."""
        return all(one.astimezone(DANISH_TIME).time() == time(0) for one in (self.starts_at, self.ends_at))


@dataclass(frozen=True, slots=True)
class DayColumn:
    """What is taken of one person's day; `unsure` says if their own calendar can't be trusted."""

    title: str
    taken: Sequence[TakenTime]
    unsure: str = ""


def read_taken_times(
    session: Reader, subject_id: UUID, reader: SubjectReader, day: date, *, now: datetime
) -> Sequence[TakenTime]:
    """Return what is taken of somebody's day; named are meetings of this citizen that are theirs to see."""
    begins, ends = span_edge(day, time(0)), span_edge(day + ONE_DAY, time(0))
    asked: dict[str, Any] = {"subject_id": subject_id, "me": reader.id, "now": now, "today": danish_day(now)}
    asked |= {"reach": begins - LONGEST, "begins": begins, "ends": ends}
    return [
        _taken_time(row, reader, mine=subject_id == reader.id) for row in session.exec(_TAKEN, params=asked)
    ]


def with_own_calendar(
    session: Reader, taken: Sequence[TakenTime], person_id: UUID, day: date
) -> list[TakenTime]:
    """Add what the own calendar of one who helps says is taken, and when they are away; never with what."""
    begins, ends = span_edge(day, time(0)), span_edge(day + ONE_DAY, time(0))
    asked = {"subject_id": person_id, "begins": begins, "ends": ends}
    busy = (("busy", *row) for row in session.exec(_OWN_CALENDAR, params=asked))
    away = (("away", *row) for row in session.exec(_AWAY, params=asked))
    more = [TakenTime(max(start, begins), min(end, ends), kind) for kind, start, end in (*busy, *away)]
    return sorted([*taken, *more], key=lambda one: (one.starts_at, one.ends_at))


def _taken_time(row: Row[Any], reader: SubjectReader, *, mine: bool) -> TakenTime:
    """Return one of the times. The way to a meeting tells of its place: of a hidden one it is time taken."""
    known = may_see(reader.subject, Field.MEETING, own=bool(row.is_own))
    if row.kind is OccupancyKind.TRAVEL:
        kind = row.kind if mine or known else OccupancyKind.MEETING
        return TakenTime(row.starts_at, row.ends_at, kind.value)
    if known and row.citizen_id == reader.subject.citizen_id:
        return TakenTime(row.starts_at, row.ends_at, row.kind.value, row.id, row.purpose)
    return TakenTime(row.starts_at, row.ends_at, row.kind.value)


def with_wishes(session: Reader, taken: Sequence[TakenTime], citizen_id: UUID, day: date) -> list[TakenTime]:
    """Add the hours of which the citizen has said "kan ikke", without why; for the contact person alone."""
    begins, ends = span_edge(day, time(0)), span_edge(day + ONE_DAY, time(0))
    closed = [
        TakenTime(max(start, begins), min(end, ends), "cannot")
        for start, end in wish_spans(list_wishes(session, citizen_id), day, day)
        if start < ends and end > begins
    ]
    return sorted([*taken, *closed], key=lambda one: (one.starts_at, one.ends_at))
