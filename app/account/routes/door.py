"""What the doors share: where passkeys work, who tries from where, and the phone that asks."""

from flask import Response, abort, make_response, redirect, request, url_for

from app.account.rules import device_name
from app.account.service import Entered, Phone
from app.identity import tries
from app.identity.login import find_account, let_in
from app.identity.passkeys import Door
from app.web import clock, db, settings


def door() -> Door:
    return Door(settings().origin)


def phone() -> Phone:
    reader = find_account()
    return Phone(device_name(request.headers.get("User-Agent", "")), reader.session_id if reader else None)


def count_try(what: str, most: int) -> None:
    """Count one more try from this address, before anything else is looked at; stop with 429 at too many.

    In a transaction of its own, so that the try counts however the request ends.
    """
    key = tries.try_key(settings().secret_key, what, request.remote_addr or "")
    if not db().retrying(lambda session: tries.take_try(session, key, most, now=clock()())):
        abort(429)


def options_answer(options: str) -> Response:
    """Answer a script that asks what the phone shall sign."""
    return Response(options, mimetype="application/json")


def go_in(entered: Entered, next_url: str = "") -> Response:
    """Send somebody who has just signed in to where they begin."""
    home = next_url or ("/" if entered.account.is_citizen else url_for("caseload.index"))
    return let_in(make_response(redirect(home, code=303)), entered.token, entered.account.language)
