from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access.guard import public, requires, viewer
from app.access.policy import Action
from app.dates.local_time import danish_day
from app.home.queries import read_today
from app.identity.login import login_manager
from app.notifications.service import mark_notices_seen
from app.web.context import clock, db, settings
from app.web.page import page

bp = Blueprint("home", __name__)


@bp.get("/")
@public
def index() -> ResponseReturnValue:
    """Send each to their own first page; the citizen's stands behind the guard as every other."""
    if not current_user.is_authenticated:
        return login_manager.unauthorized()
    if not current_user.is_citizen:
        return redirect(url_for("caseload.index"), code=303)
    return _today()


@requires(Action.TODAY_READ)
def _today(citizen_id: UUID) -> ResponseReturnValue:
    now, new = clock()(), request.args.get("nyt")
    with db().reading() as session:
        today = read_today(session, citizen_id, current_user.session_id, now=now)
    answer = page(
        "home/index.html",
        "next_step",
        seen=today,
        news_day=today.news.since and danish_day(today.news.since),
        welcome=not viewer().subject.consented,
        consent_text=settings().site.consent_text,
        finished=request.args.get("skridt", type=UUID) if new == "gjort" else None,
        undone=new == "fortrudt",
    )
    if today.news.unseen:  # shown now; until the sign-in ends, it is shown again
        with db().writing() as session:
            mark_notices_seen(session, citizen_id, now=now)
    return answer
