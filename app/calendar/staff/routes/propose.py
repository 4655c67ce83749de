"""/borgere/…/kalender/nyt: what a meeting is for, then the times that suit all, then it is sent.

What is typed goes from step to step in the form: nothing of a citizen's stands in an address, and nothing is
kept of what is not sent. So a reload of a step sends it again; that looks anew and writes nothing, and the
last step is taken once by its key.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.access.guard import requires, viewer
from app.access.policy import Action, Field
from app.booking.expiry import last_day_to_reply
from app.booking.series_preview import plan_series
from app.calendar.queries import get_shown_meeting
from app.calendar.staff import proposal
from app.calendar.staff.day_view import ONE_DAY
from app.calendar.staff.forms.page_forms import ProposeForm
from app.calendar.staff.locations import list_locations
from app.calendar.staff.proposal import MeetingNeed, SeriesRhythm
from app.calendar.staff.relaxed_search import relax_form
from app.calendar.staff.routes.need_form import is_changed, need_of, read_form, read_needs, search_mark
from app.calendar.staff.routes.queued import ADDED
from app.calendar.staff.time_search import SearchResult
from app.dates.local_time import danish_day
from app.i18n import gettext as _
from app.i18n import iso
from app.meetings.rules import Clash, NotBookable, Obstacle, Slot, TooManyProposals
from app.plan.queries import find_contact_name
from app.scheduling.rules import TimeOffer
from app.scheduling.texts import obstacle_texts, reasons_text
from app.web.context import clock, db, prepared_reader, settings
from app.web.page import page

bp = Blueprint("propose", __name__)

GOES_ON = ("send", "koe", "serie")  # the buttons that take the times that are shown
CAN_BE_SKIPPED = (Obstacle.CLOSING,)  # it can be booked all the same


@bp.get("/borgere/<uuid:citizen_id>/kalender/nyt")
@requires(Action.MEETING_PROPOSE)
def new(citizen_id: UUID) -> ResponseReturnValue:
    return _need_page(read_form(citizen_id))


@bp.post("/borgere/<uuid:citizen_id>/kalender/nyt")
@requires(Action.MEETING_PROPOSE)
def propose(citizen_id: UUID) -> ResponseReturnValue:
    form, step = read_form(citizen_id), request.form.get("trin", "tider")
    if "proev" in request.form:
        relax_form(form, request.form["proev"], list_locations(prepared_reader(), citizen_id))
    if step == "ja":
        form.said_yes.data = True
    if step == "ret":
        return _need_page(form)
    if not form.validate():
        return _need_page(form, status=422)
    need = _need_of_step(citizen_id, form, step)
    if step in GOES_ON and is_changed(form):
        form.tid.errors = [_("Du har rettet mødet. Se, om tiderne stadig passer, og tryk igen.")]
        return _times_page(form, need, status=422)
    if step == "send" or (step == "koe" and not form.in_series):
        return _send_series(form, need) if form.in_series else _send(form, need, queues=step == "koe")
    if step == "serie" and form.in_series:
        return _series_page(form, need)
    return _times_page(form, need)


@bp.get("/borgere/<uuid:citizen_id>/kalender/<uuid:meeting_id>/sendt")
@requires(Action.MEETING_PROPOSE)
def sent(citizen_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    seen, reader = viewer(), prepared_reader()
    meeting = get_shown_meeting(reader, seen.reader, meeting_id, now=clock()())
    series = proposal.meetings_of_series(reader, meeting_id)
    return page(
        "calendar/staff/sent.html",
        meeting=meeting,
        series=[danish_day(one) for one in series],
        is_contact=seen.subject.contact_id == seen.actor.person_id,
    )


@bp.app_template_global("offer_words")
def offer_text(offer: TimeOffer) -> str:
    """Return what speaks for a time, as those who help may read it."""
    return reasons_text(offer, for_staff=True)


@bp.app_template_global("day_of")
def day_of(moment: datetime) -> date:
    """Return the day in Denmark."""
    return danish_day(moment)


def limit_clash_text(clash: Clash) -> str:
    """Return what only who may see the citizen's limits reads of a clash: that it is more than they allow."""
    if clash.over_limit and viewer().may_see(Field.WISHES):
        return _("Ugen er fuld. Spørg %(name)s.", name=viewer().first_name)
    return ""


def _send(form: ProposeForm, need: MeetingNeed, *, queues: bool) -> ResponseReturnValue:
    """Send it, or put it in line; or show the times again, and say what is wrong."""
    now, workdays = clock()(), settings().site.workdays
    one = (
        _("Vælg den ene tid, som %(name)s har sagt ja til.", name=viewer().first_name)
        if need.said_yes and not queues
        else ""
    )
    if not form.check_times(form.length, only_one=one):
        return _times_page(form, need, status=422)
    slots = form.slots(form.length)
    try:
        if queues:
            return _to_queued(need, proposal.queue_up(db(), need, slots, now=now, workdays=workdays))
        meeting_id = proposal.send_proposal(db(), need, slots, now=now, workdays=workdays)
    except TooManyProposals:
        return _times_page(form, need, status=409, too_many=True)
    except Clash as clash:
        return _times_page(form, need, status=409, clash=clash)
    except NotBookable as refused:
        form.say(_(refused.reason, **refused.params))
        return _times_page(form, need, status=422)
    return _to_sent(need, meeting_id)


def _send_series(form: ProposeForm, need: MeetingNeed) -> ResponseReturnValue:
    now, workdays = clock()(), settings().site.workdays
    if not _has_one_time(form):
        return _times_page(form, need, status=422)
    meeting_request = need.meeting_request(form.slots(form.length))
    wanted = set(request.form.getlist("dag"))
    try:
        days = [danish_day(one.slot.start) for one in _plan(form, need)]
        skip = frozenset(day for day in days if day.isoformat() not in wanted)
        rhythm = SeriesRhythm(form.every_weeks, form.occurrences, skip)
        meeting_id = proposal.send_series(db(), need, meeting_request, rhythm, now=now, workdays=workdays)
    except TooManyProposals:
        return _series_page(form, need, status=409, too_many=True)
    except Clash as clash:
        return _series_page(form, need, status=409, clash=clash)
    except NotBookable as refused:
        form.say(_(refused.reason, **refused.params))
        return _series_page(form, need, status=422)
    return _to_sent(need, meeting_id)


def _to_sent(need: MeetingNeed, meeting_id: UUID) -> ResponseReturnValue:
    return redirect(url_for(".sent", citizen_id=need.citizen_id, meeting_id=meeting_id), code=303)


def _to_queued(need: MeetingNeed, queued_id: UUID) -> ResponseReturnValue:
    of: dict[str, Any] = {"citizen_id": need.citizen_id, "queued_id": queued_id}
    return redirect(url_for("queued.show", gjort=ADDED, **of), code=303)


def _need_of_step(citizen_id: UUID, form: ProposeForm, step: str) -> MeetingNeed:
    """Return what a valid form asks for. Of several times, which got a yes is for who rang to say."""
    if step == "ja" and len(form.tid.data or ()) > 1:
        form.tid.data = []
    return need_of(citizen_id, form)


def _has_one_time(form: ProposeForm) -> bool:
    return form.check_times(form.length, only_one=_("Vælg én tid. Den gælder hver gang."))


def _need_page(form: ProposeForm, *, status: int = 200) -> ResponseReturnValue:
    now, citizen_id = clock()(), viewer().subject.citizen_id
    reader = prepared_reader()
    full = proposal.has_too_many_proposals(reader, citizen_id, now=now)
    return page(
        "calendar/staff/need.html", status=status, form=form, full=full, chosen=form.chosen, **_beside(form)
    )


def _beside(form: ProposeForm) -> dict[str, Any]:
    """Return what the fields of a meeting show: what the citizen needs, and what those who help do."""
    reader = prepared_reader()
    helpers = proposal.list_invitable(reader, [UUID(one.value) for one in form.needed.choices])
    return {"needs": read_needs(reader), "titles": {str(one.id): one.title for one in helpers if one.title}}


def _times_page(
    form: ProposeForm,
    need: MeetingNeed,
    *,
    status: int = 200,
    clash: Clash | None = None,
    too_many: bool = False,
) -> ResponseReturnValue:
    now = clock()()
    try:
        found = _search(need)
    except NotBookable as refused:  # nobody could have the time that was agreed elsewhere
        form.day.errors = [_(refused.reason, **refused.params)]
        return _need_page(form, status=422)
    in_the_way, to_know = _obstacle_texts(found)
    if need.said_yes:
        form.tid.label.text = _("Hvilken tid har %(name)s sagt ja til?", name=viewer().first_name)
    full = too_many or proposal.has_too_many_proposals(prepared_reader(), need.citizen_id, now=now)
    return page(
        "calendar/staff/times.html",
        status=status,
        form=form,
        found=found,
        gone=_note_found(form, found),
        in_the_way=in_the_way,
        to_know=to_know,
        said_yes=need.said_yes,
        taken=clash is not None,
        full_week=limit_clash_text(clash) if clash else "",
        too_many=too_many,
        full=full,
        is_contact=viewer().subject.contact_id == viewer().actor.person_id,
        contact_name=find_contact_name(prepared_reader(), need.citizen_id),
        answer_by=_answer_by(now, need),
        **_beside(form),
    )


def _note_found(form: ProposeForm, found: SearchResult) -> list[Slot]:
    """Let the form say what was found, and return the times that were chosen and are not among it."""
    form.interpreter.data = str(found.interpreter_id or "")
    form.soegt.data = search_mark(form)
    shown = {one.slot for one in (*found.best, *found.more)}
    gone = [one for one in form.chosen if one not in shown]
    form.tid.data = [iso(one.start) for one in form.chosen if one in shown]
    return gone


def _answer_by(now: datetime, need: MeetingNeed) -> date:
    """Return the last day to answer: of a time that was agreed elsewhere not later than the day before it."""
    last = last_day_to_reply(now, settings().site.workdays)
    return min(last, danish_day(need.exact.start) - ONE_DAY) if need.exact else last


def _search(need: MeetingNeed) -> SearchResult:
    seen = viewer()
    return proposal.search_for(
        prepared_reader(),
        need,
        now=clock()(),
        workdays=settings().site.workdays,
        blockers=seen.may_see(Field.WISHES),
        reader=seen.actor.person_id,
    )


def _obstacle_texts(found: SearchResult) -> tuple[list[str], list[str]]:
    """Return what is in the way of the time that was agreed elsewhere, and what is to be known of it."""
    if found.check is None:
        return [], []
    seen = viewer()
    return obstacle_texts(
        found.check,
        seen.first_name,
        reader=seen.actor.person_id,
        sees_wishes=seen.may_see(Field.WISHES),
    )


def _plan(form: ProposeForm, need: MeetingNeed) -> Sequence[Any]:
    slots: list[Slot] = form.slots(form.length)
    meeting_request = need.meeting_request(slots)
    now, workdays = clock()(), settings().site.workdays
    return plan_series(
        prepared_reader(), meeting_request, form.every_weeks, form.occurrences, now=now, workdays=workdays
    )


def _series_page(
    form: ProposeForm,
    need: MeetingNeed,
    *,
    status: int = 200,
    clash: Clash | None = None,
    too_many: bool = False,
) -> ResponseReturnValue:
    if not _has_one_time(form):
        return _times_page(form, need, status=422)
    now, workdays = clock()(), settings().site.workdays
    try:
        plan = _plan(form, need)
    except NotBookable as refused:
        form.say(_(refused.reason, **refused.params))
        return _need_page(form, status=422)
    full = not need.said_yes and proposal.has_too_many_proposals(prepared_reader(), need.citizen_id, now=now)
    return page(
        "calendar/staff/series.html",
        status=status,
        form=form,
        plan=[(one, danish_day(one.slot.start), _obstacle_words(one)) for one in plan],
        bookable=(None, *CAN_BE_SKIPPED),
        chosen=request.form.getlist("dag") if request.form.get("trin") == "send" else None,
        said_yes=need.said_yes,
        full=full or too_many,
        taken=clash is not None,
        full_week=limit_clash_text(clash) if clash else "",
        too_many=too_many,
        answer_by=last_day_to_reply(now, workdays),
    )


def _obstacle_words(one: Any) -> str:
    """Return why one meeting of a series can't be there; a limit is told to the contact person alone."""
    if one.obstacle is Obstacle.LIMIT and viewer().may_see(Field.WISHES):
        return _("Ugen er fuld for %(name)s.", name=viewer().first_name)
    return {
        None: "",
        Obstacle.HOLIDAY: _("Det er %(name)s.", name=one.name),
        Obstacle.CLOSING: _("Kommunen har lukket den dag. Mødet kan godt holdes alligevel."),
        Obstacle.TAKEN: _("Tiden er optaget."),
        Obstacle.LIMIT: _("Tiden er optaget."),
        Obstacle.NO_SUCH_TIME: _("Den tid findes ikke. Uret bliver stillet den nat."),
    }[one.obstacle]
