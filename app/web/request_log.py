"""Tells of each request, where it leaves the app: the rule it met, never its path, and how it ended.

A path holds ids and secret addresses, a question holds what was typed; the rule holds neither.
"""

import logging
import secrets
from collections.abc import Iterable
from time import monotonic
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request

from app.web.events import Event, log_event, request_id
from app.web.metrics import Metrics
from app.web.request_deadline import ARRIVED

if TYPE_CHECKING:  # these names are for the reader and mypy alone
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

ROUTE = "enplan.route"  # in the environment: the rule that the request has met
NO_RULE = "-"  # an address that is none of ours
METHODS = frozenset({"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"})
EVENTS = {401: Event.REFUSED, 403: Event.REFUSED, 429: Event.LIMITED}
REQUEST_ID = "X-Request-Id"  # on what went wrong with us, so that it can be found in the log
BROKEN = 500


def init_app(app: Flask) -> None:
    app.extensions["metrics"] = Metrics()
    app.after_request(_note_rule)
    onward = app.wsgi_app
    own = {rule.rule for rule in app.url_map.iter_rules() if "<" not in rule.rule}

    def answer(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        began = environ.get(ARRIVED) or monotonic()
        mark = secrets.token_hex(8)
        status = BROKEN

        def begin(line: str, headers: list[tuple[str, str]], problem: Any = None) -> Any:
            nonlocal status
            status = int(line[:3])
            named = [*headers, (REQUEST_ID, mark)] if status >= BROKEN else headers
            return start(line, named, problem)

        token = request_id.set(mark)
        try:
            return onward(environ, begin)
        finally:
            _tell(app, environ, _route(environ, own), status, monotonic() - began)
            request_id.reset(token)

    app.wsgi_app = answer  # type: ignore[method-assign, assignment]


def _tell(app: Flask, environ: "WSGIEnvironment", route: str, status: int, seconds: float) -> None:
    method = environ["REQUEST_METHOD"] if environ["REQUEST_METHOD"] in METHODS else NO_RULE
    metrics: Metrics = app.extensions["metrics"]
    metrics.count_request(method, route, status, seconds)
    event = EVENTS.get(status, Event.REQUEST)
    if event is not Event.REQUEST:
        metrics.count_event(event)
    facts = {"method": method, "route": route, "status": status, "ms": round(seconds * 1000)}
    log_event(event, logging.ERROR if status >= BROKEN else logging.INFO, facts)


def _note_rule(response: Response) -> Response:
    """Note the rule while there is a request. The page that a form leads htmx to has an environment apart."""
    rule = request.url_rule
    request.environ[ROUTE] = str(rule.rule) if rule else NO_RULE
    return response


def _route(environ: "WSGIEnvironment", own: set[str]) -> str:
    noted: str | None = environ.get(ROUTE)
    if noted is None and environ["PATH_INFO"] in own:
        noted = environ["PATH_INFO"]  # a page that was kept
    return noted or NO_RULE
