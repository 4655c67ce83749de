"""With which other meetings of a citizen one can change times."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam
from sqlmodel import col

from app.access.policy import Action, SubjectReader, may
from app.booking.own_meetings import visible_meetings
from app.meetings.life_cycle import STANDING
from app.meetings.models import Meeting
from app.meetings.queries import StoredMeeting
from app.store.db import UtcDateTime
from app.store.prepared import Reader
from app.store.query import columns_of, select_columns

MOST = 20

_AHEAD = (
    select_columns(*columns_of(Meeting))
    .where(
        Meeting.citizen_id == bindparam("citizen_id", type_=Uuid()),
        Meeting.id != bindparam("meeting_id", type_=Uuid()),
        col(Meeting.state).in_(STANDING),
        Meeting.starts_at > bindparam("now", type_=UtcDateTime()),
    )
    .order_by(col(Meeting.starts_at), col(Meeting.id))
    .limit(MOST)
)


def list_swap_choices(
    session: Reader, reader: SubjectReader, meeting: StoredMeeting, *, now: datetime
) -> list[StoredMeeting]:
    """Return the citizen's next other meetings that the reader may see and change, soonest first."""
    asked = {"citizen_id": meeting.citizen_id, "meeting_id": meeting.id, "now": now}
    found: list[StoredMeeting] = [
        one for one in session.exec(_AHEAD, params=asked) if _may_change(reader, one.organiser_id)
    ]
    subjects = {meeting.citizen_id: reader.subject}
    seen = visible_meetings(session, reader.id, [one.id for one in found], subjects, now=now)
    return [one for one in found if one.id in seen]


def _may_change(reader: SubjectReader, organiser_id: UUID | None) -> bool:
    return may(reader.subject, Action.MEETING_CHANGE, own=organiser_id == reader.id)
