"""How the house answers a browser: the whole page, or the region htmx asked for."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, current_app, g, render_template, request
from flask_htmx import HTMX
from markupsafe import Markup

from app import i18n
from app.cache.fragment_cache import FragmentCache
from app.dates.local_time import danish_day
from app.store.prepared import PreparedReader
from app.web import templating
from app.web.compression import VARY, compress_response
from app.web.context import clock, settings
from app.web.form_recovery import labels_field

htmx = HTMX()

LANGUAGE_COOKIE = "sprog"
FINISHED = {"Content-Type": "text/html; charset=utf-8", "Vary": VARY, "Content-Encoding": "br"}
QUICK_LEAVE = "https://www.dmi.dk/"


@dataclass(frozen=True, slots=True)
class Tab:
    """One place in a navigation: words, icon, address, and whether we are there."""

    label: str
    icon: str
    href: str
    current: bool


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


def cached_response(body: bytes) -> Response:
    """Return the answer that carries a page kept as `compress_response` left it."""
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
    templating.init_app(app)
    app.extensions["parts"] = parts = FragmentCache(app.jinja_env)
    app.jinja_env.globals["drawn"] = parts.draw
    app.jinja_env.filters.update(i18n.FILTERS)
    app.jinja_env.filters.update(local=translate_site_text, as_written=isolate)
    app.jinja_env.globals.update(time_range=i18n.time_range, labels_field=labels_field)
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


def set_language_cookie(response: Response, code: str) -> Response:
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
        set_language_cookie(response, g.language.code)
    return compress_response(response)


def _give_back(_problem: object) -> None:
    taken: PreparedReader | None = g.get("prepared_reader")
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
        "municipality": settings().site,
        "quick_leave_url": QUICK_LEAVE,
        "demo": settings().demo,
        "tabs": [],
        "today": today,
        "near_day": lambda day: i18n.near_day(day, today),
    }


def translate_site_text(text: str) -> str:
    """Return one of the municipality's own texts in the reader's language; else in Danish, and marked so."""
    language = i18n.current()
    if language is i18n.DANISH:
        return text
    said = settings().site.translations.get(language.code, {}).get(text)
    return said or Markup('<span lang="da" dir="ltr">{}</span>').format(text)


def isolate(words: str | None) -> str:
    """Return what somebody wrote, set apart so that it runs its own way amid text that runs the other."""
    return Markup("<bdi>{}</bdi>").format(words) if words else ""


def wants_json() -> bool:
    return request.path.startswith("/api/")
