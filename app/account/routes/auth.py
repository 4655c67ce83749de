"""What the ways to sign in share: where passkeys work, who tries from where, and the phone that asks."""

from flask import Response, abort, make_response, redirect, request
from flask_login import current_user

from app.account.rules import device_name
from app.account.service import ClientDevice, NewSession
from app.i18n import gettext as _
from app.i18n import ngettext
from app.identity import login_attempts
from app.identity.credentials import Ceremony
from app.identity.login import set_session_cookie, wanted_page
from app.identity.login_attempts import Attempt, AttemptNames
from app.identity.navigation import first_page
from app.identity.passkeys import RelyingParty, is_awaited, named_credential
from app.web.context import clock, db, prepared_reader, settings
from app.web.error_pages import error_texts, problem_page

TOO_MANY = 429
MINUTE_SECONDS = 60


def relying_party() -> RelyingParty:
    return RelyingParty(settings().origin, settings().secret_key)


def client_device() -> ClientDevice:
    signed_in = current_user.session_id if current_user.is_authenticated else None
    return ClientDevice(device_name(request.headers.get("User-Agent", "")), signed_in)


def count_code(half: str) -> Attempt:
    """Count a code that was typed, by what says which invitation is meant; as `_count`."""
    return _count(login_attempts.code_names(settings().secret_key, _address(), half))


def count_answer(answer: str) -> Attempt:
    """Count an answer of a phone, by the passkey it is of; as `_count`."""
    return _count(login_attempts.answer_names(settings().secret_key, _address(), named_credential(answer)))


def count_challenge(who: str) -> None:
    """Count that somebody who may asks to make a passkey; as `_count`."""
    _count(login_attempts.challenge_names(settings().secret_key, who))


def _count(names: AttemptNames) -> Attempt:
    """Count one more try, before anything else is looked at; answer 429 if it has to wait.

    In a transaction of its own, so that the try counts however the request ends; give it back when it was
    right.
    """
    now = clock()()
    attempt = db().retrying(lambda session: login_attempts.take_attempt(session, names, now=now))
    if attempt.wait_seconds:
        abort(_wait_answer(attempt.wait_seconds))
    return attempt


def _address() -> str:
    return request.remote_addr or ""


def _wait_answer(seconds: int) -> Response:
    title, lead = error_texts(TOO_MANY)
    page = f"/{request.path.split('/')[1]}"  # /invitation, /log-ind, /indstillinger: where the form stands
    again = page, _("Prøv igen")
    response = problem_page(TOO_MANY, title, f"{lead} {_wait_sentence(seconds)}", on=again)
    response.headers["Retry-After"] = str(seconds)
    return response


def _wait_sentence(seconds: int) -> str:
    if seconds < MINUTE_SECONDS:
        return ngettext("Prøv igen om %(num)s sekund.", "Prøv igen om %(num)s sekunder.", seconds)
    minutes = -(-seconds // MINUTE_SECONDS)
    return ngettext("Prøv igen om %(num)s minut.", "Prøv igen om %(num)s minutter.", minutes)


def is_awaited_answer(ceremony: Ceremony, answer: str) -> bool:
    """Say whether a phone's answer is worth a transaction: what a stranger makes up is not."""
    return is_awaited(prepared_reader(), relying_party(), ceremony, answer, now=clock()())


def options_answer(options: str) -> Response:
    """Answer a script that asks what the phone shall sign."""
    return Response(options, mimetype="application/json")


def signed_in_response(entered: NewSession, next_url: str = "") -> Response:
    """Send somebody who has just signed in to where they were going, or else begin."""
    home = next_url or wanted_page(entered.account.roles) or first_page(entered.account.roles)
    return set_session_cookie(
        make_response(redirect(home, code=303)), entered.token, entered.account.language
    )
