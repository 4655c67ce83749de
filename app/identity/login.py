"""Who sends this request: reads the cookie, keeps the sign-in alive, tells every page who reads it."""

from functools import partial
from typing import Any, cast

from flask import Flask, Response, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager

from app.identity import sessions
from app.identity.pending_sign_outs import PendingSignOuts
from app.identity.sessions import Account
from app.store.db import Database
from app.web.context import clock, db, prepared_reader, settings
from app.web.error_pages import error_texts, problem_page
from app.web.page import set_language_cookie

SECURE_COOKIE = "__Host-s"
DEMO_COOKIE = "s"  # the demo runs on plain http, where a browser refuses the __Host- prefix


def cookie_name() -> str:
    return SECURE_COOKIE if settings().secure else DEMO_COOKIE


def current_account() -> Account:
    """Return who is signed in. Only for views behind a guard."""
    return cast(Account, find_account())


def find_account() -> Account | None:
    """Return who is signed in, or None; None too when the database could not be asked."""
    here = g._get_current_object()  # what is asked of it several times a request
    if here.get("broken"):
        return None
    if "account" not in here:
        here.account = _load()
    found: Account | None = here.account
    return found


def _load() -> Account | None:
    """Ask the database who holds the cookie; write down that they were seen, at most once a minute."""
    token = request.cookies.get(cookie_name())
    if not token or token in _pending_ends():
        return None
    now = clock()()
    found = sessions.find_session_account(prepared_reader(), token, now=now)
    if found and sessions.needs_touch(found, now):
        with db().writing() as session:
            sessions.touch_session(session, found, now=now)
    return found


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
    g.account = None
    return ended


def set_session_cookie(response: Response, token: str, language: str) -> Response:
    """Put the secret of a new sign-in into `response`; the page speaks this person's language from now on."""
    response.set_cookie(
        cookie_name(), token, secure=settings().secure, httponly=True, samesite="Lax", path="/"
    )
    return set_language_cookie(response, language)


def clear_device(response: Response) -> Response:
    """Take everything of ours off this phone."""
    response.delete_cookie(cookie_name(), secure=settings().secure, httponly=True, samesite="Lax", path="/")
    response.headers["Clear-Site-Data"] = '"cookies", "storage", "cache"'
    return response


def ask_to_sign_in() -> ResponseReturnValue:
    """Send a stranger to sign in; give back what was typed when a form arrives too late."""
    if request.method in ("GET", "HEAD"):
        return redirect(url_for("account.sign_in"), code=303)
    return problem_page(401, *error_texts(401))


def init_app(app: Flask) -> None:
    pending = app.extensions["pending_ends"] = PendingSignOuts()
    database: Database = app.extensions["db"]
    database.after_write = partial(pending.settle, database)
    manager = LoginManager()
    manager.session_protection = None  # the server keeps the session; Flask's cookie is not used
    manager.unauthorized_handler(ask_to_sign_in)
    manager.request_loader(lambda _request: find_account())
    app.login_manager = manager  # type: ignore[attr-defined]  # not init_app: it looks for its own cookie after each answer

    @app.context_processor
    def reader() -> dict[str, Any]:
        found = find_account()
        return {"me": found, "text_size": found.text_size if found else "normal"}
