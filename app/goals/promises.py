"""What one can do with a promise of the municipality's. Callers own the transaction; `owned` says who may."""

from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, select

from app.dates.local_time import danish_day
from app.errors import Missing
from app.goals.fulfilment import promise_state, transition_promise
from app.goals.models import Promise, PromiseChange
from app.goals.news import (
    PROMISE_CHANGED,
    PROMISE_KEPT,
    PROMISE_TAKEN_OVER,
    PROMISE_WITHDRAWN,
)
from app.goals.notices import notify_of
from app.goals.rules import NotOpen, PromiseIsOver, PromiseKeptBefore, PromiseState
from app.notifications.rules import NoticeContent, NoticeKind
from app.notifications.service import withdraw_notice
from app.plan.models import Plan
from app.plan.rules import PlanState
from app.plan.service import record_revision

OVER = (PromiseState.KEPT, PromiseState.WITHDRAWN)


def make_promise(  # noqa: PLR0913 — in which plan, what, by whom, when, for when, and under which goal
    session: Session,
    plan_id: UUID,
    words: str,
    *,
    by: UUID,
    due_on: date,
    now: datetime,
    goal_id: UUID | None = None,
) -> Promise:
    """Write down what `by` promises on the municipality's behalf, and by when. Whoever places it notifies."""
    promise = Promise(plan_id=plan_id, words=words, by_id=by, made_at=now, due_on=due_on, goal_id=goal_id)
    session.add(promise)
    record_revision(session, plan_id, "promise_made", by=by, now=now)
    return promise


def mark_promise_kept(
    session: Session, citizen_id: UUID, promise_id: UUID, *, by: UUID, now: datetime
) -> bool:
    """Note that a promise is kept, and tell; return False when it was kept already.

    Raises:
        Missing: the citizen has no such promise.
        NotOpen: the plan is closed.
        PromiseIsOver: it was withdrawn.
    """
    promise = _lock(session, citizen_id, promise_id)
    if promise_state(promise) is PromiseState.KEPT:
        return False
    _check_stands(promise)
    transition_promise(promise, PromiseState.KEPT, by=by, now=now)
    _tell(session, promise, PROMISE_KEPT, citizen_id, by=by, now=now)
    return True


def undo_promise_kept(
    session: Session, citizen_id: UUID, promise_id: UUID, *, by: UUID, now: datetime
) -> bool:
    """Take back "løftet er holdt" on the day it was said; return False when it wasn't kept.

    Raises:
        Missing, NotOpen: as `mark_promise_kept`.
        PromiseKeptBefore: somebody else said it, or another day.
    """
    promise = _lock(session, citizen_id, promise_id)
    if promise.kept_at is None:
        return False
    if promise.kept_by != by or danish_day(promise.kept_at) != danish_day(now):
        raise PromiseKeptBefore
    transition_promise(promise, PromiseState.OPEN, by=by, now=now)
    withdraw_notice(session, PROMISE_KEPT, promise_id)
    record_revision(session, promise.plan_id, "promise_reopened", by=by, now=now)
    return True


def change_promise(  # noqa: PLR0913 — whose, which, what it says now, by when, why, by whom and when
    session: Session,
    citizen_id: UUID,
    promise_id: UUID,
    words: str,
    due_on: date,
    reason: str,
    *,
    by: UUID,
    now: datetime,
) -> bool:
    """Give a promise that stands other words or another day; how it was and why stays beside it.

    Return False when it says so already. Raises as `mark_promise_kept`; PromiseIsOver: it is kept too.
    """
    promise = _lock(session, citizen_id, promise_id)
    if (promise.words, promise.due_on) == (words, due_on):
        return False
    _check_stands(promise)
    _note_before(session, promise, reason, by=by, now=now)
    promise.words, promise.due_on = words, due_on
    transition_promise(promise, PromiseState.CHANGED, by=by, now=now)
    _tell(session, promise, PROMISE_CHANGED, citizen_id, by=by, now=now)
    return True


def withdraw_promise(
    session: Session, citizen_id: UUID, promise_id: UUID, reason: str, *, by: UUID, now: datetime
) -> bool:
    """Say that a promise can't be kept, and why; return False when it was. Raises as `change_promise`."""
    promise = _lock(session, citizen_id, promise_id)
    if promise_state(promise) is PromiseState.WITHDRAWN:
        return False
    _check_stands(promise)
    _note_before(session, promise, reason, by=by, now=now)
    transition_promise(promise, PromiseState.WITHDRAWN, by=by, now=now)
    _tell(session, promise, PROMISE_WITHDRAWN, citizen_id, by=by, now=now)
    return True


def take_over_promise(
    session: Session, citizen_id: UUID, promise_id: UUID, *, by: UUID, now: datetime
) -> bool:
    """Let `by` be the one who keeps a promise; return False when they are. Raises as `change_promise`."""
    promise = _lock(session, citizen_id, promise_id)
    if promise.by_id == by:
        return False
    _check_stands(promise)
    _tell(session, promise, PROMISE_TAKEN_OVER, citizen_id, by=by, now=now)
    promise.by_id = by
    return True


def _lock(session: Session, citizen_id: UUID, promise_id: UUID) -> Promise:
    """Return the promise as it is now, its row locked; the plan must be open."""
    wanted = select(Promise, Plan.state).join(Plan, col(Plan.id) == Promise.plan_id)
    mine = wanted.where(Plan.citizen_id == citizen_id, Promise.id == promise_id)
    locked = mine.with_for_update(of=Promise).execution_options(populate_existing=True)
    found = session.exec(locked).first()
    if found is None:
        raise Missing
    promise, state = found
    if state is not PlanState.ACTIVE:
        raise NotOpen
    return promise


def _check_stands(promise: Promise) -> None:
    if promise_state(promise) in OVER:
        raise PromiseIsOver


def _note_before(session: Session, promise: Promise, reason: str, *, by: UUID, now: datetime) -> None:
    session.add(
        PromiseChange(
            promise_id=promise.id,
            at=now,
            actor_id=by,
            words=promise.words,
            due_on=promise.due_on,
            reason=reason,
        )
    )


def _tell(
    session: Session, promise: Promise, kind: NoticeKind, citizen_id: UUID, *, by: UUID, now: datetime
) -> None:
    """Give the plan its revision, and tell the citizen, the contact person and who promised it."""
    record_revision(session, promise.plan_id, kind.revision, by=by, now=now)
    news = NoticeContent(kind, citizen_id, by=by, about=promise.id)
    notify_of(session, news, owner_id=promise.by_id, now=now)
