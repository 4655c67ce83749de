"""The only place that writes whether a step is done and a promise is kept. Callers lock the row before."""

from datetime import datetime
from uuid import UUID

from app.goals.models import Promise, Step
from app.goals.rules import PromiseState, StepState, next_promise_state, next_step_state


def step_state(step: Step) -> StepState:
    """Return how far a step is."""
    return StepState.OPEN if step.done_at is None else StepState.DONE


def promise_state(promise: Promise) -> PromiseState:
    """Return how far a promise is."""
    return PromiseState.OPEN if promise.kept_at is None else PromiseState.KEPT


def transition_step(step: Step, to: StepState, *, by: UUID, now: datetime) -> None:
    """Note that a step is done, or that it is not. Raises IllegalMove: that is how it stands already."""
    done = next_step_state(step_state(step), to) is StepState.DONE
    step.done_at, step.done_by = (now, by) if done else (None, None)


def transition_promise(promise: Promise, to: PromiseState, *, now: datetime) -> None:
    """Note that a promise is kept. Raises IllegalMove: it is kept already, and nobody takes that back."""
    next_promise_state(promise_state(promise), to)
    promise.kept_at = now
