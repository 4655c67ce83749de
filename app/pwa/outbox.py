"""What a phone sends later is taken in the sign-in that it names alone, and the answer names the sending.

The phone lets go of what it keeps only at a mark of ours: the key of the form, which we give back. A page
with status 200 may be anybody's: a gateway's, or the one to sign in on.
"""

import re

from flask import Response, abort, request
from flask_login import current_user
from werkzeug.exceptions import HTTPException

from app.identity.login import sign_in_name
from app.pwa.offline_key import device_owner_name
from app.web.context import settings

OUTBOX = "Outbox"  # asked: "owner sign-in"; answered: the key of the sending that was judged
SENT_COOKIE = "gemt"
SENT_SECONDS = 60 * 60
JUDGED = (404, 409, 422)  # beside 303: asked again, the answer would be the same
_KEY = re.compile(r"[0-9a-f-]{32,36}")


def refuse_another_sign_in() -> None:
    """Take nothing from the outbox of one sign-in in another: somebody else may be at that phone by now.

    Nobody signed in is the guard's to answer.
    """
    named = request.headers.get(OUTBOX) if request.method == "POST" else None
    if named is None or not current_user.is_authenticated:
        return
    owner = device_owner_name(settings().secret_key, current_user.id)
    if named.split() != [owner, *filter(None, [sign_in_name()])]:
        abort(401)


def name_the_sending(response: Response) -> Response:
    """Tell the phone which sending has arrived, so that it lets go of what it kept.

    A form is answered by 303 only when it is done: the cookie holds its random key, nothing else. What the
    outbox sends is not led on: the page behind a 303 would tell of no sending.
    """
    if request.method != "POST" or response.status_code not in (303, *JUDGED):
        return response
    key = _sent_key()
    if not _KEY.fullmatch(key):
        return response
    response.headers[OUTBOX] = key
    if response.status_code == 303:  # noqa: PLR2004
        response.set_cookie(
            SENT_COOKIE, key, max_age=SENT_SECONDS, samesite="Lax", secure=settings().secure, httponly=False
        )
        if OUTBOX in request.headers:
            response.status_code = 204
            response.set_data(b"")
    return response


def _sent_key() -> str:
    try:
        return request.form.get("key", "")
    except HTTPException:  # too large to read at all
        return ""
