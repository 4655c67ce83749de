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
    count_answer,
    count_challenge,
    count_code,
    is_awaited_answer,
    options_answer,
    relying_party,
    signed_in_response,
)
from app.account.service import ClientDevice, NewSession, accept_invitation
from app.i18n import gettext as _
from app.identity import passkeys
from app.identity.credentials import Ceremony
from app.identity.invitation_codes import CLAIM_LASTS, GROUP, format_code
from app.identity.invitations import (
    InvitationClaim,
    claim_invitation,
    find_claimed_invitation,
    find_invited,
    is_link_known,
    make_invitation,
)
from app.identity.login_attempts import Attempt, return_attempt
from app.identity.models import Person
from app.identity.rules import first_name
from app.identity.service import list_passkeys
from app.plan.queries import find_contact_name
from app.web.context import clock, db, prepared_reader, settings
from app.web.events import Event, record_event
from app.web.page import page

bp = Blueprint("invitation", __name__)

SECURE_COOKIE, DEMO_COOKIE = "__Host-i", "i"  # the demo runs on plain http; see identity/login.py


def _cookie_name() -> str:
    return SECURE_COOKIE if settings().secure else DEMO_COOKIE


def _claimed() -> str:
    """Return the secret that says this phone came first with an invitation; empty if it did not."""
    return request.cookies.get(_cookie_name(), "")


def _may_go_on() -> bool:
    return _find_invited() is not None


def _find_invited() -> UUID | None:
    return find_invited(prepared_reader(), _claimed(), now=clock()()) if _claimed() else None


@bp.get("/invitation")
@public
def show() -> ResponseReturnValue:
    if _may_go_on():
        return _passkey_page()
    return page("account/invitation.html", form=InvitationForm())


@bp.get("/invitation/")
@bp.get("/Invitation")
@bp.get("/Invitation/")
@bp.get("/INVITATION")
@public
def other_spelling() -> ResponseReturnValue:
    """Lead on from how phones and people write the address; what stands after its # comes along."""
    return redirect(url_for(".show"), code=308)


@bp.post("/invitation")
@public
def claim_code() -> ResponseReturnValue:
    if _may_go_on():  # the same form sent twice: no try is lost
        return redirect(url_for(".show"), code=303)
    form = InvitationForm(request.form)
    said = form.read()
    if said is None:
        return page("account/invitation.html", status=422, form=form)
    token = _claim(said)
    if token is None:
        record_event(Event.INVITATION_REFUSED)
        form.refuse()
        return page("account/invitation.html", status=422, form=form, refused=True)
    record_event(Event.INVITATION_CLAIMED)
    response = make_response(redirect(url_for(".show"), code=303))
    lasts = int(CLAIM_LASTS.total_seconds())
    more: dict[str, Any] = {"httponly": True, "samesite": "Lax", "path": "/"}
    response.set_cookie(_cookie_name(), token, max_age=lasts, secure=settings().secure, **more)
    return response


def _claim(said: InvitationClaim) -> str | None:
    key, old_key, now = settings().secret_key, settings().secret_key_old, clock()()
    attempt = Attempt()
    if not said.link_secret:
        attempt = count_code(said.code[:GROUP])
    elif not is_link_known(prepared_reader(), key, said.link_secret, old_key=old_key):
        return None
    reader_id = current_user.id if current_user.is_authenticated else None
    with db().writing() as session:
        token = claim_invitation(session, key, said, reader_id=reader_id, now=now, old_key=old_key)
        if token is not None:
            return_attempt(session, attempt)
    return token


@bp.post("/invitation/valg")
@public
def options() -> ResponseReturnValue:
    """Ask the phone that came first, by script, to make a passkey."""
    if not _may_go_on():
        return Response(status=409)
    count_challenge(_claimed())
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
    entered = _accept(answer, device) if is_awaited_answer(Ceremony.REGISTER, answer) else None
    if entered is None:
        if not _may_go_on():
            return redirect(url_for(".show"), code=303)
        return _passkey_page(_("Adgangsnøglen blev ikke lavet. Prøv igen."))
    record_event(Event.SIGNED_IN, by="invitation")
    response = signed_in_response(entered)
    response.delete_cookie(_cookie_name(), secure=settings().secure, httponly=True, samesite="Lax", path="/")
    return response


def _accept(answer: str, device: ClientDevice) -> NewSession | None:
    attempt = count_answer(answer)
    with db().writing() as session:
        entered = accept_invitation(session, relying_party(), _claimed(), answer, device, now=clock()())
        if entered is not None:
            return_attempt(session, attempt)
    return entered


def _passkey_page(problem: str = "") -> ResponseReturnValue:
    """Offer to make a passkey, and say that the contact person is told of it, if there is one."""
    invited = _find_invited()
    told = invited is not None and find_contact_name(prepared_reader(), invited) is not None
    status = 422 if problem else 200
    return page("account/make_passkey.html", status=status, problem=problem, contact_told=told)


@bp.get("/borgere/<uuid:citizen_id>/invitation")
@requires(Action.INVITE)
def offer(citizen_id: UUID) -> ResponseReturnValue:
    keys = list_passkeys(prepared_reader(), citizen_id)
    return page("account/invite.html", keys=keys, made=None)


@bp.post("/borgere/<uuid:citizen_id>/invitation")
@requires(Action.INVITE)
def invite(citizen_id: UUID) -> ResponseReturnValue:
    """Make an invitation and show it: a page and no 303, for what it shows is kept nowhere."""
    with db().writing() as session:
        made = make_invitation(session, settings().secret_key, citizen_id, by=current_user.id, now=clock()())
    record_event(Event.INVITED)
    address = f"{settings().origin}{url_for('.show')}"
    qr = qr_path(f"{address}#{made.link_secret}")
    return page("account/invite.html", made=made, code=format_code(made.code), qr=qr, address=address)
