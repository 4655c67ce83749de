"""What else is done with a step than that it is done: it must wait, is dropped, goes on, or is taken over."""

from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access.guard import requires, viewer
from app.access.policy import Action
from app.goals.forms import HaltForm
from app.goals.owned import require_step
from app.goals.queries import StepItem, get_step
from app.goals.rules import StepState
from app.goals.step_changes import halt_step, resume_step, take_over_step
from app.web.context import clock, db, prepared_reader
from app.web.page import page

bp = Blueprint("steps", __name__)


@bp.get("/plan/skridt/<uuid:step_id>/stop", defaults={"citizen_id": None})
@bp.get("/borgere/<uuid:citizen_id>/plan/skridt/<uuid:step_id>/stop")
@requires(Action.STEP_CHANGE)
def edit(citizen_id: UUID, step_id: UUID) -> ResponseReturnValue:
    return _edit_page(_find(step_id), HaltForm())


@bp.post("/plan/skridt/<uuid:step_id>/stop", defaults={"citizen_id": None})
@bp.post("/borgere/<uuid:citizen_id>/plan/skridt/<uuid:step_id>/stop")
@requires(Action.STEP_CHANGE)
def halt(citizen_id: UUID, step_id: UUID) -> ResponseReturnValue:
    form = HaltForm(request.form)
    if not form.validate():
        return _edit_page(_find(step_id), form, status=422)
    to, reason = StepState(form.how.data), form.reason.data
    with db().writing() as session:
        require_step(session, viewer().reader, step_id, Action.STEP_CHANGE)
        halt_step(session, citizen_id, step_id, to, reason, by=current_user.id, now=clock()())
    return _back_to(step_id, "venter" if to is StepState.BLOCKED else "droppet")


@bp.post("/plan/skridt/<uuid:step_id>/igen", defaults={"citizen_id": None})
@bp.post("/borgere/<uuid:citizen_id>/plan/skridt/<uuid:step_id>/igen")
@requires(Action.STEP_CHANGE)
def resume(citizen_id: UUID, step_id: UUID) -> ResponseReturnValue:
    with db().writing() as session:
        require_step(session, viewer().reader, step_id, Action.STEP_CHANGE)
        resume_step(session, citizen_id, step_id, by=current_user.id, now=clock()())
    return _back_to(step_id, "i-gang")


@bp.post("/borgere/<uuid:citizen_id>/plan/skridt/<uuid:step_id>/overtag")
@requires(Action.WORK_TAKE_OVER)
def take_over(citizen_id: UUID, step_id: UUID) -> ResponseReturnValue:
    with db().writing() as session:
        take_over_step(session, citizen_id, step_id, by=current_user.id, now=clock()())
    return _back_to(step_id, "skridt-overtaget")


def _find(step_id: UUID) -> StepItem:
    """Return the step if it is the reader's to stop; Missing if not."""
    require_step(prepared_reader(), viewer().reader, step_id, Action.STEP_CHANGE)
    return get_step(prepared_reader(), viewer().subject, step_id, now=clock()())


def _edit_page(step: StepItem, form: HaltForm, *, status: int = 200) -> ResponseReturnValue:
    return page("goals/step.html", status=status, step=step, form=form)


def _back_to(step_id: UUID, new: str) -> ResponseReturnValue:
    """Send the reader back to the step in the plan, to be told what is `new`."""
    here = url_for(
        "goals.index", citizen_id=viewer().url_id, nyt=new, ved=step_id, _anchor=f"skridt-{step_id}"
    )
    return redirect(here, code=303)
