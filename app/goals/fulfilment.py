"""The only place that writes how far a step and a promise are. Callers lock the row before."""

from datetime import datetime
from uuid import UUID

from app.goals.models import Promise, Step
from app.goals.rules import PromiseState, StepState, next_promise_state, next_step_state


def step_state(step: Step) -> StepState:
    """Return how far a step is."""
    if step.done_at is not None:
        return StepState.DONE
    if step.dropped_at is not None:
        return StepState.DROPPED
    return StepState.OPEN if step.blocked_at is None else StepState.BLOCKED


def promise_state(promise: Promise) -> PromiseState:
    """Return how far a promise is."""
    if promise.kept_at is not None:
        return PromiseState.KEPT
    if promise.withdrawn_at is not None:
        return PromiseState.WITHDRAWN
    return PromiseState.OPEN if promise.changed_at is None else PromiseState.CHANGED


def transition_step(step: Step, to: StepState, *, by: UUID, now: datetime, reason: str | None = None) -> None:
    """Note how far a step is; blocked and dropped have a reason. Raises IllegalMove: it can't go there."""
    next_step_state(step_state(step), to)
    halted = to in (StepState.BLOCKED, StepState.DROPPED)
    step.done_at, step.done_by = (now, by) if to is StepState.DONE else (None, None)
    step.blocked_at = now if to is StepState.BLOCKED else None
    step.dropped_at = now if to is StepState.DROPPED else None
    step.halted_by, step.halt_reason = (by, reason) if halted else (None, None)


def transition_promise(promise: Promise, to: PromiseState, *, by: UUID, now: datetime) -> None:
    """Note how far a promise is. Raises IllegalMove: it can't go there; what is withdrawn stays so."""
    next_promise_state(promise_state(promise), to)
    promise.kept_at, promise.kept_by = (now, by) if to is PromiseState.KEPT else (None, None)
    if to is PromiseState.CHANGED:
        promise.changed_at = now
    if to is PromiseState.WITHDRAWN:
        promise.withdrawn_at = now
