"""/fravaer: when I am away and who stands in; a leader registers it for the department too. Never why."""

from datetime import datetime
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms import SelectChoice

from app.access.guard import allows, may_enter
from app.access.policy import Action
from app.caseload.absence_effects import change_away, come_back, register_away
from app.caseload.forms import AbsenceForm
from app.dates.local_time import danish_day
from app.errors import Missing, Refused
from app.i18n import gettext as _
from app.plan.absence_queries import (
    ListedAbsence,
    Registrar,
    find_usual_substitute,
    get_absence,
    list_registrable,
    list_stood_in,
)
from app.plan.colleagues import Group, list_those, offer_colleagues
from app.typed_text import read_id, read_page_number
from app.web.context import clock, db, prepared_reader, settings
from app.web.page import page

bp = Blueprint("absence", __name__)

LISTED = 20  # absences on a page


@bp.get("/fravaer")
@allows(Action.ABSENCE_REGISTER)
def index() -> ResponseReturnValue:
    return _page(_form())


@bp.post("/fravaer")
@allows(Action.ABSENCE_REGISTER)
def register() -> ResponseReturnValue:
    now, workdays, by = clock()(), settings().site.workdays, current_user.id
    form = _form()
    if form.is_search(request.form.get("find")):
        return _page(form)
    if not form.check(danish_day(now)):
        return _page(form, status=422)
    try:
        db().retrying(
            lambda session: register_away(
                session, form.person_id, form.written, by=by, now=now, workdays=workdays
            )
        )
    except Refused as refused:
        form.say(_(refused.reason, **refused.params))
        return _page(form, status=409)
    return redirect(url_for(".index", gemt="ny"), code=303)


@bp.get("/fravaer/<uuid:absence_id>")
@allows(Action.ABSENCE_REGISTER)
def edit(absence_id: UUID) -> ResponseReturnValue:
    absence = _get(absence_id)
    return _edit_page(_edit_form(absence), absence)


@bp.post("/fravaer/<uuid:absence_id>")
@allows(Action.ABSENCE_REGISTER)
def save(absence_id: UUID) -> ResponseReturnValue:
    now, workdays, by = clock()(), settings().site.workdays, current_user.id
    absence = _get(absence_id)
    form = _edit_form(absence)
    if form.is_search(request.form.get("find")):
        return _edit_page(form, absence)
    if not form.check(danish_day(now)):
        return _edit_page(form, absence, status=422)
    try:
        db().retrying(
            lambda session: change_away(session, absence_id, form.written, by=by, now=now, workdays=workdays)
        )
    except Refused as refused:
        form.say(_(refused.reason, **refused.params))
        return _edit_page(form, absence, status=409)
    return redirect(url_for(".index", gemt="rettet"), code=303)


@bp.post("/fravaer/<uuid:absence_id>/slut")
@allows(Action.ABSENCE_REGISTER)
def end(absence_id: UUID) -> ResponseReturnValue:
    now, by = clock()(), current_user.id
    try:
        _get(absence_id)
        db().retrying(lambda session: come_back(session, absence_id, by=by, now=now))
    except Missing:  # tapped twice, or it is over: what there is stands on the page
        return redirect(url_for(".index"), code=303)
    return redirect(url_for(".index", gemt="slut"), code=303)


@bp.app_template_global("absence_url")
def absence_url() -> str:
    """Return the way here for who may register absence; empty for others."""
    return url_for("absence.index") if may_enter(Action.ABSENCE_REGISTER) else ""


def _registrar() -> Registrar:
    """Return for whom the reader may register: themselves if they help citizens, a leader the department."""
    me = current_user.id
    own = me if may_enter(Action.ABSENCE_OWN) else None
    return Registrar(own, me if may_enter(Action.ABSENCE_OF_OTHERS) else None)


def _get(absence_id: UUID) -> ListedAbsence:
    return get_absence(prepared_reader(), absence_id, _registrar(), now=clock()())


def _form() -> AbsenceForm:
    """Return the form of a new absence, as it was sent or as it begins."""
    now, me, who = clock()(), current_user.id, _registrar()
    usual = find_usual_substitute(prepared_reader(), me)
    stands = {"person": str(me), "substitute": str(usual or ""), "first": danish_day(now).isoformat()}
    form = AbsenceForm(request.form or None, data=stands)
    if who.leader:
        led = offer_colleagues(prepared_reader(), form.read_search("person", Group.LED, me), now=now)
        form.take_offer("person", led)
    else:
        form.drop_search("person")
        form.person.choices, form.person.data = [], form.person.data or str(me)
    own = [SelectChoice(str(who.own), current_user.name)] if who.own else []
    form.person.choices = own + [one for one in form.person.choices if one.value != str(who.own)]
    _offer_substitutes(form, _read_whose(form), now)
    return form


def _read_whose(form: AbsenceForm) -> UUID | None:
    """Return for whom a new form looks for a substitute: none but one of those who can be named in it.

    Nor one who is named as their own: that is refused, and stands in the list as it was sent.
    """
    person = form.person.data
    named = person in {one.value for one in form.person.choices} and person != form.substitute.data
    return read_id(person) if named else None


def _edit_form(absence: ListedAbsence) -> AbsenceForm:
    """Return the form of an absence, as it was sent or with what stands.

    A substitute who can't be one any more is no choice: then none is chosen, and the page says why.
    """
    days = {"first": absence.first.isoformat(), "last": absence.last.isoformat()}
    stands = {"person": str(absence.person_id), "substitute": str(absence.substitute_id)} | days
    form = AbsenceForm(request.form or None, data=stands)
    form.drop_search("person")
    form.person.choices = [SelectChoice(str(absence.person_id), absence.name)]
    form.person.data = str(absence.person_id)
    _offer_substitutes(form, absence.person_id, clock()())
    return form


def _offer_substitutes(form: AbsenceForm, whose: UUID | None, now: datetime) -> None:
    """Offer whoever may stand in for somebody: others than they are, the reader too if it is not they."""
    search = form.read_search("substitute", Group.SUBSTITUTES, whose or current_user.id, whose=whose)
    form.take_offer("substitute", offer_colleagues(prepared_reader(), search, now=now))


def _page(form: AbsenceForm, *, status: int = 200) -> ResponseReturnValue:
    now, reader, side = clock()(), prepared_reader(), read_page_number(request.args.get("side"))
    skip = (side - 1) * LISTED
    absences = list_registrable(reader, _registrar(), now=now, most=LISTED + 1, skip=skip)
    told = {"ny": _("Fraværet er gemt."), "rettet": _("Fraværet er rettet."), "slut": _("Fraværet er slut.")}
    return page(
        "caseload/absences.html",
        status=status,
        form=form,
        now=now,
        absences=absences[:LISTED],
        side=side,
        more=len(absences) > LISTED,
        stood_in=list_stood_in(reader, current_user.id, now=now),
        told=told.get(request.args.get("gemt", ""), ""),
    )


def _edit_page(form: AbsenceForm, absence: ListedAbsence, *, status: int = 200) -> ResponseReturnValue:
    now, reader = clock()(), prepared_reader()
    stays = list_those(reader, Group.SUBSTITUTES, absence.person_id, [absence.substitute_id], now=now)
    return page("caseload/absence.html", status=status, form=form, absence=absence, now=now, gone=not stays)
