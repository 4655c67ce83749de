"""One day of two people beside each other: the reader's own time, and the citizen's. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlmodel import Session, col

from app.availability.rules import wish_spans
from app.availability.service import list_wishes
from app.dates.local_time import span_edge
from app.meetings.models import Meeting, Occupancy
from app.meetings.rules import LONGEST, OccupancyKind
from app.store.query import select_columns

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class TakenTime:
    """Some time of a day that is not free. `meeting_id` and `purpose` are there when the reader may know."""

    starts_at: datetime
    ends_at: datetime
    kind: str  # meeting, hold, travel or cannot
    meeting_id: UUID | None = None
    purpose: str | None = None


def read_taken_times(session: Session, subject_id: UUID, citizen_id: UUID, day: date) -> Sequence[TakenTime]:
    """Return what is taken of somebody's day; only this citizen's meetings are named."""
    begins, ends = span_edge(day, time(0)), span_edge(day + ONE_DAY, time(0))
    rows = session.exec(
        select_columns(
            Occupancy.starts_at,
            Occupancy.ends_at,
            Occupancy.kind,
            Meeting.id,
            Meeting.purpose,
            Meeting.citizen_id,
        )
        .join(Meeting, col(Meeting.id) == Occupancy.meeting_id)
        .where(
            Occupancy.subject_id == subject_id,
            Occupancy.starts_at > begins - LONGEST,  # or all that ever was would be read
            Occupancy.starts_at < ends,
            Occupancy.ends_at > begins,
        )
        .order_by(col(Occupancy.starts_at))
    )
    return [
        TakenTime(row.starts_at, row.ends_at, row.kind.value, row.id, row.purpose)
        if row.citizen_id == citizen_id and row.kind is not OccupancyKind.TRAVEL
        else TakenTime(row.starts_at, row.ends_at, row.kind.value)
        for row in rows
    ]


def with_wishes(session: Session, taken: Sequence[TakenTime], citizen_id: UUID, day: date) -> list[TakenTime]:
    """Add the hours of which the citizen has said "kan ikke", without why; for the contact person alone."""
    begins, ends = span_edge(day, time(0)), span_edge(day + ONE_DAY, time(0))
    closed = [
        TakenTime(max(start, begins), min(end, ends), "cannot")
        for start, end in wish_spans(list_wishes(session, citizen_id), day, day)
        if start < ends and end > begins
    ]
    return sorted([*taken, *closed], key=lambda one: (one.starts_at, one.ends_at))
