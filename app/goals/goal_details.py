"""What a goal says beside its words: its area of life, the dream it serves, and why (derfor).

The words are their author's, and are not touched here. How it was before stays. Callers own the transaction.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func
from sqlmodel import Session, col, select

from app.access.policy import Subject, areas_shown
from app.entries.models import Entry, EntryVersion
from app.entries.rules import EntryKind
from app.errors import Missing
from app.goals import statements
from app.goals.models import Goal, GoalChange
from app.goals.news import GOAL_PLACED
from app.goals.notices import notify_of
from app.goals.rules import GoalDetails, GoalIsChanged
from app.goals.service import plan_of_entry, set_goal_details
from app.identity.models import Person
from app.notifications.rules import NoticeContent
from app.plan.models import LifeArea
from app.plan.service import record_revision
from app.store.insert import insert_missing
from app.store.prepared import Reader
from app.store.query import id_list, select_columns

_GOAL: Any = bindparam("goal_id", type_=Uuid())
_TIMES = select(func.count()).where(GoalChange.goal_id == _GOAL)
_DETAILS = select_columns(Goal.area_id, Goal.dream_id, Goal.because, _TIMES.scalar_subquery().label("times"))
_DETAILS = _DETAILS.where(Goal.entry_id == _GOAL)
_AREAS = (
    select_columns(LifeArea.id, LifeArea.name)
    .join(Person, col(Person.municipality_id) == LifeArea.municipality_id)
    .where(Person.id == statements.CITIZEN)
    .order_by(col(LifeArea.position))
)
_CHANGES = (
    select_columns(
        GoalChange.at,
        statements.name_shown(Person, "name"),
        col(LifeArea.name).label("area"),
        GoalChange.because,
        GoalChange.area_id,
        GoalChange.dream_id,
    )
    .join(Person, col(Person.id) == GoalChange.actor_id)
    .outerjoin(LifeArea, col(LifeArea.id) == GoalChange.area_id)
    .where(GoalChange.goal_id == _GOAL)
    .order_by(col(GoalChange.at).desc(), col(GoalChange.id))
)
_DREAMS = (
    select_columns(Entry.id, EntryVersion.words)
    .join(EntryVersion, statements.version_is(EntryVersion, Entry.approved_version))
    .where(col(Entry.id).in_(id_list()), Entry.kind == EntryKind.DREAM)
)


class DetailsNow(NamedTuple):
    """How a goal stands beside its words, and how many times that has been changed."""

    details: GoalDetails
    times: int


def read_details(session: Reader, goal_id: UUID) -> DetailsNow:
    """Return how it stands; whether the reader may see the goal is asked by who calls."""
    row = session.exec(_DETAILS, params={"goal_id": goal_id}).first()
    return DetailsNow(GoalDetails(*row[:3]), row.times) if row else DetailsNow(GoalDetails(), 0)


def list_citizen_areas(session: Reader, citizen_id: UUID) -> list[tuple[UUID, str]]:
    """Return the areas of life a goal of the citizen's can belong to, in the municipality's order."""
    return [(row.id, row.name) for row in session.exec(_AREAS, params={"citizen_id": citizen_id})]


def list_detail_changes(
    session: Reader, goal_id: UUID, *, names_all: bool, areas: Collection[UUID] | None
) -> Sequence[Any]:
    """Return how it stood before each change, the newest first: `area`, `dream_id`, `because`.

    `at` and `name`: when, and by whom it was changed then.

    `areas`: those the reader sees, and what was said while it belonged elsewhere is not told; None: all.
    """
    rows = session.exec(_CHANGES, params={"goal_id": goal_id, "names_all": names_all}).all()
    return rows if areas is None else [one for one in rows if one.area_id in areas]


def find_dream_words(session: Reader, subject: Subject, dream_ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Return what these dreams say in the plan, by id: nothing to who sees some areas alone.

    Nor of one that stands in the plan no more: its words are the citizen's own again.
    """
    wanted = sorted({one for one in dream_ids if one})
    if not wanted or areas_shown(subject) is not None:
        return {}
    return {row.id: row.words for row in session.exec(_DREAMS, params={"ids": wanted})}


def change_goal_details(  # noqa: PLR0913 — whose, which, what, seen when, by whom and when
    session: Session,
    citizen_id: UUID,
    goal_id: UUID,
    details: GoalDetails,
    *,
    times: int,
    by: UUID,
    now: datetime,
) -> bool:
    """Let a goal of the plan belong elsewhere, or say why anew; return False when it stands so already.

    `times`: how many times it had been changed when it was looked at. The citizen, the contact person and who
    wrote the goal are told.

    Raises:
        Missing: the citizen has no such goal, or it can't belong there.
        NotOpen, NotInPlan: it is not to be changed now.
        GoalIsChanged: somebody was first.
    """
    plan_id = plan_of_entry(session, citizen_id, goal_id, EntryKind.GOAL)
    insert_missing(session, Goal, [{"entry_id": goal_id}])
    session.exec(select(Goal.entry_id).where(Goal.entry_id == goal_id).with_for_update()).one()
    stands = read_details(session, goal_id)
    if stands.details == details:
        return False
    if stands.times != times:
        raise GoalIsChanged
    _check_place(session, citizen_id, plan_id, details)
    before = stands.details
    session.add(
        GoalChange(
            goal_id=goal_id,
            at=now,
            actor_id=by,
            area_id=before.area_id,
            dream_id=before.dream_id,
            because=before.because,
        )
    )
    set_goal_details(
        session, goal_id, area_id=details.area_id, dream_id=details.dream_id, because=details.because
    )
    record_revision(session, plan_id, GOAL_PLACED.revision, by=by, now=now)
    author_id = session.exec(select(Entry.author_id).where(Entry.id == goal_id)).one()
    notify_of(
        session, NoticeContent(GOAL_PLACED, citizen_id, by=by, about=goal_id), owner_id=author_id, now=now
    )
    return True


def _check_place(session: Session, citizen_id: UUID, plan_id: UUID, details: GoalDetails) -> None:
    """See that the area is of the citizen's municipality, and the dream one that stands in the same plan."""
    areas = {one for one, _name in list_citizen_areas(session, citizen_id)}
    if details.area_id is not None and details.area_id not in areas:
        raise Missing
    dream = select(Entry.id).where(
        Entry.id == details.dream_id,
        Entry.plan_id == plan_id,
        Entry.kind == EntryKind.DREAM,
        col(Entry.approved_version).is_not(None),
    )
    if details.dream_id is not None and session.exec(dream).first() is None:
        raise Missing
