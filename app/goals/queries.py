"""The one plan as a page shows it: dreams first, goals with their steps, promises, and what waits.

Five queries, however long the plan. Who may read what waits stands in `access.policy`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlmodel import Session

from app.access.policy import Field, Subject, may_see
from app.dates.local_time import danish_day
from app.entries.rules import EntryKind, EntryState
from app.errors import Missing
from app.goals import statements
from app.goals.rules import Agreement, is_late
from app.identity.rules import first_name
from app.plan.queries import ContactNow, find_contact_now
from app.plan.rules import PlanState
from app.store.prepared import Reader

NO_AREA = 1_000_000  # goals without an area come last
FAR = date.max


@dataclass(frozen=True, slots=True)
class WaitingText:
    """Words that wait for the contact person's answer, or for a talk."""

    words: str
    written_on: date
    answer_by: date | None  # None: it is to be talked about
    late: bool
    cover: str | None  # who answers instead because it is late; None: nobody was let in
    reply: str | None  # the kind sentence of "lad os tale om det"; None: not answered yet
    answerer: str | None  # who said it


@dataclass(frozen=True, slots=True)
class PlanItem:
    """One entry as it stands in the plan; beside it, or alone, what waits for an answer."""

    id: UUID
    kind: EntryKind
    author_id: UUID
    author: str
    words: str | None  # None: nothing stands in the plan yet
    written_on: date
    waiting: WaitingText | None

    @property
    def text(self) -> str:
        """The words to show first."""
        return self.words or (self.waiting.words if self.waiting else "")


@dataclass(frozen=True, slots=True)
class StepItem:
    """A step: who does it, by when, and whether it is done."""

    item: PlanItem
    goal_id: UUID | None
    doer_id: UUID | None
    doer: str | None
    due_on: date | None
    late: bool
    done_on: date | None
    done_by: UUID | None
    finisher: str | None

    @property
    def order(self) -> tuple[bool, date]:
        return (self.done_on is None, self.done_on or self.due_on or FAR)


@dataclass(frozen=True, slots=True)
class GoalItem:
    """A goal with its agreement and its steps."""

    item: PlanItem
    area: str | None
    position: int
    because: str | None
    agreement: Agreement | None  # None: the citizen hasn't answered
    said: str | None
    steps: Sequence[StepItem] = ()


@dataclass(frozen=True, slots=True)
class PromiseItem:
    """What the municipality has promised."""

    id: UUID
    words: str
    by: str
    made_on: date
    due_on: date
    kept_on: date | None
    late: bool


@dataclass(frozen=True, slots=True)
class PlanView:
    """The whole plan for one reader."""

    state: PlanState | None = None  # None: no plan has ever been opened
    closed_on: date | None = None
    drafts: int = 0
    contact: ContactNow | None = None
    dreams: Sequence[PlanItem] = ()
    goals: Sequence[GoalItem] = ()
    steps: Sequence[StepItem] = ()  # those that belong to no goal shown here
    others: Sequence[PlanItem] = ()
    promises: Sequence[PromiseItem] = field(default=())

    @property
    def empty(self) -> bool:
        return not (self.dreams or self.goals or self.steps or self.others or self.promises)

    @property
    def areas(self) -> list[tuple[str | None, list[GoalItem]]]:
        """The goals by area of life, in the municipality's order; None: not placed yet, and last."""
        return [(area, list(goals)) for area, goals in groupby(self.goals, key=lambda goal: goal.area)]


@dataclass(frozen=True, slots=True)
class PlanProgress:
    """How far a citizen's plan has come."""

    state: PlanState | None = None  # None: no plan has ever been opened
    drafts: int = 0
    blank: bool = True  # nothing is shared, and nothing stands in it


def read_plan(session: Reader, subject: Subject, *, now: datetime) -> PlanView:
    """Return the citizen's newest plan as this reader may see it."""
    citizen_id = subject.citizen_id
    plan = session.exec(statements.PLAN, params={"citizen_id": citizen_id}).first()
    contact = find_contact_now(session, citizen_id, now=now)
    if plan is None:
        return PlanView(contact=contact)
    today = danish_day(now)
    asked = {"plan_id": plan.id, "reads_waiting": may_see(subject, Field.SHARED)}
    found = session.exec(statements.ENTRIES, params=asked).all()
    items = {row.id: _item(row, today) for row in found}
    steps = sorted(
        (_step(row, items, today) for row in found if row.kind is EntryKind.STEP), key=lambda s: s.order
    )
    goals = [_goal(row, items, citizen_id, steps) for row in found if row.kind is EntryKind.GOAL]
    shown = {goal.item.id for goal in goals}
    return PlanView(
        state=plan.state,
        closed_on=plan.closed_at and danish_day(plan.closed_at),
        drafts=plan.drafts if may_see(subject, Field.DRAFTS) else 0,
        contact=contact,
        dreams=[item for item in items.values() if item.kind is EntryKind.DREAM],
        goals=sorted(goals, key=lambda goal: goal.position),
        steps=[step for step in steps if step.goal_id not in shown],
        others=[item for item in items.values() if item.kind is EntryKind.OTHER],
        promises=_promises(session.exec(statements.PROMISES, params={"plan_id": plan.id}), today),
    )


def read_plan_progress(session: Session, citizen_id: UUID) -> PlanProgress:
    """Return how far the citizen's newest plan has come. One query."""
    plan = session.exec(statements.PLAN, params={"citizen_id": citizen_id}).first()
    return PlanProgress() if plan is None else PlanProgress(plan.state, plan.drafts, blank=not plan.shown)


def _item(row: Any, today: date) -> PlanItem:
    waiting = row.waiting_words and WaitingText(
        words=row.waiting_words,
        written_on=danish_day(row.waiting_at),
        answer_by=row.answer_by,
        late=row.late_at is not None or is_late(row.answer_by, done=False, today=today),
        cover=row.cover and first_name(row.cover),
        reply=row.reply if row.state is EntryState.TALK else None,
        answerer=row.answerer and first_name(row.answerer),
    )
    return PlanItem(
        id=row.id,
        kind=row.kind,
        author_id=row.author_id,
        author=first_name(row.author),
        words=row.standing_words,
        written_on=danish_day(row.standing_at or row.waiting_at),
        waiting=waiting or None,
    )


def _step(row: Any, items: dict[UUID, PlanItem], today: date) -> StepItem:
    return StepItem(
        item=items[row.id],
        goal_id=row.goal_id,
        doer_id=row.doer_id,
        doer=row.doer and first_name(row.doer),
        due_on=row.due_on,
        late=is_late(row.due_on, row.done_at is not None, today),
        done_on=row.done_at and danish_day(row.done_at),
        done_by=row.done_by,
        finisher=row.finisher and first_name(row.finisher),
    )


def _goal(row: Any, items: dict[UUID, PlanItem], citizen_id: UUID, steps: Iterable[StepItem]) -> GoalItem:
    said = row.said_at is not None and not _changed_since(row, citizen_id)
    own = row.standing_author_id == citizen_id
    return GoalItem(
        item=items[row.id],
        area=row.area,
        position=NO_AREA if row.position is None else row.position,
        because=row.because,
        # What the citizen wrote and the contact person took in is agreed by both.
        agreement=row.answer if said else (Agreement.AGREE if own else None),
        said=row.said if said else None,
        steps=[step for step in steps if step.goal_id == row.id],
    )


def _changed_since(row: Any, citizen_id: UUID) -> bool:
    """Say whether somebody else has given the goal new words after the citizen's answer."""
    changed: bool = row.standing_author_id != citizen_id and row.said_at < (
        row.standing_at or datetime.min.replace(tzinfo=UTC)
    )
    return changed


def _promises(found: Iterable[Any], today: date) -> list[PromiseItem]:
    """Return those that wait first, the earliest first; then those kept, the newest first."""
    promises = [_promise(row, today) for row in found]
    kept = sorted((p for p in promises if p.kept_on), key=lambda p: p.kept_on or FAR, reverse=True)
    return [p for p in promises if not p.kept_on] + kept


def _promise(row: Any, today: date) -> PromiseItem:
    return PromiseItem(
        id=row.id,
        words=row.words,
        by=first_name(row.by),
        made_on=danish_day(row.made_at),
        due_on=row.due_on,
        kept_on=row.kept_at and danish_day(row.kept_at),
        late=is_late(row.due_on, row.kept_at is not None, today),
    )


def find_next_promise(session: Session, citizen_id: UUID, *, today: date) -> PromiseItem | None:
    """Return the promise that falls due first, late ones before all, or None. One query."""
    row = session.exec(statements.NEXT_PROMISE, params={"citizen_id": citizen_id}).first()
    return None if row is None else _promise(row, today)


def get_goal(session: Session, subject: Subject, goal_id: UUID, *, now: datetime) -> GoalItem:
    """Return a goal that is in the plan; raise Missing if there is none that this reader may know of."""
    plan = read_plan(session, subject, now=now)
    found = (goal for goal in plan.goals if goal.item.id == goal_id and goal.item.words)
    goal = next(found, None)
    if goal is None:
        raise Missing
    return goal
