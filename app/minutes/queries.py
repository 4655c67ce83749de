"""What one reader may see of what was agreed: a draft is its author's alone."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, union
from sqlmodel import Session, and_, col, select

from app.access.policy import Action, Field, Subject, SubjectReader, may, may_see
from app.entries.models import Entry, EntryVersion
from app.entries.rules import EntryKind
from app.errors import Missing
from app.i18n import gettext as _
from app.identity.models import Person
from app.identity.rules import first_name
from app.meetings.hidden import IS_HIDDEN
from app.meetings.life_cycle import MeetingState
from app.meetings.models import Meeting, Participant
from app.minutes.models import MeetingAgreement, MeetingMinutes
from app.minutes.rules import (
    AgreedLine,
    AgreementLine,
    MinutesMeeting,
    MinutesPage,
    MinutesState,
    ShownMinutes,
)
from app.plan.models import ContactAssignment, Plan
from app.plan.rules import PlanState
from app.plan.tie_conditions import IS_CONTACT_NOW
from app.store.prepared import Reader
from app.store.query import RowSelect, columns_of, select_columns

TOOK_PLACE = (MeetingState.AGREED, MeetingState.HELD)

_CITIZEN = bindparam("citizen_id", type_=Uuid())
_MEETING = bindparam("meeting_id", type_=Uuid())
_ME = bindparam("me", type_=Uuid())


def _one() -> RowSelect:
    """A meeting of the citizen, whether `me` took part, and what was agreed with who wrote it."""
    was_there = and_(Participant.meeting_id == Meeting.id, Participant.subject_id == _ME)
    columns: list[Any] = [
        Meeting.id,
        Meeting.purpose,
        Meeting.starts_at,
        Meeting.state,
        col(Participant.subject_id).is_not(None).label("was_there"),
        col(MeetingMinutes.state).label("minutes"),  # null: nothing is written
        MeetingMinutes.author_id,
        col(Person.name).label("author"),
        MeetingMinutes.words,
        MeetingMinutes.version,
        MeetingMinutes.written_at,
        MeetingMinutes.own_words,
        MeetingMinutes.own_words_at,
        IS_HIDDEN.label("is_hidden"),
    ]
    return (
        select_columns(*columns)
        .select_from(Meeting)
        .outerjoin(Participant, was_there)
        .outerjoin(MeetingMinutes, col(MeetingMinutes.meeting_id) == Meeting.id)
        .outerjoin(Person, col(Person.id) == MeetingMinutes.author_id)
        .where(Meeting.id == _MEETING, Meeting.citizen_id == _CITIZEN)
    )


def _lines() -> RowSelect:
    columns = [*columns_of(MeetingAgreement), col(Person.name).label("doer")]
    mine = select_columns(*columns).outerjoin(Person, col(Person.id) == MeetingAgreement.doer_id)
    return mine.where(MeetingAgreement.meeting_id == _MEETING).order_by(col(MeetingAgreement.position))


def _doers() -> Any:
    named = select(MeetingAgreement.doer_id).where(MeetingAgreement.meeting_id == _MEETING)
    contact = select(ContactAssignment.person_id).where(ContactAssignment.citizen_id == _CITIZEN)
    ids: Any = union(
        select(Participant.subject_id).where(Participant.meeting_id == _MEETING),
        named.where(col(MeetingAgreement.doer_id).is_not(None)),
        contact.where(IS_CONTACT_NOW),
        select(Person.id).where(Person.id == _CITIZEN),
    )
    return select(Person.id, Person.name).where(col(Person.id).in_(ids)).order_by(col(Person.sort_key))


def _goals() -> RowSelect:
    """The goals that stand in the citizen's open plan, the oldest first."""
    standing = and_(EntryVersion.entry_id == Entry.id, EntryVersion.number == Entry.approved_version)
    return (
        select_columns(Entry.id, EntryVersion.words)
        .select_from(Entry)
        .join(Plan, col(Plan.id) == Entry.plan_id)
        .join(EntryVersion, standing)
        .where(Plan.citizen_id == _CITIZEN, Plan.state == PlanState.ACTIVE, Entry.kind == EntryKind.GOAL)
        .order_by(col(EntryVersion.written_at), col(Entry.id))
    )


_ONE, _LINES, _DOERS, _GOALS = _one(), _lines(), _doers(), _goals()


def read_shown_minutes(
    session: Reader, citizen_id: UUID, meeting_id: UUID, reader: SubjectReader, *, now: datetime
) -> ShownMinutes:
    """Return what somebody may see of what was agreed at the citizen's meeting; Missing if not hers."""
    asked = {"citizen_id": citizen_id, "meeting_id": meeting_id, "me": reader.id}
    found = session.exec(_ONE, params=asked).first()
    if found is None:
        raise Missing
    was_there = bool(found.was_there)
    if found.is_hidden and not may_see(reader.subject, Field.HIDDEN, own=was_there):
        return ShownMinutes(MinutesMeeting(found.id, _("En aftale"), found.starts_at), None, False, False)
    meeting = MinutesMeeting(found.id, found.purpose, found.starts_at, bool(found.is_hidden))
    allowed = may(reader.subject, Action.MINUTES_WRITE, own=was_there)
    begun = has_begun(found, now)
    if found.minutes is None:
        return ShownMinutes(meeting, None, allowed, begun)
    if found.minutes is MinutesState.DRAFT and found.author_id != reader.id:
        held = allowed and found.author_id in reader.subject.team_ids
        return ShownMinutes(meeting, None, allowed, begun, first_name(found.author) if held else None)
    if not may_see(reader.subject, Field.MINUTES, own=was_there):
        return ShownMinutes(meeting, None, allowed, begun)
    lines = list_lines(session, meeting_id)
    named = list_goals(session, reader.subject) if any(row.goal_id for row in lines) else []
    return ShownMinutes(meeting, _shown(found, lines, dict(named)), allowed, begun)


def list_goals(session: Reader, subject: Subject) -> list[tuple[UUID, str]]:
    """Return the goals that can be named, with their words: none to who doesn't see all of the plan."""
    if not may_see(subject, Field.WHOLE_PLAN):
        return []
    found = session.exec(_GOALS, params={"citizen_id": subject.citizen_id})
    return [(row.id, row.words) for row in found]


def list_doers(session: Reader, citizen_id: UUID, meeting_id: UUID) -> list[tuple[UUID, str]]:
    """Return who can be named to do something: the citizen first, then all in the meeting and who helps."""
    people = session.exec(_DOERS, params={"citizen_id": citizen_id, "meeting_id": meeting_id})
    return sorted(((one_id, name) for one_id, name in people), key=lambda one: one[0] != citizen_id)


def list_lines(session: Reader, meeting_id: UUID) -> Sequence[Any]:
    """Return the rows of what was agreed, in order, each with the name of its `doer`."""
    return session.exec(_LINES, params={"meeting_id": meeting_id}).all()


def line_of(row: Any) -> AgreementLine:
    return AgreementLine(row.kind, row.words, row.doer_id, row.due_on, row.goal_id)


def has_begun(meeting: Any, now: datetime) -> bool:
    """Say whether there is something to write about a meeting, or a row of one."""
    return meeting.state in TOOK_PLACE and meeting.starts_at <= now


def took_part(session: Session, meeting_id: UUID, person_id: UUID) -> bool:
    return session.get(Participant, (meeting_id, person_id)) is not None


def get_first_name(session: Session, person_id: UUID) -> str:
    return first_name(session.get_one(Person, person_id).name)


def _shown(found: Any, lines: Sequence[Any], goals: Mapping[UUID, str]) -> MinutesPage:
    return MinutesPage(
        words=found.words,
        shared=found.minutes is MinutesState.SHARED,
        author=first_name(found.author),
        version=found.version,
        written_at=found.written_at,
        own_words=found.own_words,
        own_words_at=found.own_words_at,
        lines=tuple(
            AgreedLine(
                row.id,
                line_of(row),
                first_name(row.doer) if row.doer else None,
                row.placed_id is not None,
                goals.get(row.goal_id),
            )
            for row in lines
        ),
    )
