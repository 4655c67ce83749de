from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access.guard import public, requires, viewer
from app.access.policy import Action
from app.consent.queries import read_consent
from app.home.queries import read_today
from app.identity.login import login_manager
from app.identity.navigation import first_page
from app.notifications.opened import note_read
from app.notifications.queries import find_news, list_read_news, read_news
from app.notifications.service import set_news_aside
from app.typed_text import read_aware_datetime
from app.web.context import clock, db, prepared_reader, settings
from app.web.page import page

bp = Blueprint("home", __name__)

NEWS_MOST = 3  # that stand on I dag


@bp.get("/")
@public
def index() -> ResponseReturnValue:
    """Send each to their own first page; the citizen's stands behind the guard as every other."""
    if not current_user.is_authenticated:
        return login_manager.unauthorized()
    if not current_user.is_citizen:
        return redirect(first_page(current_user.roles), code=303)
    return _today()


@requires(Action.TODAY_READ)
def _today(citizen_id: UUID) -> ResponseReturnValue:
    now, new = clock()(), request.args.get("nyt")
    today = read_today(prepared_reader(), viewer().reader, now=now)
    return page(
        "home/index.html",
        "next_step",
        seen=today,
        news_most=NEWS_MOST,
        welcome=not viewer().subject.consented,
        yes=None if viewer().subject.consented else read_consent(prepared_reader(), citizen_id, now=now),
        consent_text=settings().site.consent_text,
        finished=request.args.get("skridt", type=UUID) if new == "gjort" else None,
        undone=new == "fortrudt",
        aside=new == "lagt-til-side",
    )


@bp.get("/nyt", defaults={"citizen_id": None})
@requires(Action.TODAY_READ)
def news(citizen_id: UUID) -> ResponseReturnValue:
    """What is new, and under it what has been opened or set aside."""
    reader = prepared_reader()
    return page(
        "home/news.html",
        unread=read_news(reader, citizen_id),
        read=list_read_news(reader, citizen_id),
    )


@bp.get("/nyt/<uuid:notice_id>", defaults={"citizen_id": None})
@requires(Action.TODAY_READ)
def open_news(citizen_id: UUID, notice_id: UUID) -> ResponseReturnValue:
    """Lead to what a piece of news tells of, and note that it is opened."""
    found = find_news(prepared_reader(), citizen_id, notice_id)
    if found is None:  # taken back, long ago, or somebody else's: what there is stands on the page
        return redirect(url_for(".news"), code=303)
    note_read(db(), citizen_id, found.ids, now=clock()())
    return redirect(url_for(found.link.endpoint, **found.link.values), code=303)


@bp.post("/nyt/til-side", defaults={"citizen_id": None})
@requires(Action.TODAY_READ)
def set_aside(citizen_id: UUID) -> ResponseReturnValue:
    """Set aside what the page showed as new; what came after that stays."""
    until = read_aware_datetime(request.form.get("til", ""))
    if until is None:
        return redirect(url_for(".index"), code=303)
    with db().writing() as session:
        set_news_aside(session, citizen_id, until=until, now=clock()())
    return redirect(url_for(".index", nyt="lagt-til-side"), code=303)
