"""/fravaer: when I am away and who stands in; a leader registers it for the department too. Never why."""

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
    find_usual_substitute,
    get_absence,
    list_absences,
    list_led,
    list_stood_in,
    list_substitutes,
)
from app.web.context import clock, db, prepared_reader, settings
from app.web.page import page

bp = Blueprint("absence", __name__)

People = list[tuple[UUID, str]]


@bp.get("/fravaer")
@allows(Action.ABSENCE_REGISTER)
def index() -> ResponseReturnValue:
    return _page(_form(_registrable()))


@bp.post("/fravaer")
@allows(Action.ABSENCE_REGISTER)
def register() -> ResponseReturnValue:
    people, now, workdays, by = _registrable(), clock()(), settings().site.workdays, current_user.id
    form = _form(people)
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
    people = _registrable()
    absence = _get(absence_id, people)
    return _edit_page(_form(people, absence), absence)


@bp.post("/fravaer/<uuid:absence_id>")
@allows(Action.ABSENCE_REGISTER)
def save(absence_id: UUID) -> ResponseReturnValue:
    people, now, workdays, by = _registrable(), clock()(), settings().site.workdays, current_user.id
    absence = _get(absence_id, people)
    form = _form(people, absence)
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
        _get(absence_id, _registrable())
        db().retrying(lambda session: come_back(session, absence_id, by=by, now=now))
    except Missing:  # tapped twice, or it is over: what there is stands on the page
        return redirect(url_for(".index"), code=303)
    return redirect(url_for(".index", gemt="slut"), code=303)


@bp.app_template_global("absence_url")
def absence_url() -> str:
    """Return the way here for who may register absence; empty for others."""
    return url_for("absence.index") if may_enter(Action.ABSENCE_REGISTER) else ""


def _registrable() -> People:
    """Return for whom the reader may register: themselves if they help citizens, a leader the department."""
    me = current_user
    own = [(me.id, me.name)] if may_enter(Action.ABSENCE_OWN) else []
    led = list_led(prepared_reader(), me.id, now=clock()()) if may_enter(Action.ABSENCE_OF_OTHERS) else []
    return own + [one for one in led if one[0] != me.id or not own]


def _get(absence_id: UUID, people: People) -> ListedAbsence:
    return get_absence(prepared_reader(), absence_id, [one for one, _name in people], now=clock()())


def _form(people: People, absence: ListedAbsence | None = None) -> AbsenceForm:
    """Return the form as it was sent, or with what stands; `absence` None: for another."""
    now = clock()()
    whose = absence.person_id if absence else current_user.id
    usual = find_usual_substitute(prepared_reader(), whose)
    stands = {
        "person": str(whose),
        "substitute": str(absence.substitute_id if absence else usual or ""),
        "first": (absence.first if absence else danish_day(now)).isoformat(),
        "last": absence.last.isoformat() if absence else "",
    }
    form = AbsenceForm(request.form or None, data=stands)
    form.person.choices = [SelectChoice(str(one), name) for one, name in people]
    others = list_substitutes(prepared_reader(), current_user.id, now=now)
    form.substitute.choices = [SelectChoice(str(one), name) for one, name in others]
    return form


def _page(form: AbsenceForm, *, status: int = 200) -> ResponseReturnValue:
    now, reader, me = clock()(), prepared_reader(), current_user.id
    people = [UUID(one.value) for one in form.person.choices]
    told = {"ny": _("Fraværet er gemt."), "rettet": _("Fraværet er rettet."), "slut": _("Fraværet er slut.")}
    return page(
        "caseload/absences.html",
        status=status,
        form=form,
        now=now,
        absences=list_absences(reader, people, now=now),
        stood_in=list_stood_in(reader, me, now=now),
        told=told.get(request.args.get("gemt", ""), ""),
    )


def _edit_page(form: AbsenceForm, absence: ListedAbsence, *, status: int = 200) -> ResponseReturnValue:
    return page("caseload/absence.html", status=status, form=form, absence=absence, now=clock()())
