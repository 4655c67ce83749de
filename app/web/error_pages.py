"""What we say when it can't be done: what happened, what to do, and whom to call.

Decision: no text here says that what was saved is still there. The database may be lost or damaged when it
is read, and then nobody knows.

A machine gets problem+json (RFC 9457). The same page for absent and for somebody else's, byte for byte.
"""

import logging
from types import TracebackType

from flask import Flask, Response, jsonify, render_template, request
from sqlalchemy.exc import DatabaseError, InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from werkzeug.exceptions import BadHost, HTTPException

from app import i18n
from app.errors import Missing, Refused
from app.i18n import gettext as _
from app.web.context import become_anonymous, db, settings
from app.web.form_recovery import TypedForm, from_sender, read_typed
from app.web.page import htmx, wants_json

log = logging.getLogger("enplan")

UNAUTHORIZED, SERVER_ERROR, UNAVAILABLE = 401, 500, 503
AGAIN = (UNAUTHORIZED, SERVER_ERROR, UNAVAILABLE)  # the same form can be right another time


def error_texts(code: int) -> tuple[str, str]:
    """Return title and lead of the page for an HTTP status, in the reader's language."""
    reads = request.method in ("GET", "HEAD")
    known = {
        400: (_("Vi forstod ikke det, du sendte"), _("Gå tilbage, og prøv igen. Intet er ændret.")),
        401: (_("Du er logget af"), _("Du var logget af, så det blev ikke gemt. Log ind, og prøv igen.")),
        403: (_("Du kan ikke se den her side"), _("Du har ikke adgang til den."))
        if reads
        else (_("Det kan du ikke gøre her"), _("Du har ikke adgang til det. Intet er ændret.")),
        404: (
            _("Vi kan ikke finde siden"),
            _("Måske er der en fejl i adressen. Måske findes siden ikke mere."),
        ),
        405: (_("Det kan du ikke gøre her"), _("Gå tilbage, og prøv igen. Intet er ændret.")),
        409: (
            _("Det kunne ikke lade sig gøre"),
            _("Måske er det ændret imens. Se siden igen, før du prøver igen."),
        ),
        413: (
            _("Det, du sendte, er for stort"),
            _("Det er ikke gemt. Gå tilbage, og send lidt ad gangen."),
        ),
        429: (_("Vent lidt, og prøv igen"), _("Der kom for mange forsøg på kort tid. Intet er ændret.")),
        503: (
            _("Vi kan ikke vise siden lige nu") if reads else _("Vi kan ikke gemme lige nu"),
            _("Det er vores fejl. Prøv igen om lidt, eller ring til os."),
        ),
    }
    fallback = (
        _("Det gik galt hos os"),
        _("Det er ikke din skyld. Prøv igen om lidt, eller ring til os."),
    )
    return known.get(code, fallback)


def _kept_text(typed: TypedForm) -> str:
    """Return what is true of what was typed; nothing where we can't know whether there was more."""
    if typed.unreadable:
        return _("Vi kan ikke vise det, du skrev. Gå tilbage. Måske står det der endnu.")
    return _("Alt, du skrev og valgte, står her.") if typed.whole and typed.fields else ""


def problem_json(code: int, title: str, kind: str = "about:blank", **more: object) -> Response:
    """Return an RFC 9457 answer; `more` are its extra members."""
    response = jsonify({"type": kind, "title": title, "status": code, **more})
    response.status_code = code
    response.mimetype = "application/problem+json"
    return response


def problem_page(
    code: int,
    title: str,
    lead: str,
    *,
    also: str = "",
    sender: str | None = None,
    on: tuple[str, str] | None = None,
) -> Response:
    """Return the page for a problem, with what was typed given back, and sent again where that can be right.

    `sender`: the mark of who sent the form, when nobody is signed in. `on`: the address and the words of the
    button that leads on, where there is a better place than the front page. `also`: what is known even so.
    """
    if wants_json():
        return problem_json(code, title, detail=lead)
    typed = read_typed(known=sender is not None)
    if code in AGAIN:
        typed = from_sender(typed, sender)
    next_url, next_label = on or _next(code)
    body = render_template(
        "errors/page.html",
        title=title,
        lead=lead,
        also=also,
        numbers=settings().site.emergencies if code == UNAVAILABLE else (),
        kept=_kept_text(typed),
        typed=typed,
        again_url=request.path if typed.carried and code in AGAIN else None,
        signs_in=code == UNAUTHORIZED,
        next_url=next_url,
        next_label=next_label,
    )
    response = Response(body, status=code, mimetype="text/html")
    if htmx:  # the answer is a whole page: it must not land inside the region that asked
        response.headers.update(
            {
                "HX-Retarget": "#indhold",
                "HX-Reselect": "#indhold",
                "HX-Reswap": "outerHTML",
                "HX-Push-Url": "false",  # nothing can be read at the address of a form
            }
        )
    return response


def _next(code: int) -> tuple[str, str]:
    """Return the address and the words of the one button that leads on."""
    if code == UNAUTHORIZED:
        return "/log-ind", _("Log ind")
    if code >= SERVER_ERROR:
        return request.path if request.method == "GET" else "/", _("Prøv igen")
    return "/", _("Gå til forsiden")


def init_app(app: Flask) -> None:
    @app.errorhandler(HTTPException)
    def http(problem: HTTPException) -> Response:
        if problem.response is not None:  # a redirect or a ready answer
            return problem.get_response()  # type: ignore[return-value]
        code = problem.code or 500
        # From a Host that is none no address can be built, so the page is drawn without places to go.
        if isinstance(problem, BadHost):
            become_anonymous()
        response = problem_page(code, *error_texts(code))
        if code == 405:  # noqa: PLR2004
            response.headers["Allow"] = ", ".join(sorted(getattr(problem, "valid_methods", None) or ()))
        return response

    @app.errorhandler(Missing)
    def missing(_problem: Missing) -> Response:
        return problem_page(404, *error_texts(404))

    @app.errorhandler(Refused)
    def refused(problem: Refused) -> Response:
        return problem_page(409, error_texts(409)[0], i18n.gettext(problem.reason, **problem.params))

    # PostgreSQL says InternalError when it is read-only, as after a failover.
    for trouble in (OperationalError, InterfaceError, InternalError, NoConnectionFree):
        app.register_error_handler(trouble, _unavailable)
    app.register_error_handler(DatabaseError, _damaged)
    app.register_error_handler(Exception, _broken)


def _unavailable(problem: Exception) -> Response:
    log.error("database unavailable: %s", type(problem).__name__)
    become_anonymous()  # the page is drawn without asking the database who reads it
    return problem_page(503, *error_texts(503))


def _damaged(problem: DatabaseError) -> Response:
    """Answer when SQLite can't read its file; what has a class of its own, such as a constraint, is a bug."""
    if type(problem) is not DatabaseError and not db().is_replaced():
        return _broken(problem)
    db().is_damaged = not db().is_replaced()  # readiness is red until somebody has seen to it
    log.error("database damaged")
    become_anonymous()
    return problem_page(503, *error_texts(503))


def _broken(problem: Exception) -> Response:
    # The traceback of our own code, never the request's text: SQL errors carry parameters.
    log.error(
        "unexpected %s at %s", type(problem).__name__, request.endpoint, exc_info=_without_words(problem)
    )
    become_anonymous()
    return problem_page(500, *error_texts(500))


def _without_words(problem: Exception) -> tuple[type[Exception], Exception, TracebackType | None]:
    """Return exc_info whose message holds nothing that a person wrote."""
    return type(problem), RuntimeError("(the message is left out)"), problem.__traceback__
