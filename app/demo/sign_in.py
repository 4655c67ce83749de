"""One tap and you are somebody else: the demo's sign-in."""

from flask import make_response, redirect
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.demo.cast import CastMember, person_id
from app.identity.login import cookie_name, set_session_cookie
from app.identity.sessions import open_session, revoke_session
from app.web.context import clock, db
from app.web.page import set_language_cookie


def sign_in_as(one: CastMember | None, address: str) -> ResponseReturnValue:
    """Sign out whoever was signed in, sign in `one` (None: nobody), and lead to `address`."""
    now, before = clock()(), current_user._get_current_object()
    response = make_response(redirect(address, code=303))
    with db().writing() as session:
        if before.is_authenticated:
            revoke_session(session, before.session_id, now=now)
        token = open_session(session, person_id(one.slug), now=now) if one else ""
    if one is None:
        response.delete_cookie(cookie_name(), httponly=True, samesite="Lax", path="/")
        return set_language_cookie(response, "da")
    return set_session_cookie(response, token, dict(one.more or {}).get("language", "da"))
