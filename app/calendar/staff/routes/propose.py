"""/borgere/…/kalender/nyt: what a meeting is for, then the times that suit all, then it is sent.

What is typed goes from step to step in the form: nothing of a citizen's stands in an address, and nothing is
kept of what is not sent. So a reload of a step sends it again; that looks anew and writes nothing, and the
last step is taken once by its key.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session
from wtforms import SelectChoice

from app.access.guard import requires, viewer
from app.access.policy import Action, Field
from app.availability import service
from app.booking.expiry import hold_expires_at
from app.calendar.queries import get_shown_meeting
from app.calendar.staff import edit_merge, proposal
from app.calendar.staff.day_view import ONE_DAY, read_taken_times, with_wishes
from app.calendar.staff.forms.meeting_fields import CHANNELS, choices_of
from app.calendar.staff.forms.page_forms import LENGTHS, YES, ProposeForm
from app.calendar.staff.interpreters import interpreter_choices, list_interpreters
from app.calendar.staff.locations import find_location, last_meeting, list_locations, location_choices
from app.calendar.staff.proposal import MeetingNeed, SearchResult, SeriesRhythm
from app.calendar.staff.relaxed_search import relax_form
from app.dates.local_time import danish_day
from app.entries.forms import new_key
from app.i18n import gettext as _
from app.i18n import iso, ngettext
from app.identity.rules import first_name
from app.meetings.queries import get_citizens_meeting
from app.meetings.rules import FARTHEST, Channel, Clash, NotBookable, Obstacle, Slot, TooManyProposals
from app.plan.service import find_contact
from app.scheduling.rules import TimeOffer
from app.scheduling.texts import reasons_text
from app.web.context import clock, db, settings
from app.web.page import page

bp = Blueprint("propose", __name__)

CAN_BE_SKIPPED = (Obstacle.CLOSING,)  # it can be booked all the same


@bp.get("/borgere/<uuid:citizen_id>/kalender/nyt")
@requires(Action.MEETING_PROPOSE)
def new(citizen_id: UUID) -> ResponseReturnValue:
    return _need_page(_form(citizen_id))


@bp.post("/borgere/<uuid:citizen_id>/kalender/nyt")
@requires(Action.MEETING_PROPOSE)
def propose(citizen_id: UUID) -> ResponseReturnValue:
    form, step = _form(citizen_id), request.form.get("trin", "tider")
    if "proev" in request.form:
        with db().reading() as session:
            relax_form(form, request.form["proev"], list_locations(session, citizen_id))
    if step == "ret":
        return _need_page(form)
    if not form.validate():
        return _need_page(form, status=422)
    need = _need(citizen_id, form)
    if step == "send":
        return _send_series(form, need) if form.in_series else _send(form, need)
    if step == "serie" and form.in_series:
        return _series_page(form, need)
    return _times_page(form, need)


@bp.get("/borgere/<uuid:citizen_id>/kalender/<uuid:meeting_id>/sendt")
@requires(Action.MEETING_PROPOSE)
def sent(citizen_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    now = clock()()
    with db().reading() as session:
        meeting = get_shown_meeting(session, citizen_id, meeting_id, now=now)
        series = proposal.meetings_of_series(session, meeting_id)
    seen = viewer()
    return page(
        "calendar/staff/sent.html",
        meeting=meeting,
        series=[danish_day(one) for one in series],
        is_contact=seen.subject.contact_id == seen.actor.person_id,
    )


@bp.get("/borgere/<uuid:citizen_id>/kalender/dag")
@requires(Action.MEETING_PROPOSE)
def day(citizen_id: UUID) -> ResponseReturnValue:
    """The citizen's day and the reader's own, side by side. Why somebody can't is told to nobody."""
    chosen = _chosen_day(request.args.get("dato"))
    with db().reading() as session:
        theirs = read_taken_times(session, citizen_id, citizen_id, chosen)
        if viewer().may_see(Field.WISHES):
            theirs = with_wishes(session, theirs, citizen_id, chosen)
        mine = read_taken_times(session, viewer().actor.person_id, citizen_id, chosen)
    return page(
        "calendar/staff/day.html",
        day=chosen,
        before=chosen - ONE_DAY,
        after=chosen + ONE_DAY,
        theirs=theirs,
        mine=mine,
    )


def _chosen_day(said: str | None) -> date:
    """Return the day that was asked for, within two years of today; today if it is none."""
    today = danish_day(clock()())
    try:
        found = date.fromisoformat(said or "")
    except ValueError:
        return today
    return found if abs(found - today) <= FARTHEST else today


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


def _form(citizen_id: UUID) -> ProposeForm:
    """Return the form as it was sent, or with what is most often so."""
    seen = viewer()
    me, subject = seen.actor.person_id, seen.subject
    with db().reading() as session:
        helpers = proposal.list_invitable(session, subject.team_ids)
        wheres = list_locations(session, citizen_id)
        channel = service.get_needs(session, citizen_id).channel
        last = last_meeting(session, citizen_id)
        interpreters = list_interpreters(session, citizen_id)
    place = last.place if last else None
    inputs = str(last.place_id) if last and last.place_id else wheres[0].value if wheres and not place else ""
    usual: dict[str, Any] = {"needed": [str(me)], "channel": channel or Channel.IN_PERSON, "place_id": inputs}
    usual["place"] = place if place and not inputs else ""
    usual |= _as_before(citizen_id)
    form = ProposeForm(request.form or None, key=new_key(), **usual)
    people = [SelectChoice(str(one.id), one.name) for one in helpers]
    form.needed.choices, form.welcome.choices = people, people
    form.channel.choices = choices_of(CHANNELS)
    form.minutes.choices = [
        SelectChoice(one, ngettext("%(num)s minut", "%(num)s minutter", int(one))) for one in LENGTHS
    ]
    form.place_id.choices = location_choices(wheres)
    form.interpreter.choices = interpreter_choices(interpreters)
    form.bring.label.text = _("Hvad skal %(name)s tage med?", name=seen.first_name)
    form.said_yes.label.text = _("%(name)s har sagt ja i telefonen", name=seen.first_name)
    return form


def _as_before(citizen_id: UUID) -> dict[str, Any]:
    """Return what an earlier meeting was about, if the address says that this one is instead of it."""
    try:
        earlier_id = UUID(request.args.get("som", ""))
    except ValueError:
        return {}
    with db().reading() as session:
        earlier = get_citizens_meeting(session, citizen_id, earlier_id)
        return edit_merge.read_as_template(session, earlier)


def _need(citizen_id: UUID, form: ProposeForm) -> MeetingNeed:
    """Return what a valid form asks for."""
    with db().reading() as session:
        companion = service.get_needs(session, citizen_id).companion
        where = find_location(list_locations(session, citizen_id), form.known_place)
    return MeetingNeed(
        citizen_id=citizen_id,
        organiser_id=viewer().actor.person_id,
        with_ids=form.with_ids,
        optional_ids=form.optional_ids,
        purpose=form.purpose.data,
        why=form.why.data,
        bring=form.bring.data or None,
        minutes=int(form.minutes.data),
        within_days=int(form.within.data),
        channel=Channel(form.channel.data),
        place_id=where.place_id if where else None,
        place=form.typed_place,
        room_id=where.room_id if where else None,
        duty=form.duty.data == YES,
        companion=companion,
        interpreter_id=form.interpreter_id,
        key=form.key.data,
        wide=form.wide,
    )


def _send(form: ProposeForm, need: MeetingNeed) -> ResponseReturnValue:
    now, days, said_yes = clock()(), settings().site.closing_days, _said_yes(form)
    one = _("Vælg den ene tid, som %(name)s har sagt ja til.", name=viewer().first_name) if said_yes else ""
    if not form.check_times(form.length, only_one=one):
        return _times_page(form, need, status=422)
    slots = form.slots(form.length)
    try:
        meeting_id = proposal.send_proposal(db(), need, slots, said_yes=said_yes, now=now, closing_days=days)
    except TooManyProposals:
        return _times_page(form, need, status=409, too_many=True)
    except Clash as clash:
        return _times_page(form, need, status=409, clash=clash)
    except NotBookable as refused:
        form.say(_(refused.reason, **refused.params))
        return _times_page(form, need, status=422)
    return _to_sent(need, meeting_id)


def _send_series(form: ProposeForm, need: MeetingNeed) -> ResponseReturnValue:
    now, closed = clock()(), settings().site.closing_days
    if not _has_one_time(form):
        return _times_page(form, need, status=422)
    meeting_request = need.meeting_request(form.slots(form.length), said_yes=_said_yes(form))
    wanted = set(request.form.getlist("dag"))
    try:
        with db().reading() as session:
            days = [danish_day(one.slot.start) for one in _plan(session, form, need)]
        skip = frozenset(day for day in days if day.isoformat() not in wanted)
        rhythm = SeriesRhythm(form.every_weeks, form.occurrences, skip)
        meeting_id = proposal.send_series(db(), need, meeting_request, rhythm, now=now, closing_days=closed)
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


def _said_yes(form: ProposeForm) -> bool:
    """Say whether the citizen's yes was written down by somebody who may."""
    return bool(form.said_yes.data) and viewer().may(Action.MEETING_SETTLE)


def _has_one_time(form: ProposeForm) -> bool:
    return form.check_times(form.length, only_one=_("Vælg én tid. Den gælder hver gang."))


def _need_page(form: ProposeForm, *, status: int = 200) -> ResponseReturnValue:
    now, citizen_id = clock()(), viewer().subject.citizen_id
    with db().reading() as session:
        needs = service.get_needs(session, citizen_id)
        helpers = proposal.list_invitable(session, [UUID(one.value) for one in form.needed.choices])
        full = proposal.has_too_many_proposals(session, citizen_id, now=now)
    return page(
        "calendar/staff/need.html",
        status=status,
        form=form,
        needs=needs,
        titles={str(one.id): one.title for one in helpers if one.title},
        full=full,
    )


def _times_page(
    form: ProposeForm,
    need: MeetingNeed,
    *,
    status: int = 200,
    clash: Clash | None = None,
    too_many: bool = False,
) -> ResponseReturnValue:
    now, days = clock()(), settings().site.closing_days
    with db().reading() as session:
        found = proposal.search_times(
            session,
            need.ask(now),
            now=now,
            closing_days=days,
            blockers=viewer().may_see(Field.WISHES),
            reader=viewer().actor.person_id,
        )
        contact = find_contact(session, need.citizen_id)
    form.interpreter.data = str(found.interpreter_id or "")
    if clash is not None:
        form.tid.data = [one for one in form.tid.data or () if _is_shown(one, found)]
    return page(
        "calendar/staff/times.html",
        status=status,
        form=form,
        found=found,
        taken=clash is not None,
        full_week=limit_clash_text(clash) if clash else "",
        too_many=too_many,
        contact=contact,
        contact_name=first_name(contact.name) if contact else None,
        answer_by=_answer_by(),
    )


def _is_shown(chosen: str, found: SearchResult) -> bool:
    return any(chosen == iso(one.slot.start) for one in (*found.best, *found.more))


def _answer_by() -> Any:
    """Return the last day on which a proposal that is sent now can be answered."""
    return danish_day(hold_expires_at(clock()()) - timedelta(minutes=1))


def _plan(session: Session, form: ProposeForm, need: MeetingNeed) -> Sequence[Any]:
    slots: list[Slot] = form.slots(form.length)
    meeting_request = need.meeting_request(slots, said_yes=_said_yes(form))
    return proposal.preview_series(
        session,
        meeting_request,
        form.every_weeks,
        form.occurrences,
        now=clock()(),
        closing_days=settings().site.closing_days,
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
    try:
        with db().reading() as session:
            plan = _plan(session, form, need)
    except NotBookable as refused:
        form.say(_(refused.reason, **refused.params))
        return _need_page(form, status=422)
    return page(
        "calendar/staff/series.html",
        status=status,
        form=form,
        plan=[(one, danish_day(one.slot.start), _obstacle_words(one)) for one in plan],
        bookable=(None, *CAN_BE_SKIPPED),
        said_yes=_said_yes(form),
        taken=clash is not None,
        full_week=limit_clash_text(clash) if clash else "",
        too_many=too_many,
        answer_by=_answer_by(),
    )


def _obstacle_words(one: Any) -> str:
    """Return why one meeting of a series can't be there; a limit is told to the contact person alone."""
    if one.obstacle is Obstacle.LIMIT and viewer().may_see(Field.WISHES):
        return _("Ugen er fuld for %(name)s.", name=viewer().first_name)
    return {
        None: "",
        Obstacle.HOLIDAY: _("Det er %(name)s.", name=one.name),
        Obstacle.CLOSING: _("Kommunen har lukket den dag. Mødet kan godt være der."),
        Obstacle.TAKEN: _("Tiden er optaget."),
        Obstacle.LIMIT: _("Tiden er optaget."),
        Obstacle.NO_SUCH_TIME: _("Den tid findes ikke. Uret bliver stillet den nat."),
    }[one.obstacle]
