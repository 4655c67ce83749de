"""/log-ind, /log-af and /indstillinger."""

from typing import cast
from uuid import UUID

from flask import Blueprint, abort, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError

from app import i18n
from app.access.guard import allows, public
from app.access.policy import Action
from app.account.forms import PasskeyForm, SettingsForm
from app.account.routes.auth import (
    client_device,
    count_answer,
    count_challenge,
    is_awaited_answer,
    options_answer,
    relying_party,
    signed_in_response,
)
from app.account.service import ClientDevice, NewSession
from app.account.service import add_passkey as keep_passkey
from app.account.service import remove_passkey as stop_passkey
from app.account.service import sign_in as sign_in_with
from app.i18n import gettext as _
from app.identity import passkeys, service
from app.identity.credentials import Ceremony
from app.identity.login import (
    carries_sign_in,
    clear_device,
    clear_sign_in,
    end_sign_in,
    has_just_signed_in,
)
from app.identity.login_attempts import return_attempt
from app.identity.navigation import first_page, page_after_step_up, step_up_named
from app.identity.rules import TextSize
from app.identity.sessions import Account
from app.web.context import become_anonymous, clock, db, prepared_reader
from app.web.events import Event, record_event
from app.web.page import QUICK_LEAVE, page, set_language_cookie

bp = Blueprint("account", __name__)


@bp.get("/log-ind")
@public
def sign_in() -> ResponseReturnValue:
    if current_user.is_authenticated and not _again():
        return redirect(first_page(current_user.roles), code=303)
    return _sign_in_page()


def _sign_in_page(problem: str = "") -> ResponseReturnValue:
    again = _again() if current_user.is_authenticated else ""
    status, back = 422 if problem else 200, page_after_step_up(again)
    return page("account/sign_in.html", status=status, again=again, back=back, problem=problem)


@bp.post("/log-ind/valg")
@public
def sign_in_options() -> ResponseReturnValue:
    """Ask a phone, by script, to sign fresh random bytes. The same for everybody."""
    return options_answer(passkeys.sign_in_options(relying_party(), now=clock()()))


@bp.post("/log-ind")
@public
def sign_in_by_passkey() -> ResponseReturnValue:
    before, device = current_user._get_current_object(), client_device()
    answer = PasskeyForm(request.form).answer
    entered = _enter(answer, device) if is_awaited_answer(Ceremony.SIGN_IN, answer) else None
    if entered is None:
        record_event(Event.SIGN_IN_REFUSED)
        return _sign_in_page(_("Du blev ikke logget ind. Prøv igen, eller ring til os."))
    record_event(Event.SIGNED_IN, by="passkey")
    same = before.is_authenticated and before.id == entered.account.id
    return signed_in_response(entered, page_after_step_up(_again(), done=True) if same and _again() else "")


def _enter(answer: str, device: ClientDevice) -> NewSession | None:
    attempt = count_answer(answer)
    with db().writing() as session:
        entered = sign_in_with(session, relying_party(), answer, device, now=clock()())
        if entered is not None:
            return_attempt(session, attempt)
    return entered


def _again() -> str:
    """Return for what somebody signed in is asked to show once more who they are; empty: they are not."""
    return step_up_named(request.args.get("igen"))


@bp.get("/log-af")
@public
def leave() -> ResponseReturnValue:
    asks = _may_be_signed_in()
    return page("account/sign_out.html", asks=asks, later="senere" in request.args)


def _may_be_signed_in() -> bool:
    """Say whether there is somebody to sign off; where the database does not tell, a cookie is enough."""
    try:
        return bool(current_user.is_authenticated)
    except SQLAlchemyError:
        become_anonymous()  # the page is drawn without asking again
        return carries_sign_in()


@bp.post("/log-af")
@public
def sign_out() -> ResponseReturnValue:
    """Take the reader off this phone, and say so; when nothing can be written, what is true then."""
    written = end_sign_in()
    record_event(Event.SIGNED_OUT, written=written)
    # Everything of ours leaves the phone, so the address carries the language to the next page.
    code = None if i18n.current() is i18n.DANISH else i18n.current().code
    address = url_for(".leave", senere=None if written else 1, sprog=code)
    return clear_device(make_response(redirect(address, code=303)))


@bp.post("/hurtig-vaek")
@public
def leave_at_once() -> ResponseReturnValue:
    """End the sign-in and lead off the site: what a script does sooner (static/js/app.js), without one."""
    end_sign_in()
    return clear_sign_in(make_response(redirect(QUICK_LEAVE, code=303)))


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
    record_event(Event.SESSIONS_ENDED)
    return redirect(url_for(".show_settings", gemt="andre"), code=303)


def _settings_page(form: SettingsForm, problem: str = "") -> ResponseReturnValue:
    now = clock()()
    reader = prepared_reader()
    elsewhere = service.find_other_sessions(reader, cast(Account, current_user), now=now)
    keys = service.list_passkeys(reader, current_user.id)
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
        fresh=has_just_signed_in(),
        problem=problem,
        told=told.get(request.args.get("gemt", ""), ""),
    )


@bp.post("/indstillinger/adgangsnoegler/valg")
@allows(Action.SETTINGS_OWN)
def passkey_options() -> ResponseReturnValue:
    if not has_just_signed_in():
        abort(409)
    count_challenge(str(current_user.id))
    with db().writing() as session:
        return options_answer(
            passkeys.registration_options(
                session, relying_party(), current_user.id, current_user.first_name, now=clock()()
            )
        )


@bp.post("/indstillinger/adgangsnoegler")
@allows(Action.SETTINGS_OWN)
def add_passkey() -> ResponseReturnValue:
    if not has_just_signed_in():
        return redirect(url_for(".sign_in", igen="indstillinger"), code=303)
    form = PasskeyForm(request.form)
    if not (is_awaited_answer(Ceremony.REGISTER, form.answer) and _keep(form)):
        return _settings_page(_chosen(), _("Adgangsnøglen blev ikke lavet. Prøv igen."))
    record_event(Event.PASSKEY_ADDED)
    return redirect(url_for(".show_settings", gemt="noegle"), code=303)


def _keep(form: PasskeyForm) -> bool:
    attempt = count_answer(form.answer)
    name = form.chosen_name or client_device().name
    with db().writing() as session:
        kept = keep_passkey(session, relying_party(), current_user.id, form.answer, name=name, now=clock()())
        if kept:
            return_attempt(session, attempt)
    return kept


@bp.post("/indstillinger/adgangsnoegler/<uuid:passkey_id>/fjern")
@allows(Action.SETTINGS_OWN)
def remove_passkey(passkey_id: UUID) -> ResponseReturnValue:
    if not has_just_signed_in():
        return redirect(url_for(".sign_in", igen="indstillinger"), code=303)
    with db().writing() as session:
        gone = stop_passkey(session, cast(Account, current_user), passkey_id, now=clock()())
    if not gone:
        abort(404)
    record_event(Event.PASSKEY_REMOVED)
    return redirect(url_for(".show_settings", gemt="fjernet"), code=303)


def _chosen() -> SettingsForm:
    return SettingsForm(language=i18n.current().code, text_size=current_user.text_size.value)
