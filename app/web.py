"""How the house answers a browser: the whole page, or the region htmx asked for."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import brotli
from flask import Flask, Response, current_app, g, render_template, request
from flask_htmx import HTMX
from markupsafe import Markup

from app import drawing, i18n
from app.clock import Clock, danish_day
from app.config import Settings
from app.db import Database
from app.looking import Look
from app.parts import Parts

htmx = HTMX()

SMALL = 600  # bytes; below this compressing costs more than it saves
QUALITY = 5
LANGUAGE_COOKIE = "sprog"
VARY = "HX-Request, HX-Target, Accept-Encoding"
FINISHED = {"Content-Type": "text/html; charset=utf-8", "Vary": VARY, "Content-Encoding": "br"}
QUICK_LEAVE = "https://www.dmi.dk/"


@dataclass(frozen=True, slots=True)
class Tab:
    """One place in a navigation: words, icon, address, and whether we are there."""

    label: str
    icon: str
    href: str
    current: bool


def db() -> Database:
    found: Database = current_app.extensions["db"]
    return found


def look() -> Look:
    """Return this request's connection to ask prebuilt selects on. It is given back when the request ends."""
    taken: Look | None = g.get("look")
    if taken is None:
        g.look = taken = Look(db())
    return taken


def clock() -> Clock:
    found: Clock = current_app.extensions["clock"]
    return found


def settings() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found


def page(template: str, *regions: str, status: int = 200, **context: Any) -> Response:
    """Render `template`, or only the region that HX-Target names if it is listed.

    A region is a Jinja block whose root element carries the block's name as its
    id, "-" for "_". htmx 2 sends `goal-list`, htmx 4 `section#goal-list`.
    """
    wanted = (htmx.target or "").rpartition("#")[2].replace("-", "_")
    if htmx and wanted in regions and not htmx.history_restore_request:
        body = _render_block(template, wanted, context)
    else:
        body = render_template(template, **context)
    return Response(body, status, headers=[("Vary", VARY)], mimetype="text/html")


def finished(body: bytes) -> Response:
    """Return the answer that carries a page kept as `compress` left it."""
    return Response(body, headers=FINISHED)


def _render_block(template: str, block: str, context: dict[str, Any]) -> str:
    current_app.update_template_context(context)
    source = current_app.jinja_env.get_template(template)
    return "".join(source.blocks[block](source.new_context(context)))


def init_app(app: Flask) -> None:
    htmx.init_app(app)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(i18n.gettext, i18n.ngettext, newstyle=True)  # type: ignore[attr-defined]
    drawing.init_app(app)
    app.extensions["parts"] = parts = Parts(app.jinja_env)
    app.jinja_env.globals["drawn"] = parts.draw
    app.jinja_env.filters.update(i18n.FILTERS)
    app.jinja_env.filters.update(local=local, as_written=as_written)
    app.jinja_env.globals["time_range"] = i18n.time_range
    app.before_request(_choose_language)
    app.context_processor(_shared_context)
    app.after_request(_finish)
    app.teardown_appcontext(_give_back)


def _choose_language() -> None:
    asking = request._get_current_object()  # type: ignore[attr-defined]  # this runs before every page
    asked = asking.args.get("sprog") if asking.query_string else None
    g.language = i18n.language_named(asked or asking.cookies.get(LANGUAGE_COOKIE))
    if asked is not None:
        g.language_asked = True


def remember_language(response: Response, code: str) -> Response:
    """Keep the choice of language on this phone for a year. Holds nothing else."""
    response.set_cookie(
        LANGUAGE_COOKIE,
        code,
        max_age=365 * 24 * 3600,
        samesite="Lax",
        httponly=True,
        secure=settings().secure,
    )
    return response


def _finish(response: Response) -> Response:
    if "language_asked" in g:
        remember_language(response, g.language.code)
    return compress(response)


def _give_back(_problem: object) -> None:
    taken: Look | None = g.get("look")
    if taken is not None:
        taken.close()


def _shared_context() -> dict[str, Any]:
    today = danish_day(clock()())
    language = i18n.current()
    return {
        "lang": language.code,
        "direction": language.direction,
        "languages": [
            {"code": one.code, "own_name": one.own_name, "current": one is language} for one in i18n.offered()
        ],
        "text_size": "normal",
        "municipality": settings().site,
        "quick_leave_url": QUICK_LEAVE,
        "demo": settings().demo,
        "me": None,
        "tabs": [],
        "today": today,
        "near_day": lambda day: i18n.near_day(day, today),
    }


def local(text: str) -> str:
    """Return one of the municipality's own texts in the reader's language; else in Danish, and marked so."""
    language = i18n.current()
    if language is i18n.DANISH:
        return text
    said = settings().site.translations.get(language.code, {}).get(text)
    return said or Markup('<span lang="da" dir="ltr">{}</span>').format(text)


def as_written(words: str | None) -> str:
    """Return what somebody wrote, set apart so that it runs its own way amid text that runs the other."""
    return Markup("<bdi>{}</bdi>").format(words) if words else ""


def compress(response: Response) -> Response:
    """Give a page the form the browser reads fastest; once is enough."""
    # Pages hold no secret beside what a reader typed, so compressing them gives nothing away (BREACH).
    if "Content-Encoding" in response.headers or response.is_streamed:
        return response
    if response.mimetype not in ("text/html", "application/json"):
        return response
    if response.headers.get("Vary") != VARY:
        response.vary.add("Accept-Encoding")
    body = response.get_data()
    if len(body) > SMALL and takes_brotli(request.headers.get("Accept-Encoding", "")):
        response.set_data(brotli.compress(body, quality=QUALITY))
        response.headers["Content-Encoding"] = "br"
    return response


@lru_cache(maxsize=32)  # there are few kinds of browsers
def takes_brotli(accepts: str) -> bool:
    """Say whether an Accept-Encoding takes brotli: it is named, and its weight is not nought.

    Source: RFC 9110, 12.4.2 and 12.5.3.
    """
    for one in accepts.lower().split(","):
        name, weighed, weight = one.partition(";")
        if name.strip() == "br":
            return not weighed or bool(weight.partition("=")[2].strip(" 0."))
    return False


def wants_json() -> bool:
    return request.path.startswith("/api/")
