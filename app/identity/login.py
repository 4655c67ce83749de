"""Who sends this request: reads the cookie, keeps the sign-in alive, tells every page who reads it."""

from typing import Any, cast

from flask import Flask, Response, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user

from app.identity import sessions
from app.identity.sessions import Account
from app.problems import problem_page, sentences
from app.web import clock, db, remember_language, settings

SECURE_COOKIE = "__Host-s"
DEMO_COOKIE = "s"  # the demo runs on plain http, where a browser refuses the __Host- prefix


def cookie_name() -> str:
    return SECURE_COOKIE if settings().secure else DEMO_COOKIE


def account() -> Account:
    """Return who is signed in. Only for views behind a guard."""
    return cast(Account, current_user._get_current_object())


def find_account() -> Account | None:
    """Return who is signed in, or None; None too when the database could not be asked."""
    if g.get("broken"):
        return None
    return cast(Account, current_user._get_current_object()) if current_user.is_authenticated else None


def let_in(response: Response, token: str, language: str) -> Response:
    """Put the secret of a new sign-in into `response`; the page speaks this person's language from now on."""
    response.set_cookie(
        cookie_name(), token, secure=settings().secure, httponly=True, samesite="Lax", path="/"
    )
    return remember_language(response, language)


def let_out(response: Response) -> Response:
    """Take everything of ours off this phone."""
    response.delete_cookie(cookie_name(), secure=settings().secure, httponly=True, samesite="Lax", path="/")
    response.headers["Clear-Site-Data"] = '"cookies", "storage", "cache"'
    return response


def ask_to_sign_in() -> ResponseReturnValue:
    """Send a stranger to sign in; give back what was typed when a form arrives too late."""
    if request.method in ("GET", "HEAD"):
        return redirect(url_for("account.sign_in"), code=303)
    return problem_page(401, *sentences(401))


def init_app(app: Flask) -> None:
    manager = LoginManager()
    manager.init_app(app, add_context_processor=False)
    manager.session_protection = None  # the server keeps the session; Flask's cookie is not used
    manager.unauthorized_handler(ask_to_sign_in)

    @manager.request_loader  # type: ignore[untyped-decorator]
    def load(_request: object) -> Account | None:
        token = request.cookies.get(cookie_name())
        if not token:
            return None
        now = clock()()
        with db().reading() as session:
            found = sessions.find_account(session, token, now=now)
        if found and sessions.needs_seen(found, now):
            with db().writing() as session:
                sessions.mark_seen(session, found, now=now)
        return found

    @app.context_processor
    def reader() -> dict[str, Any]:
        found = find_account()
        return {"me": found, "text_size": found.text_size if found else "normal"}
