"""Which approvals can still be undone: what has been built on one since, and the agreement it recorded."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, delete
from sqlalchemy.orm import aliased
from sqlmodel import Session, and_, case, col, or_, select

from app.entries.models import Entry
from app.entries.rules import UNDONE_WITHIN, EntryKind, EntryState
from app.goals.models import Goal, GoalResponse, Promise, Step
from app.goals.rules import Agreement
from app.goals.statements import CITIZEN, WAS_PROPOSED
from app.identity.models import Person
from app.identity.rules import first_name
from app.plan.models import Plan
from app.plan.rules import PlanState
from app.plan.tie_conditions import is_contact, stands_in, was_let_in
from app.store.db import UtcDateTime
from app.store.prepared import Reader
from app.store.query import RowSelect, select_columns

_ENTRY = bindparam("entry_id", type_=Uuid())
_ME = bindparam("me", type_=Uuid())
_SINCE = bindparam("since", type_=UtcDateTime())
# The yes that an approval records for the citizen, who wrote the goal: of the same moment, without a word.
_OF_THE_APPROVAL = and_(
    col(GoalResponse.answer) == Agreement.AGREE,
    col(GoalResponse.words).is_(None),
    GoalResponse.at == Entry.answered_at,
)


@dataclass(frozen=True, slots=True)
class UndoableApproval:
    """What was approved a moment ago, and until when that can be undone."""

    entry_id: UUID
    citizen_id: UUID
    citizen: str  # first name
    proposer: str | None  # first name of who helps and proposed it; None: the citizen wrote it
    kind: EntryKind
    version: int
    answered_at: datetime

    @property
    def until(self) -> datetime:
        return self.answered_at + UNDONE_WITHIN


def _built_on() -> Any:
    """Return that somebody has gone on from the row's entry since it was approved.

    A step or a promise under the goal, a goal under the dream, an answer of the citizen's own to the goal, or
    that the step was done or stopped: each was made by somebody who read it in the plan, and would be left
    without what it hangs on. What was there before, under an earlier wording, is none of it.
    """
    since: Any = Entry.answered_at
    made: Any = aliased(Entry)
    under: Any = aliased(Goal)
    steps = select(Step.entry_id).join(made, made.id == Step.entry_id).where(Step.goal_id == Entry.id)
    promises = select(Promise.id).where(Promise.goal_id == Entry.id, col(Promise.made_at) >= since)
    goals = select(under.entry_id).join(made, made.id == under.entry_id).where(under.dream_id == Entry.id)
    answers = select(GoalResponse.id).where(GoalResponse.goal_id == Entry.id, ~_OF_THE_APPROVAL)
    moments = (Step.done_at, Step.blocked_at, Step.dropped_at)
    touched = or_(*(col(one) >= since for one in moments))
    return or_(
        steps.where(made.written_at >= since).correlate(Entry).exists(),
        promises.correlate(Entry).exists(),
        goals.where(made.written_at >= since).correlate(Entry).exists(),
        answers.where(col(GoalResponse.at) >= since).correlate(Entry).exists(),
        select(Step.entry_id).where(Step.entry_id == Entry.id, touched).correlate(Entry).exists(),
    )


def _undoable() -> RowSelect:
    """What a citizen wrote, or who helps proposed, and somebody else took into the open plan a moment ago."""
    author: Any = aliased(Person)
    columns: list[Any] = [
        Entry.id,
        Plan.citizen_id,
        Person.name,
        case((Entry.author_id != Plan.citizen_id, author.name)).label("proposer"),
        Entry.kind,
        Entry.approved_version,
        Entry.answered_at,
    ]
    return (
        select_columns(*columns)
        .join(Plan, col(Plan.id) == Entry.plan_id)
        .join(Person, col(Person.id) == Plan.citizen_id)
        .join(author, author.id == Entry.author_id)
        .where(
            Entry.state == EntryState.IN_PLAN,
            or_(Entry.author_id == Plan.citizen_id, WAS_PROPOSED),
            Entry.answered_by != Plan.citizen_id,
            col(Entry.answered_at) >= _SINCE,
            Plan.state == PlanState.ACTIVE,
            ~_built_on(),
        )
    )


# Of those whom the reader may still answer: another contact person's citizen is theirs no more.
_STILL_MINE = or_(
    is_contact(Plan.citizen_id, _ME),
    stands_in(Plan.citizen_id, _ME),
    was_let_in(Entry.id, Plan.citizen_id, _ME, Entry.answered_at),
)
_MINE = (
    _undoable().where(Entry.answered_by == _ME, _STILL_MINE).order_by(col(Entry.answered_at).desc()).limit(1)
)
_ONE = _undoable().where(Entry.id == _ENTRY, Plan.citizen_id == CITIZEN)
_BUILT_ON = select(Entry.id).where(Entry.id == _ENTRY, _built_on())


def find_own_approval(session: Reader, me: UUID, *, now: datetime) -> UndoableApproval | None:
    """Return what `me` approved last, while that can be undone; None: nothing."""
    return _found(session.exec(_MINE, params={"me": me, "now": now, "since": now - UNDONE_WITHIN}).first())


def find_undoable(
    session: Reader, citizen_id: UUID, entry_id: UUID, *, now: datetime
) -> UndoableApproval | None:
    """Return the approval of that entry, whoever gave it, while it can be undone; None: it can't."""
    asked = {"citizen_id": citizen_id, "entry_id": entry_id, "since": now - UNDONE_WITHIN}
    return _found(session.exec(_ONE, params=asked).first())


def _found(row: Any) -> UndoableApproval | None:
    if row is None:
        return None
    entry_id, citizen_id, name, proposer, kind, version, at = row
    proposer = proposer and first_name(proposer)
    return UndoableApproval(entry_id, citizen_id, first_name(name), proposer, EntryKind(kind), version, at)


def is_built_on(session: Session, entry_id: UUID) -> bool:
    """Say whether somebody has gone on from what was approved. Its goal is locked against more of it."""
    session.exec(select(Goal.entry_id).where(Goal.entry_id == entry_id).with_for_update()).first()
    return session.exec(_BUILT_ON, params={"entry_id": entry_id}).first() is not None


def withdraw_agreement(session: Session, goal_id: UUID, citizen_id: UUID, *, recorded_at: datetime) -> None:
    """Take back the yes that an approval of that moment recorded: nobody has said it."""
    recorded = delete(GoalResponse).where(
        col(GoalResponse.goal_id) == goal_id,
        col(GoalResponse.person_id) == citizen_id,
        col(GoalResponse.answer) == Agreement.AGREE,
        col(GoalResponse.words).is_(None),
        col(GoalResponse.at) == recorded_at,
    )
    session.exec(recorded)
