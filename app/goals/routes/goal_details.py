"""Where a goal belongs, and why: what the contact person writes beside the words of a goal in the plan."""

from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms import SelectChoice

from app.access.guard import requires, viewer
from app.access.policy import Action
from app.goals.forms import GoalDetailsForm
from app.goals.goal_details import change_goal_details, list_citizen_areas, read_details
from app.goals.queries import get_goal, read_plan
from app.goals.rules import GoalIsChanged
from app.i18n import gettext as _
from app.typed_text import read_whole_number
from app.web.context import clock, db, prepared_reader
from app.web.page import page
from app.web.written import cut

bp = Blueprint("goal_details", __name__)

NONE = ""  # the value of no area, and of no dream


@bp.get("/borgere/<uuid:citizen_id>/plan/maal/<uuid:goal_id>/ret")
@requires(Action.GOAL_PLACE)
def edit(citizen_id: UUID, goal_id: UUID) -> ResponseReturnValue:
    return _edit_page(goal_id, _form(goal_id))


@bp.post("/borgere/<uuid:citizen_id>/plan/maal/<uuid:goal_id>/ret")
@requires(Action.GOAL_PLACE)
def save(citizen_id: UUID, goal_id: UUID) -> ResponseReturnValue:
    form, by, now = _form(goal_id), current_user.id, clock()()
    times = read_whole_number(form.seen.data)
    if not form.validate() or times is None:
        return _edit_page(goal_id, form, status=422)
    wanted = form.details
    try:
        is_changed = db().retrying(
            lambda session: change_goal_details(
                session, citizen_id, goal_id, wanted, times=times, by=by, now=now
            )
        )
    except GoalIsChanged as first:
        form.say(_(first.reason))
        form.seen.data = str(read_details(prepared_reader(), goal_id).times)
        return _edit_page(goal_id, form, status=409)
    said = "maal-rettet" if is_changed else None
    there = url_for(
        "goals.index", citizen_id=viewer().url_id, nyt=said, ved=goal_id, _anchor=f"maal-{goal_id}"
    )
    return redirect(there, code=303)


def _form(goal_id: UUID) -> GoalDetailsForm:
    """Return the form as it was sent, or as the goal stands, with where it can belong."""
    reader, subject = prepared_reader(), viewer().subject
    stands, times = read_details(reader, goal_id)
    usual = {"area": str(stands.area_id or NONE), "dream": str(stands.dream_id or NONE)}
    form = GoalDetailsForm(request.form or None, seen=str(times), because=stands.because or "", **usual)
    areas = list_citizen_areas(reader, subject.citizen_id)
    form.area.choices = [SelectChoice(NONE, _("Intet livsområde"))]
    form.area.choices += [SelectChoice(str(one), name) for one, name in areas]
    dreams = [one for one in read_plan(reader, subject, now=clock()()).dreams if one.words]
    form.dream.choices = [SelectChoice(NONE, _("Ingen bestemt drøm"))]
    form.dream.choices += [SelectChoice(str(one.id), cut(one.text)) for one in dreams]
    return form


def _edit_page(goal_id: UUID, form: GoalDetailsForm, *, status: int = 200) -> ResponseReturnValue:
    found = get_goal(prepared_reader(), viewer().subject, goal_id, now=clock()())
    dream = dict((one.value, one.label) for one in form.dream.choices)
    stands = read_details(prepared_reader(), goal_id).details
    return page(
        "goals/goal_details.html",
        status=status,
        goal=found,
        dream=dream.get(str(stands.dream_id)) if stands.dream_id else None,
        form=form,
    )
