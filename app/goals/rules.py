"""Agreement on goals, the life of a step and of a promise, and when one is late. Pure.

Whether one is late follows from its day, and is stored nowhere.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from app.entries.rules import IllegalMove
from app.errors import Refused

SAID_MOST = 1000
REASON_MOST = 300
PROMISE_MOST = 300
BECAUSE_MOST = 300


class Agreement(StrEnum):
    """What the citizen says of a goal: enig, uenig, ved ikke, vil tale om det."""

    AGREE = "agree"
    DISAGREE = "disagree"
    UNSURE = "unsure"
    TALK = "talk"


class StepState(StrEnum):
    """How far a step (skridt) is, as its moments tell it."""

    OPEN = "open"
    BLOCKED = "blocked"  # something is in the way
    DONE = "done"
    DROPPED = "dropped"  # it is not to be done any more


class PromiseState(StrEnum):
    """How far a promise (løfte) is, as its moments tell it."""

    OPEN = "open"
    CHANGED = "changed"  # it stands with another day or other words than at first
    KEPT = "kept"
    WITHDRAWN = "withdrawn"


STEP_NEXT = {
    StepState.OPEN: {StepState.DONE, StepState.BLOCKED, StepState.DROPPED},
    StepState.BLOCKED: {StepState.OPEN, StepState.DONE, StepState.DROPPED},
    StepState.DONE: {StepState.OPEN},  # taken back the same day
    StepState.DROPPED: {StepState.OPEN},
}
_STANDING = {PromiseState.CHANGED, PromiseState.KEPT, PromiseState.WITHDRAWN}
PROMISE_NEXT = {
    PromiseState.OPEN: _STANDING,
    PromiseState.CHANGED: _STANDING,
    PromiseState.KEPT: {PromiseState.OPEN},  # taken back the same day
    PromiseState.WITHDRAWN: set[PromiseState](),
}


@dataclass(frozen=True, slots=True)
class GoalAnswer:
    """What the citizen says of a goal, with words of one's own or without."""

    agreement: Agreement
    words: str | None = None


@dataclass(frozen=True, slots=True)
class NewWork:
    """A step or a promise as somebody who helps writes it."""

    words: str
    who_id: UUID | None  # who does it, or promises it; None: nobody yet
    due_on: date | None  # None: no day is set; a promise has one
    goal_id: UUID | None = None  # None: it belongs to no goal


@dataclass(frozen=True, slots=True)
class GoalDetails:
    """What a goal says beside its words."""

    area_id: UUID | None = None  # None: it has not been placed
    dream_id: UUID | None = None  # None: it serves no dream in particular
    because: str | None = None  # None: it is not said why


class GoalIsChanged(Refused):
    reason = "En anden har rettet målet imens. Se, hvad der står nu, og gem igen, hvis dit skal gælde."


class NotOpen(Refused):
    reason = "Planen er lukket nu. Du kan gøre det, når den er åben igen."


class NotInPlan(Refused):
    reason = "Skridtet er ikke med i planen endnu. Vent, til der er svaret på forslaget."


class NotYours(Refused):
    reason = "Skridtet er gjort færdigt en anden dag eller af en anden. Skriv, hvis det ikke passer."


class PromiseKeptBefore(Refused):
    reason = "Løftet er holdt en anden dag eller af en anden. Tal med den, der skrev det."


class PromiseIsOver(Refused):
    reason = "Løftet er holdt eller trukket tilbage i mellemtiden. Se planen igen."


class StepIsOver(Refused):
    reason = "Skridtet er gjort færdigt eller stoppet i mellemtiden. Se planen igen."


def next_step_state(current: StepState, wanted: StepState) -> StepState:
    """Return `wanted`, or raise IllegalMove if a step can't go there from `current`."""
    if wanted not in STEP_NEXT[current]:
        raise IllegalMove
    return wanted


def next_promise_state(current: PromiseState, wanted: PromiseState) -> PromiseState:
    """Return `wanted`, or raise IllegalMove if a promise can't go there from `current`."""
    if wanted not in PROMISE_NEXT[current]:
        raise IllegalMove
    return wanted


def is_late(due_on: date | None, done: bool, today: date) -> bool:
    """Say whether a step or promise with this last day is late: the day itself is still in time."""
    return due_on is not None and not done and due_on < today
