"""Whether a step or a promise is the reader's to touch: the guard has found nothing yet, and asks as if."""

from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam
from sqlmodel import col

from app.access.policy import Action, SubjectReader, areas_shown, may
from app.entries.models import Entry
from app.errors import Missing
from app.goals.models import Goal, Promise, Step
from app.goals.statements import CITIZEN
from app.plan.models import Plan
from app.store.prepared import Reader
from app.store.query import select_columns

_ABOUT = bindparam("about_id", type_=Uuid())
_STEP = (
    select_columns(col(Step.doer_id).label("owner_id"), Goal.area_id)
    .select_from(Entry)
    .join(Plan, col(Plan.id) == Entry.plan_id)
    .outerjoin(Step, col(Step.entry_id) == Entry.id)
    .outerjoin(Goal, col(Goal.entry_id) == Step.goal_id)
    .where(Entry.id == _ABOUT, Plan.citizen_id == CITIZEN)
)
_PROMISE = (
    select_columns(col(Promise.by_id).label("owner_id"), Goal.area_id, Promise.goal_id)
    .join(Plan, col(Plan.id) == Promise.plan_id)
    .outerjoin(Goal, col(Goal.entry_id) == Promise.goal_id)
    .where(Promise.id == _ABOUT, Plan.citizen_id == CITIZEN)
)


def require_step(session: Reader, reader: SubjectReader, step_id: UUID, action: Action) -> None:
    """Raise Missing if the citizen has no such step, or none on which the reader may do `action`."""
    asked = {"about_id": step_id, "citizen_id": reader.subject.citizen_id}
    _require(session.exec(_STEP, params=asked).first(), reader, action)


def require_promise(session: Reader, reader: SubjectReader, promise_id: UUID, action: Action) -> None:
    """Raise Missing if the citizen has no such promise, or none on which the reader may do `action`."""
    asked = {"about_id": promise_id, "citizen_id": reader.subject.citizen_id}
    found = session.exec(_PROMISE, params=asked).first()
    _require(found, reader, action, anywhere=found is not None and found.goal_id is None)


def _require(found: Any, reader: SubjectReader, action: Action, *, anywhere: bool = False) -> None:
    """See that it is there, in sight of the reader, and theirs if the policy asks for that."""
    if found is None:
        raise Missing
    areas = areas_shown(reader.subject)
    in_sight = anywhere or areas is None or found.area_id in areas
    if not (in_sight and may(reader.subject, action, own=found.owner_id == reader.id)):
        raise Missing
