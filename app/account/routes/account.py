"""/log-ind, /log-af and /indstillinger."""

from typing import cast
from uuid import UUID

from flask import Blueprint, abort, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import i18n
from app.access.guard import allows, public
from app.access.policy import Action
from app.account.forms import PasskeyForm, SettingsForm
from app.account.routes.auth import (
    client_device,
    count_attempt,
    options_answer,
    relying_party,
    signed_in_response,
)
from app.account.service import add_passkey as keep_passkey
from app.account.service import remove_passkey as stop_passkey
from app.account.service import sign_in as sign_in_with
from app.i18n import gettext as _
from app.identity import passkeys, service
from app.identity.login import clear_device, end_sign_in
from app.identity.login_attempts import CEREMONIES_MOST
from app.identity.rules import TextSize, is_fresh
from app.identity.sessions import Account
from app.web.context import clock, db
from app.web.page import page, set_language_cookie

bp = Blueprint("account", __name__)


@bp.get("/log-ind")
@public
def sign_in() -> ResponseReturnValue:
    if current_user.is_authenticated and not _again():
        return redirect("/" if current_user.is_citizen else url_for("caseload.index"), code=303)
    return page("account/sign_in.html", again=current_user.is_authenticated, problem="")


@bp.post("/log-ind/valg")
@public
def sign_in_options() -> ResponseReturnValue:
    """Ask a phone, by script, to sign fresh random bytes. The same for everybody."""
    count_attempt("sign in", CEREMONIES_MOST)
    with db().writing() as session:
        return options_answer(passkeys.sign_in_options(session, relying_party(), now=clock()()))


@bp.post("/log-ind")
@public
def sign_in_by_passkey() -> ResponseReturnValue:
    before, device = current_user._get_current_object(), client_device()
    answer = PasskeyForm(request.form).answer
    with db().writing() as session:
        entered = sign_in_with(session, relying_party(), answer, device, now=clock()())
    if entered is None:
        problem = _("Du kom ikke ind. Prøv igen, eller ring til os.")
        return page("account/sign_in.html", status=422, again=before.is_authenticated, problem=problem)
    same = before.is_authenticated and before.id == entered.account.id
    return signed_in_response(entered, url_for(".show_settings") if same and _again() else "")


def _again() -> bool:
    """Say whether somebody signed in is asked to do it once more."""
    return "igen" in request.args


@bp.get("/log-af")
@public
def leave() -> ResponseReturnValue:
    return page("account/sign_out.html", later="senere" in request.args)


@bp.post("/log-af")
@public
def sign_out() -> ResponseReturnValue:
    """Take the reader off this phone, also when nothing can be written: then the page says what is true."""
    written = end_sign_in()
    # Everything of ours leaves the phone, so the address carries the language to the next page.
    code = None if i18n.current() is i18n.DANISH else i18n.current().code
    address = url_for(".sign_in", sprog=code) if written else url_for(".leave", senere=1, sprog=code)
    return clear_device(make_response(redirect(address, code=303)))


@bp.get("/indstillinger")
@allows(Action.SETTINGS_OWN)
def show_settings() -> ResponseReturnValue:
    return _settings_page(_chosen())


@bp.post("/indstillinger")
@allows(Action.SETTINGS_OWN)
def save_settings() -> ResponseReturnValue:
    form = SettingsForm(request.form)
    if not form.validate():
        return _settings_page(form)
    language = form.language.data or i18n.current().code  # only one is offered: nothing to choose
    with db().writing() as session:
        size = TextSize(form.text_size.data)
        service.save_settings(session, current_user.id, language=language, text_size=size)
    return set_language_cookie(
        make_response(redirect(url_for(".show_settings", gemt="valg"), code=303)), language
    )


@bp.post("/indstillinger/log-af-andre")
@allows(Action.SETTINGS_OWN)
def sign_out_elsewhere() -> ResponseReturnValue:
    with db().writing() as session:
        service.revoke_other_sessions(session, cast(Account, current_user), now=clock()())
    return redirect(url_for(".show_settings", gemt="andre"), code=303)


def _settings_page(form: SettingsForm, problem: str = "") -> ResponseReturnValue:
    now = clock()()
    with db().reading() as session:
        elsewhere = service.find_other_sessions(session, cast(Account, current_user), now=now)
        keys = service.list_passkeys(session, current_user.id)
    told = {
        "valg": _("Dine valg er gemt."),
        "andre": _("Du er nu kun logget ind her."),
        "noegle": _("Den nye adgangsnøgle er klar."),
        "fjernet": _("Adgangsnøglen virker ikke mere. Du er kun logget ind her."),
    }
    return page(
        "account/settings.html",
        status=422 if form.errors or problem else 200,
        form=form,
        elsewhere=elsewhere,
        keys=keys,
        key_form=PasskeyForm(request.form),
        fresh=is_fresh(current_user.opened_at, now),
        problem=problem,
        told=told.get(request.args.get("gemt", ""), ""),
    )


@bp.post("/indstillinger/adgangsnoegler/valg")
@allows(Action.SETTINGS_OWN)
def passkey_options() -> ResponseReturnValue:
    if not _is_fresh():
        abort(409)
    count_attempt("new passkey", CEREMONIES_MOST)
    with db().writing() as session:
        return options_answer(
            passkeys.registration_options(
                session, relying_party(), current_user.id, current_user.first_name, now=clock()()
            )
        )


@bp.post("/indstillinger/adgangsnoegler")
@allows(Action.SETTINGS_OWN)
def add_passkey() -> ResponseReturnValue:
    if not _is_fresh():
        return redirect(url_for(".sign_in", igen=1), code=303)
    form = PasskeyForm(request.form)
    with db().writing() as session:
        name = form.chosen_name or client_device().name
        kept = keep_passkey(session, relying_party(), current_user.id, form.answer, name=name, now=clock()())
    if not kept:
        return _settings_page(_chosen(), _("Der kom ingen adgangsnøgle ud af det. Prøv igen."))
    return redirect(url_for(".show_settings", gemt="noegle"), code=303)


@bp.post("/indstillinger/adgangsnoegler/<uuid:passkey_id>/fjern")
@allows(Action.SETTINGS_OWN)
def remove_passkey(passkey_id: UUID) -> ResponseReturnValue:
    if not _is_fresh():
        return redirect(url_for(".sign_in", igen=1), code=303)
    with db().writing() as session:
        gone = stop_passkey(session, cast(Account, current_user), passkey_id, now=clock()())
    if not gone:
        abort(404)
    return redirect(url_for(".show_settings", gemt="fjernet"), code=303)


def _is_fresh() -> bool:
    """Say whether the reader has signed in within the last five minutes."""
    return is_fresh(current_user.opened_at, clock()())


def _chosen() -> SettingsForm:
    return SettingsForm(language=i18n.current().code, text_size=current_user.text_size.value)
