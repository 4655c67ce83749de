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
from app.access.policy import Action
from app.calendar import booking, wishes
from app.calendar.finder import Offer, reason_words
from app.calendar.page import get_meeting
from app.calendar.rules import FARTHEST, Channel, Clash, NotBookable, Obstacle, Slot, TooManyProposals
from app.calendar.staffing import editing, proposing
from app.calendar.staffing.day import ONE_DAY, read_day, with_wishes
from app.calendar.staffing.forms import CHANNELS, LENGTHS, YES, NeedForm, choices_of
from app.calendar.staffing.interpreting import list_interpreters, whoever_is_free
from app.calendar.staffing.otherwise import try_otherwise
from app.calendar.staffing.proposing import Found, Need, Rhythm
from app.calendar.staffing.where import choices_of_wheres, find_where, last_meeting, list_wheres
from app.clock import danish_day
from app.entries.forms import new_key
from app.i18n import gettext as _
from app.i18n import iso, ngettext
from app.identity.rules import first_name
from app.plan.service import find_contact
from app.web import clock, db, page, settings

bp = Blueprint("staffing", __name__)

CONTACTS = ("contact", "substitute")
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
            try_otherwise(form, request.form["proev"], list_wheres(session, citizen_id))
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
        meeting = get_meeting(session, citizen_id, meeting_id, now=now)
        series = proposing.meetings_of_series(session, meeting_id)
    return page("calendar/staff/sent.html", meeting=meeting, series=[danish_day(one) for one in series])


@bp.get("/borgere/<uuid:citizen_id>/kalender/dag")
@requires(Action.MEETING_PROPOSE)
def day(citizen_id: UUID) -> ResponseReturnValue:
    """The citizen's day and the reader's own, side by side. Why somebody can't is told to nobody."""
    chosen = _chosen_day(request.args.get("dato"))
    with db().reading() as session:
        theirs = read_day(session, citizen_id, citizen_id, chosen)
        if is_contact():
            theirs = with_wishes(session, theirs, citizen_id, chosen)
        mine = read_day(session, viewer().actor.person_id, citizen_id, chosen)
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
def offer_words(offer: Offer) -> str:
    """Return what speaks for a time, as those who help may read it."""
    return reason_words(offer, for_staff=True)


@bp.app_template_global("day_of")
def day_of(moment: datetime) -> date:
    """Return the day in Denmark."""
    return danish_day(moment)


def is_contact() -> bool:
    """Say whether the reader is who answers for the citizen's plan."""
    return viewer().tie in CONTACTS


def full_week(clash: Clash) -> str:
    """Return what only the contact person may read of a clash: that it is more than the citizen can take."""
    if clash.over_limit and is_contact():
        return _("Ugen er fuld. Spørg %(name)s.", name=viewer().first_name)
    return ""


def _form(citizen_id: UUID) -> NeedForm:
    """Return the form as it was sent, or with what is most often so."""
    seen = viewer()
    me, subject = seen.actor.person_id, seen.subject
    with db().reading() as session:
        ids = {subject.contact_id, *subject.substitute_ids, *subject.professional_ids}
        helpers = proposing.list_helpers(session, ids)
        wheres = list_wheres(session, citizen_id)
        channel = wishes.find_needs(session, citizen_id).channel
        last = last_meeting(session, citizen_id)
        interpreters = list_interpreters(session, citizen_id)
    place = last.place if last else None
    known = str(last.place_id) if last and last.place_id else wheres[0].value if wheres and not place else ""
    usual: dict[str, Any] = {"needed": [str(me)], "channel": channel or Channel.IN_PERSON, "place_id": known}
    usual["place"] = place if place and not known else ""
    usual |= _as_before(citizen_id)
    form = NeedForm(request.form or None, key=new_key(), **usual)
    people = [SelectChoice(str(one.id), one.name) for one in helpers]
    form.needed.choices, form.welcome.choices = people, people
    form.channel.choices = choices_of(CHANNELS)
    form.minutes.choices = [
        SelectChoice(one, ngettext("%(num)s minut", "%(num)s minutter", int(one))) for one in LENGTHS
    ]
    form.place_id.choices = choices_of_wheres(wheres)
    form.interpreter.choices = whoever_is_free(interpreters)
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
        earlier = proposing.get_meeting_of(session, citizen_id, earlier_id)
        return editing.read_again(session, earlier)


def _need(citizen_id: UUID, form: NeedForm) -> Need:
    """Return what a valid form asks for."""
    with db().reading() as session:
        companion = wishes.find_needs(session, citizen_id).companion
        where = find_where(list_wheres(session, citizen_id), form.known_place)
    return Need(
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


def _send(form: NeedForm, need: Need) -> ResponseReturnValue:
    now, days, said_yes = clock()(), settings().site.closing_days, _said_yes(form)
    one = _("Vælg den ene tid, som %(name)s har sagt ja til.", name=viewer().first_name) if said_yes else ""
    if not form.check_times(form.length, only_one=one):
        return _times_page(form, need, status=422)
    slots = form.slots(form.length)
    try:
        meeting_id = proposing.send(db(), need, slots, said_yes=said_yes, now=now, closing_days=days)
    except TooManyProposals:
        return _times_page(form, need, status=409, too_many=True)
    except Clash as clash:
        return _times_page(form, need, status=409, clash=clash)
    except NotBookable as refused:
        form.say(_(refused.reason, **refused.params))
        return _times_page(form, need, status=422)
    return _to_sent(need, meeting_id)


def _send_series(form: NeedForm, need: Need) -> ResponseReturnValue:
    now, closed = clock()(), settings().site.closing_days
    if not _has_one_time(form):
        return _times_page(form, need, status=422)
    wish = need.wish(form.slots(form.length), said_yes=_said_yes(form))
    wanted = set(request.form.getlist("dag"))
    try:
        with db().reading() as session:
            days = [danish_day(one.slot.start) for one in _plan(session, form, need)]
        skip = frozenset(day for day in days if day.isoformat() not in wanted)
        rhythm = Rhythm(form.every_weeks, form.occurrences, skip)
        meeting_id = proposing.send_series(db(), need, wish, rhythm, now=now, closing_days=closed)
    except TooManyProposals:
        return _series_page(form, need, status=409, too_many=True)
    except Clash as clash:
        return _series_page(form, need, status=409, clash=clash)
    except NotBookable as refused:
        form.say(_(refused.reason, **refused.params))
        return _series_page(form, need, status=422)
    return _to_sent(need, meeting_id)


def _to_sent(need: Need, meeting_id: UUID) -> ResponseReturnValue:
    return redirect(url_for(".sent", citizen_id=need.citizen_id, meeting_id=meeting_id), code=303)


def _said_yes(form: NeedForm) -> bool:
    """Say whether the citizen's yes was written down by somebody who may."""
    return bool(form.said_yes.data) and viewer().may(Action.MEETING_SETTLE)


def _has_one_time(form: NeedForm) -> bool:
    return form.check_times(form.length, only_one=_("Vælg én tid. Den gælder hver gang."))


def _need_page(form: NeedForm, *, status: int = 200) -> ResponseReturnValue:
    now, citizen_id = clock()(), viewer().subject.citizen_id
    with db().reading() as session:
        needs = wishes.find_needs(session, citizen_id)
        helpers = proposing.list_helpers(session, [UUID(one.value) for one in form.needed.choices])
        full = proposing.too_many_wait(session, citizen_id, now=now)
    return page(
        "calendar/staff/need.html",
        status=status,
        form=form,
        needs=needs,
        titles={str(one.id): one.title for one in helpers if one.title},
        full=full,
    )


def _times_page(
    form: NeedForm,
    need: Need,
    *,
    status: int = 200,
    clash: Clash | None = None,
    too_many: bool = False,
) -> ResponseReturnValue:
    now, days = clock()(), settings().site.closing_days
    with db().reading() as session:
        found = proposing.search(
            session,
            need.ask(now),
            now=now,
            closing_days=days,
            blockers=is_contact(),
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
        full_week=full_week(clash) if clash else "",
        too_many=too_many,
        contact=contact,
        contact_name=first_name(contact.name) if contact else None,
        answer_by=_answer_by(),
    )


def _is_shown(chosen: str, found: Found) -> bool:
    return any(chosen == iso(one.slot.start) for one in (*found.best, *found.more))


def _answer_by() -> Any:
    """Return the last day on which a proposal that is sent now can be answered."""
    return danish_day(booking.held_until(clock()()) - timedelta(minutes=1))


def _plan(session: Session, form: NeedForm, need: Need) -> Sequence[Any]:
    slots: list[Slot] = form.slots(form.length)
    wish = need.wish(slots, said_yes=_said_yes(form))
    return proposing.preview(
        session,
        wish,
        form.every_weeks,
        form.occurrences,
        now=clock()(),
        closing_days=settings().site.closing_days,
    )


def _series_page(
    form: NeedForm,
    need: Need,
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
        full_week=full_week(clash) if clash else "",
        too_many=too_many,
        answer_by=_answer_by(),
    )


def _obstacle_words(one: Any) -> str:
    """Return why one meeting of a series can't be there; a limit is told to the contact person alone."""
    if one.obstacle is Obstacle.LIMIT and is_contact():
        return _("Ugen er fuld for %(name)s.", name=viewer().first_name)
    return {
        None: "",
        Obstacle.HOLIDAY: _("Det er %(name)s.", name=one.name),
        Obstacle.CLOSING: _("Kommunen har lukket den dag. Mødet kan godt være der."),
        Obstacle.TAKEN: _("Tiden er optaget."),
        Obstacle.LIMIT: _("Tiden er optaget."),
        Obstacle.NO_SUCH_TIME: _("Den tid findes ikke. Uret bliver stillet den nat."),
    }[one.obstacle]
