"""Who sends this request: reads the cookie, keeps the sign-in alive. Ask flask-login's `current_user`.

`login_user`, remember-me and `user_loader` are not used: they keep who is signed in in a cookie that the
server can't end. Here `sessions.open_session` writes a row, and `load_account` reads it.
"""

import hmac
import secrets
from functools import partial

from flask import Flask, Request, Response, current_app, g, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user

from app.identity import sessions
from app.identity.navigation import is_page_of
from app.identity.pending_sign_outs import PendingSignOuts
from app.identity.rules import Role, WrittenByAnother, is_fresh
from app.identity.sessions import Account, AnonymousUser
from app.store.db import Database
from app.store.sqlite_file import DatabaseReplaced
from app.web.context import become_anonymous, clock, db, prepared_reader, settings
from app.web.error_pages import error_texts, problem_page
from app.web.form_recovery import SENDER, sender_mark, withhold_typed
from app.web.page import set_language_cookie

SECURE_COOKIE = "__Host-s"
DEMO_COOKIE = "s"  # the demo runs on plain http, where a browser refuses the __Host- prefix
WANTED_COOKIE = "til"  # the page that somebody asked for who has to sign in first
WANTED_SECONDS = 600
WANTED_MOST = 300  # characters
SIGN_IN_COOKIE = "inde"  # tells the phone one sign-in from another, and opens nothing
LEFT_COOKIE = "vaek"  # the phone has been left at once, by "Hurtig væk": whoever is still signed in is not

login_manager = LoginManager()
login_manager.anonymous_user = AnonymousUser
login_manager.session_protection = None  # Flask's own cookie holds nothing here: there is none to protect


def cookie_name() -> str:
    return SECURE_COOKIE if settings().secure else DEMO_COOKIE


@login_manager.request_loader
def load_account(request: Request) -> Account | None:
    """Ask the database who holds the cookie; write down that they were seen, at most once a minute."""
    token = request.cookies.get(cookie_name())
    if not token or g.get("anonymous") or token in _pending_ends():
        return None
    if request.cookies.get(LEFT_COOKIE, ""):
        g.left_at_once = True
        _pending_ends().end(db(), token, now=clock()())
        return None
    if db().is_replaced():  # what the old file says of the reader may not be so in the one that counts
        raise DatabaseReplaced
    now = clock()()
    found = sessions.find_session_account(prepared_reader(), token, now=now)
    if found and sessions.needs_touch(found, now):
        # Reading never hangs on it: where nothing can be written, the sign-in ends sooner, and that is all.
        db().mark(lambda session: sessions.touch_session(session, found, now=now))
    return found


def carries_sign_in() -> bool:
    """Say whether the phone holds the secret of a sign-in, be it one that still holds or not."""
    return bool(request.cookies.get(cookie_name()))


def sign_in_name() -> str:
    """Return what the phone calls the sign-in of this request; empty for one from before it had a name."""
    return request.cookies.get(SIGN_IN_COOKIE, "")


@login_manager.unauthorized_handler
def ask_to_sign_in() -> ResponseReturnValue:
    """Send a stranger to sign in; give back what was typed when a form arrives too late."""
    if request.method in ("GET", "HEAD"):
        return _remember_wanted(make_response(redirect(url_for("account.sign_in"), code=303)))
    return problem_page(401, *error_texts(401), sender=_past_sender())


def _remember_wanted(response: Response) -> Response:
    """Note which page a person asked for; what a script fetches is no page, whatever the browser says."""
    wanted = request.path  # what the address tells beside it was told to whoever was here before
    asks_for_page = "HX-Request" not in request.headers and "text/html" in request.headers.get(
        "Accept", "text/html"
    )
    of_a_person = request.headers.get("Sec-Fetch-Dest", "document") == "document" and asks_for_page
    if of_a_person and len(wanted) <= WANTED_MOST:
        secure = settings().secure
        response.set_cookie(
            WANTED_COOKIE,
            wanted,
            max_age=WANTED_SECONDS,
            secure=secure,
            httponly=True,
            samesite="Lax",
            path="/",
        )
    return response


def wanted_page(roles: frozenset[Role]) -> str:
    """Return the page of ours that was asked for before somebody with these roles came in; empty for none."""
    wanted = request.cookies.get(WANTED_COOKIE, "")
    leaves = wanted[1:2] in ("/", "\\") or not wanted.isprintable()
    return wanted if wanted.startswith("/") and not leaves and is_page_of(roles, wanted) else ""


def _past_sender() -> str | None:
    """Return the mark of whose sign-in this phone still carries, though it has ended; None: nobody's."""
    token = request.cookies.get(cookie_name())
    if not token:
        return None
    holder = sessions.find_past_holder(prepared_reader(), token)
    return sender_mark(holder) if holder else None


def refuse_another_sender(reader: Account) -> None:
    """Raise WrittenByAnother if the form stands on a page of somebody else, who was signed in here before."""
    if request.method != "POST":
        return
    mark = request.form.get(SENDER)
    if mark is not None and not hmac.compare_digest(mark.encode(), sender_mark(reader.id).encode()):
        withhold_typed()
        raise WrittenByAnother


def has_just_signed_in() -> bool:
    """Say whether the reader signed in, in whatever way, so lately that it surely is them (step-up)."""
    return is_fresh(current_user.opened_at, clock()())


def _pending_ends() -> PendingSignOuts:
    found: PendingSignOuts = current_app.extensions["pending_ends"]
    return found


def end_sign_in() -> bool:
    """End the sign-in of this request, and say whether that could be written.

    If it could not, this server refuses it all the same, and writes it down later. Nothing is read first:
    who leaves is let out whatever the database says.
    """
    token = request.cookies.get(cookie_name())
    ended = not token or _pending_ends().end(db(), token, now=clock()())
    become_anonymous()
    return ended


def set_session_cookie(response: Response, token: str, language: str) -> Response:
    """Put the secret of a new sign-in into `response`; the page speaks this person's language from now on."""
    response.set_cookie(
        cookie_name(), token, secure=settings().secure, httponly=True, samesite="Lax", path="/"
    )
    response.set_cookie(
        SIGN_IN_COOKIE, secrets.token_hex(8), secure=settings().secure, samesite="Lax", path="/"
    )
    if request.cookies.get(WANTED_COOKIE, ""):
        response.delete_cookie(
            WANTED_COOKIE, secure=settings().secure, httponly=True, samesite="Lax", path="/"
        )
    if request.cookies.get(LEFT_COOKIE, ""):  # whoever comes in now has not left
        response.delete_cookie(LEFT_COOKIE, samesite="Lax", path="/")
        g.pop("left_at_once", None)
    return set_language_cookie(response, language)


def clear_sign_in(response: Response) -> Response:
    """Take the sign-in off this phone, and leave what lies there unsent: its writer alone can open that."""
    response.delete_cookie(cookie_name(), secure=settings().secure, httponly=True, samesite="Lax", path="/")
    response.delete_cookie(SIGN_IN_COOKIE, secure=settings().secure, samesite="Lax", path="/")
    response.delete_cookie(LEFT_COOKIE, samesite="Lax", path="/")
    return response


def _clear_left(response: Response) -> Response:
    return clear_sign_in(response) if "left_at_once" in g else response


def clear_device(response: Response) -> Response:
    """Take everything of ours off this phone."""
    clear_sign_in(response)
    response.headers["Clear-Site-Data"] = '"cookies", "storage", "cache"'
    return response


def init_app(app: Flask) -> None:
    pending = app.extensions["pending_ends"] = PendingSignOuts()
    database: Database = app.extensions["db"]
    database.after_write = partial(pending.settle, database)
    # flask-login looks for its remember-me cookie before it asks `load_account`, and there is none: a
    # `remember_token` that another site of the municipality has set would sign our reader off, or stop us
    # for want of a SECRET_KEY. No cookie has the name None.
    app.config["REMEMBER_COOKIE_NAME"] = None
    login_manager.init_app(app)
    app.after_request(_clear_left)
