"""What ties people to a citizen at this moment, as SQL: every query about it is made of these conditions.

The first ones hold of the rows of their own table; the functions say it of any two columns. Whoever asks a
query gives it the values `now` and `today` where they stand in it.
"""

from typing import Any

from sqlalchemy import Date, String, bindparam, func, union
from sqlalchemy.orm import aliased
from sqlmodel import and_, case, cast, col, or_, select

from app.access.policy import PlanExtent
from app.identity.models import PersonRole
from app.identity.role_conditions import holds_role
from app.identity.rules import Role
from app.plan.models import Absence, ContactAssignment, Cover, Plan, PlanAccess, TeamMembership
from app.plan.rules import PlanState
from app.store.db import UtcDateTime

NOW = bindparam("now", type_=UtcDateTime())
TODAY = bindparam("today", type_=Date())

IS_CONTACT_NOW: Any = col(ContactAssignment.ends_at).is_(None)
IS_AWAY_NOW: Any = and_(Absence.starts_at <= NOW, Absence.ends_at > NOW)
ABSENCE_IS_NOT_OVER: Any = Absence.ends_at > NOW
IS_LET_IN_NOW: Any = col(Cover.ends_at).is_(None)
HELPS_TODAY: Any = and_(
    TeamMembership.starts_on <= TODAY,
    or_(col(TeamMembership.ends_on).is_(None), TeamMembership.ends_on > TODAY),
)
# What a member's row of the team is joined with, to know how much of the plan they are let see; and that.
ACCESS_NOW: Any = and_(
    PlanAccess.citizen_id == TeamMembership.citizen_id,
    PlanAccess.person_id == TeamMembership.person_id,
    col(PlanAccess.replaced_at).is_(None),
)
EXTENT_NOW: Any = case(
    (PlanAccess.to_on < TODAY, PlanExtent.NONE.value),
    else_=func.coalesce(cast(PlanAccess.extent, String()), PlanExtent.PLAN.value),
)


def holds_contact_role(person_id: Any) -> Any:
    """Return that somebody has the role of a contact person now; without it nobody answers for another.

    Whoever names a substitute asks it: one whose role has ended is let in no more, and would be promised.
    """
    return holds_role(person_id, [Role.CONTACT])


# Of the rows of PersonRole: of a contact person now, and for good: one whose role has an end would leave the
# citizens alone that day.
CONTACT_FOR_GOOD: Any = and_(
    PersonRole.role == Role.CONTACT, PersonRole.starts_at <= NOW, col(PersonRole.ends_at).is_(None)
)
# Of the rows of Cover: who is let in, and can come in.
LETS_IN_NOW: Any = and_(IS_LET_IN_NOW, holds_contact_role(Cover.substitute_id))


def helps_after(day: Any) -> Any:
    """Return that somebody of a team is on it on the day or later."""
    return or_(col(TeamMembership.ends_on).is_(None), col(TeamMembership.ends_on) > day)


def leaves_on(day: Any) -> Any:
    """Return that the day is the first on which somebody of a team is on it no more."""
    return col(TeamMembership.ends_on) == day


def next_absence(person_id: Any) -> Any:
    """Return when somebody's first absence that isn't over begins, or began; null: none is known."""
    other: Any = aliased(Absence)  # the query around it may ask for the absence of now
    away = select(func.min(other.starts_at)).where(other.person_id == person_id, other.ends_at > NOW)
    return away.scalar_subquery()


def _plan_is_open() -> Any:
    plan: Any = aliased(Plan)
    standing = select(plan.id).where(plan.citizen_id == Cover.citizen_id, plan.state == PlanState.ACTIVE)
    return standing.correlate_except(plan).exists()


# A closed plan asks nobody for an answer; the thread of messages needs none.
COVER_HOLDS: Any = or_(~col(Cover.needs_plan), _plan_is_open())


def is_away_during(begins: Any, ends: Any) -> Any:
    """Return that an absence and a span of time have some time in common."""
    return and_(Absence.starts_at < ends, Absence.ends_at > begins)


def is_contact(citizen_id: Any, person_id: Any) -> Any:
    """Return that somebody is the citizen's contact person."""
    standing = select(ContactAssignment.id).where(ContactAssignment.citizen_id == citizen_id, IS_CONTACT_NOW)
    standing = standing.where(ContactAssignment.person_id == person_id)
    return standing.correlate_except(ContactAssignment).exists()


def has_new_contact(citizen_id: Any, moment: Any) -> Any:
    """Return that the citizen's contact person has become so after `moment`."""
    standing = select(ContactAssignment.id).where(ContactAssignment.citizen_id == citizen_id, IS_CONTACT_NOW)
    standing = standing.where(ContactAssignment.starts_at > moment)
    return standing.correlate_except(ContactAssignment).exists()


def stands_in(citizen_id: Any, person_id: Any) -> Any:
    """Return that somebody stands in for the citizen's contact person, who is away."""
    away = (
        select(Absence.id)
        .join(ContactAssignment, col(ContactAssignment.person_id) == Absence.person_id)
        .where(ContactAssignment.citizen_id == citizen_id, IS_CONTACT_NOW, IS_AWAY_NOW)
    )
    away = away.where(Absence.substitute_id == person_id, holds_contact_role(person_id))
    return away.correlate_except(Absence, ContactAssignment).exists()


def is_let_in(about_id: Any, person_id: Any) -> Any:
    """Return that somebody is let in, because the answer to `about_id` is late."""
    late = select(Cover.id).where(Cover.about_id == about_id, LETS_IN_NOW, COVER_HOLDS)
    return late.where(Cover.substitute_id == person_id).correlate_except(Cover).exists()


def was_let_in(about_id: Any, citizen_id: Any, person_id: Any, until: Any) -> Any:
    """Return that a late answer had let somebody in until then, and that the contact person is the same."""
    late = select(Cover.id).where(Cover.about_id == about_id, Cover.citizen_id == citizen_id)
    late = late.where(Cover.substitute_id == person_id, Cover.ends_at == until)
    return late.where(~has_new_contact(citizen_id, Cover.starts_at)).correlate_except(Cover).exists()


def _answering(person_id: Any) -> tuple[Any, Any]:
    standing = select(ContactAssignment.citizen_id).where(IS_CONTACT_NOW)
    away = standing.join(Absence, col(Absence.person_id) == ContactAssignment.person_id).where(IS_AWAY_NOW)
    return standing.where(ContactAssignment.person_id == person_id), away.where(
        Absence.substitute_id == person_id, holds_contact_role(person_id)
    )


def answered_by(person_id: Any) -> Any:
    """Return the select of the citizens whose contact person somebody is, or stands in for.

    To begin with: the conditions above would be asked of each row of the municipality.
    """
    return union(*_answering(person_id))


def worked_for_by(person_id: Any) -> Any:
    """Return the select of these, and of the citizens on whose team somebody is today."""
    team = select(TeamMembership.citizen_id).where(TeamMembership.person_id == person_id, HELPS_TODAY)
    return union(*_answering(person_id), team)


def let_in_about(person_id: Any) -> Any:
    """Return the select of what is late and lets somebody in: entries, tasks, messages."""
    return select(Cover.about_id).where(Cover.substitute_id == person_id, LETS_IN_NOW)


def helps(citizen_id: Any, person_id: Any) -> Any:
    """Return that somebody is on the citizen's team today."""
    team = select(TeamMembership.id).where(TeamMembership.citizen_id == citizen_id, HELPS_TODAY)
    return team.where(TeamMembership.person_id == person_id).exists()
