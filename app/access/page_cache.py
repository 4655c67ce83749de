"""Lets the server keep a private reading page between two looks. It stands behind the guard.

Whoever asks has been recognised, the policy has said yes and the access log is written before anything
kept is looked for. A phone keeps nothing: the page is `no-store` to it, kept or not.
"""

from collections.abc import Callable, Hashable, Iterable
from datetime import datetime
from functools import wraps
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import Flask, Response, current_app, request
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException
from werkzeug.sansio.http import parse_cookie

from app import i18n
from app.access.guard import Viewer, admit, citizen_header, find_view, viewer
from app.access.policy import Action
from app.cache.lru_cache import PageLru
from app.dates.local_time import danish_day
from app.identity import sessions
from app.identity.login import DEMO_COOKIE, LEFT_COOKIE, SECURE_COOKIE
from app.identity.sessions import Account
from app.store.db import Database
from app.store.prepared import PreparedReader
from app.web.compression import Coding, choose_coding, compress_response
from app.web.context import clock, prepared_reader
from app.web.page import LANGUAGE_COOKIE, finished_headers

if TYPE_CHECKING:  # these names are for the reader and mypy alone
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

View = Callable[..., Response]


def cache_page(view: View) -> View:
    """Keep what the view draws until something it hangs on changes. Goes under `requires`.

    A page may be kept that shows what gives the plan its next revision, people and places as
    `plan.shown_columns` counts them, who looks at whom, the reader's language and text size, the day in
    Denmark, the municipality's texts, the citizen's header as it is read now, and what stands still while the
    app runs. Nothing else, and never the time of day. Kept is only the whole page, well answered, at an
    address without a question, that leaves no cookie.
    """

    @wraps(view)
    def answer_from_cache(citizen_id: UUID, **rest: Any) -> Response:
        environ, reader = request.environ, current_user._get_current_object()
        coding = _kept_coding(current_app, environ)
        if coding is None or not reader.is_authenticated:
            return view(citizen_id=citizen_id, **rest)
        pages: PageLru = current_app.extensions["kept"]
        place, known = _page(current_app, environ, viewer(), reader, i18n.current().code, clock()())
        state = known, citizen_header()
        body = pages.find((place, coding), state)
        if body is not None:
            return Response(body, headers=finished_headers(coding, environ))
        response = compress_response(view(citizen_id=citizen_id, **rest))
        # What became another while it was drawn may stand in it, or not.
        if _is_whole(response) and _view_now(reader, citizen_id) == viewer():
            pages.put((place, coding), state, response.get_data())
        return response

    answer_from_cache.is_kept = True  # type: ignore[attr-defined]
    return answer_from_cache


def _view_now(reader: Account, citizen_id: UUID) -> Viewer | None:
    return find_view(current_app, prepared_reader(), reader, citizen_id, now=clock()())


def _kept_coding(app: Flask, environ: "WSGIEnvironment") -> Coding | None:
    """Return the coding in which the answer may be kept: None unless this is the plain request for a page."""
    is_plain = (
        environ["REQUEST_METHOD"] == "GET"
        and not environ.get("QUERY_STRING")
        and "HTTP_HX_REQUEST" not in environ
    )
    return choose_coding(app, environ) if is_plain else None


def _page(
    app: Flask, environ: "WSGIEnvironment", seen: Viewer, reader: Account, language: str, now: datetime
) -> tuple[Hashable, Hashable]:
    """Return the place of a page (who reads what, where), and the state of all that it hangs on."""
    place = reader.id, environ["PATH_INFO"], language
    return place, (seen, reader.text_size, danish_day(now), app.extensions["settings"])


def _is_whole(response: Response) -> bool:
    return (
        response.status_code == 200  # noqa: PLR2004
        and "Content-Encoding" in response.headers
        and "Set-Cookie" not in response.headers
    )


def init_app(app: Flask) -> None:
    """Put the shorter way to a citizen's own kept pages in front of the app, whose rooms are all there."""
    app.extensions["kept"] = PageLru()
    onward = app.wsgi_app
    rules = [rule for rule in app.url_map.iter_rules() if "<" not in rule.rule]
    views: dict[str, Any] = {rule.rule: app.view_functions[rule.endpoint] for rule in rules}
    own = {address: view.action for address, view in views.items() if hasattr(view, "is_kept")}

    def answer(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        action = own.get(environ["PATH_INFO"])
        coding = _kept_coding(app, environ) if action else None
        body = _own_page(app, environ, action, coding) if action and coding else None
        if body is None or coding is None:
            return onward(environ, start)
        start("200 OK", [*finished_headers(coding, environ).items(), ("Content-Length", str(len(body)))])
        return [body]

    app.wsgi_app = answer  # type: ignore[method-assign, assignment]


def _own_page(app: Flask, environ: "WSGIEnvironment", action: Action, coding: Coding) -> bytes | None:
    """Return the reader's own page if it is kept and they may see it now; None leaves all to the app.

    The guard itself lets the reader in, or not; left out is the framework around it, which costs more.
    """
    cookies, secure = parse_cookie(environ.get("HTTP_COOKIE")), app.extensions["settings"].secure
    token = cookies.get(SECURE_COOKIE if secure else DEMO_COOKIE)
    if not token or LEFT_COOKIE in cookies or token in app.extensions["pending_ends"]:
        return None
    database: Database = app.extensions["db"]
    if database.is_replaced():
        return None
    now = app.extensions["clock"]()
    try:
        ask = PreparedReader(database)
        reader = sessions.find_session_account(ask, token, now=now)
        if reader is None or sessions.needs_touch(reader, now):
            return None
        seen = admit(app, ask, reader, citizen_id=None, action=action, now=now)
    except (HTTPException, SQLAlchemyError):
        return None  # the app will meet it too, and say so
    language = i18n.language_named(cookies.get(LANGUAGE_COOKIE)).code
    pages: PageLru = app.extensions["kept"]
    place, known = _page(app, environ, seen, reader, language, now)
    return pages.find((place, coding), (known, None))  # one's own pages have no header
