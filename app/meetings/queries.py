"""What is asked of meetings in more than one room, in statements."""

from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, bindparam
from sqlmodel import Session, and_, col, select

from app.errors import Missing
from app.meetings.life_cycle import STANDING, MeetingState
from app.meetings.models import Meeting
from app.meetings.rules import Channel
from app.store.prepared import Reader
from app.store.query import columns_of, select_columns

_ONE = select_columns(*columns_of(Meeting)).where(Meeting.id == bindparam("meeting_id", type_=Uuid()))
_CITIZENS = _ONE.where(Meeting.citizen_id == bindparam("citizen_id", type_=Uuid()))


class StoredMeeting(Protocol):
    """A meeting as it stands: a Meeting, which says what each part means, or a row with its columns."""

    id: UUID
    citizen_id: UUID
    organiser_id: UUID | None
    purpose: str
    why: str | None
    bring: str | None
    duty: bool
    channel: Channel
    place: str | None
    place_id: UUID | None
    directions: str | None
    link: str | None
    companion: str | None
    starts_at: datetime
    ends_at: datetime
    state: MeetingState
    sequence: int
    series_id: UUID | None
    cancelled_at: datetime | None
    cancelled_by: UUID | None


def read_meeting(session: Reader, meeting_id: UUID) -> StoredMeeting:
    """Return a meeting as it is now, not to be changed; Missing if there is none."""
    return _stored(session.exec(_ONE, params={"meeting_id": meeting_id}).first())


def read_citizens_meeting(session: Reader, citizen_id: UUID, meeting_id: UUID) -> StoredMeeting:
    """Return the citizen's meeting as it is now, not to be changed; Missing if she has no such one."""
    asked = {"citizen_id": citizen_id, "meeting_id": meeting_id}
    return _stored(session.exec(_CITIZENS, params=asked).first())


def _stored(row: Any) -> StoredMeeting:
    if row is None:
        raise Missing
    found: StoredMeeting = row
    return found


def get_citizens_meeting(
    session: Session, citizen_id: UUID, meeting_id: UUID, *, lock: bool = False
) -> Meeting:
    """Return the citizen's meeting as it is now, its row locked if asked; Missing if she has no such one."""
    wanted = select(Meeting).where(Meeting.id == meeting_id, Meeting.citizen_id == citizen_id)
    rows = session.exec(
        (wanted.with_for_update() if lock else wanted).execution_options(populate_existing=True)
    )
    found = rows.first()
    if found is None:
        raise Missing
    return found


def goes_on_at(now: Any) -> ColumnElement[bool]:
    """Return what is true of a meeting that stands and has not ended: `life_cycle.goes_on`."""
    return and_(col(Meeting.state).in_(STANDING), col(Meeting.ends_at) > now)


def can_be_undone_by(who: Any, *, since: Any, now: Any) -> ColumnElement[bool]:
    """Return what is true of a meeting that `who` can bring back: `life_cycle.refuse_undo`.

    `since`: UNDO before `now`.
    """
    return and_(
        col(Meeting.state) == MeetingState.CANCELLED,
        col(Meeting.cancelled_by) == who,
        col(Meeting.cancelled_at) >= since,
        col(Meeting.starts_at) > now,
    )
