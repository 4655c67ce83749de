from collections.abc import Callable, Sequence
from datetime import date, datetime
from itertools import groupby
from urllib.parse import quote
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlmodel import Session
from wtforms import Form

from app import i18n
from app.access.guard import allows, log_list, or_for_helpers, requires, viewer
from app.access.policy import Action
from app.availability.languages import language_name
from app.booking.book import change_with_alternatives
from app.booking.rules import TaskKind
from app.booking.tasks import task_due_on
from app.calendar import service
from app.calendar.answer_section import AnswerSection, SectionEvents, SectionReader, answer_section
from app.calendar.forms import ReplyForm, TimeForm
from app.calendar.meeting_diff import read_diff
from app.calendar.meeting_messages import MEETING_TOPIC, find_message_behind
from app.calendar.meeting_row import BusySpan, MeetingRow, ShownOption
from app.calendar.queries import (
    LOOKS_BACK,
    get_shown_meeting,
    list_ahead,
    list_past,
    list_upcoming,
    next_meeting,
)
from app.calendar.recorded_replies import find_recorder
from app.calendar.service import CitizenReply
from app.calendar.staff.own_week import read_own_week
from app.calendar.texts import receipt_text, released_text
from app.calendar.week import ONE_DAY, ONE_WEEK, monday_of, read_week
from app.dates.local_time import danish_day
from app.errors import Refused
from app.i18n import gettext as _
from app.identity.offline_key import sealing_key
from app.meetings.life_cycle import (
    MeetingAlreadyAnswered,
    MeetingChanged,
    MeetingIsOver,
    MeetingState,
    TooLateToUndo,
)
from app.meetings.models import Meeting
from app.meetings.released_times import list_released_times
from app.meetings.rules import Channel, Clash, Reply, Slot
from app.meetings.texts import reply_text
from app.messages.rules import About
from app.minutes.routes import shown_minutes_for
from app.notifications.opened import note_opened
from app.plan.queries import find_contact_name
from app.plan.relations import list_ties
from app.scheduling.queries import list_uncertain
from app.scheduling.service import other_times_for_meeting
from app.store.idempotency import KeyReused, SavedResponse, claim_key, request_hash, save_response
from app.store.prepared import Reader
from app.web.context import clock, db, prepared_reader, settings
from app.web.forms import valid_key
from app.web.page import page

bp = Blueprint("calendar", __name__)

bp.add_app_template_filter(language_name)
bp.add_app_template_global(reply_text)


@allows(Action.MY_DAY_READ)
def own_week() -> ResponseReturnValue:
    """The reader's week across citizens: that of `dato`, or this one."""
    now, reader, me = clock()(), prepared_reader(), current_user.id
    monday = monday_of(_chosen_day(request.args.get("dato"), now))
    helped = [one.subject for one in list_ties(reader, me, now=now)]
    log_list(helped, Action.MY_DAY_READ)
    return page(
        "calendar/staff/own_week.html",
        days=read_own_week(reader, me, [one.citizen_id for one in helped], monday),
        monday=monday,
        before=monday - ONE_WEEK,
        after=monday + ONE_WEEK,
        this=monday_of(danish_day(now)),
        unknown=any(one.known_at is None for one in list_uncertain(reader, [me], now=now)),
    )


@bp.get("/kalender", defaults={"citizen_id": None})
@bp.get("/borgere/<uuid:citizen_id>/kalender")
@or_for_helpers(own_week)
@requires(Action.MEETINGS_READ)
def index(citizen_id: UUID) -> ResponseReturnValue:
    now = clock()()
    reader = prepared_reader()
    ahead = list_ahead(reader, viewer().reader, now=now)
    meetings = [one for one in ahead.meetings if not one.called_off]
    contact_name = find_contact_name(reader, citizen_id)
    return page(
        "calendar/index.html",
        next_meeting=meetings[0] if meetings else None,
        waiting=[one.id for one in meetings[1:] if one.waits],
        weeks=by_week(sorted([*meetings[1:], *ahead.busy], key=lambda one: one.starts_at)),
        busy=bool(ahead.busy),
        called_off=[one for one in ahead.meetings if one.called_off],
        contact_name=contact_name,
    )


def by_week(meetings: Sequence[MeetingRow | BusySpan]) -> list[list[MeetingRow | BusySpan]]:
    """Return the meetings, which come sorted, week by week (ISO weeks of the Danish day)."""
    return [list(week) for _key, week in groupby(meetings, key=lambda one: one.day.isocalendar()[:2])]


@bp.get("/kalender/tidligere", defaults={"citizen_id": None})
@bp.get("/borgere/<uuid:citizen_id>/kalender/tidligere")
@requires(Action.MEETINGS_READ)
def past(citizen_id: UUID) -> ResponseReturnValue:
    """Meetings that were, with what was agreed."""
    found = list_past(prepared_reader(), viewer().reader, now=clock()())
    meetings = [one for one in found.meetings if not one.called_off]
    return page("calendar/past.html", months=by_month(meetings))


@bp.get("/kalender/uge", defaults={"citizen_id": None})
@bp.get("/borgere/<uuid:citizen_id>/kalender/uge")
@requires(Action.MEETINGS_READ)
def week(citizen_id: UUID) -> ResponseReturnValue:
    """One week at a time: that of `dato`, or this one."""
    now, workdays = clock()(), settings().site.workdays
    this = monday_of(danish_day(now))
    monday = monday_of(_chosen_day(request.args.get("dato"), now))
    found = read_week(prepared_reader(), viewer().reader, monday, now=now, workdays=workdays)
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
    """One's own meetings as a phone may keep them, if that was chosen: when and where, and no more.

    With the key to seal them with: a phone that keeps all of them has it behind its own lock, others drop it.
    """
    now = clock()()
    found = list_upcoming(prepared_reader(), viewer().reader, now=now)
    times = [for_the_phone(one) for one in found.meetings if one.state is MeetingState.AGREED]
    when = {
        "fetched_at": i18n.iso(now),
        "day": i18n.day_and_month(danish_day(now)),
        "time": i18n.clock_time(now),
    }
    return {**when, "times": times, "key": sealing_key(settings().phone_key, citizen_id, "moeder")}


def for_the_phone(meeting: MeetingRow) -> dict[str, str]:
    hours = i18n.time_range(meeting.starts_at, meeting.ends_at)
    spots = {Channel.PHONE: _("På telefon"), Channel.VIDEO: _("På video"), Channel.HOME: _("Hjemme hos dig")}
    return {
        "ends_at": i18n.iso(meeting.ends_at),
        "words": _("%(day)s kl. %(hours)s", day=i18n.day_and_month(meeting.day), hours=hours),
        "spot": spots.get(meeting.channel) or meeting.address or "",
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
    answer = Reply(form.reply.data)
    said = _reply_of(citizen_id, meeting_id, form.sequence, form.stood.data)

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
    start = form.chosen
    said = _reply_of(citizen_id, meeting_id, form.sequence, form.stood.data)

    def write(session: Session) -> Meeting:
        return service.choose_other_time(session, said, start)

    return _answered(citizen_id, meeting_id, write)


@bp.post("/kalender/<uuid:meeting_id>/fortryd")
@requires(Action.MEETING_REPLY)
def undo(citizen_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    """Bring back what the citizen cancelled within the last ten minutes."""
    said = _reply_of(citizen_id, meeting_id, None)
    return _answered(citizen_id, meeting_id, lambda session: service.undo_cancellation(session, said))


def _reply_of(
    citizen_id: UUID, meeting_id: UUID, sequence: int | None, stood: str | None = None
) -> CitizenReply:
    by, workdays = viewer().actor.person_id, settings().site.workdays
    return CitizenReply(citizen_id, meeting_id, by, clock()(), sequence, workdays, stood or None)


def _answered(citizen_id: UUID, meeting_id: UUID, write: Callable[[Session], Meeting]) -> ResponseReturnValue:
    """Do what the citizen asks. What can't be had is told on the same page, with what can."""
    now, workdays = clock()(), settings().site.workdays
    try:
        change_with_alternatives(db(), meeting_id, _once(write), now=now, workdays=workdays)
    except Clash as clash:
        return _meeting_page(citizen_id, meeting_id, taken=clash)
    except (MeetingChanged, service.AnsweredSince, TooLateToUndo, KeyReused) as refused:
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
    now, reader = clock()(), prepared_reader()
    if viewer().own:
        note_opened(db(), reader, citizen_id, meeting_id, now=now)
    found = get_shown_meeting(reader, viewer().reader, meeting_id, now=now)
    talk = shown_minutes_for(reader, citizen_id, meeting_id, now=now)
    others = taken.alternatives if taken else _other_times(reader, found, now=now)
    soonest = next_meeting(reader, viewer().reader, now=now)
    tells = viewer().own and not found.hidden
    changed = read_diff(reader, citizen_id, meeting_id) if tells and not found.over else None
    wrote = find_recorder(reader, citizen_id, meeting_id) if tells else None
    me = viewer().actor.person_id
    told = _status_text(found, me, now) if viewer().own else ""
    return page(
        "calendar/meeting.html",
        "meeting",
        "next_meeting",
        status=422 if form else 409 if taken or refused else 200,
        meeting=found,
        about=About(MEETING_TOPIC, meeting_id),
        from_message=viewer().may(Action.MESSAGES_READ) and find_message_behind(reader, meeting_id),
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
    """Return what just happened, in a sentence or two; nothing when the page is only looked at."""
    if request.args.get("nyt") == "ord":
        return _("Tak. Dine ord er gemt.")
    if "svaret" not in request.args:
        return ""
    told = receipt_text(meeting, me, now=now)
    if meeting.reply is not Reply.COMING:
        return told
    released = list_released_times(prepared_reader(), meeting.id, now=now)
    return " ".join(filter(None, [told, released_text(released, now=now)]))


def _other_times(session: Reader, meeting: MeetingRow, *, now: datetime) -> Sequence[Slot]:
    """Return three times to choose between for a citizen who has asked for another and has none yet."""
    thinks_again = meeting.reply is Reply.CANNOT and meeting.can_undo(viewer().actor.person_id, now)
    asked = meeting.reply is Reply.OTHER_TIME or meeting.expired or thinks_again
    if not viewer().own or meeting.duty or not asked or meeting.options:
        return ()
    if meeting.over and not (meeting.expired or thinks_again):
        return ()
    around = Slot(meeting.starts_at, meeting.ends_at)
    workdays = settings().site.workdays
    return other_times_for_meeting(session, meeting.id, around, now=now, workdays=workdays)


@bp.app_template_global("answer_section")
def _answer_section(
    meeting: MeetingRow, today: date, others: int | None, can_undo: object, taken: object
) -> AnswerSection:
    """Return the section for whoever reads the page. What a page does not say of itself counts as no."""
    who = viewer()
    reader = SectionReader(who.actor.person_id, who.own, who.first_name, _answered_by(meeting))
    events = SectionEvents(others, can_undo=bool(can_undo), taken=bool(taken))
    return answer_section(meeting, reader, today=today, events=events)


def _answered_by(meeting: MeetingRow) -> date | None:
    """Return the day that a no given now is answered by."""
    today, workdays = danish_day(clock()()), settings().site.workdays
    return task_due_on(TaskKind.CANNOT, today=today, meeting_day=meeting.day, workdays=workdays)


@bp.app_template_global("map_href")
def map_href(place: str) -> str:
    """Return where a map of a public place is shown. Followed only on a tap; never made for a home."""
    return f"https://www.openstreetmap.org/search?query={quote(place)}"
