"""Reading meetings, and answering them. Callers own the transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, Uuid, and_, bindparam, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from app.calendar.booking import firm_up, lock_subjects
from app.calendar.models import Meeting, Participant
from app.calendar.rules import STANDING, Channel, MeetingIsOver, MeetingState, ParticipantRole, Reply
from app.clock import danish_day
from app.db import UtcDateTime
from app.errors import Missing
from app.identity.models import Person
from app.identity.rules import first_name
from app.notifications.rules import News, NoticeKind
from app.notifications.service import tell
from app.plan.models import ContactAssignment
from app.plan.service import find_contact, find_plan, record_revision

SEES_ADDRESS = ("self", "contact", "substitute")  # ties that may read a protected citizen's address
CALLS = ("contact", "substitute", "professional")  # ties that are given the citizen's number
MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Helper:
    """One of the others in a meeting."""

    name: str
    title: str | None  # None: not told
    is_contact: bool  # the citizen's contact person today
    role: ParticipantRole

    @property
    def work(self) -> str:
        """What they do, as it reads inside a sentence: jobkonsulent, SOSU-assistent; or nothing."""
        title = self.title or ""
        return title if title[:2].isupper() else title[:1].lower() + title[1:]


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """A meeting as a page shows it. The place is had by saying who asks: see `place_for`."""

    id: UUID
    purpose: str
    why: str | None
    bring: str | None
    duty: bool
    channel: Channel
    starts_at: datetime
    ends_at: datetime
    state: MeetingState
    sequence: int
    reply: Reply | None
    interpreter_language: str | None
    contact_name: str | None  # None: the citizen has no contact person
    contact_phone: str | None  # None: no contact person, or no number known
    phone: str | None  # the citizen's own number; had by saying who asks: see `phone_for`
    people: tuple[Helper, ...]  # the contact person first
    over: bool  # it has ended, or will not be
    address: str | None
    directions: str | None
    protected: bool  # the address is the home of somebody whose home must not be known

    @property
    def day(self) -> date:
        """The day it begins in Denmark."""
        return danish_day(self.starts_at)

    @property
    def waits(self) -> bool:
        """True when the citizen has not answered and still can."""
        return self.reply is None and not self.over

    @property
    def contact_first_name(self) -> str | None:
        return self.contact_name and first_name(self.contact_name)

    def place_for(self, tie: str) -> tuple[str | None, str | None]:
        """Return where it is and how to get there, for somebody with this tie to the citizen."""
        if self.protected and tie not in SEES_ADDRESS:
            return None, None
        return self.address, self.directions

    def phone_for(self, tie: str) -> str | None:
        """Return the citizen's number, for somebody with this tie who may call."""
        return self.phone if tie in CALLS else None


_CITIZEN = bindparam("citizen_id", type_=Uuid())


_CONTACT = aliased(Person)


def _of_contact(column: Any, label: str) -> Any:
    """Return the subquery for one thing about the citizen's contact person of now."""
    return (
        select(column)
        .join(ContactAssignment, col(ContactAssignment.person_id) == col(_CONTACT.id))
        .where(col(ContactAssignment.citizen_id) == _CITIZEN, col(ContactAssignment.ends_at).is_(None))
        .scalar_subquery()
        .label(label)
    )


def _rows() -> Select[*tuple[Any, ...]]:
    own = and_(
        col(Participant.meeting_id) == col(Meeting.id),
        col(Participant.subject_id) == col(Meeting.citizen_id),
    )
    return (
        select(
            col(Meeting.id),
            col(Meeting.purpose),
            col(Meeting.why),
            col(Meeting.bring),
            col(Meeting.duty),
            col(Meeting.channel),
            col(Meeting.place),
            col(Meeting.directions),
            col(Meeting.starts_at),
            col(Meeting.ends_at),
            col(Meeting.state),
            col(Meeting.sequence),
            col(Participant.reply),
            col(Person.interpreter_language),
            col(Person.protected_address),
            col(Person.phone),
            _of_contact(col(_CONTACT.name), "contact_name"),
            _of_contact(col(_CONTACT.phone), "contact_phone"),
        )
        .join(Participant, own)
        .join(Person, col(Person.id) == col(Meeting.citizen_id))
        .where(col(Meeting.citizen_id) == _CITIZEN)
    )


_UPCOMING = (
    _rows()
    .where(
        col(Meeting.ends_at) > bindparam("now", type_=UtcDateTime()),
        col(Meeting.state).in_(STANDING),
    )
    .order_by(col(Meeting.starts_at), col(Meeting.id))
    .limit(bindparam("most"))
)
_ONE = _rows().where(col(Meeting.id) == bindparam("meeting_id", type_=Uuid()))
_PEOPLE = (
    select(
        col(Participant.meeting_id),
        col(Participant.role),
        col(Person.name),
        col(Person.title),
        col(ContactAssignment.id).is_not(None).label("is_contact"),
    )
    .join(Person, col(Person.id) == col(Participant.subject_id))
    .outerjoin(
        ContactAssignment,
        and_(
            col(ContactAssignment.citizen_id) == _CITIZEN,
            col(ContactAssignment.person_id) == col(Person.id),
            col(ContactAssignment.ends_at).is_(None),
        ),
    )
    .where(
        col(Participant.meeting_id).in_(bindparam("ids", expanding=True, type_=Uuid())),
        col(Participant.subject_id) != _CITIZEN,
    )
    .order_by(col(ContactAssignment.id).is_(None), col(Person.sort_key), col(Person.id))
)


def next_meeting(session: Session, citizen_id: UUID, *, now: datetime) -> MeetingRow | None:
    """Return the citizen's next meeting, also one that is going on, or None."""
    return next(iter(_upcoming(session, citizen_id, now=now, most=1)), None)


def list_upcoming(session: Session, citizen_id: UUID, *, now: datetime) -> Sequence[MeetingRow]:
    """Return the citizen's meetings to come, soonest first."""
    return _upcoming(session, citizen_id, now=now, most=MOST_SHOWN)


def get_meeting(session: Session, citizen_id: UUID, meeting_id: UUID, *, now: datetime) -> MeetingRow:
    """Return one meeting of the citizen, also one that is over; raise Missing if it is not hers."""
    rows = session.execute(_ONE, {"citizen_id": citizen_id, "meeting_id": meeting_id}).all()
    if not rows:
        raise Missing
    return _with_people(session, citizen_id, rows, now=now)[0]


def _upcoming(session: Session, citizen_id: UUID, *, now: datetime, most: int) -> Sequence[MeetingRow]:
    rows = session.execute(_UPCOMING, {"citizen_id": citizen_id, "now": now, "most": most}).all()
    return _with_people(session, citizen_id, rows, now=now)


def _with_people(
    session: Session, citizen_id: UUID, rows: Sequence[Row[Any]], *, now: datetime
) -> list[MeetingRow]:
    if not rows:
        return []
    people: dict[UUID, list[Helper]] = {row.id: [] for row in rows}
    for one in session.execute(_PEOPLE, {"citizen_id": citizen_id, "ids": list(people)}):
        people[one.meeting_id].append(Helper(one.name, one.title, bool(one.is_contact), one.role))
    return [_meeting_row(row, tuple(people[row.id]), now) for row in rows]


def _meeting_row(row: Row[Any], people: tuple[Helper, ...], now: datetime) -> MeetingRow:
    return MeetingRow(
        id=row.id,
        purpose=row.purpose,
        why=row.why,
        bring=row.bring,
        duty=row.duty,
        channel=row.channel,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        state=row.state,
        sequence=row.sequence,
        reply=row.reply,
        interpreter_language=row.interpreter_language,
        contact_name=row.contact_name,
        contact_phone=row.contact_phone,
        phone=row.phone,
        people=people,
        over=row.state not in STANDING or row.ends_at <= now,
        address=row.place,
        directions=row.directions,
        protected=row.protected_address and row.channel is Channel.HOME,
    )


def reply(
    session: Session, citizen_id: UUID, meeting_id: UUID, answer: Reply, *, by: UUID, now: datetime
) -> Meeting:
    """Write down the citizen's answer and tell those who wait for it; the same answer again changes nothing.

    A yes to a proposal makes it agreed, in the same transaction and under the lock of everybody in it.
    Another answer frees no time by itself: the contact person is told and takes it from there.

    Raises:
        Missing: the citizen has no such meeting.
        MeetingIsOver: it has ended or will not be.
    """
    found = select(col(Meeting.id)).where(
        col(Meeting.id) == meeting_id, col(Meeting.citizen_id) == citizen_id
    )
    if session.execute(found).first() is None:
        raise Missing
    people = select(col(Participant.subject_id)).where(col(Participant.meeting_id) == meeting_id)
    lock_subjects(session, session.execute(people).scalars().all())
    meeting = session.get_one(Meeting, meeting_id)
    if meeting.state not in STANDING or meeting.ends_at <= now:
        raise MeetingIsOver
    own = session.get_one(Participant, (meeting_id, citizen_id))
    if own.reply is answer:
        return meeting
    own.reply, own.replied_at = answer, now
    if answer is Reply.COMING and meeting.state is MeetingState.PROPOSED:
        firm_up(session, meeting, now=now)
    _make_known(session, meeting, by=by, now=now)
    return meeting


def _make_known(session: Session, meeting: Meeting, *, by: UUID, now: datetime) -> None:
    contact = find_contact(session, meeting.citizen_id)
    told = {meeting.organiser_id, contact.id if contact else None} - {None}
    for one in sorted(told, key=str):
        if one is not None:
            news = News(NoticeKind.MEETING_ANSWERED, meeting.citizen_id, by=by, about=meeting.id)
            tell(session, one, news, now=now)
    plan = find_plan(session, meeting.citizen_id)
    if plan is not None:
        record_revision(session, plan.id, "meeting_answered", by=by, now=now)
