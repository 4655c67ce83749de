"""Answers a form that htmx sent with the page that its 303 leads to at once: a tap is one round trip.

A route answers 303 and knows nothing of this; without JavaScript the browser follows it, as ever. Asked next
is what the browser would have asked: a GET of the same person, with the cookies that the answer has just set,
through the whole app (guard, access log, kept pages). The first request is over by then, and its connections
are given back.
"""

import re
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import unquote

from flask import Flask
from werkzeug.datastructures import Headers
from werkzeug.wrappers import Response

if TYPE_CHECKING:  # these names are for the reader and mypy alone
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SEE_OTHER = 303
MAIN = "indhold"  # the id of each page's main part: whoever swaps that goes to another page
OF_A_REDIRECT = re.compile(r"location|vary|cache-control|content-", re.I)  # headers, said of itself alone
OF_THE_FORM = ("CONTENT_", "REQUEST_URI", "werkzeug.")  # in an environ, and not true of what comes next
# A path here; what names a host, as "//" does too, the browser sees to itself.
OWN_ADDRESS = re.compile(r"(/(?!/)[^?#]*)\??([^#]*)")


def follow_see_other(onward: "WSGIApplication") -> "WSGIApplication":
    """Return `onward` so that htmx gets the page behind a 303; where it leads on, the browser goes itself."""

    def answer(environ: "WSGIEnvironment", start: "StartResponse") -> "Iterable[bytes]":
        if environ["REQUEST_METHOD"] != "POST" or "HTTP_HX_REQUEST" not in environ:
            return onward(environ, start)
        done = Response.from_app(onward, environ, buffered=True)
        there = OWN_ADDRESS.match(done.location or "") if done.status_code == SEE_OTHER else None
        if there is None:
            return done(environ, start)
        path, query = there.groups()
        shown = Response.from_app(onward, _next_request(environ, done, path, query), buffered=True)
        _carry_on(done, shown)
        if _goes_to_another_page(environ, shown):
            shown.headers.setdefault("HX-Push-Url", f"{path}?{query}" if query else path)
        return shown(environ, start)

    return answer


def _next_request(environ: "WSGIEnvironment", done: Response, path: str, query: str) -> "WSGIEnvironment":
    """Return the request that a browser would follow `done` with: a GET that says the same of itself."""
    same = {name: value for name, value in environ.items() if not name.startswith(OF_THE_FORM)}
    return same | {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": unquote(path, "latin-1"),
        "QUERY_STRING": query,
        "HTTP_COOKIE": _cookies_after(environ.get("HTTP_COOKIE", ""), done.headers.getlist("Set-Cookie")),
        "wsgi.input": BytesIO(),
    }


def _cookies_after(sent: str, answers: list[str]) -> str:
    """Return the Cookie header that a browser sends next: those it sent, as the answer has changed them."""
    changed = {}
    for line in answers:
        pair, *about = (one.strip() for one in line.split(";"))
        changed[pair.partition("=")[0]] = "" if "Max-Age=0" in about else pair
    stay = [one.strip() for one in sent.split(";") if one.partition("=")[0].strip() not in changed]
    return "; ".join(filter(None, [*stay, *changed.values()]))


def _carry_on(done: Response, shown: Response) -> None:
    """Let the page also say what the answer said: its cookies, and which sending is done."""
    said = [
        (name, value)
        for name, value in done.headers
        if name == "Set-Cookie" or not (name in shown.headers or OF_A_REDIRECT.match(name))
    ]
    shown.headers = Headers([*said, *shown.headers])  # in the order in which they were set


def _goes_to_another_page(environ: "WSGIEnvironment", shown: Response) -> bool:
    """Say whether the reader leaves the page: the browser can't see where to, and is told."""
    target: str = environ.get("HTTP_HX_TARGET", "")  # htmx 2 sends `indhold`, htmx 4 `main#indhold`
    return target.rpartition("#")[2] == MAIN and shown.status_code != SEE_OTHER


def init_app(app: Flask) -> None:
    """Go inside the headers, which are the same for all, and in front of all that answers."""
    app.wsgi_app = follow_see_other(app.wsgi_app)  # type: ignore[method-assign, assignment]
