"""What one can do with goals, steps and promises. Callers own the transaction."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import Session, SQLModel, col, select

from app.dates.local_time import danish_day
from app.entries.models import Entry, EntryVersion
from app.entries.rules import EntryKind
from app.errors import Missing
from app.goals import statements
from app.goals.fulfilment import promise_state, step_state, transition_promise, transition_step
from app.goals.models import Goal, GoalResponse, Promise, Step
from app.goals.news import GOAL_ANSWERED, STEP_DONE
from app.goals.rules import (
    Agreement,
    GoalAnswer,
    NotInPlan,
    NotOpen,
    NotYours,
    PromiseState,
    StepState,
    is_late,
)
from app.notifications.rules import NoticeContent
from app.notifications.service import add_notice
from app.plan.models import Plan
from app.plan.rules import PlanState
from app.plan.service import find_contact, record_revision


@dataclass(frozen=True, slots=True)
class NextStep:
    """The one step a citizen can take next."""

    id: UUID
    words: str
    own: bool  # false: nobody has been named to do it
    due_on: date | None  # null: no day is set
    late: bool


def next_step(session: Session, citizen_id: UUID, *, today: date) -> NextStep | None:
    """Return the step of the citizen's own, or of nobody yet, that falls due first; None if all is done."""
    row = session.exec(statements.NEXT_STEP, params={"citizen_id": citizen_id}).first()
    if row is None:
        return None
    late = is_late(row.due_on, done=False, today=today)
    return NextStep(row.id, row.words, own=row.doer_id == citizen_id, due_on=row.due_on, late=late)


def list_waiting(session: Session, citizen_id: UUID) -> list[Any]:
    """Return what waits for the citizen: goals to answer, own entries to talk about.

    Rows with `id`, `kind`, `state`, `words` and `author`, the one that has waited longest first.
    """
    return list(session.exec(statements.WAITING_FOR_CITIZEN, params={"citizen_id": citizen_id}).all())


def finish_step(session: Session, citizen_id: UUID, step_id: UUID, *, by: UUID, now: datetime) -> bool:
    """Note that a step is done; return False when it was done already, and change nothing.

    Raises:
        Missing: the citizen has no such step.
        NotOpen, NotInPlan: it can't be done yet.
    """
    plan_id = _plan_of(session, citizen_id, step_id, EntryKind.STEP)
    _insert_if_missing(session, Step, entry_id=step_id)
    step = _lock_step(session, step_id)
    if step is None or step_state(step) is StepState.DONE:
        return False
    transition_step(step, StepState.DONE, by=by, now=now)
    record_revision(session, plan_id, STEP_DONE.revision, by=by, now=now)
    _notify_other_side(session, citizen_id, NoticeContent(STEP_DONE, citizen_id, by=by, about=step_id), now)
    return True


def undo_step(session: Session, citizen_id: UUID, step_id: UUID, *, by: UUID, now: datetime) -> bool:
    """Take back "det er gjort" on the day it was said; return False when it wasn't done.

    Raises:
        Missing: the citizen has no such step.
        NotOpen: the plan is closed.
        NotYours: somebody else said it, or another day.
    """
    plan_id = _plan_of(session, citizen_id, step_id, EntryKind.STEP)
    step = _lock_step(session, step_id)
    if step is None or step.done_at is None:
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
    plan_id = _plan_of(session, citizen_id, goal_id, EntryKind.GOAL)
    _insert_if_missing(session, Goal, entry_id=goal_id)
    if not _respond(session, goal_id, answer, by=by, now=now):
        return False
    record_revision(session, plan_id, GOAL_ANSWERED.revision, by=by, now=now)
    news = NoticeContent(GOAL_ANSWERED, citizen_id, by=by, about=goal_id)
    _notify_other_side(session, citizen_id, news, now)
    return True


def record_agreement(session: Session, entry_id: UUID, citizen_id: UUID, *, now: datetime) -> None:
    """Note that the citizen agrees with the goal that was just taken into the plan as the citizen wrote it.

    The approval itself is the plan's revision, so none is made here. Twice changes nothing.
    """
    _insert_if_missing(session, Goal, entry_id=entry_id)
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
    _insert_if_missing(session, Goal, entry_id=entry_id)
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
    _insert_if_missing(session, Step, entry_id=entry_id)
    placed = update(Step).where(col(Step.entry_id) == entry_id)
    session.exec(placed.values(goal_id=goal_id, doer_id=doer_id, due_on=due_on))


def make_promise(
    session: Session, plan_id: UUID, words: str, *, by: UUID, due_on: date, now: datetime
) -> Promise:
    """Write down what the municipality promises, and by when."""
    promise = Promise(plan_id=plan_id, words=words, by_id=by, made_at=now, due_on=due_on)
    session.add(promise)
    record_revision(session, plan_id, "promise_made", by=by, now=now)
    return promise


def mark_promise_kept(
    session: Session, citizen_id: UUID, promise_id: UUID, *, by: UUID, now: datetime
) -> bool:
    """Note that a promise is kept; return False when it was kept already. Missing if there is none."""
    wanted = select(Promise).join(Plan, col(Plan.id) == Promise.plan_id)
    mine = wanted.where(Plan.citizen_id == citizen_id, Promise.id == promise_id)
    promise = session.exec(mine.with_for_update(of=Promise)).first()
    if promise is None:
        raise Missing
    if promise_state(promise) is PromiseState.KEPT:
        return False
    transition_promise(promise, PromiseState.KEPT, now=now)
    record_revision(session, promise.plan_id, "promise_kept", by=by, now=now)
    return True


def _lock_step(session: Session, step_id: UUID) -> Step | None:
    """Return the step as it is now, its row locked; None: there is none yet."""
    wanted = select(Step).where(Step.entry_id == step_id).with_for_update()
    return session.exec(wanted.execution_options(populate_existing=True)).first()


def _plan_of(session: Session, citizen_id: UUID, entry_id: UUID, kind: EntryKind) -> UUID:
    """Return the id of the open plan that an approved entry of this kind stands in."""
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


def _insert_if_missing(session: Session, model: type[SQLModel], *, entry_id: UUID) -> None:
    """Make the row that hangs on an entry; of two who do it at once, both find one."""
    session.flush()
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    session.exec(insert(model).values(entry_id=entry_id).on_conflict_do_nothing())


def _notify_other_side(session: Session, citizen_id: UUID, news: NoticeContent, now: datetime) -> None:
    """Tell the citizen and the contact person, whoever of them did not do it."""
    contact = find_contact(session, citizen_id)
    for person_id in {citizen_id, contact.id} if contact else {citizen_id}:
        add_notice(session, person_id, news, now=now)
