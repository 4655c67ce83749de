"""What ties others to a citizen at this moment: contact person, substitute, team, representative, consent."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Date, String, Uuid, bindparam, func, literal, literal_column, union_all
from sqlalchemy.orm import aliased
from sqlmodel import case, cast, col, or_, select

from app.access.guard import SubjectCitizen
from app.access.policy import Subject
from app.consent.models import Representation
from app.dates.local_time import danish_day
from app.identity.models import Person, PersonRole
from app.identity.rules import Role
from app.plan.models import Absence, ContactAssignment, Cover, Plan, TeamMembership
from app.plan.rules import PlanState
from app.store.db import UtcDateTime
from app.store.prepared import Reader, parse_uuid
from app.store.query import RowSelect, select_columns

MOST_READ = 4096
_COMMA: Any = literal_column("','")
_CITIZEN = bindparam("citizen_id", type_=Uuid())
_NOW = bindparam("now", type_=UtcDateTime())
_TODAY = bindparam("today", type_=Date())


def _ties() -> Any:
    """Return the citizen's ties, a row for each."""
    contact: Any = select(
        literal("contact").label("tie"), col(ContactAssignment.person_id).label("person_id")
    ).where(ContactAssignment.citizen_id == _CITIZEN, col(ContactAssignment.ends_at).is_(None))
    absence = (
        select(literal("substitute"), Absence.substitute_id)
        .join(ContactAssignment, col(ContactAssignment.person_id) == Absence.person_id)
        .where(
            ContactAssignment.citizen_id == _CITIZEN,
            col(ContactAssignment.ends_at).is_(None),
            Absence.starts_at <= _NOW,
            Absence.ends_at > _NOW,
        )
    )
    cover = (  # a closed plan asks nobody for an answer, so nobody is let in to give one
        select(literal("cover"), Cover.substitute_id)
        .join(Plan, col(Plan.citizen_id) == Cover.citizen_id)
        .where(Cover.citizen_id == _CITIZEN, col(Cover.ends_at).is_(None))
        .where(Plan.state == PlanState.ACTIVE)
    )
    team = select(literal("professional"), TeamMembership.person_id).where(
        TeamMembership.citizen_id == _CITIZEN,
        TeamMembership.starts_on <= _TODAY,
        or_(col(TeamMembership.ends_on).is_(None), TeamMembership.ends_on > _TODAY),
    )
    representative = select(literal("representative"), Representation.person_id).where(
        Representation.citizen_id == _CITIZEN,
        Representation.starts_on <= _TODAY,
        or_(col(Representation.ends_on).is_(None), Representation.ends_on > _TODAY),
    )
    consent = select(literal("consent"), Plan.citizen_id).where(
        Plan.citizen_id == _CITIZEN, Plan.state == PlanState.ACTIVE
    )
    return union_all(contact, absence, cover, team, representative, consent)


def _subject() -> RowSelect:
    """Return the citizen's name, all ties as one text ("contact <id>,consent <id>"), and the newest plan."""
    ties = _ties().subquery()
    said = ties.c.tie + literal(" ") + cast(ties.c.person_id, String)
    held = select(func.aggregate_strings(said, _COMMA)).scalar_subquery()
    is_citizen = select(PersonRole.id).where(
        PersonRole.person_id == _CITIZEN, PersonRole.role == Role.CITIZEN
    )
    columns: list[Any] = [Person.name, held.label("ties"), Plan.id, Plan.revision, Plan.opened_at]
    return (
        select_columns(*columns)
        .outerjoin(Plan, Plan.id == _newest_plan())
        .where(Person.id == _CITIZEN, is_citizen.exists())
    )


def _newest_plan() -> Any:
    """Return the id of the plan that is shown: the open one, else the one opened last."""
    plan: Any = aliased(Plan)
    closed_last = case((plan.state == PlanState.CLOSED, 1), else_=0)
    mine = select(plan.id).where(plan.citizen_id == _CITIZEN)
    return mine.order_by(closed_last, plan.opened_at.desc()).limit(1).scalar_subquery()


_FIND = _subject()


def find_subject(
    session: Reader, citizen_id: UUID, *, now: datetime
) -> tuple[Subject, SubjectCitizen] | None:
    """Return a citizen's ties at `now`, name and state of plan; None when there is no such citizen.

    One query, and one row: each row more is a moment in which another thread takes over.
    """
    today: date = danish_day(now)
    found = session.exec(_FIND, params={"citizen_id": citizen_id, "now": now, "today": today}).first()
    if found is None:
        return None
    subject, away = _read_ties(citizen_id, found.ties or "")
    return subject, SubjectCitizen(found.name, (found.id, found.revision, found.opened_at, away))


@lru_cache(maxsize=MOST_READ)
def _read_ties(citizen_id: UUID, ties: str) -> tuple[Subject, frozenset[UUID]]:
    """Return what the text of `_subject` says, and who stands in for a contact person who is away.

    It says the same again and again. A substitute may have been let in before, by an answer that was late.
    """
    people: dict[str, list[UUID]] = {}
    for said in ties.split(",") if ties else ():
        relation, _space, person_id = said.partition(" ")
        people.setdefault(relation, []).append(parse_uuid(person_id))
    away = frozenset(people.get("substitute", ()))
    subject = Subject(
        citizen_id=citizen_id,
        contact_id=next(iter(people.get("contact", ())), None),
        substitute_ids=away | frozenset(people.get("cover", ())),
        professional_ids=frozenset(people.get("professional", ())),
        representative_ids=frozenset(people.get("representative", ())),
        consented="consent" in people,
    )
    return subject, away
