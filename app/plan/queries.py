"""Who helps a citizen right now, as pages show it: contact person (kontaktperson), substitute, circle.

Read by several rooms above; one prebuilt select each.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func
from sqlalchemy.orm import aliased
from sqlmodel import Session, and_, col

from app.consent.models import Representation
from app.consent.queries import ACTS_TODAY
from app.consent.rules import RepresentationKind
from app.dates.local_time import danish_day
from app.identity.models import Person
from app.identity.rules import first_name
from app.plan.models import Absence, ContactAssignment, LifeArea, TeamMembership
from app.plan.tie_conditions import HELPS_TODAY, IS_AWAY_NOW, IS_CONTACT_NOW
from app.store.prepared import Reader
from app.store.query import RowSelect, select_columns

_CITIZEN = bindparam("citizen_id", type_=Uuid())


@dataclass(frozen=True, slots=True)
class HelperCard:
    """One who helps: how to call them, what they do, and when they can be reached."""

    id: UUID
    name: str
    title: str | None
    phone: str | None
    office_hours: str | None

    @property
    def first_name(self) -> str:
        return first_name(self.name)


@dataclass(frozen=True, slots=True)
class ContactNow:
    """The contact person now, and who answers instead."""

    helper: HelperCard
    helps_with: str | None  # None: the usual
    since: date
    away_until: date | None  # None: not away
    substitute: HelperCard | None  # None: nobody is named

    @property
    def answering(self) -> HelperCard:
        """Who answers today: the substitute while the contact person is away."""
        return self.substitute if self.away_until and self.substitute else self.helper


@dataclass(frozen=True, slots=True)
class CircleMember:
    """One in the circle: who, in which area of life, with what, since when."""

    helper: HelperCard
    area: str
    helps_with: str | None  # None: the area says it
    since: date


@dataclass(frozen=True, slots=True)
class RepresentativeCard:
    """One who may act for the citizen (værge, forældremyndighed, fuldmagt)."""

    name: str
    phone: str | None
    kind: RepresentationKind


def _helper(person: Any) -> list[Any]:
    return [person.id, person.name, person.title, person.phone, person.office_hours]


def _contact() -> RowSelect:
    person: Any = aliased(Person)
    substitute: Any = aliased(Person)
    terms: list[Any] = [ContactAssignment.helps_with, ContactAssignment.starts_at, Absence.ends_at]
    away = and_(Absence.person_id == person.id, IS_AWAY_NOW)
    return (
        select_columns(*_helper(person), *_helper(substitute), *terms)
        .select_from(ContactAssignment)
        .join(person, person.id == ContactAssignment.person_id)
        .outerjoin(Absence, away)
        .outerjoin(substitute, substitute.id == func.coalesce(Absence.substitute_id, person.substitute_id))
        .where(ContactAssignment.citizen_id == _CITIZEN, IS_CONTACT_NOW)
        .order_by(col(Absence.starts_at))
    )


def _circle() -> RowSelect:
    terms: list[Any] = [LifeArea.name, TeamMembership.helps_with, TeamMembership.starts_on]
    return (
        select_columns(*_helper(Person), *terms)
        .join(TeamMembership, col(TeamMembership.person_id) == Person.id)
        .join(LifeArea, col(LifeArea.id) == TeamMembership.area_id)
        .where(TeamMembership.citizen_id == _CITIZEN, HELPS_TODAY)
        .order_by(col(LifeArea.position), col(Person.sort_key))
    )


def _representatives() -> RowSelect:
    terms: list[Any] = [Person.name, Person.phone, Representation.kind]
    return (
        select_columns(*terms)
        .join(Representation, col(Representation.person_id) == Person.id)
        .where(Representation.citizen_id == _CITIZEN, ACTS_TODAY)
        .order_by(col(Person.sort_key))
    )


_CONTACT, _CIRCLE, _REPRESENTATIVES = _contact(), _circle(), _representatives()
_HELPER = 5  # columns of a Helper


def find_contact_now(session: Reader, citizen_id: UUID, *, now: datetime) -> ContactNow | None:
    """Return the contact person with absence and substitute at `now`, or None. One query."""
    row = session.exec(_CONTACT, params={"citizen_id": citizen_id, "now": now}).first()
    if row is None:
        return None
    substitute, (helps_with, starts_at, away_until) = row[_HELPER : 2 * _HELPER], row[2 * _HELPER :]
    return ContactNow(
        helper=HelperCard(*row[:_HELPER]),
        helps_with=helps_with,
        since=danish_day(starts_at),
        away_until=away_until and danish_day(away_until),
        substitute=HelperCard(*substitute) if substitute[0] else None,
    )


def list_circle(session: Session, citizen_id: UUID, *, now: datetime) -> Sequence[CircleMember]:
    """Return who else helps the citizen today, by area in the municipality's order. One query."""
    rows = session.exec(_CIRCLE, params={"citizen_id": citizen_id, "today": danish_day(now)})
    return [CircleMember(HelperCard(*row[:_HELPER]), *row[_HELPER:]) for row in rows]


def list_representatives(
    session: Session, citizen_id: UUID, *, now: datetime
) -> Sequence[RepresentativeCard]:
    """Return who may act for the citizen today. One query."""
    rows = session.exec(_REPRESENTATIVES, params={"citizen_id": citizen_id, "today": danish_day(now)})
    return [RepresentativeCard(*row) for row in rows]
