"""A meeting that must be settled: other times, moved, called off, brought back, an answer from the phone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlmodel import Session
from wtforms import SelectChoice

from app.access.guard import requires, viewer
from app.access.policy import Action
from app.booking.book import change_with_alternatives
from app.booking.cancel import cancel_meeting, restore_meeting
from app.booking.own_meetings import check_visible
from app.calendar.meeting_row import MeetingRow
from app.calendar.staff import service, time_search
from app.calendar.staff.flash import FlashKind, flash_text, told_text
from app.calendar.staff.form_page import (
    FormPage,
    PageMeeting,
    Sent,
    get_page_meeting,
    redirect_to_meeting,
    search_page_times,
    show_form_page,
    slot_text,
    submit_form_page,
)
from app.calendar.staff.forms.page_forms import (
    ALONE,
    ASK,
    MOVE,
    SAID_YES,
    CancelMeetingForm,
    NewTimesForm,
    RecordReplyForm,
)
from app.calendar.staff.routes.propose import limit_clash_text
from app.calendar.staff.series_rest import decode_series, encode_series, list_rest_of_series
from app.calendar.staff.service import StaffActions
from app.errors import Refused
from app.i18n import by_day
from app.i18n import gettext as _
from app.meetings.life_cycle import MeetingChanged, MeetingIsOver, MeetingState, TooLateToUndo, is_given_up
from app.meetings.models import Meeting
from app.meetings.queries import StoredMeeting
from app.meetings.rules import Clash, Reply
from app.store.prepared import Reader
from app.typed_text import read_whole_number
from app.web.context import clock, db, prepared_reader, settings
from app.web.page import page

bp = Blueprint("settle", __name__)
bp.add_app_template_global(flash_text, "done_words")
bp.add_app_template_global(told_text, "told_words")

OF_MEETING = "/borgere/<uuid:citizen_id>/kalender/<uuid:meeting_id>"


@bp.app_template_global("desk_for")
def staff_actions_for(meeting: MeetingRow) -> StaffActions:
    """Return what the reader, who helps, can do with the meeting that a page shows."""
    seen, now = viewer(), clock()()
    return service.read_staff_actions(
        prepared_reader(), seen.subject, meeting.id, who=seen.actor.person_id, now=now
    )


# --- other times ---


class NewTimesPage(FormPage[NewTimesForm]):
    """Up to three other times to ask the citizen about, or one to move to."""

    template = "calendar/staff/new_times.html"

    def form(self, on: PageMeeting, sent: Sent | None) -> NewTimesForm:
        hows = _hows(on.meeting)
        wide = {name: request.args.get(name) for name in ("senere", "timer")}
        form = NewTimesForm(sent, how=hows[0].value, **wide)
        form.how.choices = hows
        form.which.data = form.which.data or ALONE
        return form

    def fits(self, on: PageMeeting, form: NewTimesForm) -> bool:
        one = "" if form.how.data == ASK and not form.moves_rest else _("Vælg én tid at flytte til.")
        return bool(form.validate() & form.check_times(on.length, only_one=one))

    def write(self, session: Session, on: PageMeeting, form: NewTimesForm) -> Meeting:
        mine, slots, said = (
            get_page_meeting(session, on.citizen_id, on.meeting.id),
            form.slots(on.length),
            on.said(form),
        )
        if mine.sequence != form.sequence:
            raise MeetingChanged
        search_request = time_search.widen_search(
            time_search.search_request_of(session, mine, now=on.now), form.wide
        )
        if not time_search.is_offered(session, search_request, slots, now=on.now, workdays=on.workdays):
            raise Clash
        if form.moves_rest:
            return service.move_rest_of_series(
                session,
                mine,
                slots[0],
                said,
                seen=decode_series(form.rest.data),
                said_yes=form.how.data == SAID_YES,
            )
        if form.how.data == ASK:
            return service.offer_new_times(session, mine, slots, said)
        return service.reschedule_by_staff(session, mine, slots[0], said, said_yes=form.how.data == SAID_YES)

    def done(self, on: PageMeeting, form: NewTimesForm, meeting: Meeting) -> FlashKind:
        if form.moves_rest:
            return FlashKind.SERIES_MOVED
        if form.how.data == ASK:
            return FlashKind.ASKED
        return FlashKind.AGREED if form.how.data == SAID_YES else FlashKind.MOVED

    def values(self, on: PageMeeting, form: NewTimesForm, refused: Refused | None) -> Mapping[str, Any]:
        """Return the times there are. If it was changed meanwhile: what was chosen, in words, too."""
        given_up = is_given_up(on.meeting.state, on.meeting.ends_at, on.now)
        goes_on, found = on.goes_on or given_up, time_search.SearchResult([])
        if goes_on:
            search_request = time_search.search_request_of(prepared_reader(), on.meeting, now=on.now)
            wider = time_search.widen_search(search_request, form.wide)
            found = search_page_times(prepared_reader(), on, wider)
        rest = changeable_rest(prepared_reader(), on.meeting, on.now) if on.goes_on else []
        if refused is not None or not form.rest.data:
            form.rest.data = encode_series(rest)
        return {
            "found": found,
            "rest": len(rest),
            "rest_clashes": form.moves_rest and isinstance(refused, Clash),
            "offered": goes_on,
            "chosen": [slot_text(slot.start, slot.end) for slot in form.slots(on.length)],
            "full_week": limit_clash_text(refused) if isinstance(refused, Clash) else "",
        }


def changeable_rest(session: Reader, meeting: StoredMeeting, now: datetime) -> list[StoredMeeting]:
    """Return the meetings of a series from this one on; none if it ends here, or some is not the reader's."""
    left, seen = list_rest_of_series(session, meeting, now=now), viewer()
    theirs = all(service.may_change(one, seen.subject, seen.actor.person_id) for one in left)
    return list(left) if theirs and len(left) > 1 else []


def _hows(meeting: StoredMeeting) -> list[SelectChoice]:
    """Return what can be done with the chosen times: the contact person asks; who called it can move it."""
    name = viewer().first_name
    search_request = SelectChoice(ASK, _("Spørg %(name)s, hvilken tid der passer", name=name))
    move = SelectChoice(MOVE, _("Flyt mødet. Vælg kun én tid"))
    said = SelectChoice(SAID_YES, _("%(name)s har sagt ja i telefonen. Vælg kun den tid", name=name))
    if not viewer().may(Action.MEETING_SETTLE):
        return [move]
    return [search_request, said] if meeting.state is MeetingState.EXPIRED else [search_request, said, move]


@bp.get(f"{OF_MEETING}/nye-tider")
@requires(Action.MEETING_CHANGE)
def new_times(citizen_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    return show_form_page(NewTimesPage(), citizen_id, meeting_id)


@bp.post(f"{OF_MEETING}/nye-tider")
@requires(Action.MEETING_CHANGE)
def settle(citizen_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    return submit_form_page(NewTimesPage(), citizen_id, meeting_id)


# --- called off, and brought back ---


class CancelPage(FormPage[CancelMeetingForm]):
    """Why a meeting will not be."""

    template = "calendar/staff/cancel.html"

    def form(self, on: PageMeeting, sent: Sent | None) -> CancelMeetingForm:
        form = CancelMeetingForm(sent)
        form.reason.label.text = _("Hvorfor bliver mødet aflyst?")
        return form

    def write(self, session: Session, on: PageMeeting, form: CancelMeetingForm) -> Meeting:
        by, words = viewer().actor.person_id, form.reason.data
        return cancel_meeting(
            session,
            on.meeting.id,
            sequence=form.sequence,
            by=by,
            now=on.now,
            workdays=on.workdays,
            reason=words,
        )

    def done(self, on: PageMeeting, form: CancelMeetingForm, meeting: Meeting) -> FlashKind:
        return FlashKind.CANCELLED


@bp.get(f"{OF_MEETING}/aflys")
@requires(Action.MEETING_CHANGE)
def cancel(citizen_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    return show_form_page(CancelPage(), citizen_id, meeting_id)


@bp.post(f"{OF_MEETING}/aflys")
@requires(Action.MEETING_CHANGE)
def confirm_cancel(citizen_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    return submit_form_page(CancelPage(), citizen_id, meeting_id)


@bp.post(f"{OF_MEETING}/fortryd")
@requires(Action.MEETING_CHANGE)
def undo(citizen_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    now, by, workdays = clock()(), viewer().actor.person_id, settings().site.workdays

    def write(session: Session) -> Meeting:
        mine = get_page_meeting(session, citizen_id, meeting_id)
        return restore_meeting(session, mine.id, by=by, now=now, workdays=workdays)

    try:
        change_with_alternatives(db(), meeting_id, write, now=now, workdays=workdays)
    except (Clash, TooLateToUndo) as refused:
        slots = refused.alternatives if isinstance(refused, Clash) else ()
        return page(
            "calendar/staff/not_undone.html",
            status=409,
            meeting_id=meeting_id,
            taken=isinstance(refused, Clash),
            times=[slot_text(one.start, one.end) for one in slots],
        )
    except MeetingIsOver:  # the page says where it stands
        return redirect_to_meeting(citizen_id, meeting_id, FlashKind.TOO_LATE)
    return redirect_to_meeting(citizen_id, meeting_id, FlashKind.RESTORED)


# --- the citizen's answer from the phone, and what is settled without any change ---


class RecordReplyPage(FormPage[RecordReplyForm]):
    """The citizen's answer, as it was given in the phone."""

    template = "calendar/staff/answer.html"

    def form(self, on: PageMeeting, sent: Sent | None) -> RecordReplyForm:
        form = RecordReplyForm(sent)
        form.said.choices = _answers(on.shown)
        form.said.label.text = _("Hvad sagde %(name)s?", name=viewer().first_name)
        return form

    def write(self, session: Session, on: PageMeeting, form: RecordReplyForm) -> Meeting:
        chosen = form.said.data
        position = read_whole_number(chosen)
        reply = Reply.COMING if position is not None else Reply(chosen)
        return service.record_citizen_reply(session, on.said(form), reply, position)

    def done(self, on: PageMeeting, form: RecordReplyForm, meeting: Meeting) -> FlashKind:
        return FlashKind.WRITTEN

    def values(self, on: PageMeeting, form: RecordReplyForm, refused: Refused | None) -> Mapping[str, Any]:
        form.said.choices = _answers(on.shown)  # there may be other times by now
        return {}


def _answers(meeting: MeetingRow) -> list[SelectChoice]:
    """Return what a citizen can have said, each time by itself."""
    times = meeting.options if len(meeting.options) > 1 else ()
    yes = [
        SelectChoice(
            str(one.position),
            _("Ja tak til %(time)s", time=slot_text(one.starts_at, one.ends_at, write_day=by_day)),
        )
        for one in times
    ] or [SelectChoice(Reply.COMING.value, _("Ja tak"))]
    return [
        *yes,
        SelectChoice(Reply.OTHER_TIME.value, _("En anden tid")),
        SelectChoice(Reply.CANNOT.value, _("Kan ikke")),
        *([] if meeting.duty else [SelectChoice(Reply.DECLINED.value, _("Nej tak til mødet"))]),
    ]


@bp.get(f"{OF_MEETING}/svaret")
@requires(Action.MEETING_SETTLE)
def answer(citizen_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    return show_form_page(RecordReplyPage(), citizen_id, meeting_id)


@bp.post(f"{OF_MEETING}/svaret")
@requires(Action.MEETING_SETTLE)
def write_answer(citizen_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    return submit_form_page(RecordReplyPage(), citizen_id, meeting_id)


@bp.post(f"{OF_MEETING}/paa-plads")
@requires(Action.MEETING_CHANGE)
def close(citizen_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    now, seen = clock()(), viewer()

    def write(session: Session) -> None:
        check_visible(session, seen.reader, meeting_id, now=now)
        service.close_tasks(session, seen.subject, meeting_id, who=seen.actor.person_id, now=now)

    db().retrying(write)
    return redirect_to_meeting(citizen_id, meeting_id, FlashKind.SETTLED)
