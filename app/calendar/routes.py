from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime
from itertools import groupby
from urllib.parse import quote
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session
from wtforms import Form

from app import i18n
from app.access.guard import requires, viewer
from app.access.policy import Action
from app.availability.languages import language_name
from app.booking.book import change_with_alternatives
from app.calendar import service
from app.calendar.answer_section import AnswerSection, SectionEvents, SectionReader, answer_section
from app.calendar.forms import ReplyForm, TimeForm
from app.calendar.meeting_diff import read_diff
from app.calendar.queries import (
    LOOKS_BACK,
    MeetingRow,
    ShownOption,
    get_shown_meeting,
    list_past,
    list_upcoming,
    next_meeting,
)
from app.calendar.recorded_replies import find_recorder
from app.calendar.service import CitizenReply
from app.calendar.texts import receipt_text
from app.calendar.week import ONE_DAY, ONE_WEEK, monday_of, read_week
from app.dates.local_time import danish_day
from app.entries.forms import valid_key
from app.errors import Refused
from app.i18n import gettext as _
from app.identity.rules import first_name
from app.meetings.life_cycle import (
    MeetingAlreadyAnswered,
    MeetingChanged,
    MeetingIsOver,
    MeetingState,
    TooLateToUndo,
)
from app.meetings.models import Meeting
from app.meetings.rules import Channel, Clash, Reply, Slot
from app.meetings.texts import reply_text
from app.minutes.routes import shown_minutes_for
from app.plan.service import find_contact
from app.scheduling.service import other_times_for_meeting
from app.store.idempotency import KeyReused, SavedResponse, claim_key, request_hash, save_response
from app.web.context import clock, db, settings
from app.web.page import page

bp = Blueprint("calendar", __name__)
bp.add_app_template_filter(language_name)
bp.add_app_template_global(reply_text)


@bp.get("/kalender", defaults={"citizen_id": None})
@bp.get("/borgere/<uuid:citizen_id>/kalender")
@requires(Action.MEETINGS_READ)
def index(citizen_id: UUID) -> ResponseReturnValue:
    now = clock()()
    with db().reading() as session:
        meetings = list_upcoming(session, citizen_id, now=now)
        called_off = [one for one in list_past(session, citizen_id, now=now) if one.called_off]
        contact = find_contact(session, citizen_id)
        contact_name = first_name(contact.name) if contact else None
    waiting = [one for one in meetings[1:] if one.waits]
    later = [one for one in meetings[1:] if not one.waits]
    return page(
        "calendar/index.html",
        next_meeting=meetings[0] if meetings else None,
        waiting=waiting,
        weeks=by_week(later),
        called_off=called_off[::-1],
        contact_name=contact_name,
    )


def by_week(meetings: Sequence[MeetingRow]) -> list[list[MeetingRow]]:
    """Return the meetings, which come sorted, week by week (ISO weeks of the Danish day)."""
    return [list(week) for _key, week in groupby(meetings, key=lambda one: one.day.isocalendar()[:2])]


@bp.get("/kalender/tidligere", defaults={"citizen_id": None})
@bp.get("/borgere/<uuid:citizen_id>/kalender/tidligere")
@requires(Action.MEETINGS_READ)
def past(citizen_id: UUID) -> ResponseReturnValue:
    """Meetings that were, with what was agreed."""
    with db().reading() as session:
        meetings = [one for one in list_past(session, citizen_id, now=clock()()) if not one.called_off]
    return page("calendar/past.html", months=by_month(meetings))


@bp.get("/kalender/uge", defaults={"citizen_id": None})
@bp.get("/borgere/<uuid:citizen_id>/kalender/uge")
@requires(Action.MEETINGS_READ)
def week(citizen_id: UUID) -> ResponseReturnValue:
    """One week at a time: that of `dato`, or this one."""
    now, days = clock()(), settings().site.closing_days
    this = monday_of(danish_day(now))
    monday = monday_of(_chosen_day(request.args.get("dato"), now))
    with db().reading() as session:
        found = read_week(session, citizen_id, monday, now=now, closing_days=days)
    before, after = monday - ONE_WEEK, monday + ONE_WEEK
    return page(
        "calendar/week.html",
        monday=monday,
        sunday=after - ONE_DAY,
        days=found,
        before=before,
        after=after,
        this=this,
    )


def _chosen_day(said: str | None, now: datetime) -> date:
    """Return the day that was asked for, as far back as meetings are shown and as far ahead; else today."""
    today = danish_day(now)
    try:
        found = date.fromisoformat(said or "")
    except ValueError:
        return today
    return found if abs(found - today) <= LOOKS_BACK else today


@bp.get("/kalender/paa-telefonen", defaults={"citizen_id": None})
@requires(Action.MEETINGS_READ)
def on_the_phone(citizen_id: UUID) -> ResponseReturnValue:
    """One's own meetings as a phone may keep them, if that was chosen: when and where, and no more."""
    now = clock()()
    with db().reading() as session:
        meetings = list_upcoming(session, citizen_id, now=now)
    times = [for_the_phone(one) for one in meetings if one.state is MeetingState.AGREED]
    when = {
        "fetched_at": i18n.iso(now),
        "day": i18n.day_and_month(danish_day(now)),
        "time": i18n.clock_time(now),
    }
    return {**when, "times": times}


def for_the_phone(meeting: MeetingRow) -> dict[str, str]:
    hours = i18n.time_range(meeting.starts_at, meeting.ends_at)
    spots = {Channel.PHONE: _("På telefon"), Channel.VIDEO: _("På video"), Channel.HOME: _("Hjemme hos dig")}
    return {
        "ends_at": i18n.iso(meeting.ends_at),
        "words": _("%(day)s kl. %(hours)s", day=i18n.day_and_month(meeting.day), hours=hours),
        "spot": spots.get(meeting.channel) or meeting.place_for(viewer().subject)[0] or "",
    }


def by_month(meetings: Sequence[MeetingRow]) -> list[list[MeetingRow]]:
    """Return the meetings, which come sorted, month by month of the Danish day."""
    return [list(month) for _key, month in groupby(meetings, key=lambda one: (one.day.year, one.day.month))]


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
    answer, said = Reply(form.reply.data), _reply_of(citizen_id, meeting_id, form.sequence)

    def write(session: Session) -> Meeting:
        if answer is Reply.COMING:
            return service.accept_proposal(session, said, form.position)
        return service.decline_meeting(session, said, answer)

    return _answered(citizen_id, meeting_id, write)


@bp.post("/kalender/<uuid:meeting_id>/tid")
@requires(Action.MEETING_REPLY)
def other_time(citizen_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    """Another time that suits everybody, chosen by the citizen."""
    form = TimeForm(request.form)
    if not form.validate() or form.chosen is None or form.sequence is None:
        return _meeting_page(citizen_id, meeting_id, form)
    start, said = form.chosen, _reply_of(citizen_id, meeting_id, form.sequence)

    def write(session: Session) -> Meeting:
        return service.choose_other_time(session, said, start)

    return _answered(citizen_id, meeting_id, write)


@bp.post("/kalender/<uuid:meeting_id>/fortryd")
@requires(Action.MEETING_REPLY)
def undo(citizen_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    """Bring back what the citizen cancelled within the last ten minutes."""
    said = _reply_of(citizen_id, meeting_id, None)
    return _answered(citizen_id, meeting_id, lambda session: service.undo_cancellation(session, said))


def _reply_of(citizen_id: UUID, meeting_id: UUID, sequence: int | None) -> CitizenReply:
    by, days = viewer().actor.person_id, settings().site.closing_days
    return CitizenReply(citizen_id, meeting_id, by, clock()(), sequence, days)


def _answered(citizen_id: UUID, meeting_id: UUID, write: Callable[[Session], Meeting]) -> ResponseReturnValue:
    """Do what the citizen asks. What can't be had is told on the same page, with what can."""
    now, days = clock()(), settings().site.closing_days
    try:
        change_with_alternatives(db(), meeting_id, _once(write), now=now, closing_days=days)
    except Clash as clash:
        return _meeting_page(citizen_id, meeting_id, taken=clash)
    except (MeetingChanged, TooLateToUndo, KeyReused) as refused:
        return _meeting_page(citizen_id, meeting_id, refused=refused)
    except (MeetingIsOver, MeetingAlreadyAnswered):  # the page says where it stands, and whom to call
        pass
    return redirect(url_for(".meeting", meeting_id=meeting_id, svaret=1), code=303)


def _once(write: Callable[[Session], Meeting]) -> Callable[[Session], Meeting | None]:
    """Return `write`, done once for the key that the phone gave this answer: sent again, it changes nothing.

    A form that no script sent has no key.
    """
    key = request.form.get("key")
    if not key or valid_key(key) != key:
        return write
    said = request_hash(request.path, *(f"{name}={value}" for name, value in sorted(request.form.items())))
    by, now = viewer().actor.person_id, clock()()

    def write_once(session: Session) -> Meeting | None:
        if claim_key(session, by, key, said, now) is not None:
            return None
        save_response(session, by, key, SavedResponse(303, None, None))
        return write(session)

    return write_once


def _meeting_page(
    citizen_id: UUID,
    meeting_id: UUID,
    form: Form | None = None,
    *,
    taken: Clash | None = None,
    refused: Refused | None = None,
) -> ResponseReturnValue:
    now, days = clock()(), settings().site.closing_days
    with db().reading() as session:
        found = get_shown_meeting(session, citizen_id, meeting_id, now=now)
        talk = shown_minutes_for(session, citizen_id, meeting_id, now=now)
        others = taken.alternatives if taken else _other_times(session, found, now=now, closing_days=days)
        soonest = next_meeting(session, citizen_id, now=now)
        changed = read_diff(session, citizen_id, meeting_id) if viewer().own and not found.over else None
        wrote = find_recorder(session, citizen_id, meeting_id) if viewer().own else None
    me = viewer().actor.person_id
    told = _status_text(found, me, now) if viewer().own else ""
    return page(
        "calendar/meeting.html",
        "meeting",
        "next_meeting",
        status=422 if form else 409 if taken or refused else 200,
        meeting=found,
        form=form,
        taken=taken,
        refused=refused and _(refused.reason),
        others=[ShownOption(n, one.start, one.end) for n, one in enumerate(sorted(others), 1)],
        can_undo=viewer().own and found.can_undo(me, now),
        is_next=soonest is not None and soonest.id == meeting_id,
        told=told,
        written_by=wrote,
        changed=changed,
        talk=talk,
    )


def _status_text(meeting: MeetingRow, me: UUID, now: datetime) -> str:
    """Return what just happened, in one sentence; nothing when the page is only looked at."""
    if request.args.get("nyt") == "ord":
        return _("Tak. Dine ord er gemt.")
    return receipt_text(meeting, me, now=now) if "svaret" in request.args else ""


def _other_times(
    session: Session, meeting: MeetingRow, *, now: datetime, closing_days: Collection[date]
) -> Sequence[Slot]:
    """Return three times to choose between for a citizen who has asked for another and has none yet."""
    asked = meeting.reply is Reply.OTHER_TIME or meeting.expired
    if not viewer().own or meeting.duty or not asked or meeting.options:
        return ()
    if meeting.over and not meeting.expired:
        return ()
    around = Slot(meeting.starts_at, meeting.ends_at)
    return other_times_for_meeting(session, meeting.id, around, now=now, closing_days=closing_days)


@bp.app_template_global("answer_section")
def _answer_section(
    meeting: MeetingRow, today: date, others: int | None, can_undo: object, taken: object
) -> AnswerSection:
    """Return the section for whoever reads the page. What a page does not say of itself counts as no."""
    who = viewer()
    reader = SectionReader(who.actor.person_id, who.own, who.subject, who.first_name)
    events = SectionEvents(others, can_undo=bool(can_undo), taken=bool(taken))
    return answer_section(meeting, reader, today=today, events=events)


@bp.app_template_global("map_href")
def map_href(place: str) -> str:
    """Return where a map of a public place is shown. Followed only on a tap; never made for a home."""
    return f"https://www.openstreetmap.org/search?query={quote(place)}"
