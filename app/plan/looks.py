"""How far those who help have seen a plan: noted when it is opened, so that what came after it can be told.

The access log writes one row a sign-in, which may last all day: it can't say that a change was seen since.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam
from sqlmodel import Session, and_, col, or_, select

from app.plan.models import Plan, PlanLook, PlanRevision
from app.plan.rules import PlanState
from app.store.db import Database
from app.store.insert import insert_or_find
from app.store.prepared import Reader
from app.store.query import id_list, select_columns

_ME = bindparam("me", type_=Uuid())
_MINE: Any = and_(PlanLook.plan_id == Plan.id, PlanLook.person_id == _ME)
_STANDS = (
    select_columns(Plan.id, Plan.revision, PlanLook.revision)
    .outerjoin(PlanLook, _MINE)
    .where(Plan.citizen_id == bindparam("citizen_id", type_=Uuid()), Plan.state == PlanState.ACTIVE)
)
_BY_OTHERS: Any = (
    select(PlanRevision.id)
    .where(
        PlanRevision.plan_id == Plan.id,
        PlanRevision.number > PlanLook.revision,
        or_(col(PlanRevision.actor_id).is_(None), PlanRevision.actor_id != _ME),
    )
    .correlate(Plan, PlanLook)
    .exists()
)
_CHANGED = (
    select(Plan.citizen_id)
    .join(PlanLook, _MINE)
    .where(
        col(Plan.citizen_id).in_(id_list()),
        Plan.state == PlanState.ACTIVE,
        Plan.revision > PlanLook.revision,
        _BY_OTHERS,
    )
)


def note_look(database: Database, reader: Reader, person_id: UUID, citizen_id: UUID) -> None:
    """Note that somebody opens the plan as it stands; nothing is written if they have seen it so."""
    row = reader.exec(_STANDS, params={"me": person_id, "citizen_id": citizen_id}).first()
    if row is None or row[1] == row[2]:
        return
    database.mark(lambda session: _see(session, person_id, row[0], row[1]))


def list_changed(session: Reader, person_id: UUID, citizen_ids: Collection[UUID]) -> set[UUID]:
    """Return whose plan others have changed since somebody saw it; of one never opened nothing is said."""
    if not citizen_ids:
        return set()
    return set(session.exec(_CHANGED, params={"me": person_id, "ids": list(citizen_ids)}))


def _see(session: Session, person_id: UUID, plan_id: UUID, revision: int) -> None:
    row = {"person_id": person_id, "plan_id": plan_id, "revision": revision}
    mine = select(PlanLook).where(PlanLook.person_id == person_id, PlanLook.plan_id == plan_id)
    look = insert_or_find(session, row, mine)
    look.revision = max(look.revision, revision)  # of two at once, the one that saw more
