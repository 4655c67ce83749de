"""Agreement on goals, the life of a step and of a promise, and when one is late. Pure.

Whether one is late follows from its day, and is stored nowhere.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.entries.rules import IllegalMove
from app.errors import Refused

SAID_MOST = 1000


class Agreement(StrEnum):
    """What the citizen says of a goal: enig, uenig, ved ikke, vil tale om det."""

    AGREE = "agree"
    DISAGREE = "disagree"
    UNSURE = "unsure"
    TALK = "talk"


class StepState(StrEnum):
    """How far a step (skridt) is; it is done exactly when it has a moment at which it was."""

    OPEN = "open"
    DONE = "done"


class PromiseState(StrEnum):
    """How far a promise (løfte) is; it is kept exactly when it has a moment at which it was."""

    OPEN = "open"
    KEPT = "kept"


STEP_NEXT = {StepState.OPEN: {StepState.DONE}, StepState.DONE: {StepState.OPEN}}  # taken back the same day
PROMISE_NEXT = {PromiseState.OPEN: {PromiseState.KEPT}, PromiseState.KEPT: set[PromiseState]()}


@dataclass(frozen=True, slots=True)
class GoalAnswer:
    """What the citizen says of a goal, with words of one's own or without."""

    agreement: Agreement
    words: str | None = None


class NotOpen(Refused):
    reason = "Planen er lukket nu. Sig ja til én plan, så kan du gøre det."


class NotInPlan(Refused):
    reason = "Skridtet er ikke med i planen endnu. Du kan gøre det, når der er svaret."


class NotYours(Refused):
    reason = "Skridtet blev gjort en anden dag eller af en anden. Skriv, hvis det ikke passer."


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
