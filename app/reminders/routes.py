"""/borgere/<uuid>/husk: what those who help want to remember about a citizen."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from app.access.guard import Viewer, requires, viewer
from app.access.policy import Action
from app.dates.local_time import danish_day
from app.i18n import gettext as _
from app.reminders import service
from app.reminders.forms import ChangeForm, ReminderForm, ReminderOfSomebodyForm
from app.reminders.queries import ShownReminder, get_reminder, list_reminders
from app.reminders.rules import ReminderChanged
from app.store.idempotency import KeyReused, SavedResponse, claim_key, request_hash, save_response
from app.web.context import clock, db, prepared_reader
from app.web.forms import new_key
from app.web.page import page

bp = Blueprint("reminders", __name__)

FROM_MY_DAY = "dag"  # the form stood on Min dag, and there one goes back
DONE, REOPENED, ADDED, CHANGED = "gjort", "igen", "ny", "rettet"


@bp.get("/borgere/<uuid:citizen_id>/husk")
@requires(Action.REMINDERS_READ)
def index(citizen_id: UUID) -> ResponseReturnValue:
    return _index_page(ReminderForm(key=new_key()))


@bp.post("/borgere/<uuid:citizen_id>/husk")
@requires(Action.REMINDER_WRITE)
def add(citizen_id: UUID) -> ResponseReturnValue:
    form = ReminderForm(request.form)
    if not form.check(danish_day(clock()())):
        return _index_page(form, status=422)
    there = url_for(".index", citizen_id=citizen_id, nyt=ADDED)
    try:
        return redirect(add_once(viewer(), form, there), code=303)
    except KeyReused as other:
        form.say(_(other.reason))
        return _index_page(form, status=422)


def add_once(seen: Viewer, form: ReminderForm | ReminderOfSomebodyForm, there: str) -> str:
    """Write it down once per key, and return where to go; the same form again writes nothing.

    Raises:
        KeyReused: the form was sent before with something else in it.
    """
    by, citizen_id, now = seen.actor.person_id, seen.subject.citizen_id, clock()()
    words, day = form.words.data, form.day
    fingerprint = request_hash(str(citizen_id), words, day.isoformat())

    def work(session: Session) -> str:
        known = claim_key(session, by, form.key.data, fingerprint, now)
        if known is not None and known.location:
            return known.location
        service.add_reminder(session, citizen_id, words, day, by=by, now=now)
        save_response(session, by, form.key.data, SavedResponse(303, there, None))
        return there

    return db().retrying(work)


@bp.post("/borgere/<uuid:citizen_id>/husk/<uuid:reminder_id>/gjort")
@requires(Action.REMINDER_CHANGE)
def finish(citizen_id: UUID, reminder_id: UUID) -> ResponseReturnValue:
    reader, now = viewer().reader, clock()()
    return _settle(
        reminder_id, DONE, lambda session: service.finish_reminder(session, reader, reminder_id, now=now)
    )


@bp.post("/borgere/<uuid:citizen_id>/husk/<uuid:reminder_id>/fortryd")
@requires(Action.REMINDER_CHANGE)
def reopen(citizen_id: UUID, reminder_id: UUID) -> ResponseReturnValue:
    reader = viewer().reader
    return _settle(
        reminder_id, REOPENED, lambda session: service.reopen_reminder(session, reader, reminder_id)
    )


def _settle(reminder_id: UUID, new: str, work: Callable[[Session], None]) -> ResponseReturnValue:
    """Do it, and go back to the page where the button stood, to be told and to undo it."""
    with db().writing() as session:
        work(session)
    if request.form.get("fra") == FROM_MY_DAY:
        citizen_id = viewer().subject.citizen_id
        told = url_for("my_day.index", husk=new, borger=citizen_id, om=reminder_id)
    else:
        told = url_for(".index", citizen_id=viewer().url_id, nyt=new, om=reminder_id)
    return redirect(told, code=303)


@bp.get("/borgere/<uuid:citizen_id>/husk/<uuid:reminder_id>/ret")
@requires(Action.REMINDER_CHANGE)
def edit(citizen_id: UUID, reminder_id: UUID) -> ResponseReturnValue:
    found = _get(reminder_id)
    form = ChangeForm(version=found.version, words=found.words, due=found.due_on.isoformat())
    return page("reminders/edit.html", reminder=found, form=form, changed=False)


@bp.post("/borgere/<uuid:citizen_id>/husk/<uuid:reminder_id>/ret")
@requires(Action.REMINDER_CHANGE)
def save(citizen_id: UUID, reminder_id: UUID) -> ResponseReturnValue:
    form, reader = ChangeForm(request.form), viewer().reader
    if not form.check(danish_day(clock()())):
        return page("reminders/edit.html", status=422, reminder=_get(reminder_id), form=form, changed=False)
    words, day, seen = form.words.data, form.day, form.seen
    try:
        with db().writing() as session:
            service.change_reminder(session, reader, reminder_id, words, day, version=seen)
    except ReminderChanged as changed:
        found = _get(reminder_id)
        form.version.data = found.version  # they have seen what stands now
        form.say(_(changed.reason))
        return page("reminders/edit.html", status=409, reminder=found, form=form, changed=True)
    return redirect(url_for(".index", citizen_id=citizen_id, nyt=CHANGED), code=303)


def _get(reminder_id: UUID) -> ShownReminder:
    """Return one that the reader may change; Missing if not."""
    return get_reminder(prepared_reader(), viewer().reader, reminder_id, now=clock()())


def _index_page(form: ReminderForm, *, status: int = 200) -> ResponseReturnValue:
    found = list_reminders(prepared_reader(), viewer().reader, now=clock()())
    about = request.args.get("om", type=UUID)
    return page(
        "reminders/index.html",
        status=status,
        form=form,
        reminders=found,
        new=request.args.get("nyt"),
        just_done=next((one for one in found.done if one.id == about), None),
    )
