"""/borgere/overdragelse: citizens go over to a colleague, many at once; /borgere/…/overdragelse: one of them.

What is chosen is shown with what moves along, and is done when it is sent once more. A reload of what is
shown looks anew and writes nothing.
"""

from datetime import datetime
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms import SelectChoice

from app.access.guard import allows, log_list, requires, viewer
from app.access.policy import Action, Subject
from app.caseload.forms import NOTE_MOST, HandoverForm
from app.caseload.handover import HandoverRow, list_handover_rows, may_hand_over, read_left_work
from app.caseload.service import take_back
from app.dates.local_time import danish_day
from app.errors import Missing, Refused
from app.i18n import gettext as _
from app.plan.absence_queries import list_absences
from app.plan.colleagues import Group, offer_colleagues
from app.plan.handover_queries import find_handover, list_handover_summaries
from app.plan.handover_undo import TooLateToTakeBack, UndoableHandover, list_undoable
from app.plan.handovers import HandoverIsAgreed, NotTheirContact, hand_over, undo_handover
from app.plan.relations import list_ties
from app.plan.rules import CitizenTie
from app.typed_text import read_aware_datetime, read_id
from app.web.context import clock, db, prepared_reader
from app.web.page import page

bp = Blueprint("handover", __name__)

NOW, LATER, UNDONE, TAKEN_BACK = "nu", "senere", "fortrudt", "tilbage"  # what an address says was just done


@bp.get("/borgere/overdragelse")
@allows(Action.CITIZENS_HAND_OVER)
def index() -> ResponseReturnValue:
    now = clock()()
    mine = _mine(now)
    return _choose_page(_form(mine), mine)


@bp.post("/borgere/overdragelse")
@allows(Action.CITIZENS_HAND_OVER)
def confirm() -> ResponseReturnValue:
    now, me = clock()(), current_user.id
    mine = _mine(now)
    form = _form(mine)
    if request.form.get("trin") == "ret" or form.is_search(request.form.get("find")):
        return _choose_page(form, mine)
    if not form.check(danish_day(now)):
        return _choose_page(form, mine, status=422)
    known = {one.id: one.citizen.bond.subject for one in mine}
    try:
        if request.form.get("trin") == "send":
            subjects = [known.get(one) or Subject(one) for one in form.citizen_ids]
            wanted = form.written(me)
            db().retrying(lambda session: hand_over(session, subjects, wanted, by=me, now=now))
            done = NOW if wanted.on <= danish_day(now) else LATER
            return redirect(url_for(".index", gemt=done), code=303)
        _check_chosen(form, mine)
    except Refused as refused:
        form.say(_(refused.reason, **refused.params))
        return _choose_page(form, _mine(now), status=409)
    return _review_page(form, mine)


@bp.get("/borgere/<uuid:citizen_id>/overdragelse")
@requires(Action.HAND_OVER)
def show(citizen_id: UUID) -> ResponseReturnValue:
    now, me = clock()(), current_user.id
    bonds = [one for one in may_hand_over(_bonds(now)) if one.subject.citizen_id == citizen_id]
    reader = prepared_reader()
    rows = list_handover_rows(reader, me, bonds, now=now)
    handover = find_handover(reader, citizen_id, now=now)
    before = handover.from_id if handover and handover.done_at else None
    return page(
        "caseload/handover_of_one.html",
        row=rows[0] if rows else None,
        handover=handover,
        left=read_left_work(reader, viewer().subject, before, now=now) if before else None,
        told=_("Overdragelsen er fortrudt.") if request.args.get("gemt") == UNDONE else "",
    )


@bp.post("/borgere/<uuid:citizen_id>/overdragelse/fortryd")
@requires(Action.HAND_OVER)
def undo(citizen_id: UUID) -> ResponseReturnValue:
    reader, now = viewer().reader, clock()()
    there = url_for(".show", citizen_id=citizen_id)
    try:
        db().retrying(lambda session: undo_handover(session, citizen_id, by=reader, now=now))
    except Missing:  # tapped twice, or the day has come: what there is stands on the page
        return redirect(there, code=303)
    return redirect(url_for(".show", citizen_id=citizen_id, gemt=UNDONE), code=303)


@bp.post("/borgere/overdragelse/fortryd")
@allows(Action.CITIZENS_HAND_OVER)
def take_back_done() -> ResponseReturnValue:
    """Take back what was done these minutes: no citizen is named, for they are not the reader's any more."""
    now, me, done_at = clock()(), current_user.id, read_aware_datetime(request.form.get("gjort"))
    try:
        if done_at is None:
            raise TooLateToTakeBack
        db().retrying(lambda session: take_back(session, done_at, by=me, now=now))
    except TooLateToTakeBack as refused:
        mine = _mine(now)
        form = _form(mine, sent=False)
        form.say(_(refused.reason))
        return _choose_page(form, mine, status=409)
    return redirect(url_for(".index", gemt=TAKEN_BACK), code=303)


@bp.app_template_global("undoable_handovers")
def undoable_handovers() -> list[UndoableHandover]:
    """Return what the reader has done these minutes and can take back."""
    return list_undoable(prepared_reader(), current_user.id, now=clock()())


@bp.app_template_global("handover_summaries")
def handover_summaries() -> list[object]:
    """Return whom the reader is to give or get, and has given these days: counts without names."""
    return list(list_handover_summaries(prepared_reader(), current_user.id, now=clock()()))


def _bonds(now: datetime) -> list[CitizenTie]:
    return list(list_ties(prepared_reader(), current_user.id, now=now))


def _mine(now: datetime) -> list[HandoverRow]:
    """Return whom the reader may hand over; the look at the list is written down before a name is read."""
    bonds = may_hand_over(_bonds(now))
    log_list([one.subject for one in bonds], Action.CITIZENS_HAND_OVER)
    return list_handover_rows(prepared_reader(), current_user.id, bonds, now=now)


def _check_chosen(form: HandoverForm, mine: list[HandoverRow]) -> None:
    """See that what is shown can be done as things stand; whoever does it sees once more."""
    if not form.citizen_ids <= {one.id for one in mine}:
        raise NotTheirContact
    if any(one.agreed for one in mine if one.id in form.citizen_ids):
        raise HandoverIsAgreed


def _form(mine: list[HandoverRow], *, sent: bool = True) -> HandoverForm:
    """Return the form as it was sent, or with whom the address names; `sent`: what came is this form."""
    now = clock()()
    asked = [str(found) for found in map(read_id, request.args.getlist("borger")) if found]
    form = HandoverForm(
        (sent and request.form) or None, data={"citizens": asked, "on": danish_day(now).isoformat()}
    )
    form.citizens.choices = [SelectChoice(str(one.id), one.citizen.name) for one in mine if not one.agreed]
    search = form.read_search("to", Group.SUCCESSORS, current_user.id, whose=current_user.id)
    form.take_offer("to", offer_colleagues(prepared_reader(), search, now=now))
    return form


def _choose_page(form: HandoverForm, mine: list[HandoverRow], *, status: int = 200) -> ResponseReturnValue:
    told = {
        NOW: _("Borgerne har en ny kontaktperson. De har fået besked."),
        LATER: _("Overdragelsen er aftalt. Borgerne har fået besked."),
        TAKEN_BACK: _("Overdragelsen er fortrudt. Du er kontaktperson igen."),
    }
    return page(
        "caseload/handover.html",
        status=status,
        form=form,
        mine=mine,
        most=NOTE_MOST,
        told=told.get(request.args.get("gemt", ""), ""),
    )


def _review_page(form: HandoverForm, mine: list[HandoverRow]) -> ResponseReturnValue:
    chosen = [one for one in mine if one.id in form.citizen_ids]
    away = list_absences(prepared_reader(), [UUID(form.to.data)], now=clock()())
    return page(
        "caseload/handover_review.html",
        form=form,
        chosen=chosen,
        to_name=form.to_name,
        on=form.day,
        away=next((one for one in away if one.first <= form.day <= one.last), None),
    )
