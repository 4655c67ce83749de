"""Who wrote a citizen's answer down for her. She was told so that moment, and it is read from that."""

from uuid import UUID

from sqlmodel import Session, and_, col, select

from app.identity.models import Person
from app.identity.rules import first_name
from app.meetings.models import Participant
from app.meetings.news import MEETING_ANSWERED, MEETING_MOVED
from app.notifications.models import Notice

TOLD_BY = (MEETING_ANSWERED.name, MEETING_MOVED.name)


def find_recorder(session: Session, citizen_id: UUID, meeting_id: UUID) -> str | None:
    """Return the first name of who wrote the answer down; None: nobody did, or there is none."""
    told = and_(
        Notice.about_id == Participant.meeting_id,
        Notice.person_id == Participant.subject_id,
        Notice.at == Participant.replied_at,
        col(Notice.kind).in_(TOLD_BY),
    )
    wanted = (
        select(Person.name)
        .join(Notice, col(Notice.actor_id) == Person.id)
        .join(Participant, told)
        .where(
            Participant.meeting_id == meeting_id,
            Participant.subject_id == citizen_id,
            col(Participant.reply).is_not(None),
        )
        .limit(1)
    )
    name = session.exec(wanted).first()
    return first_name(name) if name else None
