from uuid import UUID

from flask import Blueprint, Response, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import i18n
from app.access.guard import allows, public, requires
from app.access.policy import Action
from app.calendar_sync import feed
from app.calendar_sync.forms import FeedForm
from app.calendar_sync.ical_writer import MIME
from app.i18n import gettext as _
from app.identity.login import has_just_signed_in
from app.web.context import clock, db, prepared_reader, settings
from app.web.page import page

bp = Blueprint("feed", __name__)

KEEP = "private, no-cache"  # a phone may keep it, and asks each time whether it still holds


@bp.get("/ics/<token>.ics")
@public
def read(token: str) -> ResponseReturnValue:
    """The meetings behind a secret address. One that is closed is answered as one that never was."""
    now, reader = clock()(), prepared_reader()
    found = feed.find_feed(reader, token, now=now)
    if found is None:
        abort(404)
    text = feed.feed_text(reader, found, now=now)
    if not feed.is_fetch_recorded(found, now):
        db().mark(lambda session: feed.record_fetch(session, found, now=now))
    response = _calendar(text)
    response.headers["Cache-Control"] = KEEP
    response.add_etag()
    return response.make_conditional(request)


@bp.get("/kalender/<uuid:meeting_id>.ics", defaults={"citizen_id": None})
@requires(Action.MEETINGS_READ)
def one(citizen_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    """One meeting for one's own calendar: neutral, or with what it is about if `alt` is in the address."""
    detailed = "alt" in request.args
    language = i18n.current().code
    text = feed.meeting_text(prepared_reader(), citizen_id, meeting_id, language=language, detailed=detailed)
    response = _calendar(text)
    response.headers["Content-Disposition"] = 'inline; filename="aftale.ics"'
    return response


def _calendar(text: str) -> Response:
    return Response(text, content_type=MIME)


@bp.get("/kalender/telefon")
@allows(Action.FEED_OWN)
def phone_calendar() -> ResponseReturnValue:
    return _page(FeedForm())


@bp.post("/kalender/telefon")
@allows(Action.FEED_OWN)
def make() -> ResponseReturnValue:
    """Make an address and show it: a page and no 303, for what it shows is kept nowhere."""
    if not has_just_signed_in():
        return redirect(url_for("account.sign_in", igen="telefon"), code=303)
    form = FeedForm(request.form)
    if not form.validate():
        return _page(form, status=422)
    detailed = current_user.is_citizen and bool(form.detailed.data)
    with db().writing() as session:
        name = form.chosen_name or _("Min telefon")
        secret = feed.make_feed(session, current_user.id, name, detailed=detailed, now=clock()())
    return _page(FeedForm(), address=f"{settings().origin}{url_for('.read', token=secret)}")


@bp.post("/kalender/telefon/<uuid:feed_id>/luk")
@allows(Action.FEED_OWN)
def revoke(feed_id: UUID) -> ResponseReturnValue:
    with db().writing() as session:
        feed.revoke_feed(session, current_user.id, feed_id, now=clock()())
    return redirect(url_for(".phone_calendar", lukket=1), code=303)


def _page(form: FeedForm, *, address: str = "", status: int = 200) -> ResponseReturnValue:
    feeds = feed.list_feeds(prepared_reader(), current_user.id, now=clock()())
    return page(
        "calendar_sync/feeds.html",
        status=status,
        form=form,
        feeds=feeds,
        fresh=has_just_signed_in(),
        closed="lukket" in request.args,
        address=address,
        subscribe=f"webcal://{address.partition('://')[2]}" if address else "",
    )
