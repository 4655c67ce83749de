"""/invitation: in, for one who was invited. /borgere/<uuid>/invitation: how a contact person invites."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access.guard import public, requires
from app.access.policy import Action
from app.account.forms import InvitationForm, PasskeyForm
from app.account.qr import qr_path
from app.account.routes.auth import (
    client_device,
    count_attempt,
    options_answer,
    relying_party,
    signed_in_response,
)
from app.account.service import accept_invitation
from app.i18n import gettext as _
from app.identity import passkeys
from app.identity.invitation_codes import CLAIM_LASTS, format_code
from app.identity.invitations import claim_invitation, find_claimed_invitation, make_invitation
from app.identity.login_attempts import CEREMONIES_MOST, CODES_MOST
from app.identity.models import Person
from app.identity.rules import first_name
from app.identity.service import list_passkeys
from app.web.context import clock, db, settings
from app.web.page import page

bp = Blueprint("invitation", __name__)

SECURE_COOKIE, DEMO_COOKIE = "__Host-i", "i"  # the demo runs on plain http; see identity/login.py


def _cookie_name() -> str:
    return SECURE_COOKIE if settings().secure else DEMO_COOKIE


def _claimed() -> str:
    """Return the secret that says this phone came first with an invitation; empty if it did not."""
    return request.cookies.get(_cookie_name(), "")


def _may_go_on() -> bool:
    with db().reading() as session:
        return bool(_claimed()) and find_claimed_invitation(session, _claimed(), now=clock()()) is not None


@bp.get("/invitation")
@public
def show() -> ResponseReturnValue:
    if _may_go_on():
        return page("account/make_passkey.html", problem="")
    return page("account/invitation.html", form=InvitationForm())


@bp.post("/invitation")
@public
def claim_code() -> ResponseReturnValue:
    if _may_go_on():  # the same form sent twice: no try is lost
        return redirect(url_for(".show"), code=303)
    form = InvitationForm(request.form)
    said = form.read()
    if said is None:
        return page("account/invitation.html", status=422, form=form)
    count_attempt("invitation", CODES_MOST)
    reader_id = current_user.id if current_user.is_authenticated else None
    with db().writing() as session:
        token = claim_invitation(
            session,
            settings().secret_key,
            said,
            reader_id=reader_id,
            now=clock()(),
        )
    if token is None:
        form.refuse()
        return page("account/invitation.html", status=422, form=form, refused=True)
    response = make_response(redirect(url_for(".show"), code=303))
    lasts = int(CLAIM_LASTS.total_seconds())
    more: dict[str, Any] = {"httponly": True, "samesite": "Lax", "path": "/"}
    response.set_cookie(_cookie_name(), token, max_age=lasts, secure=settings().secure, **more)
    return response


@bp.post("/invitation/valg")
@public
def options() -> ResponseReturnValue:
    """Ask the phone that came first, by script, to make a passkey."""
    count_attempt("invited", CEREMONIES_MOST)
    now = clock()()
    with db().writing() as session:
        invitation = find_claimed_invitation(session, _claimed(), now=now)
        if invitation is None:
            return Response(status=409)
        name = first_name(session.get_one(Person, invitation.person_id).name)
        return options_answer(
            passkeys.registration_options(session, relying_party(), invitation.person_id, name, now=now)
        )


@bp.post("/invitation/adgangsnoegle")
@public
def register() -> ResponseReturnValue:
    answer, device = PasskeyForm(request.form).answer, client_device()
    with db().writing() as session:
        entered = accept_invitation(session, relying_party(), _claimed(), answer, device, now=clock()())
    if entered is None:
        if not _may_go_on():
            return redirect(url_for(".show"), code=303)
        problem = _("Der kom ingen adgangsnøgle ud af det. Prøv igen.")
        return page("account/make_passkey.html", status=422, problem=problem)
    response = signed_in_response(entered)
    response.delete_cookie(_cookie_name(), secure=settings().secure, httponly=True, samesite="Lax", path="/")
    return response


@bp.get("/borgere/<uuid:citizen_id>/invitation")
@requires(Action.INVITE)
def offer(citizen_id: UUID) -> ResponseReturnValue:
    with db().reading() as session:
        keys = list_passkeys(session, citizen_id)
    return page("account/invite.html", keys=keys, made=None)


@bp.post("/borgere/<uuid:citizen_id>/invitation")
@requires(Action.INVITE)
def invite(citizen_id: UUID) -> ResponseReturnValue:
    """Make an invitation and show it: a page and no 303, for what it shows is kept nowhere."""
    with db().writing() as session:
        made = make_invitation(session, settings().secret_key, citizen_id, by=current_user.id, now=clock()())
    address = f"{settings().origin}{url_for('.show')}"
    qr = qr_path(f"{address}#{made.link_secret}")
    return page("account/invite.html", made=made, code=format_code(made.code), qr=qr, address=address)
