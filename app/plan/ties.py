"""What ties others to a citizen at this moment: contact person, substitute, team, representative, consent."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CompoundSelect, Date, Uuid, bindparam, literal, or_, select, union_all
from sqlmodel import Session, col

from app.access.policy import Subject
from app.clock import danish_day
from app.consent.models import Representation
from app.db import UtcDateTime
from app.identity.models import Person, PersonRole
from app.identity.rules import Role
from app.plan.models import Absence, ContactAssignment, Cover, Plan, TeamMembership
from app.plan.rules import PlanState

_CITIZEN = bindparam("citizen_id", type_=Uuid())
_NOW = bindparam("now", type_=UtcDateTime())
_TODAY = bindparam("today", type_=Date())
_NOBODY = literal("")  # only the citizen's own row carries a name


def _ties() -> CompoundSelect[tuple[str, UUID, str]]:
    contact = select(literal("contact"), col(ContactAssignment.person_id), _NOBODY).where(
        col(ContactAssignment.citizen_id) == _CITIZEN, col(ContactAssignment.ends_at).is_(None)
    )
    absence = (
        select(literal("substitute"), col(Absence.substitute_id), _NOBODY)
        .join(ContactAssignment, col(ContactAssignment.person_id) == col(Absence.person_id))
        .where(
            col(ContactAssignment.citizen_id) == _CITIZEN,
            col(ContactAssignment.ends_at).is_(None),
            col(Absence.starts_at) <= _NOW,
            col(Absence.ends_at) > _NOW,
        )
    )
    cover = (  # a closed plan asks nobody for an answer, so nobody is let in to give one
        select(literal("substitute"), col(Cover.substitute_id), _NOBODY)
        .join(Plan, col(Plan.citizen_id) == col(Cover.citizen_id))
        .where(col(Cover.citizen_id) == _CITIZEN, col(Cover.ends_at).is_(None))
        .where(col(Plan.state) == PlanState.ACTIVE)
    )
    team = select(literal("professional"), col(TeamMembership.person_id), _NOBODY).where(
        col(TeamMembership.citizen_id) == _CITIZEN,
        col(TeamMembership.starts_on) <= _TODAY,
        or_(col(TeamMembership.ends_on).is_(None), col(TeamMembership.ends_on) > _TODAY),
    )
    representative = select(literal("representative"), col(Representation.person_id), _NOBODY).where(
        col(Representation.citizen_id) == _CITIZEN,
        col(Representation.starts_on) <= _TODAY,
        or_(col(Representation.ends_on).is_(None), col(Representation.ends_on) > _TODAY),
    )
    consent = select(literal("consent"), col(Plan.citizen_id), _NOBODY).where(
        col(Plan.citizen_id) == _CITIZEN, col(Plan.state) == PlanState.ACTIVE
    )
    name = select(literal("name"), col(Person.id), col(Person.name)).where(
        col(Person.id) == _CITIZEN,
        select(col(PersonRole.id))
        .where(col(PersonRole.person_id) == _CITIZEN, col(PersonRole.role) == Role.CITIZEN)
        .exists(),
    )
    return union_all(name, contact, absence, cover, team, representative, consent)


_FIND = _ties()


def find_subject(session: Session, citizen_id: UUID, *, now: datetime) -> tuple[Subject, str] | None:
    """Return a citizen's ties at `now` and name, or None when there is no such citizen. One query."""
    today: date = danish_day(now)
    rows = session.execute(_FIND, {"citizen_id": citizen_id, "now": now, "today": today}).all()
    people: dict[str, set[UUID]] = {}
    for relation, person_id, _name in rows:
        people.setdefault(relation, set()).add(person_id)
    if "name" not in people:
        return None
    subject = Subject(
        citizen_id=citizen_id,
        contact_id=next(iter(people.get("contact", ())), None),
        substitute_ids=frozenset(people.get("substitute", ())),
        professional_ids=frozenset(people.get("professional", ())),
        representative_ids=frozenset(people.get("representative", ())),
        consented="consent" in people,
    )
    return subject, next(name for relation, _id, name in rows if relation == "name")
