from collections.abc import Sequence
from contextlib import suppress
from itertools import groupby
from uuid import UUID

from babel import Locale, UnknownLocaleError
from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from app import i18n
from app.access.guard import requires, viewer
from app.access.policy import Action
from app.calendar import service
from app.calendar.forms import ReplyForm
from app.calendar.minutes.routes import part_for
from app.calendar.rules import MeetingIsOver, Reply
from app.calendar.service import MeetingRow
from app.i18n import gettext as _
from app.identity.rules import first_name
from app.plan.service import find_contact
from app.web import clock, db, page

bp = Blueprint("calendar", __name__)


@bp.get("/kalender", defaults={"citizen_id": None})
@bp.get("/borgere/<uuid:citizen_id>/kalender")
@requires(Action.MEETINGS_READ)
def index(citizen_id: UUID) -> ResponseReturnValue:
    now = clock()()
    with db().reading() as session:
        meetings = service.list_upcoming(session, citizen_id, now=now)
        contact = find_contact(session, citizen_id)
        contact_name = first_name(contact.name) if contact else None
    waiting = [one for one in meetings[1:] if one.waits]
    later = [one for one in meetings[1:] if not one.waits]
    return page(
        "calendar/index.html",
        next_meeting=meetings[0] if meetings else None,
        waiting=waiting,
        weeks=by_week(later),
        contact_name=contact_name,
    )


def by_week(meetings: Sequence[MeetingRow]) -> list[list[MeetingRow]]:
    """Return the meetings, which come sorted, week by week (ISO weeks of the Danish day)."""
    return [list(week) for _key, week in groupby(meetings, key=lambda one: one.day.isocalendar()[:2])]


@bp.get("/kalender/<uuid:meeting_id>", defaults={"citizen_id": None})
@bp.get("/borgere/<uuid:citizen_id>/kalender/<uuid:meeting_id>")
@requires(Action.MEETINGS_READ)
def meeting(citizen_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    return _meeting_page(citizen_id, meeting_id)


@bp.post("/kalender/<uuid:meeting_id>/svar")
@requires(Action.MEETING_REPLY)
def reply(citizen_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    form = ReplyForm(request.form)
    if not form.validate():
        return _meeting_page(citizen_id, meeting_id, form)
    answer, now = Reply(form.reply.data), clock()()

    def write(session: Session) -> None:
        service.reply(session, citizen_id, meeting_id, answer, by=viewer().actor.person_id, now=now)

    with suppress(MeetingIsOver):  # the page says that it is over, and whom to call
        db().retrying(write)
    return redirect(url_for(".meeting", meeting_id=meeting_id, svaret=1), code=303)


def _meeting_page(citizen_id: UUID, meeting_id: UUID, form: ReplyForm | None = None) -> ResponseReturnValue:
    with db().reading() as session:
        found = service.get_meeting(session, citizen_id, meeting_id, now=clock()())
        talk = part_for(session, citizen_id, meeting_id, now=clock()())
    told = _told(found) if "svaret" in request.args and viewer().own else ""
    return page(
        "calendar/meeting.html",
        "meeting_answer",
        status=422 if form else 200,
        meeting=found,
        form=form,
        told=told,
        talk=talk,
    )


def _told(meeting: MeetingRow) -> str:
    """Return what happened, in one sentence, for those who just answered."""
    if meeting.over:
        return _("Mødet er slut eller aflyst. Dit svar er ikke gemt.")
    return {
        None: "",
        Reply.COMING: _("Tak. Mødet er aftalt."),
        Reply.OTHER_TIME: _("Tak. Vi har fået dit svar."),
        Reply.CANNOT: _("Tak. Vi har fået dit svar."),
        Reply.CALL_ME: _("Tak. Vi ringer til dig."),
    }[meeting.reply]


@bp.app_template_filter("language_name")
def language_name(code: str) -> str:
    """Return what a language is called in the reader's own: arabisk."""
    try:
        return str(Locale.parse(code).get_display_name(i18n.current().code))
    except (UnknownLocaleError, ValueError):
        return code
