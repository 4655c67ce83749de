"""What the ways to sign in share: where passkeys work, who tries from where, and the phone that asks."""

from flask import Response, abort, make_response, redirect, request, url_for
from flask_login import current_user

from app.account.rules import device_name
from app.account.service import ClientDevice, NewSession
from app.identity import login_attempts
from app.identity.login import set_session_cookie
from app.identity.passkeys import RelyingParty
from app.web.context import clock, db, settings


def relying_party() -> RelyingParty:
    return RelyingParty(settings().origin)


def client_device() -> ClientDevice:
    signed_in = current_user.session_id if current_user.is_authenticated else None
    return ClientDevice(device_name(request.headers.get("User-Agent", "")), signed_in)


def count_attempt(what: str, most: int) -> None:
    """Count one more try from this address, before anything else is looked at; stop with 429 at too many.

    In a transaction of its own, so that the try counts however the request ends.
    """
    key = login_attempts.attempt_key(settings().secret_key, what, request.remote_addr or "")
    if not db().retrying(lambda session: login_attempts.take_attempt(session, key, most, now=clock()())):
        abort(429)


def options_answer(options: str) -> Response:
    """Answer a script that asks what the phone shall sign."""
    return Response(options, mimetype="application/json")


def signed_in_response(entered: NewSession, next_url: str = "") -> Response:
    """Send somebody who has just signed in to where they begin."""
    home = next_url or ("/" if entered.account.is_citizen else url_for("caseload.index"))
    return set_session_cookie(
        make_response(redirect(home, code=303)), entered.token, entered.account.language
    )
