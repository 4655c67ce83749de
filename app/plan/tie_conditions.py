"""What ties people to a citizen at this moment, as SQL: every query about it is made of these conditions.

The first ones hold of the rows of their own table; the functions say it of any two columns. Whoever asks a
query gives it the values `now` and `today` where they stand in it.
"""

from typing import Any

from sqlalchemy import Date, bindparam
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, or_, select

from app.plan.models import Absence, ContactAssignment, Cover, Plan, TeamMembership
from app.plan.rules import PlanState
from app.store.db import UtcDateTime

NOW = bindparam("now", type_=UtcDateTime())
TODAY = bindparam("today", type_=Date())

IS_CONTACT_NOW: Any = col(ContactAssignment.ends_at).is_(None)
IS_AWAY_NOW: Any = and_(Absence.starts_at <= NOW, Absence.ends_at > NOW)
IS_LET_IN_NOW: Any = col(Cover.ends_at).is_(None)  # to an open plan alone: a closed one asks nobody
HELPS_TODAY: Any = and_(
    TeamMembership.starts_on <= TODAY,
    or_(col(TeamMembership.ends_on).is_(None), TeamMembership.ends_on > TODAY),
)


def is_contact(citizen_id: Any, person_id: Any) -> Any:
    """Return that somebody is the citizen's contact person."""
    standing = select(ContactAssignment.id).where(ContactAssignment.citizen_id == citizen_id, IS_CONTACT_NOW)
    return standing.where(ContactAssignment.person_id == person_id).exists()


def stands_in(citizen_id: Any, person_id: Any) -> Any:
    """Return that somebody stands in for the citizen's contact person, who is away."""
    away = (
        select(Absence.id)
        .join(ContactAssignment, col(ContactAssignment.person_id) == Absence.person_id)
        .where(ContactAssignment.citizen_id == citizen_id, IS_CONTACT_NOW, IS_AWAY_NOW)
    )
    return away.where(Absence.substitute_id == person_id).exists()


def is_let_in(about_id: Any, person_id: Any) -> Any:
    """Return that somebody is let in to an open plan, because the answer to `about_id` is late."""
    plan: Any = aliased(Plan)
    late = (
        select(Cover.id)
        .join(plan, and_(plan.citizen_id == Cover.citizen_id, plan.state == PlanState.ACTIVE))
        .where(Cover.about_id == about_id, IS_LET_IN_NOW)
    )
    return late.where(Cover.substitute_id == person_id).exists()


def helps(citizen_id: Any, person_id: Any) -> Any:
    """Return that somebody is on the citizen's team today."""
    team = select(TeamMembership.id).where(TeamMembership.citizen_id == citizen_id, HELPS_TODAY)
    return team.where(TeamMembership.person_id == person_id).exists()
