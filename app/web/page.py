"""How the house answers a browser: the whole page, or the region htmx asked for."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, current_app, g, render_template, request
from flask_htmx import HTMX
from markupsafe import Markup

from app import i18n
from app.cache.fragment_cache import FragmentCache
from app.dates.local_time import danish_day
from app.web import phone_hours, templating, written
from app.web.compression import VARY, Coding, compress_response, vary_of_page
from app.web.context import clock, settings
from app.web.form_recovery import labels_field

if TYPE_CHECKING:  # this name is for the reader and mypy alone
    from _typeshed.wsgi import WSGIEnvironment

htmx = HTMX()

LANGUAGE_COOKIE = "sprog"
QUICK_LEAVE = "https://www.dmi.dk/"  # `headers.POLICY` lets a form lead there


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
    wanted = next((one for one in regions if asks_for(one.replace("_", "-"))), None)
    body = _render_block(template, wanted, context) if wanted else render_template(template, **context)
    return Response(body, status, headers=[("Vary", VARY)], mimetype="text/html")


def asks_for(region: str) -> bool:
    """Say whether htmx asks for what goes into the element with this id, and for no whole page."""
    return (
        bool(htmx) and (htmx.target or "").rpartition("#")[2] == region and not htmx.history_restore_request
    )


def finished_headers(coding: Coding, environ: "WSGIEnvironment") -> dict[str, str]:
    """Return the headers of a page kept as `compress_response` left it."""
    return {
        "Content-Type": "text/html; charset=utf-8",
        "Vary": vary_of_page(environ),
        "Content-Encoding": coding.token,
    }


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
    app.jinja_env.filters.update(written.FILTERS, local=translate_site_text, local_place=translate_place)
    app.jinja_env.filters["phone"] = isolate_number
    app.jinja_env.filters["hours_lines"] = phone_hours.hours_lines
    app.jinja_env.globals.update(time_range=i18n.time_range, labels_field=labels_field)
    app.before_request(_choose_language)
    app.context_processor(_shared_context)
    app.after_request(_finish)
    app.teardown_appcontext(_end_answer)


def _choose_language() -> None:
    asking = request._get_current_object()  # type: ignore[attr-defined]  # this runs before every page
    asked = asking.args.get("sprog") if asking.query_string else None
    g.language_token = i18n.answer_in(i18n.language_named(asked or asking.cookies.get(LANGUAGE_COOKIE)))
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
        set_language_cookie(response, i18n.current().code)
    return compress_response(response)


def _end_answer(_problem: object) -> None:
    if "language_token" in g:
        i18n.end_answer(g.language_token)


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
        "near_moment": lambda moment: i18n.near_moment(moment, today),
        "brief_moment": lambda moment: i18n.brief_moment(moment, today),
        "back_at_work": phone_hours.back_at_work,
        "working_day_from": settings().site.workdays.working_day_from,
    }


def translate_site_text(text: str | None) -> str:
    """Return one of the municipality's own texts in the reader's language; else in Danish, and marked so."""
    if i18n.current() is i18n.DANISH or not text:
        return text or ""
    return _translation(text) or _danish(text)


def translate_place(place: str | None) -> str:
    """Return a place (name, street, room) as `translate_site_text` does: the parts that are known, each."""
    known = [(_translation(part), part) for part in place.split(", ")] if place else []
    if i18n.current() is i18n.DANISH or not any(said for said, _part in known):
        return translate_site_text(place)
    return Markup(", ").join(said or _danish(part) for said, part in known)


def _translation(text: str) -> str | None:
    """Return what the municipality calls this; a title that begins small here begins small there."""
    known = settings().site.translations.get(i18n.current().code, {})
    begun = known.get(text[:1].upper() + text[1:], "")
    return known.get(text) or (begun[:1].lower() + begun[1:]) or None


def _danish(text: str) -> Markup:
    return Markup('<span lang="da" dir="ltr">{}</span>').format(text)


def isolate_number(digits: str) -> str:
    """Return a phone number for a page: where words run from right to left its pairs would turn round.

    An element holds it: Safari 16 takes no heed of invisible signs. In an attribute: `| striptags`.
    """
    written = i18n.phone(digits)
    return Markup('<bdi dir="ltr">{}</bdi>').format(written) if i18n.current().direction == "rtl" else written


def wants_json() -> bool:
    return request.path.startswith("/api/")
