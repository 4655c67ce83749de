"""What a phone sends later is taken in the sign-in that it names alone, and the answer names the sending.

The phone lets go of what it keeps only at a mark of ours: the key of the form, which we give back. A page
with status 200 may be anybody's: a gateway's, or the one to sign in on.
"""

import re

from flask import Response, abort, request
from flask_login import current_user
from werkzeug.exceptions import HTTPException

from app.identity.login import sign_in_name
from app.identity.offline_key import device_owner_name
from app.web.context import settings

DONE = "done"
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
    owner = device_owner_name(settings().phone_key, current_user.id)
    if named.split() != [owner, *filter(None, [sign_in_name()])]:
        abort(401)


def name_the_sending(response: Response) -> Response:
    """Tell the phone which sending has arrived, so that it lets go of what it kept.

    A form is answered by 303 only when it is done: the cookie holds its random key, nothing else. The header
    says the same of this one answer, for cookies are all tabs' together, and goes on with the page that the
    303 leads to (`web/follow_redirect.py`): the outbox sends as htmx does.
    """
    if request.method != "POST" or response.status_code not in (303, *JUDGED):
        return response
    key = _sent_key()
    if not _KEY.fullmatch(key):
        return response
    response.headers[OUTBOX] = key
    if response.status_code == 303:  # noqa: PLR2004
        response.headers[OUTBOX] = f"{key} {DONE}"
        response.set_cookie(
            SENT_COOKIE, key, max_age=SENT_SECONDS, samesite="Lax", secure=settings().secure, httponly=False
        )
    return response


def _sent_key() -> str:
    try:
        return request.form.get("key", "")
    except HTTPException:  # too large to read at all
        return ""
