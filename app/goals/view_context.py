"""Who looks at a plan: all that its cards hang on beside what stands in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from app.access.guard import Viewer
from app.access.policy import Action, may
from app.config import Site
from app.goals import texts
from app.goals.queries import GoalItem, PlanItem, PlanView, PromiseItem, StepItem
from app.goals.texts import GoalMark, NextStepLine
from app.i18n import brief_date, by_day
from app.plan.rules import PlanState


class Mine(StrEnum):
    """How far what one may do reaches: to nothing, to what is one's own, or to all."""

    NONE = "none"
    OWN = "own"
    ALL = "all"

    def reaches(self, own: bool) -> bool:
        """Say whether it reaches a thing that is one's own, or not."""
        return self is Mine.ALL or (self is Mine.OWN and own)


@dataclass(frozen=True, slots=True)
class ViewContext:
    """Who reads whose plan, on which day, and what they may do there."""

    reader_id: UUID
    citizen_id: UUID
    own: bool  # citizens who read their own: then the words are theirs (du)
    name: str  # the citizen's first name
    url_id: UUID | None  # the id to build addresses with, as in Viewer
    active: bool  # the plan is open
    answers: bool  # may answer what waits
    finishes: Mine  # of which steps one may say that they are done
    asked: str  # who is to answer what waits
    answering: str  # who does so today
    today: date
    keeps: Mine = Mine.NONE  # of which promises one may say that they are kept
    changes_steps: Mine = Mine.NONE  # which steps one may stop, or let go on
    changes_promises: Mine = Mine.NONE  # which promises one may change or withdraw
    writes: bool = False  # may write a step into the plan
    promises: bool = False  # may promise something
    proposes: bool = False  # may propose a step for the citizen
    places: bool = False  # may say where a goal belongs, and why
    takes_over: bool = False  # may take over what somebody else was to do
    team_ids: frozenset[UUID] = frozenset()  # who helps now, where the reader may take over

    def may_finish(self, step: StepItem) -> bool:
        """Say whether the reader may say that a step is done; a citizen's own page offers no one else's."""
        if self.own:
            return self.finishes is not Mine.NONE and step.doer_id in (None, self.reader_id)
        return self.finishes.reaches(step.doer_id == self.reader_id)

    def may_change(self, step: StepItem) -> bool:
        """Say whether the reader may stop a step, or let it go on."""
        if self.own:
            return self.changes_steps is not Mine.NONE and step.doer_id in (None, self.reader_id)
        return self.changes_steps.reaches(step.doer_id == self.reader_id)

    def may_rephrase(self, promise: PromiseItem) -> bool:
        """Say whether the reader may change or withdraw a promise."""
        return self.changes_promises.reaches(promise.by_id == self.reader_id)

    def has_left(self, person_id: UUID | None) -> bool:
        """Say whether somebody was to do it who no longer helps; only who may take it over is told."""
        helps = person_id is None or person_id == self.citizen_id or person_id in self.team_ids
        return self.takes_over and not helps

    def may_take(self, step: StepItem) -> bool:
        """Say whether the reader is offered to take over a step: nobody does it, or it is late, or left."""
        left = step.doer_id is None or step.late or self.has_left(step.doer_id)
        return self.takes_over and left and not step.over and step.doer_id != self.reader_id

    def may_take_promise(self, promise: PromiseItem) -> bool:
        """Say whether the reader is offered to take over a promise: it is late, or left."""
        left = promise.late or self.has_left(promise.by_id)
        return self.takes_over and left and not promise.over and promise.by_id != self.reader_id

    def may_keep(self, promise: PromiseItem) -> bool:
        """Say whether the reader may say that a promise is kept."""
        return self.keeps.reaches(promise.by_id == self.reader_id)

    def wrote(self, item: PlanItem) -> bool:
        """Say whether the words are to be told as the reader's own."""
        return self.own and item.author_id == self.reader_id

    def reads_reply(self, item: PlanItem) -> bool:
        """Say whether "lad os tale om det" is told in its words: what is said to who helps is not."""
        return item.author_id == self.citizen_id or self.answers

    def marks(self, goal: GoalItem) -> tuple[GoalMark, ...]:
        """Return how a goal stands, in few words."""
        return texts.goal_marks(goal, self)

    def agreement_mark(self, goal: GoalItem) -> GoalMark:
        """Return what the citizen says of a goal."""
        return texts.agreement_mark(goal, self)

    def waiting_mark(self, item: PlanItem) -> GoalMark | None:
        """Return in full what is waited for, or None."""
        return texts.waiting_mark(item, self)

    def waiting_marks(self, items: Sequence[PlanItem]) -> tuple[GoalMark, ...]:
        """Return in few words what is waited for of entries that lie folded."""
        return texts.waiting_marks(items, self)

    def step_marks(self, steps: Sequence[StepItem]) -> tuple[GoalMark, ...]:
        """Return how steps stand, in few words."""
        return texts.step_marks(steps, self)

    def next_step(self, steps: Sequence[StepItem]) -> NextStepLine | None:
        """Return which of the steps is done next, or None."""
        return texts.next_step_line(steps, self)

    def near_day(self, day: date) -> str:
        """Write a day as short as it can be told."""
        return by_day(day, self.today) if abs((day - self.today).days) <= 1 else brief_date(day)

    def waits_for_reader(self, goal: GoalItem) -> bool:
        """Say whether the reader has something to do about a goal or its steps."""
        items = (goal.item, *(step.item for step in goal.steps))
        if not self.own:
            return self.answers and any(one.waiting and not one.waiting.reply for one in items)
        unanswered = bool(goal.item.words) and goal.agreement is None and self.active
        talk = any(self.wrote(one) and one.waiting and one.waiting.reply for one in items)
        late = any(step.late and step.doer_id == self.reader_id for step in goal.steps)
        return unanswered or talk or late

    def in_order(self, goals: Sequence[GoalItem]) -> list[GoalItem]:
        """Return the goals of one area, those that wait for the reader first."""
        return sorted(goals, key=lambda goal: not self.waits_for_reader(goal))

    def open_dreams(self, dreams: Sequence[PlanItem]) -> list[PlanItem]:
        """Return the dreams that are not folded: those that wait for the reader or are late, or the first."""
        return [one for one in dreams if self._calls_for_reader(one)] or list(dreams[:1])

    def _calls_for_reader(self, item: PlanItem) -> bool:
        """Say whether an answer about it is late, or is the reader's turn."""
        waiting = item.waiting
        if waiting is None:
            return False
        if waiting.reply:
            return self.wrote(item)
        return waiting.late or self.answers


def view_context_of(viewer: Viewer, plan: PlanView, site: Site, today: date) -> ViewContext:
    """Return how `viewer` sees `plan`; without a contact person the municipality answers."""
    contact, active = plan.contact, plan.state == PlanState.ACTIVE
    takes_over = active and viewer.may(Action.WORK_TAKE_OVER)
    return ViewContext(
        reader_id=viewer.actor.person_id,
        citizen_id=viewer.subject.citizen_id,
        own=viewer.own,
        name=viewer.first_name,
        url_id=viewer.url_id,
        active=active,
        answers=viewer.may(Action.ENTRY_ANSWER),
        finishes=_reach(viewer, Action.STEP_FINISH, active),
        asked=contact.helper.first_name if contact else site.name,
        answering=contact.answering.first_name if contact else site.name,
        today=today,
        keeps=_reach(viewer, Action.PROMISE_KEEP, active),
        changes_steps=_reach(viewer, Action.STEP_CHANGE, active),
        changes_promises=_reach(viewer, Action.PROMISE_CHANGE, active),
        writes=active and viewer.may(Action.STEP_WRITE),
        promises=active and viewer.may(Action.PROMISE_MAKE),
        proposes=active and viewer.may(Action.STEP_PROPOSE) and not viewer.may(Action.ENTRY_ANSWER),
        places=active and viewer.may(Action.GOAL_PLACE),
        takes_over=takes_over,
        team_ids=viewer.subject.team_ids if takes_over else frozenset(),
    )


def _reach(viewer: Viewer, action: Action, active: bool) -> Mine:
    if not active or not may(viewer.subject, action, own=True):
        return Mine.NONE
    return Mine.ALL if may(viewer.subject, action, own=False) else Mine.OWN
