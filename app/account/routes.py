from flask import Blueprint, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app import i18n
from app.access.guard import allows, public
from app.access.policy import Action
from app.account.forms import SettingsForm
from app.i18n import gettext as _
from app.identity import service
from app.identity.login import account, find_account, let_out
from app.identity.rules import TextSize
from app.identity.sessions import revoke_session
from app.web import clock, db, page, remember_language
from app.web import settings as site_settings

bp = Blueprint("account", __name__)


@bp.get("/log-ind")
@public
def sign_in() -> ResponseReturnValue:
    reader = find_account()
    if reader is not None:
        return redirect("/" if reader.is_citizen else url_for("caseload.index"), code=303)
    if site_settings().demo:
        return redirect(url_for("demo.index"), code=303)
    return page("account/sign_in.html")


@bp.get("/log-af")
@public
def leave() -> ResponseReturnValue:
    return page("account/sign_out.html")


@bp.post("/log-af")
@public
def sign_out() -> ResponseReturnValue:
    reader = find_account()
    if reader is not None:
        with db().writing() as session:
            revoke_session(session, reader.session_id, now=clock()())
    # Everything of ours leaves the phone, so the address carries the language to the next page.
    code = None if i18n.current() is i18n.DANISH else i18n.current().code
    return let_out(make_response(redirect(url_for(".sign_in", sprog=code), code=303)))


@bp.get("/indstillinger")
@allows(Action.SETTINGS_OWN)
def settings() -> ResponseReturnValue:
    form = SettingsForm(language=i18n.current().code, text_size=account().text_size.value)
    return _settings_page(form)


@bp.post("/indstillinger")
@allows(Action.SETTINGS_OWN)
def save_settings() -> ResponseReturnValue:
    form = SettingsForm(request.form)
    if not form.validate():
        return _settings_page(form)
    language = form.language.data or i18n.current().code  # only one is offered: nothing to choose
    with db().writing() as session:
        size = TextSize(form.text_size.data)
        service.save_settings(session, account().id, language=language, text_size=size)
    return remember_language(make_response(redirect(url_for(".settings", gemt="valg"), code=303)), language)


@bp.post("/indstillinger/log-af-andre")
@allows(Action.SETTINGS_OWN)
def sign_out_elsewhere() -> ResponseReturnValue:
    with db().writing() as session:
        service.revoke_other_sessions(session, account(), now=clock()())
    return redirect(url_for(".settings", gemt="andre"), code=303)


def _settings_page(form: SettingsForm) -> ResponseReturnValue:
    with db().reading() as session:
        elsewhere = service.find_elsewhere(session, account(), now=clock()())
    told = {"valg": _("Dine valg er gemt."), "andre": _("Du er nu kun logget ind her.")}
    return page(
        "account/settings.html",
        status=422 if form.errors else 200,
        form=form,
        elsewhere=elsewhere,
        told=told.get(request.args.get("gemt", ""), ""),
    )
