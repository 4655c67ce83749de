from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import TypeVar
from uuid import UUID

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access.guard import requires, viewer
from app.access.page_cache import cache_page
from app.access.policy import Action, Field, areas_shown
from app.consent.queries import read_consent
from app.dates.local_time import danish_day
from app.entries.news import ANCHORS
from app.goals import service
from app.goals.approvals import UndoableApproval, find_undoable
from app.goals.forms import GoalResponseForm
from app.goals.goal_details import find_dream_words, list_detail_changes, read_details
from app.goals.history import list_answers, list_history
from app.goals.owned import require_step
from app.goals.proposals import StepProposal, list_open_proposals, list_taken_back
from app.goals.queries import get_goal, read_plan
from app.goals.since import since_last
from app.goals.versions import get_versions
from app.goals.view_context import view_context_of
from app.notifications.opened import note_opened
from app.plan.looks import note_look
from app.plan.queries import list_areas_shown
from app.plan.rules import PlanState
from app.web.context import clock, db, prepared_reader, settings
from app.web.page import page

bp = Blueprint("goals", __name__)

R = TypeVar("R", bound=ResponseReturnValue)

DAYS_SHOWN = 10  # of the history, until more is asked for
FROM_TODAY = "i-dag"  # the form stood on I dag, and so does its answer


def _notes_look(view: Callable[..., R]) -> Callable[..., R]:
    """Note how far one who helps has seen the plan, kept page or not. Goes under `requires`."""

    @wraps(view)
    def noting(citizen_id: UUID) -> R:
        if not viewer().own:
            note_look(db(), prepared_reader(), viewer().actor.person_id, citizen_id)
        return view(citizen_id=citizen_id)

    return noting


@bp.get("/plan", defaults={"citizen_id": None})
@bp.get("/borgere/<uuid:citizen_id>/plan")
@requires(Action.PLAN_READ)
@_notes_look
@cache_page
def index(citizen_id: UUID) -> Response:
    now, asked = clock()(), request.args
    plan = read_plan(prepared_reader(), viewer().subject, now=now)
    view = view_context_of(viewer(), plan, settings().site, danish_day(now))
    near = asked.get("ved", type=UUID)
    areas = list_areas_shown(prepared_reader(), viewer().subject)
    return page(
        "goals/index.html",
        plan=plan,
        view=view,
        areas=areas,
        took_back=plan.state is PlanState.CLOSED and _took_back(citizen_id, now),
        new=asked.get("nyt"),
        near=near,
        open_goal=plan.find_goal(near),
        open_steps="alle" in asked or not plan.goals or near in [step.item.id for step in plan.steps],
        open_all="alle" in asked,
        approval=_undoable(near, now) if near else None,
        proposals=_own_proposals(citizen_id, list_open_proposals) if view.proposes else (),
        taken_back=_own_proposals(citizen_id, list_taken_back) if view.proposes else (),
    )


def _own_proposals(citizen_id: UUID, which: Callable[..., list[StepProposal]]) -> list[StepProposal]:
    """Return the steps that the reader has proposed, and nobody has taken into the plan."""
    return which(prepared_reader(), citizen_id, by=viewer().actor.person_id)


def _undoable(near: UUID, now: datetime) -> UndoableApproval | None:
    """Return the approval of what the page was opened at, while the reader can undo it."""
    if not viewer().may(Action.ENTRY_UNDO):
        return None
    return find_undoable(prepared_reader(), viewer().subject.citizen_id, near, now=now)


def _took_back(citizen_id: UUID, now: datetime) -> bool:
    """Say whether it was the citizen's own yes that was taken back, not that of one who has custody."""
    return read_consent(prepared_reader(), citizen_id, now=now).revoked_on is not None


@bp.get("/plan/historie", defaults={"citizen_id": None})
@bp.get("/borgere/<uuid:citizen_id>/plan/historie")
@requires(Action.PLAN_READ)
@_notes_look
def history(citizen_id: UUID) -> ResponseReturnValue:
    now, reader, subject = clock()(), prepared_reader(), viewer().subject
    goal_id = request.args.get("maal", type=UUID)
    one_goal = get_goal(reader, subject, goal_id, now=now) if goal_id else None
    happened = list_history(reader, subject, goal_id)
    shown = happened if "alle" in request.args else happened[:DAYS_SHOWN]
    return page(
        "goals/history.html",
        happened=shown,
        more=len(happened) > len(shown),
        goal=one_goal,
        goals=[] if goal_id else read_plan(reader, subject, now=now).goals,
        since=since_last(reader, subject, now=now) if happened and not goal_id else (),
        areas=list_areas_shown(reader, subject),
        anchors=ANCHORS,
    )


@bp.get("/plan/historie/<uuid:entry_id>", defaults={"citizen_id": None})
@bp.get("/borgere/<uuid:citizen_id>/plan/historie/<uuid:entry_id>")
@requires(Action.PLAN_READ)
def versions(citizen_id: UUID, entry_id: UUID) -> ResponseReturnValue:
    """Two wordings of one thing side by side, and in words what is another."""
    numbers = request.args.get("fra", type=int), request.args.get("til", type=int)
    found = get_versions(prepared_reader(), viewer().subject, entry_id, numbers)
    return page("goals/versions.html", versions=found, anchors=ANCHORS)


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
        require_step(session, viewer().reader, step_id, Action.STEP_FINISH)
        service.finish_step(session, citizen_id, step_id, by=current_user.id, now=clock()())
    return _back_to(step_id, "gjort")


@bp.post("/plan/skridt/<uuid:step_id>/fortryd", defaults={"citizen_id": None})
@bp.post("/borgere/<uuid:citizen_id>/plan/skridt/<uuid:step_id>/fortryd")
@requires(Action.STEP_FINISH)
def undo(citizen_id: UUID, step_id: UUID) -> ResponseReturnValue:
    with db().writing() as session:
        require_step(session, viewer().reader, step_id, Action.STEP_FINISH)
        service.undo_step(session, citizen_id, step_id, by=current_user.id, now=clock()())
    return _back_to(step_id, "fortrudt")


def _back_to(step_id: UUID, new: str) -> ResponseReturnValue:
    """Send the reader back to the step, on the page where the button stood, to be told what is `new`."""
    if viewer().own and request.form.get("fra") == FROM_TODAY:
        return redirect(url_for("home.index", nyt=new, skridt=step_id), code=303)
    here = url_for(".index", citizen_id=viewer().url_id, nyt=new, ved=step_id, _anchor=f"skridt-{step_id}")
    return redirect(here, code=303)


def _goal_page(goal_id: UUID, form: GoalResponseForm) -> ResponseReturnValue:
    now = clock()()
    if viewer().own:
        note_opened(db(), prepared_reader(), viewer().subject.citizen_id, goal_id, now=now)
    found = get_goal(prepared_reader(), viewer().subject, goal_id, now=now)
    reader, seen = prepared_reader(), viewer()
    changes = list_detail_changes(
        reader,
        goal_id,
        names_all=seen.may_see(Field.HIDDEN_HELPERS),
        areas=areas_shown(seen.subject),
    )
    serves = read_details(reader, goal_id).details.dream_id
    return page(
        "goals/goal.html",
        status=422 if form.errors else 200,
        goal=found,
        answers=list_answers(reader, goal_id),
        changes=changes,
        serves=serves,
        dreams=find_dream_words(reader, seen.subject, [serves, *(one.dream_id for one in changes)]),
        may_place=seen.may(Action.GOAL_PLACE),
        form=form,
    )
