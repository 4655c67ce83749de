"""/administration/noegler: which systems have a key, one more, and one that is stopped at once."""

from datetime import datetime
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access.access_log import find_last_looks
from app.access.guard import allows
from app.access.policy import Action
from app.administration.forms.acts import KeyForm
from app.administration.routes.overview import texts
from app.administration.service import end_key, make_key
from app.administration.texts import SCOPE_NAMES
from app.errors import Missing
from app.i18n import gettext as _
from app.identity.tokens import IssuedToken, NameTaken, list_tokens
from app.web.context import clock, db
from app.web.events import Event, record_event
from app.web.forms import new_key
from app.web.page import page

bp = Blueprint("administration_systems", __name__)
bp.context_processor(texts)

OPENED = ("meetings",)  # the scopes that open something in the api today; the others are kept for what comes


@bp.get("/administration/noegler")
@allows(Action.SYSTEM_KEYS)
def index() -> ResponseReturnValue:
    systems, looks = _read()
    told = _("Nøglen er spærret. Systemet er lukket ude.") if "spaerret" in request.args else ""
    return page("administration/systems.html", systems=systems, looks=looks, scopes=SCOPE_NAMES, told=told)


@bp.get("/administration/noegler/ny")
@allows(Action.SYSTEM_KEYS)
def new() -> ResponseReturnValue:
    return _form_page(_form())


@bp.post("/administration/noegler/ny")
@allows(Action.SYSTEM_KEYS)
def make() -> ResponseReturnValue:
    """Make a key and show it: a page and no 303, for what it shows is kept nowhere."""
    now, me, form = clock()(), current_user.id, _form()
    if not form.check():
        return _form_page(form, status=422)
    name, scopes, intent = form.name.data, form.scopes.data, form.key.data
    try:
        secret = db().retrying(lambda session: make_key(session, name, scopes, intent=intent, by=me, now=now))
    except NameTaken:
        form.name.errors = [_("Der er allerede en nøgle til det system. Spær den først.")]
        return _form_page(form, status=409)
    record_event(Event.KEY_MADE)
    return page("administration/new_key.html", name=name, secret=secret)


@bp.get("/administration/noegler/<uuid:system_id>/spaer")
@allows(Action.SYSTEM_KEYS)
def ask_end(system_id: UUID) -> ResponseReturnValue:
    system, last = _get(system_id)
    return page("administration/end_key.html", system=system, last=last)


@bp.post("/administration/noegler/<uuid:system_id>/spaer")
@allows(Action.SYSTEM_KEYS)
def end(system_id: UUID) -> ResponseReturnValue:
    now, me, (system, _last) = clock()(), current_user.id, _get(system_id)
    try:
        db().retrying(lambda session: end_key(session, system.name, by=me, now=now))
    except Missing:  # tapped twice: it is stopped, as the list says
        return redirect(url_for(".index"), code=303)
    record_event(Event.KEY_ENDED)
    return redirect(url_for(".index", spaerret=1), code=303)


def _read() -> tuple[list[IssuedToken], dict[UUID, datetime]]:
    """Return every system that was ever given a key, and when each last asked about a citizen."""
    with db().reading() as session:
        return list_tokens(session), find_last_looks(session)


def _get(system_id: UUID) -> tuple[IssuedToken, datetime | None]:
    systems, looks = _read()
    found = next((one for one in systems if one.id == system_id), None)
    if found is None:
        raise Missing
    return found, looks.get(system_id)


def _form() -> KeyForm:
    form = KeyForm(request.form or None, data={"key": new_key(), "scopes": list(OPENED)})
    form.offer([(scope, str(SCOPE_NAMES[scope])) for scope in OPENED])
    return form


def _form_page(form: KeyForm, *, status: int = 200) -> ResponseReturnValue:
    return page("administration/make_key.html", status=status, form=form)
