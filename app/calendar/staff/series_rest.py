"""What is left of a series of meetings, for those who end it: which they are, and how each was seen."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam
from sqlmodel import col

from app.meetings.life_cycle import STANDING
from app.meetings.models import Meeting
from app.meetings.queries import StoredMeeting
from app.store.db import UtcDateTime
from app.store.prepared import Reader
from app.store.query import columns_of, select_columns

Seen = frozenset[tuple[UUID, int]]

_REST = (
    select_columns(*columns_of(Meeting))
    .where(
        Meeting.series_id == bindparam("series_id", type_=Uuid()),
        col(Meeting.state).in_(STANDING),
        Meeting.starts_at > bindparam("now", type_=UtcDateTime()),
        Meeting.starts_at >= bindparam("since", type_=UtcDateTime()),
    )
    .order_by(col(Meeting.starts_at), col(Meeting.id))
)


def list_rest_of_series(session: Reader, meeting: StoredMeeting, *, now: datetime) -> Sequence[StoredMeeting]:
    """Return the meetings of this one's series, from it on, that are to come and stand, earliest first."""
    if meeting.series_id is None:
        return []
    found: Sequence[StoredMeeting]
    found = session.exec(
        _REST, params={"series_id": meeting.series_id, "now": now, "since": meeting.starts_at}
    ).all()
    return found


def encode_series(meetings: Sequence[StoredMeeting]) -> str:
    """Return which meetings a page showed, and the state of each, as one hidden field."""
    return " ".join(f"{one.id}:{one.sequence}" for one in meetings)


def decode_series(text: str | None) -> Seen:
    """Return what a page showed; nothing for what no page of ours sends."""
    try:
        pairs = [one.partition(":") for one in (text or "").split()]
        return frozenset((UUID(meeting_id), int(sequence)) for meeting_id, _colon, sequence in pairs)
    except ValueError:
        return frozenset()
