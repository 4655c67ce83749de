"""What the citizen lets a professional see of the plan, from-to. Callers own the transaction."""

from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, select

from app.access.policy import PlanExtent
from app.dates.local_time import danish_day
from app.errors import Missing
from app.notifications.rules import NoticeContent
from app.notifications.service import add_notice
from app.plan.models import PlanAccess
from app.plan.news import ACCESS_CHANGED
from app.plan.service import lock_citizen, record_open
from app.plan.tie_conditions import helps
from app.store.query import select_columns


def choose_access(
    session: Session,
    citizen_id: UUID,
    person_id: UUID,
    extent: PlanExtent,
    *,
    until: date | None = None,
    now: datetime,
) -> bool:
    """Let a professional see so much of the plan, to the end of `until`; return False if it is so already.

    What was said before stays, with when it was replaced. The professional is told that it is another now.

    Raises:
        Missing: nobody who helps the citizen.
    """
    lock_citizen(session, citizen_id)
    today = danish_day(now)
    helping = select_columns(helps(citizen_id, person_id).label("helps"))
    if not session.exec(helping, params={"today": today}).one().helps:
        raise Missing
    standing = select(PlanAccess).where(
        PlanAccess.citizen_id == citizen_id, PlanAccess.person_id == person_id
    )
    before = session.exec(standing.where(col(PlanAccess.replaced_at).is_(None))).first()
    if (
        (before.extent, before.to_on) == (extent, until)
        if before
        else extent is PlanExtent.PLAN and not until
    ):
        return False
    if before is not None:
        before.replaced_at = max(now, before.set_at)
        session.flush()  # the old one must be replaced before the database lets the new one stand
    access = PlanAccess(
        citizen_id=citizen_id, person_id=person_id, extent=extent, from_on=today, to_on=until, set_at=now
    )
    session.add(access)
    record_open(session, citizen_id, ACCESS_CHANGED.revision, by=citizen_id, now=now)
    add_notice(session, person_id, NoticeContent(ACCESS_CHANGED, citizen_id, by=citizen_id), now=now)
    return True
