from uuid import UUID

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access.guard import requires, viewer
from app.access.page_cache import cache_page
from app.access.policy import Action
from app.dates.local_time import danish_day
from app.goals import service
from app.goals.forms import GoalResponseForm
from app.goals.history import list_answers, list_history
from app.goals.queries import get_goal, read_plan
from app.goals.view_context import view_context_of
from app.web.context import clock, db, prepared_reader, settings
from app.web.page import page

bp = Blueprint("goals", __name__)

FROM_TODAY = "i-dag"  # the form stood on I dag, and so does its answer


@bp.get("/plan", defaults={"citizen_id": None})
@bp.get("/borgere/<uuid:citizen_id>/plan")
@requires(Action.PLAN_READ)
@cache_page
def index(citizen_id: UUID) -> Response:
    now, asked = clock()(), request.args
    plan = read_plan(prepared_reader(), viewer().subject, now=now)
    view = view_context_of(viewer(), plan, settings().site, danish_day(now))
    near = asked.get("ved", type=UUID)
    return page("goals/index.html", plan=plan, view=view, new=asked.get("nyt"), near=near)


@bp.get("/plan/historie", defaults={"citizen_id": None})
@bp.get("/borgere/<uuid:citizen_id>/plan/historie")
@requires(Action.PLAN_READ)
def history(citizen_id: UUID) -> ResponseReturnValue:
    with db().reading() as session:
        happened = list_history(session, viewer().subject)
    return page("goals/history.html", happened=happened)


@bp.get("/plan/maal/<uuid:goal_id>", defaults={"citizen_id": None})
@bp.get("/borgere/<uuid:citizen_id>/plan/maal/<uuid:goal_id>")
@requires(Action.PLAN_READ)
def goal(citizen_id: UUID, goal_id: UUID) -> ResponseReturnValue:
    return _goal_page(goal_id, GoalResponseForm())


@bp.post("/plan/maal/<uuid:goal_id>")
@requires(Action.GOAL_ANSWER)
def answer(citizen_id: UUID, goal_id: UUID) -> ResponseReturnValue:
    form = GoalResponseForm(request.form)
    if not form.validate():
        return _goal_page(goal_id, form)
    with db().writing() as session:
        service.answer_goal(session, citizen_id, goal_id, form.said, by=current_user.id, now=clock()())
    return redirect(url_for(".index", nyt="svar", ved=goal_id, _anchor=f"maal-{goal_id}"), code=303)


@bp.post("/plan/skridt/<uuid:step_id>/gjort", defaults={"citizen_id": None})
@bp.post("/borgere/<uuid:citizen_id>/plan/skridt/<uuid:step_id>/gjort")
@requires(Action.STEP_FINISH)
def finish(citizen_id: UUID, step_id: UUID) -> ResponseReturnValue:
    with db().writing() as session:
        service.finish_step(session, citizen_id, step_id, by=current_user.id, now=clock()())
    return _back_to(step_id, "gjort")


@bp.post("/plan/skridt/<uuid:step_id>/fortryd", defaults={"citizen_id": None})
@bp.post("/borgere/<uuid:citizen_id>/plan/skridt/<uuid:step_id>/fortryd")
@requires(Action.STEP_FINISH)
def undo(citizen_id: UUID, step_id: UUID) -> ResponseReturnValue:
    with db().writing() as session:
        service.undo_step(session, citizen_id, step_id, by=current_user.id, now=clock()())
    return _back_to(step_id, "fortrudt")


def _back_to(step_id: UUID, new: str) -> ResponseReturnValue:
    """Send the reader back to the step, on the page where the button stood, to be told what is `new`."""
    if viewer().own and request.form.get("fra") == FROM_TODAY:
        return redirect(url_for("home.index", nyt=new, skridt=step_id), code=303)
    here = url_for(".index", citizen_id=viewer().url_id, nyt=new, _anchor=f"skridt-{step_id}")
    return redirect(here, code=303)


def _goal_page(goal_id: UUID, form: GoalResponseForm) -> ResponseReturnValue:
    now = clock()()
    with db().reading() as session:
        found = get_goal(session, viewer().subject, goal_id, now=now)
        answers = list_answers(session, goal_id)
    status = 422 if form.errors else 200
    return page("goals/goal.html", status=status, goal=found, answers=answers, form=form)
