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
from sqlmodel import and_, col, select

from app.access.policy import PlanExtent, Subject, areas_shown
from app.consent.models import Representation
from app.consent.queries import ACTS_TODAY, SCOPES, read_scopes
from app.consent.rules import ActingScope, RepresentationKind
from app.dates.local_time import danish_day
from app.identity.hidden_names import IN_HIDDEN_DEPARTMENT
from app.identity.models import Department, Person
from app.identity.role_conditions import holds_role
from app.identity.rules import Role, first_name
from app.plan.models import Absence, ContactAssignment, LifeArea, Plan, PlanAccess, TeamMembership
from app.plan.rules import PlanState
from app.plan.tie_conditions import (
    ACCESS_NOW,
    EXTENT_NOW,
    HELPS_TODAY,
    IS_AWAY_NOW,
    IS_CONTACT_NOW,
    holds_contact_role,
    next_absence,
)
from app.store.prepared import Reader
from app.store.query import RowSelect, id_list, select_columns

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
    away_from: datetime | None  # when the first absence that isn't over begins; None: none is known

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
    department: str | None
    extent: PlanExtent  # how much of the plan they see today
    until: date | None  # the last day of what the citizen has said of it; None: no end is set
    hidden: bool  # of a hidden department: see `quiet_circle`


@dataclass(frozen=True, slots=True)
class TeamReader:
    """One who helps, in one area of life or several, and how much of the plan they see today."""

    helper: HelperCard
    department: str | None
    areas: tuple[str, ...]
    extent: PlanExtent
    until: date | None  # the last day of what the citizen has said of it; None: no end is set
    hidden: bool  # of a hidden department


@dataclass(frozen=True, slots=True)
class RepresentativeCard:
    """One who may act for the citizen (værge, forældremyndighed, fuldmagt)."""

    name: str
    phone: str | None
    kind: RepresentationKind
    scopes: frozenset[ActingScope]

    @property
    def first_name(self) -> str:
        return first_name(self.name)


@dataclass(frozen=True, slots=True)
class PlanReader:
    """One who can read the plan beside the citizen and who answers them."""

    name: str
    kind: RepresentationKind | None = None  # None: somebody on the team
    areas: tuple[str, ...] = ()  # all that they see of the plan; empty: the whole plan
    hidden: bool = False  # of a hidden department: not named


def _helper(person: Any) -> list[Any]:
    return [person.id, person.name, person.title, person.phone, person.office_hours]


def _contact() -> RowSelect:
    person: Any = aliased(Person)
    substitute: Any = aliased(Person)
    terms: list[Any] = [ContactAssignment.helps_with, ContactAssignment.starts_at, Absence.ends_at]
    terms.append(next_absence(person.id).label("away_from"))
    away = and_(Absence.person_id == person.id, IS_AWAY_NOW)
    named = func.coalesce(Absence.substitute_id, person.substitute_id)
    return (
        select_columns(*_helper(person), *_helper(substitute), *terms)
        .select_from(ContactAssignment)
        .join(person, person.id == ContactAssignment.person_id)
        .outerjoin(Absence, away)
        .outerjoin(substitute, and_(substitute.id == named, holds_contact_role(substitute.id)))
        .where(ContactAssignment.citizen_id == _CITIZEN, IS_CONTACT_NOW)
        .order_by(col(Absence.starts_at))
    )


def _circle() -> RowSelect:
    terms: list[Any] = [LifeArea.name, TeamMembership.helps_with, TeamMembership.starts_on]
    access = [col(Department.name), EXTENT_NOW, PlanAccess.to_on, IN_HIDDEN_DEPARTMENT.label("hidden")]
    return (
        select_columns(*_helper(Person), *terms, *access)
        .join(TeamMembership, col(TeamMembership.person_id) == Person.id)
        .join(LifeArea, col(LifeArea.id) == TeamMembership.area_id)
        .outerjoin(Department, col(Department.id) == Person.department_id)
        .outerjoin(PlanAccess, ACCESS_NOW)
        .where(TeamMembership.citizen_id == _CITIZEN, HELPS_TODAY)
        .order_by(col(LifeArea.position), col(Person.sort_key))
    )


def _representatives() -> RowSelect:
    terms: list[Any] = [Person.name, Person.phone, Representation.kind, SCOPES.label("scopes")]
    return (
        select_columns(*terms)
        .join(Representation, col(Representation.person_id) == Person.id)
        .where(Representation.citizen_id == _CITIZEN, ACTS_TODAY)
        .where(holds_role(Representation.person_id, [Role.REPRESENTATIVE]))
        .order_by(col(Person.sort_key))
    )


_CONTACT, _CIRCLE, _REPRESENTATIVES = _contact(), _circle(), _representatives()
_CONTACT_NAME = (
    select(Person.name)
    .join(ContactAssignment, col(ContactAssignment.person_id) == Person.id)
    .where(ContactAssignment.citizen_id == _CITIZEN, IS_CONTACT_NOW)
)
_ACTIVE = select(Plan.id).where(Plan.citizen_id == _CITIZEN, Plan.state == PlanState.ACTIVE)
_AREA_NAMES = select(LifeArea.name).where(col(LifeArea.id).in_(id_list())).order_by(col(LifeArea.position))
_HELPER = 5  # columns of a Helper


def find_contact_now(session: Reader, citizen_id: UUID, *, now: datetime) -> ContactNow | None:
    """Return the contact person with absence and substitute at `now`, or None. One query."""
    row = session.exec(_CONTACT, params={"citizen_id": citizen_id, "now": now}).first()
    if row is None:
        return None
    substitute = row[_HELPER : 2 * _HELPER]
    helps_with, starts_at, away_until, away_from = row[2 * _HELPER :]
    return ContactNow(
        helper=HelperCard(*row[:_HELPER]),
        helps_with=helps_with,
        since=danish_day(starts_at),
        away_until=away_until and danish_day(away_until),
        substitute=HelperCard(*substitute) if substitute[0] else None,
        away_from=away_from,
    )


def list_areas_shown(session: Reader, subject: Subject) -> list[str]:
    """Return the names of the areas that are all this reader sees of the plan; empty: no area limits it."""
    shown = areas_shown(subject)
    return list(session.exec(_AREA_NAMES, params={"ids": list(shown)})) if shown else []


def is_plan_open(session: Reader, citizen_id: UUID) -> bool:
    """Say whether the citizen's yes to one plan stands: only then is there a plan that is active."""
    return session.exec(_ACTIVE, params={"citizen_id": citizen_id}).first() is not None


def find_contact_name(session: Reader, citizen_id: UUID) -> str | None:
    """Return the first name of the citizen's contact person, or None. One query."""
    name = session.exec(_CONTACT_NAME, params={"citizen_id": citizen_id}).first()
    return first_name(name) if name else None


def list_circle(session: Reader, citizen_id: UUID, *, now: datetime) -> Sequence[CircleMember]:
    """Return who else helps the citizen today, by area in the municipality's order. One query."""
    rows = session.exec(_CIRCLE, params={"citizen_id": citizen_id, "today": danish_day(now)})
    return [_member(HelperCard(*row[:_HELPER]), *row[_HELPER:]) for row in rows]


def _member(helper: HelperCard, *terms: Any) -> CircleMember:
    area, helps_with, since, department, extent, until, hidden = terms
    return CircleMember(helper, area, helps_with, since, department, PlanExtent(extent), until, bool(hidden))


def team_readers(circle: Sequence[CircleMember], but: ContactNow | None = None) -> Sequence[TeamReader]:
    """Return those of the circle, each once with all their areas; `but` the contact person, who sees all."""
    rows: dict[UUID, list[CircleMember]] = {}
    for one in circle:
        if but is None or one.helper.id != but.helper.id:
            rows.setdefault(one.helper.id, []).append(one)
    return [
        TeamReader(
            one.helper,
            one.department,
            tuple(row.area for row in theirs if row.area),
            one.extent,
            one.until,
            one.hidden,
        )
        for theirs in rows.values()
        for one in theirs[:1]
    ]


def list_representatives(session: Reader, citizen_id: UUID, *, now: datetime) -> Sequence[RepresentativeCard]:
    """Return who may act for the citizen today, and can: the role holds. One query."""
    asked = {"citizen_id": citizen_id, "today": danish_day(now), "now": now}
    rows = session.exec(_REPRESENTATIVES, params=asked)
    return [RepresentativeCard(one.name, one.phone, one.kind, read_scopes(one.scopes)) for one in rows]


def list_acting_with(
    session: Reader, citizen_id: UUID, scope: ActingScope, *, now: datetime
) -> list[PlanReader]:
    """Return who may act for the citizen with this scope today. One query."""
    acting = list_representatives(session, citizen_id, now=now)
    return [PlanReader(one.name, one.kind) for one in acting if scope in one.scopes]


def list_plan_readers(session: Reader, citizen_id: UUID, *, now: datetime) -> list[PlanReader]:
    """Return who can read the plan, or a part of it, beside the citizen and who answers. Two queries."""
    team = [
        PlanReader(
            one.helper.name,
            areas=one.areas if one.extent is PlanExtent.AREA and not one.hidden else (),  # it would tell who
            hidden=one.hidden,
        )
        for one in team_readers(list_circle(session, citizen_id, now=now))
        if one.extent is not PlanExtent.NONE
    ]
    return [*team, *list_acting_with(session, citizen_id, ActingScope.PLAN, now=now)]
