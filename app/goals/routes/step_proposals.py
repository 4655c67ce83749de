"""A step for the citizen, as a professional proposes it: sent to the contact person, and written anew."""

from dataclasses import replace
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlmodel import Session
from wtforms import SelectChoice

from app.access.guard import requires, viewer
from app.access.policy import Action, areas_shown
from app.dates.local_time import danish_day
from app.errors import Refused
from app.goals.forms import ProposalForm
from app.goals.proposals import (
    StepProposal,
    get_proposal,
    propose_step,
    rewrite_proposal,
    withdraw_proposal,
)
from app.goals.queries import read_plan
from app.i18n import gettext as _
from app.plan.queries import find_contact_now
from app.store.idempotency import KeyReused, SavedResponse, claim_key, request_hash, save_response
from app.web.context import clock, db, prepared_reader, settings
from app.web.forms import new_key
from app.web.page import page

bp = Blueprint("step_proposals", __name__)

NONE = ""  # the value of no goal
SENT, TAKEN_BACK = "sendt", "tilbage"  # what an address says was just done


@bp.get("/borgere/<uuid:citizen_id>/plan/foreslaa-skridt")
@requires(Action.STEP_PROPOSE)
def new(citizen_id: UUID) -> ResponseReturnValue:
    return _new_page(_form(goal=request.args.get("maal", NONE)))


@bp.post("/borgere/<uuid:citizen_id>/plan/foreslaa-skridt")
@requires(Action.STEP_PROPOSE)
def add(citizen_id: UUID) -> ResponseReturnValue:
    """Send it once per key; all that was typed stands if it can't be done."""
    form = _form()
    if not _is_well(form):
        return _new_page(form, status=422)
    try:
        return redirect(db().retrying(lambda session: _once(session, citizen_id, form)), code=303)
    except KeyReused as other:
        form.say(_(other.reason))
        return _new_page(form, status=422)


@bp.get("/borgere/<uuid:citizen_id>/plan/forslag/<uuid:entry_id>")
@requires(Action.STEP_PROPOSE)
def show(citizen_id: UUID, entry_id: UUID) -> ResponseReturnValue:
    found = get_proposal(prepared_reader(), citizen_id, entry_id, by=current_user.id)
    usual = {"words": found.words, "due": found.due_on.isoformat() if found.due_on else ""}
    return _show_page(found, _form(goal=str(found.goal_id or NONE), **usual))


@bp.post("/borgere/<uuid:citizen_id>/plan/forslag/<uuid:entry_id>")
@requires(Action.STEP_PROPOSE)
def save(citizen_id: UUID, entry_id: UUID) -> ResponseReturnValue:
    form, by, now, workdays = _form(), current_user.id, clock()(), settings().site.workdays
    found = get_proposal(prepared_reader(), citizen_id, entry_id, by=by)
    if not _is_well(form):
        return _show_page(found, form, status=422)
    wanted = form.written(citizen_id)
    try:
        db().retrying(
            lambda session: rewrite_proposal(
                session, citizen_id, entry_id, wanted, by=by, now=now, workdays=workdays
            )
        )
    except Refused as refused:
        form.say(_(refused.reason, **refused.params))
        return _show_page(get_proposal(prepared_reader(), citizen_id, entry_id, by=by), form, status=409)
    return _to(entry_id, SENT)


@bp.post("/borgere/<uuid:citizen_id>/plan/forslag/<uuid:entry_id>/tilbage")
@requires(Action.STEP_PROPOSE)
def take_back(citizen_id: UUID, entry_id: UUID) -> ResponseReturnValue:
    with db().writing() as session:
        withdraw_proposal(session, citizen_id, entry_id, by=current_user.id, now=clock()())
    return _to(entry_id, TAKEN_BACK)


def _once(session: Session, citizen_id: UUID, form: ProposalForm) -> str:
    """Return where it stands. The same form again gives the same, and writes nothing."""
    wanted, by, now = form.written(citizen_id), viewer().actor.person_id, clock()()
    fingerprint = request_hash(request.path, wanted.words, str(wanted.due_on), str(wanted.goal_id))
    known = claim_key(session, by, form.key.data, fingerprint, now)
    if known is not None and known.location:
        return known.location
    step_id = propose_step(session, citizen_id, wanted, by=by, now=now, workdays=settings().site.workdays)
    there = url_for(".show", citizen_id=citizen_id, entry_id=step_id, gjort=SENT)
    save_response(session, by, form.key.data, SavedResponse(303, there, None))
    return there


def _form(**usual: str) -> ProposalForm:
    """Return the form as it was sent, or as it begins, with the goals that this reader can name."""
    seen = viewer()
    form = ProposalForm(request.form or None, key=new_key(), **usual)
    goals = read_plan(prepared_reader(), seen.subject, now=clock()()).goals
    named = [SelectChoice(str(one.item.id), one.item.text) for one in goals if one.item.words]
    none = []
    if areas_shown(seen.subject) is None:
        none = [SelectChoice(NONE, _("Intet mål"))]
    elif named and form.goal.data not in {one.value for one in named}:  # nobody moves it to another unseen
        none = [SelectChoice(NONE, _("Vælg et mål"))]
    form.goal.choices = [*none, *named]
    return form


def _is_well(form: ProposalForm) -> bool:
    """Say whether it can be sent. Of no goal it would not be theirs to see again who see an area alone."""
    well = form.check(danish_day(clock()()))
    if form.goal.data == NONE and not form.goal.errors and areas_shown(viewer().subject) is not None:
        form.goal.errors = [str(form.goal.missing)]
        return False
    return well


def _new_page(form: ProposalForm, *, status: int = 200) -> ResponseReturnValue:
    return page("goals/new_proposal.html", status=status, form=form, contact=_answering())


def _answering() -> str | None:
    """Return the first name of who answers today: the substitute while the contact person is away."""
    contact = find_contact_now(prepared_reader(), viewer().subject.citizen_id, now=clock()())
    return contact.answering.first_name if contact else None


def _show_page(proposal: StepProposal, form: ProposalForm, *, status: int = 200) -> ResponseReturnValue:
    if str(proposal.goal_id or NONE) not in dict((one.value, one) for one in form.goal.choices):
        proposal = replace(proposal, goal=None)  # what it says by now is not theirs to see any more
    told = {SENT: _("Forslaget er sendt."), TAKEN_BACK: _("Forslaget er taget tilbage.")}
    return page(
        "goals/proposal.html",
        status=status,
        form=form,
        proposal=proposal,
        contact=_answering(),
        told=told.get(request.args.get("gjort", ""), ""),
    )


def _to(entry_id: UUID, done: str) -> ResponseReturnValue:
    there = url_for(".show", citizen_id=viewer().subject.citizen_id, entry_id=entry_id, gjort=done)
    return redirect(there, code=303)
