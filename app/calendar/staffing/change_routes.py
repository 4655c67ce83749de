"""A meeting that must be settled: other times, moved, called off, brought back, an answer from the phone."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session
from wtforms import SelectChoice

from app.access.guard import requires, viewer
from app.access.policy import Action
from app.calendar import booking
from app.calendar.models import Meeting
from app.calendar.page import MeetingRow, get_meeting
from app.calendar.replying import Answer
from app.calendar.rules import (
    AlreadyAnswered,
    ChangedMeanwhile,
    Clash,
    MeetingIsOver,
    MeetingState,
    NotBookable,
    Reply,
    TooLateToUndo,
)
from app.calendar.staffing import changing, proposing
from app.calendar.staffing.changing import Desk
from app.calendar.staffing.forms import ASK, MOVE, SAID_YES, CancelForm, NewTimesForm, SaidForm
from app.calendar.staffing.routes import full_week, is_contact
from app.clock import danish_day
from app.errors import Refused
from app.i18n import gettext as _
from app.i18n import near_day, time_range
from app.web import clock, db, page, settings

bp = Blueprint("settling", __name__)

OF_MEETING = "/borgere/<uuid:citizen_id>/kalender/<uuid:meeting_id>"
STALE = (ChangedMeanwhile, AlreadyAnswered)


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


@bp.get(f"{OF_MEETING}/nye-tider")
@requires(Action.MEETING_CHANGE)
def new_times(citizen_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    return _times_page(citizen_id, meeting_id, None)


@bp.post(f"{OF_MEETING}/nye-tider")
@requires(Action.MEETING_CHANGE)
def settle(citizen_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    form = NewTimesForm(request.form)
    now, days = clock()(), settings().site.closing_days
    with db().reading() as session:
        meeting = _theirs(session, citizen_id, meeting_id)
        ask = proposing.ask_again(session, meeting, now=now)
    form.how.choices = _hows(meeting)
    length = meeting.ends_at - meeting.starts_at
    one = "" if form.how.data == ASK else _("Vælg én tid at flytte til.")
    if not (form.validate() & form.check_times(length, only_one=one)):
        return _times_page(citizen_id, meeting_id, form, status=422)
    slots, said = form.slots(length), _said(citizen_id, meeting_id, form.sequence)

    def write(session: Session) -> Meeting:
        mine = _theirs(session, citizen_id, meeting_id)
        if mine.sequence != form.sequence:
            raise ChangedMeanwhile
        if not proposing.is_offered(session, ask, slots, now=now, closing_days=days):
            raise Clash
        if form.how.data == ASK:
            return changing.offer_anew(session, mine, slots, said)
        return changing.move_to(session, mine, slots[0], said, said_yes=form.how.data == SAID_YES)

    def again(refused: Refused) -> ResponseReturnValue:
        return _times_page(citizen_id, meeting_id, form, status=409, refused=refused)

    return _done(citizen_id, meeting_id, write, again)


def _hows(meeting: Meeting) -> list[SelectChoice]:
    """Return what can be done with the chosen times: the contact person asks; who called it can move it."""
    name = viewer().first_name
    ask = SelectChoice(ASK, _("Spørg %(name)s, hvilken tid der passer", name=name))
    move = SelectChoice(MOVE, _("Flyt mødet til den ene tid"))
    said = SelectChoice(SAID_YES, _("%(name)s har sagt ja til den ene tid i telefonen", name=name))
    if not is_contact():
        return [move]
    return [ask, said] if meeting.state is MeetingState.EXPIRED else [ask, said, move]


def _times_page(
    citizen_id: UUID,
    meeting_id: UUID,
    form: NewTimesForm | None,
    *,
    status: int = 200,
    refused: Refused | None = None,
) -> ResponseReturnValue:
    """Show the times. If it was changed meanwhile: what was chosen, and what stands now."""
    now, days = clock()(), settings().site.closing_days
    with db().reading() as session:
        meeting = _theirs(session, citizen_id, meeting_id)
        ask = proposing.ask_again(session, meeting, now=now)
        goes_on = changing.is_given_up(meeting, now) or _goes_on(meeting)
        found = (
            proposing.search(session, ask, now=now, closing_days=days, blockers=is_contact())
            if goes_on
            else proposing.Found([])
        )
        shown = get_meeting(session, citizen_id, meeting_id, now=now)
    length, hows = meeting.ends_at - meeting.starts_at, _hows(meeting)
    form = form or NewTimesForm(how=hows[0].value)
    form.how.choices = hows
    chosen = [_words_of(slot.start, slot.end) for slot in form.slots(length)]
    form.seen.data = str(meeting.sequence)  # what stands is shown: what is sent next is about it
    return page(
        "calendar/staff/new_times.html",
        status=status,
        form=form,
        meeting=shown,
        found=found,
        goes_on=goes_on,
        changed=isinstance(refused, ChangedMeanwhile),
        chosen=chosen,
        taken=isinstance(refused, Clash),
        full_week=full_week(refused) if isinstance(refused, Clash) else "",
        refused=refused and _(refused.reason, **refused.params),
    )


def _words_of(start: Any, end: Any) -> str:
    day = near_day(danish_day(start), danish_day(clock()()))
    return _("%(day)s kl. %(hours)s", day=day, hours=time_range(start, end))


# --- called off, and brought back ---


@bp.get(f"{OF_MEETING}/aflys")
@requires(Action.MEETING_CHANGE)
def cancel(citizen_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    return _cancel_page(citizen_id, meeting_id, None)


@bp.post(f"{OF_MEETING}/aflys")
@requires(Action.MEETING_CHANGE)
def call_off(citizen_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    form, now = CancelForm(request.form), clock()()
    if not form.validate():
        return _cancel_page(citizen_id, meeting_id, form, status=422)
    by, words = viewer().actor.person_id, form.reason.data

    def write(session: Session) -> Meeting:
        mine = _theirs(session, citizen_id, meeting_id)
        return booking.cancel(session, mine.id, sequence=form.sequence, by=by, now=now, reason=words)

    def again(_refused: Refused) -> ResponseReturnValue:
        return _cancel_page(citizen_id, meeting_id, form, status=409, changed=True)

    return _done(citizen_id, meeting_id, write, again)


@bp.post(f"{OF_MEETING}/fortryd")
@requires(Action.MEETING_CHANGE)
def undo(citizen_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    now, by = clock()(), viewer().actor.person_id

    def write(session: Session) -> Meeting:
        mine = _theirs(session, citizen_id, meeting_id)
        return booking.restore(session, mine.id, by=by, now=now)

    def again(refused: Refused) -> ResponseReturnValue:
        slots = refused.alternatives if isinstance(refused, Clash) else ()
        return page(
            "calendar/staff/not_undone.html",
            status=409,
            meeting_id=meeting_id,
            taken=isinstance(refused, Clash),
            times=[_words_of(one.start, one.end) for one in slots],
        )

    return _done(citizen_id, meeting_id, write, again)


def _cancel_page(
    citizen_id: UUID,
    meeting_id: UUID,
    form: CancelForm | None,
    *,
    status: int = 200,
    changed: bool = False,
) -> ResponseReturnValue:
    with db().reading() as session:
        meeting = _theirs(session, citizen_id, meeting_id)
        shown = get_meeting(session, citizen_id, meeting_id, now=clock()())
    form = form or CancelForm()
    form.reason.label.text = _("Hvorfor bliver mødet aflyst?")
    if changed or not form.seen.data:
        form.seen.data = str(meeting.sequence)
    return page("calendar/staff/cancel.html", status=status, form=form, meeting=shown, changed=changed)


# --- the citizen's answer from the phone, and what is settled without any change ---


@bp.get(f"{OF_MEETING}/svaret")
@requires(Action.MEETING_SETTLE)
def answer(citizen_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    return _answer_page(citizen_id, meeting_id, None)


@bp.post(f"{OF_MEETING}/svaret")
@requires(Action.MEETING_SETTLE)
def write_answer(citizen_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    form, now = SaidForm(request.form), clock()()
    with db().reading() as session:
        form.said.choices = _answers(get_meeting(session, citizen_id, meeting_id, now=now))
    if not form.validate():
        return _answer_page(citizen_id, meeting_id, form, status=422)
    chosen = form.said.data
    position = int(chosen) if chosen.isdigit() else None
    reply = Reply.COMING if position is not None else Reply(chosen)
    said = _said(citizen_id, meeting_id, form.sequence)

    def write(session: Session) -> Meeting:
        return changing.write_answer(session, said, reply, position)

    def again(refused: Refused) -> ResponseReturnValue:
        return _answer_page(citizen_id, meeting_id, form, status=409, refused=refused)

    return _done(citizen_id, meeting_id, write, again)


@bp.post(f"{OF_MEETING}/paa-plads")
@requires(Action.MEETING_CHANGE)
def close(citizen_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    now, seen = clock()(), viewer()
    db().retrying(
        lambda session: changing.close_tasks(
            session, citizen_id, meeting_id, tie=seen.tie, who=seen.actor.person_id, now=now
        )
    )
    return _to_meeting(citizen_id, meeting_id)


def _answers(meeting: MeetingRow) -> list[SelectChoice]:
    """Return what a citizen can have said, each time by itself."""
    times = meeting.options if len(meeting.options) > 1 else ()
    yes = [
        SelectChoice(str(one.position), _("Ja tak til %(time)s", time=_words_of(one.starts_at, one.ends_at)))
        for one in times
    ] or [SelectChoice(Reply.COMING.value, _("Ja tak"))]
    return [
        *yes,
        SelectChoice(Reply.OTHER_TIME.value, _("En anden tid")),
        SelectChoice(Reply.CANNOT.value, _("Kan ikke")),
    ]


def _answer_page(
    citizen_id: UUID,
    meeting_id: UUID,
    form: SaidForm | None,
    *,
    status: int = 200,
    refused: Refused | None = None,
) -> ResponseReturnValue:
    with db().reading() as session:
        meeting = get_meeting(session, citizen_id, meeting_id, now=clock()())
    form = form or SaidForm()
    form.said.choices = _answers(meeting)
    form.said.label.text = _("Hvad sagde %(name)s?", name=viewer().first_name)
    form.seen.data = str(meeting.sequence)
    return page(
        "calendar/staff/answer.html",
        status=status,
        form=form,
        meeting=meeting,
        refused=refused and _(refused.reason, **refused.params),
    )


# --- what all of them share ---


def _theirs(session: Session, citizen_id: UUID, meeting_id: UUID) -> Meeting:
    seen = viewer()
    return changing.get_theirs(session, citizen_id, meeting_id, tie=seen.tie, who=seen.actor.person_id)


def _goes_on(meeting: Meeting) -> bool:
    return meeting.state in (MeetingState.PROPOSED, MeetingState.AGREED) and meeting.ends_at > clock()()


def _said(citizen_id: UUID, meeting_id: UUID, sequence: int) -> Answer:
    closing_days: frozenset[date] = frozenset(settings().site.closing_days)
    return Answer(citizen_id, meeting_id, viewer().actor.person_id, clock()(), sequence, closing_days)


def _done(
    citizen_id: UUID,
    meeting_id: UUID,
    write: Callable[[Session], Meeting],
    again: Callable[[Refused], ResponseReturnValue],
) -> ResponseReturnValue:
    """Do it and show the meeting; what can't be had is told on the same page, with everything typed."""
    now, days = clock()(), settings().site.closing_days
    try:
        booking.attempt_change(db(), meeting_id, write, now=now, closing_days=days)
    except (*STALE, Clash, NotBookable, TooLateToUndo) as refused:
        return again(refused)
    except MeetingIsOver:  # the page says where it stands
        pass
    return _to_meeting(citizen_id, meeting_id)


def _to_meeting(citizen_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    there = url_for("calendar.meeting", citizen_id=citizen_id, meeting_id=meeting_id)
    return redirect(there, code=303)
