"""/administration/personer/<id>/rolle, /slut and /luk: a role is given, access ends, ways in are closed."""

from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access.act_kinds import ActKind
from app.access.guard import allows
from app.access.policy import Action
from app.administration.forms.acts import ALL, EndRoleForm, GiveRoleForm
from app.administration.queries import AdministeredPerson, get_person, list_departments
from app.administration.routes.overview import texts
from app.administration.routes.people import log_citizens
from app.administration.rules import GIVEN, NothingToClose
from app.administration.service import close_ways, end_role, find_done, give_role, state_mark
from app.administration.texts import role_choices
from app.dates.local_time import danish_day
from app.errors import Refused
from app.i18n import gettext as _
from app.identity.rules import STAFF, Role
from app.offboarding.rules import NothingToEnd
from app.plan.colleagues import Group, offer_colleagues
from app.web.context import clock, db, prepared_reader
from app.web.events import Event, record_event
from app.web.page import page

bp = Blueprint("administration_roles", __name__)
bp.context_processor(texts)


@bp.get("/administration/personer/<uuid:person_id>/rolle")
@allows(Action.PEOPLE_CHANGE)
def new(person_id: UUID) -> ResponseReturnValue:
    person = _person(person_id)
    return _give_page(_give_form(person), person)


@bp.post("/administration/personer/<uuid:person_id>/rolle")
@allows(Action.PEOPLE_CHANGE)
def give(person_id: UUID) -> ResponseReturnValue:
    now, me, person = clock()(), current_user.id, _person(person_id)
    form = _give_form(person)
    if not form.check(danish_day(now)):
        return _give_page(form, person, status=422)
    wanted = form.written(person_id, danish_day(now), now)
    try:
        act_id = db().retrying(
            lambda session: give_role(session, wanted, seen=form.seen.data or "", by=me, now=now)
        )
    except Refused as refused:
        form.say(_(refused.reason, **refused.params))
        form.seen.data = _mark(person)
        return _give_page(form, person, status=409)
    record_event(Event.ROLE_GIVEN, role=str(wanted.role))
    return redirect(url_for("administration_people.person", person_id=person_id, gjort=act_id), code=303)


@bp.get("/administration/personer/<uuid:person_id>/slut")
@allows(Action.PEOPLE_CHANGE)
def ask_end(person_id: UUID) -> ResponseReturnValue:
    person = _person(person_id)
    return _end_page(_end_form(person), person)


@bp.post("/administration/personer/<uuid:person_id>/slut")
@allows(Action.PEOPLE_CHANGE)
def end(person_id: UUID) -> ResponseReturnValue:
    """Show what ends and what it closes (`trin` "se"), and end it when that has been read."""
    person, step = _person(person_id), request.form.get("trin")
    form = _end_form(person)
    before = _done_before(ActKind.ROLE_ENDED, person_id) if step == "send" else None
    if before is not None and not form.can_choose:  # tapped twice: what it was can't be chosen any more
        return _done(person_id, before)
    if form.is_search(request.form.get("find")):
        return _end_page(form, person)
    if not form.check(danish_day(clock()())):
        return _end_page(form, person, status=422)
    if step == "send":
        return _end(form, person)
    return _end_page(form, person) if step == "ret" else _review_page(form, person)


def _end(form: EndRoleForm, person: AdministeredPerson) -> ResponseReturnValue:
    now, me = clock()(), current_user.id
    wanted = form.written(person.id, now)
    try:
        ended, act_id = db().retrying(lambda session: end_role(session, wanted, by=me, now=now))
    except Refused as refused:
        before = _done_before(ActKind.ROLE_ENDED, person.id) if isinstance(refused, NothingToEnd) else None
        if before is not None:
            return _done(person.id, before)
        form.say(_(refused.reason, **refused.params))
        return _end_page(form, person, status=409)
    record_event(Event.ACCESS_ENDED, roles=len(ended.roles))
    return _done(person.id, act_id)


@bp.get("/administration/personer/<uuid:person_id>/luk")
@allows(Action.PEOPLE_CHANGE)
def ask_close(person_id: UUID) -> ResponseReturnValue:
    return _close_page(_person(person_id))


@bp.post("/administration/personer/<uuid:person_id>/luk")
@allows(Action.PEOPLE_CHANGE)
def close(person_id: UUID) -> ResponseReturnValue:
    """Close every way in of somebody whose phone is lost; their roles stay."""
    now, me, person = clock()(), current_user.id, _person(person_id)
    try:
        act_id = db().retrying(lambda session: close_ways(session, person_id, by=me, now=now))
    except Refused as refused:
        before = _done_before(ActKind.WAYS_CLOSED, person_id) if isinstance(refused, NothingToClose) else None
        if before is not None:  # tapped twice
            return _done(person_id, before)
        return _close_page(person, _(refused.reason), status=409)
    record_event(Event.WAYS_CLOSED)
    return _done(person_id, act_id)


def _close_page(person: AdministeredPerson, problem: str = "", *, status: int = 200) -> ResponseReturnValue:
    return page("administration/close_ways.html", status=status, person=person, problem=problem)


def _done(person_id: UUID, act_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("administration_people.person", person_id=person_id, gjort=act_id), code=303)


def _person(person_id: UUID) -> AdministeredPerson:
    person = get_person(prepared_reader(), person_id, now=clock()())
    log_citizens([person_id])
    return person


def _done_before(kind: ActKind, person_id: UUID) -> UUID | None:
    """Return by what the reader did that to this person a little while ago."""
    with db().reading() as session:
        return find_done(session, kind, person_id, by=current_user.id, now=clock()())


def _mark(person: AdministeredPerson) -> str:
    return state_mark(person.spans, person.department_id)


def _give_form(person: AdministeredPerson) -> GiveRoleForm:
    stands = {"department": str(person.department_id or ""), "seen": _mark(person)}
    form = GiveRoleForm(request.form or None, data=stands)
    departments = list_departments(prepared_reader(), now=clock()())
    form.offer(role_choices(GIVEN), [(str(one.id), one.name) for one in departments])
    return form


def _end_form(person: AdministeredPerson) -> EndRoleForm:
    roles = list(dict.fromkeys(one.role for one in person.not_over(clock()())))
    asked = request.args.get("rolle", "")
    several = len([one for one in roles if one in STAFF]) > 1
    first = asked if asked in roles else ALL if several else str(roles[0]) if roles else ""
    form = EndRoleForm(request.form or None, data={"what": first, "to": ""})
    form.offer(role_choices(roles))
    search = form.read_search("to", Group.SUCCESSORS, person.id, whose=person.id)
    form.take_offer("to", offer_colleagues(prepared_reader(), search, now=clock()()))
    return form


def _give_page(form: GiveRoleForm, person: AdministeredPerson, *, status: int = 200) -> ResponseReturnValue:
    return page("administration/give_role.html", status=status, form=form, person=person, now=clock()())


def _end_page(form: EndRoleForm, person: AdministeredPerson, *, status: int = 200) -> ResponseReturnValue:
    return page("administration/end_role.html", status=status, form=form, person=person, now=clock()())


def _review_page(form: EndRoleForm, person: AdministeredPerson) -> ResponseReturnValue:
    now = clock()()
    ends = {one.role for one in person.not_over(now)} & (STAFF if form.what.data == ALL else {form.what.data})
    stays = {one.role for one in person.not_over(now)} - ends
    return page(
        "administration/end_role_review.html",
        form=form,
        person=person,
        hands_over=Role.CONTACT in ends and person.citizens > 0,
        is_out=not stays,
        leaves_work=bool(ends & STAFF) and not stays & STAFF,
        stays=tuple(sorted(stays)),
    )
