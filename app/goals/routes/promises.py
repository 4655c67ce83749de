"""What those who help do with a promise: it is kept, changed, withdrawn or taken over."""

from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access.guard import requires, viewer
from app.access.policy import Action
from app.dates.local_time import danish_day
from app.goals.forms import PromiseForm
from app.goals.owned import require_promise
from app.goals.promises import (
    change_promise,
    mark_promise_kept,
    take_over_promise,
    undo_promise_kept,
    withdraw_promise,
)
from app.goals.queries import PromiseItem, get_promise
from app.web.context import clock, db, prepared_reader
from app.web.page import page

bp = Blueprint("promises", __name__)

WITHDRAW = "traek"  # the value of the button that withdraws; the other one changes


@bp.post("/borgere/<uuid:citizen_id>/plan/loefter/<uuid:promise_id>/holdt")
@requires(Action.PROMISE_KEEP)
def keep(citizen_id: UUID, promise_id: UUID) -> ResponseReturnValue:
    with db().writing() as session:
        require_promise(session, viewer().reader, promise_id, Action.PROMISE_KEEP)
        mark_promise_kept(session, citizen_id, promise_id, by=current_user.id, now=clock()())
    return _back_to(promise_id, "holdt")


@bp.post("/borgere/<uuid:citizen_id>/plan/loefter/<uuid:promise_id>/fortryd")
@requires(Action.PROMISE_KEEP)
def undo(citizen_id: UUID, promise_id: UUID) -> ResponseReturnValue:
    with db().writing() as session:
        require_promise(session, viewer().reader, promise_id, Action.PROMISE_KEEP)
        undo_promise_kept(session, citizen_id, promise_id, by=current_user.id, now=clock()())
    return _back_to(promise_id, "ikke-holdt")


@bp.post("/borgere/<uuid:citizen_id>/plan/loefter/<uuid:promise_id>/overtag")
@requires(Action.WORK_TAKE_OVER)
def take_over(citizen_id: UUID, promise_id: UUID) -> ResponseReturnValue:
    with db().writing() as session:
        take_over_promise(session, citizen_id, promise_id, by=current_user.id, now=clock()())
    return _back_to(promise_id, "loefte-overtaget")


@bp.get("/borgere/<uuid:citizen_id>/plan/loefter/<uuid:promise_id>/ret")
@requires(Action.PROMISE_CHANGE)
def edit(citizen_id: UUID, promise_id: UUID) -> ResponseReturnValue:
    found = _find(promise_id)
    return _edit_page(found, PromiseForm(words=found.words, due=found.due_on.isoformat()))


@bp.post("/borgere/<uuid:citizen_id>/plan/loefter/<uuid:promise_id>/ret")
@requires(Action.PROMISE_CHANGE)
def save(citizen_id: UUID, promise_id: UUID) -> ResponseReturnValue:
    form, now, by = PromiseForm(request.form), clock()(), current_user.id
    withdraw = request.form.get("gem") == WITHDRAW
    if not (form.check_reason() if withdraw else form.check(danish_day(now))):
        return _edit_page(_find(promise_id), form, status=422)
    reason = form.reason.data
    with db().writing() as session:
        require_promise(session, viewer().reader, promise_id, Action.PROMISE_CHANGE)
        if withdraw:
            withdraw_promise(session, citizen_id, promise_id, reason, by=by, now=now)
        else:
            words, day = form.words.data, form.day
            change_promise(session, citizen_id, promise_id, words, day, reason, by=by, now=now)
    return _back_to(promise_id, "loefte-trukket" if withdraw else "loefte-rettet")


def _find(promise_id: UUID) -> PromiseItem:
    """Return the promise if it is the reader's to change; Missing if not."""
    require_promise(prepared_reader(), viewer().reader, promise_id, Action.PROMISE_CHANGE)
    return get_promise(prepared_reader(), viewer().subject, promise_id, now=clock()())


def _edit_page(promise: PromiseItem, form: PromiseForm, *, status: int = 200) -> ResponseReturnValue:
    return page("goals/promise.html", status=status, promise=promise, form=form, withdraw=WITHDRAW)


def _back_to(promise_id: UUID, new: str) -> ResponseReturnValue:
    """Send the reader back to the promise in the plan, to be told what is `new`."""
    here = url_for(
        "goals.index", citizen_id=viewer().url_id, nyt=new, ved=promise_id, _anchor=f"loefte-{promise_id}"
    )
    return redirect(here, code=303)
