"""What one must know to answer what a citizen wrote: where it belongs, and what stands around it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from app.access.policy import Field, Subject, may_see
from app.availability.queries import MeetingNeeds, read_preferences
from app.caseload.queue import QueueEntry
from app.dates.local_time import danish_day
from app.goals.queries import GoalItem, PlanView, StepItem, read_plan
from app.goals.rules import Agreement
from app.goals.view_context import Mine, ViewContext
from app.store.prepared import Reader

NOT_AGREED = (Agreement.DISAGREE, Agreement.TALK)
BESIDE_DANISH = {range(0x0400, 0x0530): ("uk",), range(0x0600, 0x0780): ("ar", "fa")}  # by their letters


@dataclass(frozen=True, slots=True)
class EntryContext:
    """What stands around one entry, as the one who answers may see it."""

    goal: GoalItem | None  # the goal that it is, or is a step of; None: a dream, or it belongs to none
    step: StepItem | None  # who does it, and by when; None: it is no step
    needs: MeetingNeeds | None  # of an interpreter among others; None: not for this reader
    written_in: str | None  # the language, when its letters are not ours; None: they are
    reads_in: str | None  # in which the citizen uses the app, when it can't be told and isn't Danish
    plan: PlanView  # of it the dreams, the goals of the same area, and those that are not agreed on
    view: ViewContext

    @property
    def area(self) -> str | None:
        return self.goal.area if self.goal else None

    @property
    def not_agreed(self) -> GoalItem | None:
        """The goal, when the citizen disagrees with it or would rather talk about it."""
        return self.goal if self.goal and self.goal.agreement in NOT_AGREED and self.goal.item.words else None


def read_entry_context(
    session: Reader, me: UUID, subject: Subject, shown: QueueEntry, *, now: datetime
) -> EntryContext:
    """Return what stands around the entry that is shown. Six queries at most. Log the look first.

    What waits is in an open plan, so the citizen's yes stands.
    """
    subject, today = replace(subject, consented=True), danish_day(now)
    plan = read_plan(session, subject, now=now)
    goal, step = _place(plan, shown.entry_id)
    needs = read_preferences(session, shown.citizen_id).needs if may_see(subject, Field.NEEDS) else None
    language = written_language(shown.words, shown.language)
    return EntryContext(
        goal=goal,
        step=step,
        needs=needs,
        written_in=language,
        reads_in=None if language or shown.language == "da" else shown.language,
        plan=_around(plan, goal, shown.entry_id),
        view=_view(plan, me, shown, today),
    )


def written_language(words: str, language: str) -> str | None:
    """Return the language of words whose letters are not ours: the citizen's own if it has them.

    None: the letters are ours, and they say no more.
    """
    first = next(filter(str.isalpha, words), "")
    for letters, codes in BESIDE_DANISH.items():
        if first and ord(first) in letters:
            return language if language in codes else codes[0]
    return None


def _place(plan: PlanView, entry_id: UUID) -> tuple[GoalItem | None, StepItem | None]:
    goal_id = plan.find_goal(entry_id)
    goal = next((one for one in plan.goals if one.item.id == goal_id), None)
    steps = (*plan.steps, *(goal.steps if goal else ()))
    return goal, next((one for one in steps if one.item.id == entry_id), None)


def _around(plan: PlanView, goal: GoalItem | None, entry_id: UUID) -> PlanView:
    """Return the part of the plan that is read beside it: without what is answered just now."""
    area = goal.area if goal else None
    return PlanView(
        state=plan.state,
        contact=plan.contact,
        dreams=[one for one in plan.dreams if one.id != entry_id],
        goals=[one for one in _of_area(plan.goals, area) if one.item.id != entry_id],
    )


def _of_area(goals: Sequence[GoalItem], area: str | None) -> list[GoalItem]:
    return [one for one in goals if area in (None, one.area) or one.agreement in NOT_AGREED]


def _view(plan: PlanView, me: UUID, shown: QueueEntry, today: date) -> ViewContext:
    """Return how the rows beside it are read: they can be opened, and nothing is done there."""
    contact = plan.contact
    return ViewContext(
        reader_id=me,
        citizen_id=shown.citizen_id,
        own=False,
        name=shown.first_name,
        url_id=shown.citizen_id,
        active=True,
        answers=False,
        finishes=Mine.NONE,
        asked=contact.helper.first_name if contact else "",
        answering=contact.answering.first_name if contact else "",
        today=today,
    )
