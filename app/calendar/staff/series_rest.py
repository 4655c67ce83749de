"""What is left of a series of meetings, for those who end it: which they are, and how each was seen."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from app.meetings.life_cycle import STANDING
from app.meetings.models import Meeting

Seen = frozenset[tuple[UUID, int]]


def list_rest_of_series(session: Session, meeting: Meeting, *, now: datetime) -> Sequence[Meeting]:
    """Return the meetings of this one's series that are to come and stand, earliest first."""
    if meeting.series_id is None:
        return []
    rows = select(Meeting).where(
        Meeting.series_id == meeting.series_id,
        col(Meeting.state).in_(STANDING),
        Meeting.starts_at > now,
    )
    return session.exec(rows.order_by(col(Meeting.starts_at), col(Meeting.id))).all()


def encode_series(meetings: Sequence[Meeting]) -> str:
    """Return which meetings a page showed, and the state of each, as one hidden field."""
    return " ".join(f"{one.id}:{one.sequence}" for one in meetings)


def decode_series(text: str | None) -> Seen:
    """Return what a page showed; nothing for what no page of ours sends."""
    try:
        pairs = [one.partition(":") for one in (text or "").split()]
        return frozenset((UUID(meeting_id), int(sequence)) for meeting_id, _colon, sequence in pairs)
    except ValueError:
        return frozenset()
