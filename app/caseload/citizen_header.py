"""What stands above everything of a citizen, for those who help: read for its reader, once for each page.

Decision: it is short, and says of the meetings only when. Who sits beside the citizen shows her the screen.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, union_all
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, select

from app.access.policy import Action, Field, Subject, SubjectReader, may, may_see
from app.availability.models import CalendarLimits
from app.booking.own_meetings import IS_OWN
from app.consent.models import Consent
from app.dates.local_time import danish_day
from app.identity.models import Person
from app.meetings.life_cycle import MeetingState
from app.meetings.models import Meeting
from app.meetings.queries import goes_on_at
from app.plan.models import Absence, ContactAssignment
from app.plan.tie_conditions import IS_AWAY_NOW, IS_CONTACT_NOW, holds_contact_role
from app.reminders.queries import count_open
from app.store.db import UtcDateTime
from app.store.prepared import Reader
from app.store.query import RowSelect, rows_of, select_columns

USUAL_LANGUAGE = "da"

_CITIZEN = bindparam("citizen_id", type_=Uuid())
_ME = bindparam("me", type_=Uuid())
_NOW = bindparam("now", type_=UtcDateTime())


def _facts() -> RowSelect:
    contact, substitute = aliased(Person), aliased(Person)
    own_yes: tuple[Any, ...] = (Consent.citizen_id == _CITIZEN, Consent.given_by == _CITIZEN)
    stands = select(Consent.id).where(*own_yes, col(Consent.revoked_at).is_(None)).exists()
    taken_back = select(func.max(Consent.revoked_at)).where(*own_yes).scalar_subquery()
    return (
        select_columns(
            *(Person.phone, Person.language, Person.interpreter_language, Person.protected_address),
            CalendarLimits.needs_interpreter,
            col(contact.name).label("contact"),
            col(substitute.name).label("substitute"),
            stands.label("said_yes"),
            taken_back.label("taken_back_at"),
            count_open(_CITIZEN).label("reminders"),
            count_open(_CITIZEN, own=_ME).label("own_reminders"),
        )
        .outerjoin(CalendarLimits, col(CalendarLimits.citizen_id) == Person.id)
        .outerjoin(ContactAssignment, and_(ContactAssignment.citizen_id == Person.id, IS_CONTACT_NOW))
        .outerjoin(contact, col(contact.id) == ContactAssignment.person_id)
        .outerjoin(Absence, and_(Absence.person_id == ContactAssignment.person_id, IS_AWAY_NOW))
        .outerjoin(
            substitute, and_(substitute.id == Absence.substitute_id, holds_contact_role(substitute.id))
        )
        .where(Person.id == _CITIZEN)
        .order_by(col(Absence.starts_at))
        .limit(1)
    )


def _soonest() -> RowSelect:
    """Return the citizen's next meeting, and the next one that is the reader's own; often it is one."""
    columns: tuple[Any, ...] = (Meeting.id, Meeting.starts_at, Meeting.ends_at, Meeting.state)
    ahead = (
        select_columns(*columns, IS_OWN.label("is_own"))
        .where(Meeting.citizen_id == _CITIZEN, goes_on_at(_NOW))
        .order_by(col(Meeting.starts_at), col(Meeting.id))
        .limit(1)
    )
    first, own = ahead.subquery(), ahead.where(IS_OWN).subquery()
    return rows_of(union_all(select_columns(*first.c), select_columns(*own.c)))


_FACTS, _MEETINGS = _facts(), _soonest()


class YesState(StrEnum):
    """How the yes to one plan stands."""

    GIVEN = "given"
    PARTLY = "partly"  # of somebody under 18: the other yes is missing
    TAKEN_BACK = "taken back"
    NONE = "none"
    UNTOLD = "untold"  # it does not stand, and why is not the reader's to know


@dataclass(frozen=True, slots=True)
class HeaderMeeting:
    """A meeting, as far as when it is."""

    id: UUID | None  # None: it is not the reader's to see, and only takes time
    starts_at: datetime
    ends_at: datetime
    agreed: bool

    @property
    def day(self) -> date:
        return danish_day(self.starts_at)


@dataclass(frozen=True, slots=True)
class CitizenHeader:
    """What one reader is told above a citizen's pages; None where it is not theirs to know, or not so."""

    phone: str | None = None
    contact: str | None = None
    substitute: str | None = None  # who stands in for the contact person today
    reads_in: str | None = None  # the code of a language, if it is another than Danish
    needs_interpreter: bool = False
    interpreter_language: str | None = None
    protected: bool = False
    yes: YesState | None = None
    taken_back_on: date | None = None
    reminders: int | None = None  # that are open; None: none are the reader's
    meetings: tuple[HeaderMeeting, ...] = ()  # soonest first: the next one, and before it what takes time


def read_citizen_header(session: Reader, reader: SubjectReader, *, now: datetime) -> CitizenHeader:
    """Return what stands above this citizen's pages for this reader at `now`. Two queries."""
    subject = reader.subject
    asked = {"citizen_id": subject.citizen_id, "me": reader.id, "now": now}
    facts = session.exec(_FACTS, params=asked).one()
    meetings = session.exec(_MEETINGS, params=asked | {"today": danish_day(now)})
    return CitizenHeader(meetings=tuple(_shown(subject, meetings)), **dict(_told(subject, facts)))


def _told(subject: Subject, facts: Any) -> Iterator[tuple[str, Any]]:
    """Yield what the policy lets the reader know."""
    if may_see(subject, Field.PHONE):
        yield "phone", facts.phone
    if may(subject, Action.CONTACT_READ):
        yield "contact", facts.contact
        yield "substitute", facts.substitute
    if may_see(subject, Field.LANGUAGES):
        yield "reads_in", None if facts.language == USUAL_LANGUAGE else facts.language
        yield "needs_interpreter", bool(facts.needs_interpreter or facts.interpreter_language)
        yield "interpreter_language", facts.interpreter_language
    if may_see(subject, Field.PROTECTED):
        yield "protected", bool(facts.protected_address)
    if may(subject, Action.REMINDERS_READ):
        yield "reminders", facts.reminders if may_see(subject, Field.REMINDERS) else facts.own_reminders
    if may_see(subject, Field.CONSENT_STATE):
        yes = _yes(subject, facts)
        yield "yes", yes
        yield "taken_back_on", danish_day(facts.taken_back_at) if yes is YesState.TAKEN_BACK else None


def _yes(subject: Subject, facts: Any) -> YesState:
    """Return how the yes stands; why it does not is for those who invite to it."""
    if subject.consented:
        return YesState.GIVEN
    if not may(subject, Action.INVITE):
        return YesState.UNTOLD
    if facts.said_yes:
        return YesState.PARTLY
    return YesState.TAKEN_BACK if facts.taken_back_at else YesState.NONE


def _shown(subject: Subject, rows: Any) -> Iterator[HeaderMeeting]:
    """Yield the next meeting that the reader may see; before it, that the citizen is busy with another.

    Nothing to one who may not know of the meetings at all: when the citizen is busy is theirs too.
    """
    for row in rows if may(subject, Action.MEETINGS_READ) else ():
        visible = may_see(subject, Field.MEETING, own=bool(row.is_own))
        agreed = row.state is MeetingState.AGREED
        yield HeaderMeeting(row.id if visible else None, row.starts_at, row.ends_at, agreed)
        if visible:
            return
