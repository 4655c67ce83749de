"""The one plan as a page shows it: dreams first, goals with their steps, promises, and what waits.

Four queries, however long the plan. Who may read what waits stands in `access.policy`.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any, TypeVar
from uuid import UUID

from app.access.policy import Field, Subject, may_see
from app.dates.local_time import danish_day
from app.entries.rules import EntryKind, EntryState
from app.errors import Missing
from app.goals import statements
from app.goals.rules import Agreement, is_late
from app.identity.hidden_names import shown_name
from app.plan.queries import ContactNow, find_contact_now
from app.plan.rules import PlanState
from app.store.prepared import Reader

NO_AREA = 1_000_000  # goals without an area come last
FAR = date.max
Item = TypeVar("Item")


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
    proposed: bool = False  # who wrote it proposed it, and somebody else took it into the plan

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
    blocked: bool = False  # something is in the way
    dropped_on: date | None = None  # None: it is still to be done
    reason: str | None = None  # why it is blocked or dropped
    halter: str | None = None  # who said so

    @property
    def over(self) -> bool:
        """True when nothing is left to do: it is done, or dropped."""
        return self.done_on is not None or self.dropped_on is not None

    @property
    def order(self) -> tuple[bool, date]:
        return (not self.over, self.done_on or self.dropped_on or self.due_on or FAR)


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
class PromiseBefore:
    """How a promise was before the last change of it, when that was, and why."""

    words: str
    due_on: date
    reason: str
    on: date


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
    by_id: UUID
    kept_by: UUID | None = None
    keeper: str | None = None  # who said that it is kept; None: not known
    withdrawn_on: date | None = None
    goal_id: UUID | None = None
    before: PromiseBefore | None = None  # how it was; None: as it was made

    @property
    def over(self) -> bool:
        """True when nothing is left to keep: it is kept, or withdrawn."""
        return self.kept_on is not None or self.withdrawn_on is not None


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
    def words_of_goals(self) -> dict[UUID, str]:
        """The words of the goals that are shown here, by id."""
        return {goal.item.id: goal.item.text for goal in self.goals}

    def find_goal(self, wanted: UUID | None) -> UUID | None:
        """Return the goal that `wanted` is, or is a step of; None: it is neither, or not shown."""
        return next(
            (
                goal.item.id
                for goal in self.goals
                if wanted in (goal.item.id, *(step.item.id for step in goal.steps))
            ),
            None,
        )

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
    asked = {"plan_id": plan.id, **statements.shown_to(subject)}
    reads_waiting = may_see(subject, Field.SHARED)
    found = session.exec(
        statements.ENTRIES, params=asked | {"reads_waiting": reads_waiting, "now": now}
    ).all()
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
        promises=_promises(session.exec(statements.PROMISES, params=asked), today),
    )


def read_plan_progress(session: Reader, citizen_id: UUID) -> PlanProgress:
    """Return how far the citizen's newest plan has come. One query."""
    plan = session.exec(statements.PLAN, params={"citizen_id": citizen_id}).first()
    return PlanProgress() if plan is None else PlanProgress(plan.state, plan.drafts, blank=not plan.shown)


def _item(row: Any, today: date) -> PlanItem:
    waiting = row.waiting_words and WaitingText(
        words=row.waiting_words,
        written_on=danish_day(row.waiting_at),
        answer_by=row.answer_by,
        late=row.late_at is not None or is_late(row.answer_by, done=False, today=today),
        cover=shown_name(row.cover),
        reply=row.reply if row.state is EntryState.TALK else None,
        answerer=shown_name(row.answerer),
    )
    return PlanItem(
        id=row.id,
        kind=row.kind,
        author_id=row.author_id,
        author=shown_name(row.author) or "",
        words=row.standing_words,
        written_on=danish_day(row.standing_at or row.waiting_at),
        waiting=waiting or None,
        proposed=bool(row.proposed),
    )


def _step(row: Any, items: dict[UUID, PlanItem], today: date) -> StepItem:
    return StepItem(
        item=items[row.id],
        goal_id=row.goal_id,
        doer_id=row.doer_id,
        doer=shown_name(row.doer),
        due_on=row.due_on,
        late=is_late(row.due_on, row.done_at is not None or row.dropped_at is not None, today),
        done_on=row.done_at and danish_day(row.done_at),
        done_by=row.done_by,
        finisher=shown_name(row.finisher),
        blocked=row.blocked_at is not None,
        dropped_on=row.dropped_at and danish_day(row.dropped_at),
        reason=row.halt_reason,
        halter=shown_name(row.halter),
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
    """Return those that wait first, the earliest first; then those that are over, the newest first."""
    promises = [_promise(row, today) for row in found]
    over = [one for one in promises if one.over]
    over.sort(key=lambda one: one.kept_on or one.withdrawn_on or FAR, reverse=True)
    return [one for one in promises if not one.over] + over


def _promise(row: Any, today: date) -> PromiseItem:
    over = row.kept_at is not None or row.withdrawn_at is not None
    return PromiseItem(
        id=row.id,
        words=row.words,
        by=shown_name(row.by) or "",
        made_on=danish_day(row.made_at),
        due_on=row.due_on,
        kept_on=row.kept_at and danish_day(row.kept_at),
        late=is_late(row.due_on, over, today),
        by_id=row.by_id,
        kept_by=row.kept_by,
        keeper=shown_name(row.keeper),
        withdrawn_on=row.withdrawn_at and danish_day(row.withdrawn_at),
        goal_id=row.goal_id,
        before=row.reason
        and PromiseBefore(row.words_before, row.due_before, row.reason, danish_day(row.reason_at)),
    )


def find_next_promise(session: Reader, subject: Subject, *, today: date) -> PromiseItem | None:
    """Return the promise that falls due first, late ones before all, or None. One query."""
    asked = {"citizen_id": subject.citizen_id, **statements.names_for(subject)}
    row = session.exec(statements.NEXT_PROMISE, params=asked).first()
    return None if row is None else _promise(row, today)


def get_goal(session: Reader, subject: Subject, goal_id: UUID, *, now: datetime) -> GoalItem:
    """Return a goal that is in the plan; raise Missing if there is none that this reader may know of."""
    plan = read_plan(session, subject, now=now)
    return _first(goal for goal in plan.goals if goal.item.id == goal_id and goal.item.words)


def get_step(session: Reader, subject: Subject, step_id: UUID, *, now: datetime) -> StepItem:
    """Return a step that is in the plan; raise Missing if there is none that this reader may know of."""
    plan = read_plan(session, subject, now=now)
    steps = (*plan.steps, *(step for goal in plan.goals for step in goal.steps))
    return _first(step for step in steps if step.item.id == step_id and step.item.words)


def get_promise(session: Reader, subject: Subject, promise_id: UUID, *, now: datetime) -> PromiseItem:
    """Return a promise of the plan; raise Missing if there is none that this reader may know of."""
    return _first(one for one in read_plan(session, subject, now=now).promises if one.id == promise_id)


def _first(found: Iterator[Item]) -> Item:
    one = next(found, None)
    if one is None:
        raise Missing
    return one


def list_workers(session: Reader, ids: Collection[UUID]) -> list[tuple[UUID, str]]:
    """Return these people by name: who can be named to do something."""
    found: Iterable[Any] = session.exec(statements.PEOPLE, params={"ids": list(ids)})
    return [(row.id, row.name) for row in found]
