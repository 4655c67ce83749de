"""Who is away, or will be, and who stands in: as pages read it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Integer, Uuid, bindparam
from sqlalchemy.orm import aliased
from sqlmodel import col, or_, select

from app.dates.local_time import danish_day, last_day, span_edge
from app.errors import Missing
from app.identity.models import Person
from app.identity.role_conditions import holds_role
from app.identity.rules import STAFF, Role
from app.plan.colleagues import LED_DEPARTMENT, Group, is_of
from app.plan.models import Absence
from app.plan.tie_conditions import ABSENCE_IS_NOT_OVER
from app.store.prepared import Reader
from app.store.query import id_list, select_columns

_ONE_DAY = timedelta(days=1)
_MIDNIGHT = time(0)
_ME = bindparam("me", type_=Uuid())
_away: Any = aliased(Person)
_stands_in: Any = aliased(Person)
_columns: tuple[Any, ...] = (Absence.id, Absence.person_id, Absence.substitute_id)
_STAYS = holds_role(Absence.substitute_id, [Role.CONTACT], until=Absence.ends_at).label("substitute_stays")
_LISTED = (
    select_columns(*_columns, _away.name, _stands_in.name, Absence.starts_at, Absence.ends_at, _STAYS)
    .join(_away, _away.id == Absence.person_id)
    .join(_stands_in, _stands_in.id == Absence.substitute_id)
    .where(ABSENCE_IS_NOT_OVER)
    .order_by(col(Absence.starts_at), col(Absence.id))
)
_OF = _LISTED.where(col(Absence.person_id).in_(id_list()))
_STOOD_IN_BY = _LISTED.where(Absence.substitute_id == _ME)
_USUAL = select(Person.substitute_id).where(Person.id == _ME)
_OWN = bindparam("own", type_=Uuid())
_NOBODY = UUID(int=0)
_OF_LED = (
    _LISTED.where(
        _away.department_id == LED_DEPARTMENT, holds_role(Absence.person_id, STAFF), _away.id != _OWN
    )
    .limit(bindparam("most", type_=Integer()))
    .offset(bindparam("skip", type_=Integer()))
)
_ONE = _LISTED.where(
    Absence.id == bindparam("absence_id", type_=Uuid()),
    or_(Absence.person_id == _OWN, is_of(Group.LED, Absence.person_id)),
)


class Registrar(NamedTuple):
    """For whom somebody registers absence: themselves, those they lead, both or nobody."""

    own: UUID | None
    leader: UUID | None


@dataclass(frozen=True, slots=True)
class AbsenceInput:
    """An absence as it was written: the first and the last day of it, and who stands in."""

    first: date
    last: date
    substitute_id: UUID

    def span(self, now: datetime) -> tuple[datetime, datetime]:
        """Return from when until when; away today means from now on."""
        return max(now, span_edge(self.first, _MIDNIGHT)), span_edge(self.last + _ONE_DAY, _MIDNIGHT)


@dataclass(frozen=True, slots=True)
class ListedAbsence:
    """An absence that lasts, or comes."""

    id: UUID
    person_id: UUID
    substitute_id: UUID
    name: str
    substitute: str
    starts_at: datetime
    ends_at: datetime
    substitute_stays: bool  # they have the role for it as long as it lasts

    @property
    def first(self) -> date:
        return danish_day(self.starts_at)

    @property
    def last(self) -> date:
        return last_day(self.ends_at) or danish_day(self.ends_at)

    def has_begun(self, now: datetime) -> bool:
        return self.starts_at <= now


def list_absences(session: Reader, person_ids: Collection[UUID], *, now: datetime) -> list[ListedAbsence]:
    """Return the absences of these people that last or come, the earliest first."""
    return [ListedAbsence(*row) for row in session.exec(_OF, params={"ids": list(person_ids), "now": now})]


def list_stood_in(session: Reader, person_id: UUID, *, now: datetime) -> list[ListedAbsence]:
    """Return the absences, lasting or to come, in which somebody stands in for another."""
    return [ListedAbsence(*row) for row in session.exec(_STOOD_IN_BY, params={"me": person_id, "now": now})]


def list_registrable(
    session: Reader, registrar: Registrar, *, now: datetime, most: int, skip: int = 0
) -> list[ListedAbsence]:
    """Return the absences that somebody may change, lasting or to come: the own first, then the earliest.

    They are one row of absences, of which `skip` were shown before: the own take up their share of a page.
    """
    own = list_absences(session, [registrar.own], now=now) if registrar.own else []
    shown = own[skip : skip + most]
    if registrar.leader is None:
        return shown
    me, before = registrar.own or _NOBODY, max(0, skip - len(own))
    asked = {"own": me, "me": registrar.leader, "now": now, "most": most - len(shown), "skip": before}
    return shown + [ListedAbsence(*row) for row in session.exec(_OF_LED, params=asked)]


def get_absence(session: Reader, absence_id: UUID, registrar: Registrar, *, now: datetime) -> ListedAbsence:
    """Return an absence that somebody may change; raise Missing if it is none of theirs, or over."""
    asked = {"own": registrar.own, "me": registrar.leader, "now": now, "absence_id": absence_id}
    row = session.exec(_ONE, params=asked).first()
    if row is None:
        raise Missing
    return ListedAbsence(*row)


def find_usual_substitute(session: Reader, person_id: UUID) -> UUID | None:
    """Return who stands in for somebody when nobody else is named."""
    found: UUID | None = session.exec(_USUAL, params={"me": person_id}).first()
    return found
