"""What a citizen of the states lets two professionals see of the plan: nothing, and nothing any more."""

from datetime import timedelta

from sqlmodel import Session, col, select

from app.access.policy import PlanExtent
from app.dates.local_time import danish_day
from app.demo.cast import person_id
from app.demo.states import StateContext
from app.plan.models import LifeArea, PlanAccess, TeamMembership
from app.plan.plan_access import choose_access

LONG_AGO, A_WEEK = timedelta(days=20), timedelta(days=7)
HELPERS = ("thea", "ali")


def find_limited(session: Session) -> str | None:
    """Return the id of the citizen, if these rows are there."""
    said = select(PlanAccess.citizen_id).where(PlanAccess.citizen_id == person_id("tobias"))
    found = session.exec(said).first()
    return str(found) if found else None


def limit_helpers(stage: StateContext) -> str:
    """Let Thea and Ali help Tobias, who is there; close his plan to Thea, and let Ali's days be over."""
    session, tobias, began = stage.session, person_id("tobias"), stage.now - LONG_AGO
    areas = session.exec(select(LifeArea.id).order_by(col(LifeArea.position)).limit(len(HELPERS)))
    for slug, area in zip(HELPERS, areas, strict=True):
        helper, since = person_id(slug), danish_day(began)
        session.add(TeamMembership(citizen_id=tobias, person_id=helper, area_id=area, starts_on=since))
    session.flush()
    choose_access(session, tobias, person_id("thea"), PlanExtent.NONE, now=stage.now - A_WEEK)
    last = danish_day(stage.now - A_WEEK)
    choose_access(session, tobias, person_id("ali"), PlanExtent.AREA, until=last, now=began)
    return str(tobias)
