"""/ledelse/overdragelse: all citizens of one colleague go over to another. No name of theirs is shown."""

from datetime import datetime
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access.guard import allows, may_enter
from app.access.policy import Action
from app.caseload.forms import NOTE_MOST, LedHandoverForm
from app.caseload.service import take_back
from app.dates.local_time import danish_day
from app.errors import Missing, Refused
from app.i18n import gettext as _
from app.i18n import ngettext
from app.plan.colleagues import Colleague, Group, count_citizens, offer_colleagues
from app.plan.handover_queries import LedContact
from app.plan.handover_undo import TooLateToTakeBack, list_led_handovers, withdraw_led_handovers
from app.plan.handovers import hand_over_all, was_sent
from app.typed_text import read_aware_datetime, read_day, read_id
from app.web.context import clock, db, prepared_reader
from app.web.page import page

bp = Blueprint("handover_led", __name__)

DONE, UNDONE = "ja", "fortrudt"  # what an address says was just done


@bp.get("/ledelse/overdragelse")
@allows(Action.HANDOVER_OF_OTHERS)
def index() -> ResponseReturnValue:
    return _choose_page(_form(clock()()))


@bp.post("/ledelse/overdragelse")
@allows(Action.HANDOVER_OF_OTHERS)
def confirm() -> ResponseReturnValue:
    now, me = clock()(), current_user.id
    form, step = _form(now), request.form.get("trin")
    if step == "ret" or form.is_search(request.form.get("find")):
        return _choose_page(form)
    if not form.check(danish_day(now)):
        if step == "send" and _was_sent(form, me):  # tapped twice: who it was of has no citizens any more
            return redirect(url_for(".index", gemt=DONE), code=303)
        return _choose_page(form, status=422)
    chosen = _chosen(form)
    if step != "send":
        return page("caseload/handover_led_review.html", form=form, chosen=chosen)
    try:
        wanted = form.written(chosen.id)
        db().retrying(lambda session: hand_over_all(session, wanted, by=me, now=now))
    except Refused as refused:
        form.say(_(refused.reason, **refused.params))
        return _choose_page(form, status=409)
    return redirect(url_for(".index", gemt=DONE), code=303)


@bp.post("/ledelse/overdragelse/fortryd")
@allows(Action.HANDOVER_OF_OTHERS)
def take_back_done() -> ResponseReturnValue:
    """Take back what the leader has done these minutes."""
    now, me, done_at = clock()(), current_user.id, read_aware_datetime(request.form.get("gjort"))
    try:
        if done_at is None:
            raise TooLateToTakeBack
        db().retrying(lambda session: take_back(session, done_at, by=me, now=now))
    except TooLateToTakeBack as refused:
        form = _form(now, sent=False)
        form.say(_(refused.reason))
        return _choose_page(form, status=409)
    return redirect(url_for(".index", gemt=UNDONE), code=303)


@bp.post("/ledelse/overdragelse/traek-tilbage")
@allows(Action.HANDOVER_OF_OTHERS)
def withdraw() -> ResponseReturnValue:
    """Let what is agreed of a colleague's citizens not be; tapped twice there is nothing left."""
    now, me, sent = clock()(), current_user.id, request.form
    from_id, to_id = read_id(sent.get("fra", "")), read_id(sent.get("til", ""))
    try:
        day = read_day(sent.get("dag"))
    except ValueError:
        raise Missing from None
    if from_id is None or to_id is None or day is None:
        raise Missing
    try:
        db().retrying(lambda session: withdraw_led_handovers(session, from_id, to_id, day, by=me, now=now))
    except Missing:
        return redirect(url_for(".index"), code=303)
    return redirect(url_for(".index", gemt=UNDONE), code=303)


@bp.app_template_global("led_handover_url")
def led_handover_url() -> str:
    """Return the way here for who may hand over for others; empty for the rest."""
    return url_for("handover_led.index") if may_enter(Action.HANDOVER_OF_OTHERS) else ""


def _chosen(form: LedHandoverForm) -> LedContact:
    """Return whose citizens they are, and how many. Only of a form that is valid."""
    person_id = UUID(form.person.data)
    number = count_citizens(prepared_reader(), [person_id]).get(person_id, 0)
    return LedContact(person_id, form.person.about[form.person.data][0].name, number)


def _was_sent(form: LedHandoverForm, me: UUID) -> bool:
    """Say whether the same form was done a moment ago, and only whose citizens it was is wrong by now."""
    from_id = read_id(form.person.data or "")
    if from_id is None or form.to.errors or form.on.errors or form.note.errors:
        return False
    with db().reading() as session:
        return was_sent(session, form.written(from_id), by=me)


def _form(now: datetime, *, sent: bool = True) -> LedHandoverForm:
    """Return the form as it was sent, or a new one; `sent`: what came is this form."""
    form = LedHandoverForm((sent and request.form) or None, data={"on": danish_day(now).isoformat()})
    reader, me = prepared_reader(), current_user.id
    led = offer_colleagues(reader, form.read_search("person", Group.LED_CONTACTS, me), now=now)
    numbers = count_citizens(reader, [one.id for one in led.listed])
    form.take_offer("person", led, {one.id: _counted(one, numbers.get(one.id, 0)) for one in led.listed})
    whose = read_id(form.person.data or "")
    form.take_offer(
        "to", offer_colleagues(reader, form.read_search("to", Group.SUCCESSORS, me, whose=whose), now=now)
    )
    return form


def _counted(one: Colleague, number: int) -> str:
    return ngettext("%(name)s, %(num)s borger", "%(name)s, %(num)s borgere", number, name=one.name)


def _choose_page(form: LedHandoverForm, *, status: int = 200) -> ResponseReturnValue:
    told = {
        DONE: _("Overdragelsen er skrevet ind. Borgerne har fået besked."),
        UNDONE: _("Overdragelsen er fortrudt."),
    }
    return page(
        "caseload/handover_led.html",
        status=status,
        form=form,
        led=bool(form.person.searched or form.person.about),
        agreed=list_led_handovers(prepared_reader(), current_user.id),
        most=NOTE_MOST,
        told=told.get(request.args.get("gemt", ""), ""),
    )
