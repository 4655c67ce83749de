"""What else becomes of a step: it waits, is dropped, goes on, is another's. Callers own the transaction."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app.goals.fulfilment import step_state, transition_step
from app.goals.models import Step, StepHalt
from app.goals.news import STEP_BLOCKED, STEP_DROPPED, STEP_TAKEN_OVER
from app.goals.notices import notify_of
from app.goals.rules import StepIsOver, StepState
from app.goals.service import lock_step
from app.notifications.rules import NoticeContent, NoticeKind
from app.notifications.service import withdraw_notice
from app.plan.service import record_revision

HALTS = {StepState.BLOCKED: STEP_BLOCKED, StepState.DROPPED: STEP_DROPPED}
OVER = (StepState.DONE, StepState.DROPPED)


def halt_step(  # noqa: PLR0913 — whose, which, how, why, by whom and when
    session: Session,
    citizen_id: UUID,
    step_id: UUID,
    to: StepState,
    reason: str,
    *,
    by: UUID,
    now: datetime,
) -> bool:
    """Say that a step must wait or is dropped, and why; return False when that was said with these words.

    Raises:
        Missing, NotOpen, NotInPlan: as `lock_step`.
        StepIsOver: it is done, or dropped.
    """
    plan_id, step = lock_step(session, citizen_id, step_id)
    if (step_state(step), step.halt_reason) == (to, reason):
        return False
    _check_stands(step)
    if step_state(step) is to:  # the same, for another reason
        step.halt_reason, step.halted_by = reason, by
    else:
        transition_step(step, to, by=by, now=now, reason=reason)
    session.add(StepHalt(step_id=step_id, at=now, actor_id=by, state=to.value, reason=reason))
    _tell(session, step, plan_id, NoticeContent(HALTS[to], citizen_id, by=by, about=step_id), now)
    return True


def resume_step(session: Session, citizen_id: UUID, step_id: UUID, *, by: UUID, now: datetime) -> bool:
    """Let a step that waits or was dropped go on; return False when it isn't so. Raises as `lock_step`."""
    plan_id, step = lock_step(session, citizen_id, step_id)
    if step_state(step) not in HALTS:
        return False
    transition_step(step, StepState.OPEN, by=by, now=now)
    for kind in HALTS.values():
        withdraw_notice(session, kind, step_id)
    record_revision(session, plan_id, "step_resumed", by=by, now=now)
    return True


def take_over_step(session: Session, citizen_id: UUID, step_id: UUID, *, by: UUID, now: datetime) -> bool:
    """Let `by` be the one who does a step; return False when they are. Raises as `halt_step`."""
    plan_id, step = lock_step(session, citizen_id, step_id)
    if step.doer_id == by:
        return False
    _check_stands(step)
    _tell(session, step, plan_id, NoticeContent(STEP_TAKEN_OVER, citizen_id, by=by, about=step_id), now)
    step.doer_id = by
    return True


def _check_stands(step: Step) -> None:
    if step_state(step) in OVER:
        raise StepIsOver


def _tell(session: Session, step: Step, plan_id: UUID, news: NoticeContent, now: datetime) -> None:
    """Give the plan its revision, and tell the citizen, the contact person and who does it."""
    kind: NoticeKind = news.kind
    record_revision(session, plan_id, kind.revision, by=news.by, now=now)
    notify_of(session, news, owner_id=step.doer_id, now=now)
