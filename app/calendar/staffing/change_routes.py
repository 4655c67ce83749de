"""A meeting that must be settled: other times, moved, called off, brought back, an answer from the phone."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlmodel import Session
from wtforms import SelectChoice

from app.access.guard import requires, viewer
from app.access.policy import Action
from app.calendar import booking
from app.calendar.models import Meeting
from app.calendar.page import MeetingRow
from app.calendar.rules import (
    ChangedMeanwhile,
    Clash,
    MeetingIsOver,
    MeetingState,
    Reply,
    TooLateToUndo,
)
from app.calendar.staffing import changing, proposing
from app.calendar.staffing.changing import Desk
from app.calendar.staffing.forms import ASK, MOVE, SAID_YES, CancelForm, NewTimesForm, SaidForm
from app.calendar.staffing.routes import full_week, is_contact
from app.calendar.staffing.sheets import (
    On,
    Sent,
    Sheet,
    get_theirs,
    search_on,
    send,
    show,
    to_meeting,
    words_of,
)
from app.calendar.staffing.told import Done, done_words
from app.errors import Refused
from app.i18n import gettext as _
from app.web import clock, db, page, settings

bp = Blueprint("settling", __name__)
bp.add_app_template_global(done_words, "done_words")

OF_MEETING = "/borgere/<uuid:citizen_id>/kalender/<uuid:meeting_id>"


@bp.app_template_global("desk_for")
def desk_for(meeting: MeetingRow) -> Desk:
    """Return what the reader, who helps, can do with the meeting that a page shows."""
    seen, now = viewer(), clock()()
    with db().reading() as session:
        return changing.read_desk(
            session,
            seen.subject.citizen_id,
            meeting.id,
            tie=seen.tie,
            who=seen.actor.person_id,
            now=now,
        )


# --- other times ---


class NewTimes(Sheet[NewTimesForm]):
    """Up to three other times to ask the citizen about, or one to move to."""

    template = "calendar/staff/new_times.html"

    def form(self, on: On, sent: Sent | None) -> NewTimesForm:
        hows = _hows(on.meeting)
        wide = {name: request.args.get(name) for name in ("senere", "timer")}
        form = NewTimesForm(sent, how=hows[0].value, **wide)
        form.how.choices = hows
        return form

    def fits(self, on: On, form: NewTimesForm) -> bool:
        one = "" if form.how.data == ASK else _("Vælg én tid at flytte til.")
        return bool(form.validate() & form.check_times(on.length, only_one=one))

    def write(self, session: Session, on: On, form: NewTimesForm) -> Meeting:
        mine, slots, said = (
            get_theirs(session, on.citizen_id, on.meeting.id),
            form.slots(on.length),
            on.said(form),
        )
        if mine.sequence != form.sequence:
            raise ChangedMeanwhile
        ask = proposing.widened(proposing.ask_again(session, mine, now=on.now), form.wide)
        if not proposing.is_offered(session, ask, slots, now=on.now, closing_days=on.closing_days):
            raise Clash
        if form.how.data == ASK:
            return changing.offer_anew(session, mine, slots, said)
        return changing.move_to(session, mine, slots[0], said, said_yes=form.how.data == SAID_YES)

    def done(self, on: On, form: NewTimesForm, meeting: Meeting) -> Done:
        if form.how.data == ASK:
            return Done.ASKED
        return Done.AGREED if form.how.data == SAID_YES else Done.MOVED

    def values(self, on: On, form: NewTimesForm, refused: Refused | None) -> Mapping[str, Any]:
        """Return the times there are. If it was changed meanwhile: what was chosen, in words, too."""
        goes_on, found = on.goes_on or changing.is_given_up(on.meeting, on.now), proposing.Found([])
        if goes_on:
            with db().reading() as session:
                ask = proposing.ask_again(session, on.meeting, now=on.now)
                found = search_on(session, on, proposing.widened(ask, form.wide))
        return {
            "found": found,
            "offered": goes_on,
            "chosen": [words_of(slot.start, slot.end) for slot in form.slots(on.length)],
            "full_week": full_week(refused) if isinstance(refused, Clash) else "",
        }


def _hows(meeting: Meeting) -> list[SelectChoice]:
    """Return what can be done with the chosen times: the contact person asks; who called it can move it."""
    name = viewer().first_name
    ask = SelectChoice(ASK, _("Spørg %(name)s, hvilken tid der passer", name=name))
    move = SelectChoice(MOVE, _("Flyt mødet til den ene tid"))
    said = SelectChoice(SAID_YES, _("%(name)s har sagt ja til den ene tid i telefonen", name=name))
    if not is_contact():
        return [move]
    return [ask, said] if meeting.state is MeetingState.EXPIRED else [ask, said, move]


@bp.get(f"{OF_MEETING}/nye-tider")
@requires(Action.MEETING_CHANGE)
def new_times(citizen_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    return show(NewTimes(), citizen_id, meeting_id)


@bp.post(f"{OF_MEETING}/nye-tider")
@requires(Action.MEETING_CHANGE)
def settle(citizen_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    return send(NewTimes(), citizen_id, meeting_id)


# --- called off, and brought back ---


class CallOff(Sheet[CancelForm]):
    """Why a meeting will not be."""

    template = "calendar/staff/cancel.html"

    def form(self, on: On, sent: Sent | None) -> CancelForm:
        form = CancelForm(sent)
        form.reason.label.text = _("Hvorfor bliver mødet aflyst?")
        return form

    def write(self, session: Session, on: On, form: CancelForm) -> Meeting:
        by, words = viewer().actor.person_id, form.reason.data
        return booking.cancel(session, on.meeting.id, sequence=form.sequence, by=by, now=on.now, reason=words)

    def done(self, on: On, form: CancelForm, meeting: Meeting) -> Done:
        return Done.CANCELLED


@bp.get(f"{OF_MEETING}/aflys")
@requires(Action.MEETING_CHANGE)
def cancel(citizen_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    return show(CallOff(), citizen_id, meeting_id)


@bp.post(f"{OF_MEETING}/aflys")
@requires(Action.MEETING_CHANGE)
def call_off(citizen_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    return send(CallOff(), citizen_id, meeting_id)


@bp.post(f"{OF_MEETING}/fortryd")
@requires(Action.MEETING_CHANGE)
def undo(citizen_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    now, by, days = clock()(), viewer().actor.person_id, settings().site.closing_days

    def write(session: Session) -> Meeting:
        mine = get_theirs(session, citizen_id, meeting_id)
        return booking.restore(session, mine.id, by=by, now=now)

    try:
        booking.attempt_change(db(), meeting_id, write, now=now, closing_days=days)
    except (Clash, TooLateToUndo) as refused:
        slots = refused.alternatives if isinstance(refused, Clash) else ()
        return page(
            "calendar/staff/not_undone.html",
            status=409,
            meeting_id=meeting_id,
            taken=isinstance(refused, Clash),
            times=[words_of(one.start, one.end) for one in slots],
        )
    except MeetingIsOver:  # the page says where it stands
        return to_meeting(citizen_id, meeting_id, Done.TOO_LATE)
    return to_meeting(citizen_id, meeting_id, Done.RESTORED)


# --- the citizen's answer from the phone, and what is settled without any change ---


class WhatWasSaid(Sheet[SaidForm]):
    """The citizen's answer, as it was given in the phone."""

    template = "calendar/staff/answer.html"

    def form(self, on: On, sent: Sent | None) -> SaidForm:
        form = SaidForm(sent)
        form.said.choices = _answers(on.shown)
        form.said.label.text = _("Hvad sagde %(name)s?", name=viewer().first_name)
        return form

    def write(self, session: Session, on: On, form: SaidForm) -> Meeting:
        chosen = form.said.data
        position = int(chosen) if chosen.isdigit() else None
        reply = Reply.COMING if position is not None else Reply(chosen)
        return changing.write_answer(session, on.said(form), reply, position)

    def done(self, on: On, form: SaidForm, meeting: Meeting) -> Done:
        return Done.WRITTEN

    def values(self, on: On, form: SaidForm, refused: Refused | None) -> Mapping[str, Any]:
        form.said.choices = _answers(on.shown)  # there may be other times by now
        return {}


def _answers(meeting: MeetingRow) -> list[SelectChoice]:
    """Return what a citizen can have said, each time by itself."""
    times = meeting.options if len(meeting.options) > 1 else ()
    yes = [
        SelectChoice(str(one.position), _("Ja tak til %(time)s", time=words_of(one.starts_at, one.ends_at)))
        for one in times
    ] or [SelectChoice(Reply.COMING.value, _("Ja tak"))]
    return [
        *yes,
        SelectChoice(Reply.OTHER_TIME.value, _("En anden tid")),
        SelectChoice(Reply.CANNOT.value, _("Kan ikke")),
    ]


@bp.get(f"{OF_MEETING}/svaret")
@requires(Action.MEETING_SETTLE)
def answer(citizen_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    return show(WhatWasSaid(), citizen_id, meeting_id)


@bp.post(f"{OF_MEETING}/svaret")
@requires(Action.MEETING_SETTLE)
def write_answer(citizen_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    return send(WhatWasSaid(), citizen_id, meeting_id)


@bp.post(f"{OF_MEETING}/paa-plads")
@requires(Action.MEETING_CHANGE)
def close(citizen_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    now, seen = clock()(), viewer()
    db().retrying(
        lambda session: changing.close_tasks(
            session, citizen_id, meeting_id, tie=seen.tie, who=seen.actor.person_id, now=now
        )
    )
    return to_meeting(citizen_id, meeting_id, Done.SETTLED)
