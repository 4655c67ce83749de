"""Which meetings are a reader's own: that they are in, or called, or must settle something about.

Decision: what somebody must settle is theirs until it is settled, also after a no: the citizen has been told
who does it, and nobody finds another time for a meeting they can't see. Cost: its title is read for that.
A question that has IS_OWN in it is given the reader as `me`, and the values `now` and `today`.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, bindparam
from sqlalchemy.orm import aliased
from sqlmodel import col, or_, select

from app.access.policy import Field, Subject, SubjectReader, may_see
from app.booking.models import MeetingTask
from app.booking.tasks import WAITS_FOR_ME
from app.dates.local_time import danish_day
from app.errors import Missing
from app.meetings.models import Meeting, Participant
from app.store.prepared import Reader
from app.store.query import id_list

_ME = bindparam("me", type_=Uuid())
_there: Any = aliased(Participant)  # who asks may have joined the table itself
_IS_IN_IT = (
    select(_there.meeting_id)
    .where(_there.meeting_id == Meeting.id, _there.subject_id == _ME)
    .correlate(Meeting)
    .exists()
)
_MUST_SETTLE = (
    select(MeetingTask.id)
    .where(MeetingTask.meeting_id == Meeting.id, WAITS_FOR_ME)
    .correlate(Meeting)
    .exists()
)
IS_OWN: ColumnElement[bool] = or_(_IS_IN_IT, Meeting.organiser_id == _ME, _MUST_SETTLE)

_OF_THESE = select(Meeting.id, Meeting.citizen_id, IS_OWN.label("is_own")).where(
    col(Meeting.id).in_(id_list())
)


def visible_meetings(
    session: Reader,
    reader_id: UUID,
    meeting_ids: Collection[UUID],
    subjects: Mapping[UUID, Subject],
    *,
    now: datetime,
) -> set[UUID]:
    """Return those of these meetings that the reader may see, of the citizens in `subjects`."""
    asked: dict[str, Any] = {"ids": list(meeting_ids), "me": reader_id, "now": now, "today": danish_day(now)}
    rows = session.exec(_OF_THESE, params=asked) if meeting_ids else ()
    return {
        meeting_id
        for meeting_id, citizen_id, is_own in rows
        if citizen_id in subjects and may_see(subjects[citizen_id], Field.MEETING, own=bool(is_own))
    }


def is_visible(session: Reader, reader: SubjectReader, meeting_id: UUID, *, now: datetime) -> bool:
    """Say whether the reader may see this meeting of the citizen's."""
    subjects = {reader.subject.citizen_id: reader.subject}
    return meeting_id in visible_meetings(session, reader.id, [meeting_id], subjects, now=now)


def check_visible(session: Reader, reader: SubjectReader, meeting_id: UUID, *, now: datetime) -> None:
    """See that the reader may see this meeting of the citizen's; raise Missing if there is none such."""
    if not is_visible(session, reader, meeting_id, now=now):
        raise Missing
