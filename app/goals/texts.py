"""How a goal and its steps stand, in words: in the one row that opens in place, and in full once it is open.

What is said hangs on the goal and on who reads it, and on nothing else.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from app.goals.queries import GoalItem, PlanItem, StepItem, WaitingText
from app.goals.rules import Agreement
from app.i18n import by_day, in_sentence
from app.i18n import gettext as _


class GoalReader(Protocol):
    """Who reads a goal, as these texts need to know it: see `view_context`."""

    @property
    def own(self) -> bool: ...

    @property
    def reader_id(self) -> UUID: ...

    @property
    def citizen_id(self) -> UUID: ...

    @property
    def name(self) -> str: ...

    @property
    def active(self) -> bool: ...

    @property
    def asked(self) -> str: ...

    @property
    def answering(self) -> str: ...

    @property
    def today(self) -> date: ...

    def wrote(self, item: PlanItem) -> bool: ...


class MarkState(StrEnum):
    """How a mark looks: as well, as something to wait for, or as something to do."""

    OK = "ok"
    WAIT = "wait"
    ACT = "act"


@dataclass(frozen=True, slots=True)
class GoalMark:
    """How something of a goal stands, in few words."""

    state: MarkState
    text: str
    icon: str = ""  # beside the words; "": that of its state


@dataclass(frozen=True, slots=True)
class NextStepLine:
    """Who does what next, and by when."""

    who: str
    words: str  # as they were written
    due_on: date | None


def goal_marks(goal: GoalItem, view: GoalReader) -> tuple[GoalMark, ...]:
    """Return how a goal and its steps stand: nothing that is late, or waits for the reader, is left out."""
    agreed = [agreement_mark(goal, view)] if goal.item.words else []
    return tuple(dict.fromkeys((*agreed, *_waiting_marks(goal.item, view), *step_marks(goal.steps, view))))


def waiting_marks(items: Sequence[PlanItem], view: GoalReader) -> tuple[GoalMark, ...]:
    """Return in few words what is waited for of entries that lie folded."""
    return tuple(dict.fromkeys(mark for item in items for mark in _waiting_marks(item, view)))


def step_marks(steps: Sequence[StepItem], view: GoalReader) -> tuple[GoalMark, ...]:
    """Return how steps stand: what waits of them, and that one is late."""
    found = waiting_marks([step.item for step in steps], view)
    late = any(step.late for step in steps)
    return (*found, GoalMark(MarkState.WAIT, _("Forsinket"))) if late else found


def next_step_line(steps: Sequence[StepItem], view: GoalReader) -> NextStepLine | None:
    """Return the first step in the plan that can be done now; None: there is none."""
    step = next((one for one in steps if not (one.over or one.blocked) and one.item.words), None)
    return NextStepLine(_doer(step, view), step.item.text, step.due_on) if step else None


def _doer(step: StepItem, view: GoalReader) -> str:
    if view.own and step.doer_id == view.reader_id:
        return _("Du")
    return step.doer or _("Næste skridt")


def agreement_mark(goal: GoalItem, view: GoalReader) -> GoalMark:
    """Return what the citizen says of a goal that is in the plan."""
    own, name = view.own, view.name
    match goal.agreement:
        case Agreement.AGREE:
            return GoalMark(MarkState.OK, _("I er enige") if own else _("%(name)s er enig", name=name))
        case Agreement.DISAGREE:
            return GoalMark(MarkState.ACT, _("Du er uenig") if own else _("%(name)s er uenig", name=name))
        case Agreement.TALK:
            said = _("Du vil tale om det") if own else _("%(name)s vil tale om det", name=name)
            return GoalMark(MarkState.ACT, said)
        case Agreement.UNSURE:
            said = _("Du ved det ikke endnu") if own else _("%(name)s ved det ikke endnu", name=name)
            return GoalMark(MarkState.ACT, said)
        case None:
            return _unanswered(view)


def _unanswered(view: GoalReader) -> GoalMark:
    if view.own and view.active:
        return GoalMark(MarkState.ACT, _("Venter på dit svar"))
    own = _("Du har ikke svaret endnu")
    return GoalMark(MarkState.WAIT, own if view.own else _("%(name)s har ikke svaret endnu", name=view.name))


def waiting_mark(item: PlanItem, view: GoalReader) -> GoalMark | None:
    """Return what is waited for in full: the talk, or who answers by when; None: nothing is."""
    waiting = item.waiting
    if waiting is None or waiting.reply:
        return _talk(item, view)
    if not view.active:
        rest, icon = _("Det venter, til planen er åben igen."), "lock"
    else:
        rest, icon = _who_answers(waiting, view), ""
    return GoalMark(MarkState.WAIT, f"{_suggestion(item, view)}. {rest}", icon)


def _waiting_marks(item: PlanItem, view: GoalReader) -> Iterator[GoalMark]:
    waiting, talk = item.waiting, _talk(item, view)
    if talk:
        yield talk
    elif waiting:
        yield GoalMark(MarkState.WAIT, _suggestion(item, view))
        if waiting.late and view.active:
            yield GoalMark(MarkState.WAIT, _("Svaret er forsinket"))


def _talk(item: PlanItem, view: GoalReader) -> GoalMark | None:
    waiting = item.waiting
    if waiting is None or not waiting.reply:
        return None
    if item.author_id != view.citizen_id and waiting.answerer:  # who proposed it is asked, not the citizen
        said = _(
            "%(name)s vil tale med %(other)s om det først",
            name=waiting.answerer,
            other=in_sentence(item.author),
        )
        return GoalMark(MarkState.WAIT, said)
    if view.wrote(item) and waiting.answerer:
        return GoalMark(MarkState.ACT, _("%(name)s vil tale med dig om det", name=waiting.answerer))
    return GoalMark(MarkState.ACT, _("Det skal I tale om"))


def _suggestion(item: PlanItem, view: GoalReader) -> str:
    return _("Dit forslag") if view.wrote(item) else _("Forslag fra %(name)s", name=in_sentence(item.author))


def _who_answers(waiting: WaitingText, view: GoalReader) -> str:
    name = waiting.cover if waiting.late and waiting.cover else view.answering
    day = by_day(waiting.answer_by, view.today) if waiting.answer_by else ""
    if not waiting.late:
        return _("%(name)s svarer senest %(day)s.", name=name, day=day)
    if name == view.asked:
        return _("%(name)s skulle have svaret senest %(day)s.", name=name, day=day)
    return _(
        "%(asked)s skulle have svaret senest %(day)s. %(name)s svarer i stedet.",
        asked=view.asked,
        name=name,
        day=day,
    )
