"""Meetings as pages show them: what each is, who is in it, and where its answer stands. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Uuid, bindparam, false, func
from sqlalchemy.orm import aliased
from sqlmodel import Session, and_, col, or_, select

from app.access.policy import Field, Subject, may_see
from app.availability.models import CalendarLimits
from app.booking.models import MeetingTask
from app.booking.tasks import TOLD
from app.dates.local_time import danish_day
from app.errors import Missing
from app.identity.models import Person
from app.identity.rules import first_name
from app.meetings.life_cycle import (
    MeetingState,
    OptionState,
    goes_on,
    refuse_undo,
    undo_until,
)
from app.meetings.models import Meeting, MeetingOption, Participant, Place
from app.meetings.place_columns import ADDRESS, INTERPRETER, SPOKEN
from app.meetings.queries import goes_on_at
from app.meetings.rules import Channel, ParticipantRole, Reply
from app.minutes.models import MeetingMinutes
from app.minutes.rules import MinutesState
from app.plan.models import ContactAssignment
from app.plan.tie_conditions import IS_CONTACT_NOW
from app.store.db import UtcDateTime
from app.store.query import RowSelect, select_columns

MOST_SHOWN = 100
LOOKS_BACK = timedelta(days=2 * 366)


@dataclass(frozen=True, slots=True)
class MeetingPerson:
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
class ShownOption:
    """One of the times that a citizen can say yes to."""

    position: int
    starts_at: datetime
    ends_at: datetime

    @property
    def day(self) -> date:
        """The day it begins in Denmark."""
        return danish_day(self.starts_at)


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
    interpreter_language: str | None  # that the citizen needs; None: none is needed, or not known
    needs_interpreter: bool  # the citizen has asked for one, whatever they shall speak
    interpreter: str | None  # who interprets; None: nobody, or the name is not known
    spoken: str | None  # the interpreter's language; None: nobody interprets
    contact_name: str | None  # None: the citizen has no contact person
    contact_phone: str | None  # None: no contact person, or no number known
    phone: str | None  # the citizen's own number; had by saying who asks: see `phone_for`
    people: tuple[MeetingPerson, ...]  # the contact person first
    over: bool  # it has ended, or will not be
    ended: bool  # its time is over, whatever became of it
    moved_from: datetime | None  # None: where it always was
    cancelled_at: datetime | None  # None: not cancelled
    cancelled_by: UUID | None  # None: not cancelled, or by a system
    canceller: str | None  # the name of who cancelled it; None: not cancelled, or by a system
    cancel_reason: str | None
    companion: str | None  # who the citizen brings along
    due_on: date | None  # the last day to settle what the citizen asked for; None: nothing is to be settled
    expires_at: datetime | None  # when a proposal's times are given up
    minuted: bool  # what was agreed stands there to be read
    address: str | None
    directions: str | None
    protected: bool  # the address is the home of somebody whose home must not be known
    options: tuple[ShownOption, ...] = ()  # the times to choose between; read where they are shown

    @property
    def day(self) -> date:
        """The day it begins in Denmark."""
        return danish_day(self.starts_at)

    @property
    def waits(self) -> bool:
        """True when the citizen has not answered and still can."""
        return self.reply is None and not self.over

    @property
    def expired(self) -> bool:
        """True when nobody answered a proposal in time, and its time has not come."""
        return self.state is MeetingState.EXPIRED and not self.ended

    @property
    def called_off(self) -> bool:
        """True when it is cancelled and its time has not come."""
        return self.state is MeetingState.CANCELLED and not self.ended

    @property
    def answer_by(self) -> date | None:
        """The last day to answer a proposal; None: it waits for no answer."""
        return self.expires_at and danish_day(self.expires_at - timedelta(minutes=1))

    def can_undo(self, who: UUID, now: datetime) -> bool:
        """Say whether `who` has cancelled it so lately that it can be brought back."""
        return refuse_undo(self.cancelled_at, self.cancelled_by, self.starts_at, who=who, now=now) is None

    @property
    def undo_by(self) -> datetime | None:
        """How long a cancelling can be undone; None: it is not cancelled."""
        return undo_until(self.cancelled_at)

    @property
    def contact_first_name(self) -> str | None:
        return self.contact_name and first_name(self.contact_name)

    def place_for(self, subject: Subject) -> tuple[str | None, str | None]:
        """Return where it is and how to get there, for who may know it."""
        where = Field.PROTECTED_ADDRESS if self.protected else Field.ADDRESS
        return (self.address, self.directions) if may_see(subject, where) else (None, None)

    def phone_for(self, subject: Subject) -> str | None:
        """Return the citizen's number, for who may call."""
        return self.phone if may_see(subject, Field.PHONE) else None


_CITIZEN = bindparam("citizen_id", type_=Uuid())


_CONTACT = aliased(Person)
_CANCELLER = aliased(Person)


def _of_contact(column: Any, label: str) -> Any:
    """Return the subquery for one thing about the citizen's contact person of now."""
    return (
        select(column)
        .join(ContactAssignment, col(ContactAssignment.person_id) == _CONTACT.id)
        .where(ContactAssignment.citizen_id == _CITIZEN, IS_CONTACT_NOW)
        .scalar_subquery()
        .label(label)
    )


_HAS_OPTIONS = (
    select(MeetingOption.id)
    .where(MeetingOption.meeting_id == Meeting.id, MeetingOption.state == OptionState.OPEN)
    .exists()
)
_IS_MINUTED = (
    select(MeetingMinutes.meeting_id)
    .where(MeetingMinutes.meeting_id == Meeting.id, MeetingMinutes.state == MinutesState.SHARED)
    .exists()
)
_DUE_ON = (
    select(func.min(MeetingTask.due_on))
    .where(
        MeetingTask.meeting_id == Meeting.id,
        col(MeetingTask.done_at).is_(None),
        col(MeetingTask.kind).in_(TOLD),
    )
    .scalar_subquery()
)

_COLUMNS: tuple[Any, ...] = (
    Meeting.id,
    Meeting.purpose,
    Meeting.why,
    Meeting.bring,
    Meeting.duty,
    Meeting.channel,
    Meeting.starts_at,
    Meeting.ends_at,
    Meeting.state,
    Meeting.sequence,
    Participant.reply,
    Person.interpreter_language,
    func.coalesce(CalendarLimits.needs_interpreter, false()).label("needs_interpreter"),
    Person.protected_address,
    Person.phone,
    Meeting.moved_from,
    Meeting.cancelled_at,
    Meeting.cancelled_by,
    Meeting.cancel_reason,
    Meeting.companion,
    Meeting.expires_at,
    col(_CANCELLER.name).label("canceller"),
    ADDRESS,
    INTERPRETER,
    SPOKEN,
    func.coalesce(Meeting.directions, Place.directions).label("directions"),
    _DUE_ON.label("due_on"),
    _HAS_OPTIONS.label("has_options"),
    _IS_MINUTED.label("minuted"),
    _of_contact(col(_CONTACT.name), "contact_name"),
    _of_contact(col(_CONTACT.phone), "contact_phone"),
)


def _rows() -> RowSelect:
    own = and_(
        Participant.meeting_id == Meeting.id,
        Participant.subject_id == Meeting.citizen_id,
    )
    return (
        select_columns(*_COLUMNS)
        .join(Participant, own)
        .join(Person, col(Person.id) == Meeting.citizen_id)
        .outerjoin(CalendarLimits, col(CalendarLimits.citizen_id) == Meeting.citizen_id)
        .outerjoin(Place, col(Place.id) == Meeting.place_id)
        .outerjoin(_CANCELLER, col(_CANCELLER.id) == Meeting.cancelled_by)
        .where(Meeting.citizen_id == _CITIZEN)
    )


_UPCOMING = (
    _rows()
    .where(goes_on_at(bindparam("now", type_=UtcDateTime())))
    .order_by(col(Meeting.starts_at), col(Meeting.id))
    .limit(bindparam("most"))
)
_PAST = (
    _rows()
    .where(
        or_(
            Meeting.ends_at <= bindparam("now", type_=UtcDateTime()),
            col(Meeting.state).in_((MeetingState.HELD, MeetingState.CANCELLED)),
        ),
        Meeting.state != MeetingState.EXPIRED,
        Meeting.starts_at > bindparam("since", type_=UtcDateTime()),
    )
    .order_by(col(Meeting.starts_at).desc(), col(Meeting.id))
    .limit(bindparam("most"))
)
_OPTIONS = (
    select(
        MeetingOption.meeting_id,
        MeetingOption.position,
        MeetingOption.starts_at,
        MeetingOption.ends_at,
    )
    .where(
        col(MeetingOption.meeting_id).in_(bindparam("ids", expanding=True, type_=Uuid())),
        MeetingOption.state == OptionState.OPEN,
        MeetingOption.starts_at > bindparam("now", type_=UtcDateTime()),
    )
    .order_by(col(MeetingOption.starts_at))
)
_ONE = _rows().where(Meeting.id == bindparam("meeting_id", type_=Uuid()))
_PEOPLE = (
    select_columns(
        Participant.meeting_id,
        Participant.role,
        Person.name,
        Person.title,
        col(ContactAssignment.id).is_not(None).label("is_contact"),
    )
    .join(Person, col(Person.id) == Participant.subject_id)
    .outerjoin(
        ContactAssignment,
        and_(
            ContactAssignment.citizen_id == _CITIZEN,
            ContactAssignment.person_id == Person.id,
            IS_CONTACT_NOW,
        ),
    )
    .where(
        col(Participant.meeting_id).in_(bindparam("ids", expanding=True, type_=Uuid())),
        Participant.subject_id != _CITIZEN,
    )
    .order_by(col(ContactAssignment.id).is_(None), col(Person.sort_key), col(Person.id))
)


def next_meeting(session: Session, citizen_id: UUID, *, now: datetime) -> MeetingRow | None:
    """Return the citizen's next meeting, also one that is going on, or None."""
    return next(iter(_upcoming(session, citizen_id, now=now, most=1)), None)


def list_upcoming(session: Session, citizen_id: UUID, *, now: datetime) -> Sequence[MeetingRow]:
    """Return the citizen's meetings to come, soonest first."""
    return _upcoming(session, citizen_id, now=now, most=MOST_SHOWN)


def list_past(session: Session, citizen_id: UUID, *, now: datetime) -> Sequence[MeetingRow]:
    """Return the citizen's meetings of the last two years that are over or cancelled, the newest first."""
    wanted = {"citizen_id": citizen_id, "now": now, "since": now - LOOKS_BACK, "most": MOST_SHOWN}
    rows = session.exec(_PAST, params=wanted).all()
    return _with_people(session, citizen_id, rows, now=now)


def get_shown_meeting(session: Session, citizen_id: UUID, meeting_id: UUID, *, now: datetime) -> MeetingRow:
    """Return one meeting of the citizen, also one that is over; raise Missing if it is not hers."""
    rows = session.exec(_ONE, params={"citizen_id": citizen_id, "meeting_id": meeting_id}).all()
    if not rows:
        raise Missing
    return _with_people(session, citizen_id, rows, now=now)[0]


def _upcoming(session: Session, citizen_id: UUID, *, now: datetime, most: int) -> Sequence[MeetingRow]:
    rows = session.exec(_UPCOMING, params={"citizen_id": citizen_id, "now": now, "most": most}).all()
    return _with_people(session, citizen_id, rows, now=now)


def _with_people(
    session: Session, citizen_id: UUID, rows: Sequence[Row[Any]], *, now: datetime
) -> list[MeetingRow]:
    if not rows:
        return []
    people: dict[UUID, list[MeetingPerson]] = {row.id: [] for row in rows}
    for one in session.exec(_PEOPLE, params={"citizen_id": citizen_id, "ids": list(people)}):
        people[one.meeting_id].append(MeetingPerson(one.name, one.title, bool(one.is_contact), one.role))
    found = [_meeting_row(row, tuple(people[row.id]), now) for row in rows]
    return _with_options(session, found, {row.id for row in rows if row.has_options}, now=now)


def _with_options(
    session: Session, meetings: list[MeetingRow], ids: set[UUID], *, now: datetime
) -> list[MeetingRow]:
    """Give those meetings the times there are to choose between."""
    open_ids = [one.id for one in meetings if one.id in ids and not one.over]
    if not open_ids:
        return meetings
    options: dict[UUID, list[ShownOption]] = {}
    for meeting_id, position, begins, ends in session.exec(_OPTIONS, params={"ids": open_ids, "now": now}):
        options.setdefault(meeting_id, []).append(ShownOption(position, begins, ends))
    return [replace(one, options=tuple(options.get(one.id, ()))) for one in meetings]


# What a row and a MeetingRow call by the same name.
_ALIKE = {one.name for one in fields(MeetingRow)} & set(_ONE.selected_columns.keys())


def _meeting_row(row: Row[Any], people: tuple[MeetingPerson, ...], now: datetime) -> MeetingRow:
    return MeetingRow(
        people=people,
        over=not goes_on(row.state, row.ends_at, now),
        ended=row.ends_at <= now,
        protected=row.protected_address and row.channel is Channel.HOME,
        **{name: getattr(row, name) for name in _ALIKE},
    )
