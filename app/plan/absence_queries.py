"""Who is away, or will be, and who stands in: as pages read it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func
from sqlalchemy.orm import aliased
from sqlmodel import col, or_, select

from app.dates.local_time import danish_day, last_day, span_edge
from app.errors import Missing
from app.identity.models import Person, PersonRole
from app.identity.role_conditions import holds_role
from app.identity.rules import STAFF, Role
from app.plan.models import Absence
from app.plan.tie_conditions import ABSENCE_IS_NOT_OVER, CONTACT_FOR_GOOD, NOW
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
_me: Any = aliased(Person)


def _holding(*conditions: Any) -> Any:
    """Return who holds a role now, of the municipality of `me`."""
    home = select(_me.municipality_id).where(_me.id == _ME).scalar_subquery()
    holds = (
        select(Person.sort_key, Person.id, Person.name)
        .join(PersonRole, col(PersonRole.person_id) == Person.id)
        .where(
            PersonRole.starts_at <= NOW,
            or_(col(PersonRole.ends_at).is_(None), col(PersonRole.ends_at) > NOW),
            *conditions,
        )
    )
    return holds.where(func.coalesce(Person.municipality_id, home) == home).distinct()


_department = select(_me.department_id).where(_me.id == _ME).scalar_subquery()
_MAY_STAND_IN = _holding(PersonRole.role == Role.CONTACT).where(Person.id != _ME)
_MAY_TAKE_OVER = _MAY_STAND_IN.where(CONTACT_FOR_GOOD)
_LED = _holding(col(PersonRole.role).in_(STAFF)).where(Person.department_id == _department)


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


def get_absence(
    session: Reader, absence_id: UUID, person_ids: Collection[UUID], *, now: datetime
) -> ListedAbsence:
    """Return one of these people's absences, lasting or to come; raise Missing if it is none of theirs."""
    for one in list_absences(session, person_ids, now=now):
        if one.id == absence_id:
            return one
    raise Missing


def list_substitutes(session: Reader, person_id: UUID, *, now: datetime) -> list[tuple[UUID, str]]:
    """Return who could stand in for somebody: others who may be contact persons, by name."""
    return _by_name(session.exec(_MAY_STAND_IN, params={"me": person_id, "now": now}))


def list_successors(session: Reader, person_id: UUID, *, now: datetime) -> list[tuple[UUID, str]]:
    """Return who could take over somebody's citizens: contact persons whose role has no end, by name."""
    return _by_name(session.exec(_MAY_TAKE_OVER, params={"me": person_id, "now": now}))


def list_led(session: Reader, leader_id: UUID, *, now: datetime) -> list[tuple[UUID, str]]:
    """Return who works in a leader's own department, the leader too, by name."""
    return _by_name(session.exec(_LED, params={"me": leader_id, "now": now}))


def _by_name(rows: Iterable[tuple[str, UUID, str]]) -> list[tuple[UUID, str]]:
    """Return ids and names in the order of names; asked for it, SQLite would look through everybody."""
    return [(person_id, name) for _key, person_id, name in sorted(rows)]


def find_usual_substitute(session: Reader, person_id: UUID) -> UUID | None:
    """Return who stands in for somebody when nobody else is named."""
    found: UUID | None = session.exec(_USUAL, params={"me": person_id}).first()
    return found
