"""Who wrote a citizen's answer down for her. She was told so that moment, and it is read from that."""

from uuid import UUID

from sqlalchemy import Uuid, bindparam
from sqlmodel import and_, col, select

from app.identity.models import Person
from app.identity.rules import first_name
from app.meetings.models import Participant
from app.meetings.news import MEETING_ANSWERED, MEETING_MOVED
from app.notifications.models import Notice
from app.store.prepared import Reader

TOLD_BY = (MEETING_ANSWERED.name, MEETING_MOVED.name)
_TOLD = and_(
    Notice.about_id == Participant.meeting_id,
    Notice.person_id == Participant.subject_id,
    Notice.at == Participant.replied_at,
    col(Notice.kind).in_(TOLD_BY),
)
_RECORDER = (
    select(Person.name)
    .join(Notice, col(Notice.actor_id) == Person.id)
    .join(Participant, _TOLD)
    .where(
        Participant.meeting_id == bindparam("meeting_id", type_=Uuid()),
        Participant.subject_id == bindparam("citizen_id", type_=Uuid()),
        col(Participant.reply).is_not(None),
    )
    .limit(1)
)


def find_recorder(session: Reader, citizen_id: UUID, meeting_id: UUID) -> str | None:
    """Return the first name of who wrote the answer down; None: nobody did, or there is none."""
    asked = {"citizen_id": citizen_id, "meeting_id": meeting_id}
    name = session.exec(_RECORDER, params=asked).first()
    return first_name(name) if name else None
