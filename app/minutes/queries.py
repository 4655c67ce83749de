"""What one reader may see of what was agreed: a draft is its author's alone."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from app.access.policy import Action, Field, may, may_see
from app.identity.models import Person
from app.identity.rules import first_name
from app.meetings.life_cycle import MeetingState
from app.meetings.models import Meeting, Participant
from app.meetings.queries import get_citizens_meeting
from app.minutes.models import MeetingAgreement, MeetingMinutes
from app.minutes.rules import (
    AgreedLine,
    AgreementLine,
    MinutesPage,
    MinutesReader,
    MinutesState,
    ShownMinutes,
)
from app.plan.service import find_contact

TOOK_PLACE = (MeetingState.AGREED, MeetingState.HELD)


def read_shown_minutes(
    session: Session, citizen_id: UUID, meeting_id: UUID, reader: MinutesReader, *, now: datetime
) -> ShownMinutes:
    """Return what somebody may see of what was agreed at the citizen's meeting; Missing if not hers."""
    meeting = get_citizens_meeting(session, citizen_id, meeting_id)
    was_there = took_part(session, meeting_id, reader.id)
    found = session.get(MeetingMinutes, meeting_id)
    allowed = may(reader.subject, Action.MINUTES_WRITE, own=was_there)
    begun = has_begun(meeting, now)
    if found is None:
        return ShownMinutes(None, allowed, begun)
    if found.state is MinutesState.DRAFT and found.author_id != reader.id:
        held = allowed and found.author_id in reader.subject.team_ids
        return ShownMinutes(None, allowed, begun, get_first_name(session, found.author_id) if held else None)
    if not may_see(reader.subject, Field.MINUTES, own=was_there):
        return ShownMinutes(None, allowed, begun)
    return ShownMinutes(_shown(session, found), allowed, begun)


def list_doers(session: Session, citizen_id: UUID, meeting_id: UUID) -> list[tuple[UUID, str]]:
    """Return who can be named to do something: the citizen first, then all in the meeting and who helps."""
    contact = find_contact(session, citizen_id)
    named = select(MeetingAgreement.doer_id).where(MeetingAgreement.meeting_id == meeting_id)
    ids = {citizen_id, *session.exec(_in_meeting(meeting_id)), *session.exec(named)}
    ids |= {contact.id} if contact else set()
    people = session.exec(select(Person).where(col(Person.id).in_(ids)).order_by(col(Person.sort_key))).all()
    return sorted(((one.id, one.name) for one in people), key=lambda one: one[0] != citizen_id)


def list_lines(session: Session, meeting_id: UUID) -> Sequence[MeetingAgreement]:
    wanted = select(MeetingAgreement).where(MeetingAgreement.meeting_id == meeting_id)
    return session.exec(wanted.order_by(col(MeetingAgreement.position))).all()


def line_of(row: MeetingAgreement) -> AgreementLine:
    return AgreementLine(row.kind, row.words, row.doer_id, row.due_on)


def has_begun(meeting: Meeting, now: datetime) -> bool:
    return meeting.state in TOOK_PLACE and meeting.starts_at <= now


def took_part(session: Session, meeting_id: UUID, person_id: UUID) -> bool:
    return session.get(Participant, (meeting_id, person_id)) is not None


def get_first_name(session: Session, person_id: UUID) -> str:
    return first_name(session.get_one(Person, person_id).name)


def _shown(session: Session, found: MeetingMinutes) -> MinutesPage:
    rows = list_lines(session, found.meeting_id)
    ids = {found.author_id, *(row.doer_id for row in rows if row.doer_id)}
    people = session.exec(select(Person.id, Person.name).where(col(Person.id).in_(ids)))
    names = {person_id: first_name(name) for person_id, name in people}
    return MinutesPage(
        words=found.words,
        shared=found.state is MinutesState.SHARED,
        author=names[found.author_id],
        version=found.version,
        written_at=found.written_at,
        own_words=found.own_words,
        own_words_at=found.own_words_at,
        lines=tuple(
            AgreedLine(
                row.id,
                line_of(row),
                names[row.doer_id] if row.doer_id else None,
                row.placed_id is not None,
            )
            for row in rows
        ),
    )


def _in_meeting(meeting_id: UUID) -> Any:
    return select(Participant.subject_id).where(Participant.meeting_id == meeting_id)
