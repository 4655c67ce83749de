"""What one can do with goals and steps; promises have `promises`. Callers own the transaction."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from app.access.policy import Subject
from app.dates.local_time import danish_day
from app.entries.models import Entry, EntryVersion
from app.entries.rules import EntryKind
from app.errors import Missing
from app.goals import statements
from app.goals.fulfilment import step_state, transition_step
from app.goals.models import Goal, GoalResponse, Step
from app.goals.news import GOAL_ANSWERED, STEP_DONE
from app.goals.notices import notify_of
from app.goals.rules import (
    Agreement,
    GoalAnswer,
    NotInPlan,
    NotOpen,
    NotYours,
    StepIsOver,
    StepState,
    is_late,
)
from app.notifications.rules import NoticeContent
from app.plan.models import Plan
from app.plan.rules import PlanState
from app.plan.service import record_revision
from app.store.insert import insert_missing
from app.store.prepared import Reader


@dataclass(frozen=True, slots=True)
class NextStep:
    """The one step a citizen can take next."""

    id: UUID
    words: str
    own: bool  # false: nobody has been named to do it
    due_on: date | None  # null: no day is set
    late: bool


def next_step(session: Reader, citizen_id: UUID, *, today: date) -> NextStep | None:
    """Return the step of the citizen's own, or of nobody yet, that falls due first; None if all is done."""
    row = session.exec(statements.NEXT_STEP, params={"citizen_id": citizen_id}).first()
    if row is None:
        return None
    late = is_late(row.due_on, done=False, today=today)
    return NextStep(row.id, row.words, own=row.doer_id == citizen_id, due_on=row.due_on, late=late)


def list_waiting(session: Reader, subject: Subject) -> list[Any]:
    """Return what waits for the citizen: goals to answer, own entries to talk about.

    Rows with `id`, `kind`, `state`, `words` and `author` (empty: not to be named), the one that has waited
    longest first.
    """
    asked = {"citizen_id": subject.citizen_id, **statements.names_for(subject)}
    return list(session.exec(statements.WAITING_FOR_CITIZEN, params=asked).all())


def finish_step(session: Session, citizen_id: UUID, step_id: UUID, *, by: UUID, now: datetime) -> bool:
    """Note that a step is done; return False when it was done already, and change nothing.

    Raises:
        Missing: the citizen has no such step.
        NotOpen, NotInPlan: it can't be done yet.
        StepIsOver: it was dropped.
    """
    plan_id, step = lock_step(session, citizen_id, step_id)
    if step_state(step) is StepState.DONE:
        return False
    if step_state(step) is StepState.DROPPED:
        raise StepIsOver
    transition_step(step, StepState.DONE, by=by, now=now)
    record_revision(session, plan_id, STEP_DONE.revision, by=by, now=now)
    notify_of(session, NoticeContent(STEP_DONE, citizen_id, by=by, about=step_id), now=now)
    return True


def undo_step(session: Session, citizen_id: UUID, step_id: UUID, *, by: UUID, now: datetime) -> bool:
    """Take back "det er gjort" on the day it was said; return False when it wasn't done.

    Raises:
        Missing: the citizen has no such step.
        NotOpen: the plan is closed.
        NotYours: somebody else said it, or another day.
    """
    plan_id, step = lock_step(session, citizen_id, step_id)
    if step.done_at is None:
        return False
    if step.done_by != by or danish_day(step.done_at) != danish_day(now):
        raise NotYours
    transition_step(step, StepState.OPEN, by=by, now=now)
    record_revision(session, plan_id, "step_undone", by=by, now=now)
    return True


def answer_goal(
    session: Session, citizen_id: UUID, goal_id: UUID, answer: GoalAnswer, *, by: UUID, now: datetime
) -> bool:
    """Keep the citizen's answer to a goal beside the earlier ones; the same one again changes nothing.

    Raises:
        Missing: the citizen has no such goal.
        NotOpen, NotInPlan: it can't be answered yet.
    """
    plan_id = plan_of_entry(session, citizen_id, goal_id, EntryKind.GOAL)
    insert_missing(session, Goal, [{"entry_id": goal_id}])
    if not _respond(session, goal_id, answer, by=by, now=now):
        return False
    record_revision(session, plan_id, GOAL_ANSWERED.revision, by=by, now=now)
    news = NoticeContent(GOAL_ANSWERED, citizen_id, by=by, about=goal_id)
    notify_of(session, news, now=now)
    return True


def record_agreement(session: Session, entry_id: UUID, citizen_id: UUID, *, now: datetime) -> None:
    """Note that the citizen agrees with the goal that was just taken into the plan as the citizen wrote it.

    The approval itself is the plan's revision, so none is made here. Twice changes nothing.
    """
    insert_missing(session, Goal, [{"entry_id": entry_id}])
    _respond(session, entry_id, GoalAnswer(Agreement.AGREE), by=citizen_id, now=now)


def set_goal_details(
    session: Session,
    entry_id: UUID,
    *,
    area_id: UUID | None = None,
    dream_id: UUID | None = None,
    because: str | None = None,
) -> None:
    """Say where a goal belongs and which dream it serves. Whoever places it makes the plan's revision."""
    insert_missing(session, Goal, [{"entry_id": entry_id}])
    placed = update(Goal).where(col(Goal.entry_id) == entry_id)
    session.exec(placed.values(area_id=area_id, dream_id=dream_id, because=because))


def set_step_details(
    session: Session,
    entry_id: UUID,
    *,
    goal_id: UUID | None = None,
    doer_id: UUID | None = None,
    due_on: date | None = None,
) -> None:
    """Say which goal a step belongs to, who does it and by when. Whoever places it makes the revision."""
    insert_missing(session, Step, [{"entry_id": entry_id}])
    placed = update(Step).where(col(Step.entry_id) == entry_id)
    session.exec(placed.values(goal_id=goal_id, doer_id=doer_id, due_on=due_on))


def lock_step(session: Session, citizen_id: UUID, step_id: UUID) -> tuple[UUID, Step]:
    """Return the plan's id, and the step as it is now, its row locked.

    Raises:
        Missing: the citizen has no such step.
        NotOpen, NotInPlan: nothing can be done with it yet.
    """
    plan_id = plan_of_entry(session, citizen_id, step_id, EntryKind.STEP)
    insert_missing(session, Step, [{"entry_id": step_id}])
    wanted = select(Step).where(Step.entry_id == step_id).with_for_update()
    return plan_id, session.exec(wanted.execution_options(populate_existing=True)).one()


def plan_of_entry(session: Session, citizen_id: UUID, entry_id: UUID, kind: EntryKind) -> UUID:
    """Return the id of the open plan that an approved entry of this kind stands in.

    Raises:
        Missing: the citizen has no such entry.
        NotOpen, NotInPlan: the plan is closed, or it does not stand in it.
    """
    wanted = (
        select(Plan.id, Plan.state, Entry.approved_version)
        .join(Entry, col(Entry.plan_id) == Plan.id)
        .where(Plan.citizen_id == citizen_id, Entry.id == entry_id, Entry.kind == kind)
    )
    found = session.exec(wanted).first()
    if found is None:
        raise Missing
    plan_id, state, approved = found
    if state is not PlanState.ACTIVE:
        raise NotOpen
    if approved is None:
        raise NotInPlan
    return plan_id


def _respond(session: Session, goal_id: UUID, answer: GoalAnswer, *, by: UUID, now: datetime) -> bool:
    """Add an answer unless the newest, given to the words that stand, is the same."""
    session.exec(select(Goal.entry_id).where(Goal.entry_id == goal_id).with_for_update()).one()
    newest = session.exec(statements.ANSWERS, params={"goal_id": goal_id}).first()
    stands = select(EntryVersion.written_at).join(Entry, col(Entry.id) == EntryVersion.entry_id)
    written_at = session.exec(
        stands.where(Entry.id == goal_id, EntryVersion.number == Entry.approved_version)
    ).first()
    same = newest is not None and (newest.answer, newest.words) == (answer.agreement, answer.words)
    if newest is not None and same and (written_at is None or newest.at >= written_at):
        return False
    session.add(
        GoalResponse(goal_id=goal_id, person_id=by, answer=answer.agreement, words=answer.words, at=now)
    )
    return True
