"""A new step or promise, written by those who help: from the plan, from a goal, or because of a message."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session
from wtforms import SelectChoice

from app.access.guard import requires, viewer
from app.access.policy import Action, areas_shown
from app.dates.local_time import danish_day
from app.goals.forms import WorkForm
from app.goals.placing import place_promise, place_step
from app.goals.queries import list_workers, read_plan
from app.goals.rules import NewWork
from app.i18n import gettext as _
from app.messages.queries import find_message_words
from app.store.idempotency import KeyReused, SavedResponse, claim_key, request_hash, save_response
from app.web.context import clock, db, prepared_reader, settings
from app.web.forms import new_key
from app.web.page import page

bp = Blueprint("new_work", __name__)

NONE = ""  # the value of nobody, and of no goal
Place = Callable[[Session, NewWork], UUID]


@bp.get("/borgere/<uuid:citizen_id>/plan/nyt-skridt")
@requires(Action.STEP_WRITE)
def step(citizen_id: UUID) -> ResponseReturnValue:
    return _form_page(_form(promise=False), promise=False)


@bp.get("/borgere/<uuid:citizen_id>/plan/nyt-loefte")
@requires(Action.PROMISE_MAKE)
def promise(citizen_id: UUID) -> ResponseReturnValue:
    return _form_page(_form(promise=True), promise=True)


@bp.post("/borgere/<uuid:citizen_id>/plan/nyt-skridt")
@requires(Action.STEP_WRITE)
def add_step(citizen_id: UUID) -> ResponseReturnValue:
    by, now, workdays = viewer().actor.person_id, clock()(), settings().site.workdays

    def place(session: Session, new: NewWork) -> UUID:
        return place_step(session, citizen_id, new, author=by, by=by, now=now, workdays=workdays)

    return _add(place, promise=False)


@bp.post("/borgere/<uuid:citizen_id>/plan/nyt-loefte")
@requires(Action.PROMISE_MAKE)
def add_promise(citizen_id: UUID) -> ResponseReturnValue:
    by, now = viewer().actor.person_id, clock()()

    def place(session: Session, new: NewWork) -> UUID:
        return place_promise(session, citizen_id, new, by=by, now=now)

    return _add(place, promise=True)


def _add(place: Place, *, promise: bool) -> ResponseReturnValue:
    """Put it into the plan once per key; all that was typed stands if it can't be done."""
    form = _form(promise=promise)
    missing_day = _("Skriv, hvornår løftet senest skal være holdt.") if promise else ""
    if not form.check(danish_day(clock()()), missing_day=missing_day):
        return _form_page(form, promise=promise, status=422)
    try:
        return redirect(db().retrying(lambda session: _once(session, form, place, promise)), code=303)
    except KeyReused as other:
        form.say(_(other.reason))
        return _form_page(form, promise=promise, status=422)


def _once(session: Session, form: WorkForm, place: Place, promise: bool) -> str:
    """Return where it stands in the plan. The same form again gives the same, and writes nothing."""
    new, by = form.written, viewer().actor.person_id
    fingerprint = request_hash(request.path, new.words, str(new.who_id), str(new.due_on), str(new.goal_id))
    known = claim_key(session, by, form.key.data, fingerprint, clock()())
    if known is not None and known.location:
        return known.location
    placed_id = place(session, new)
    there = url_for(
        "goals.index",
        citizen_id=viewer().url_id,
        nyt="loefte" if promise else "skridt",
        ved=placed_id,
        _anchor=f"{'loefte' if promise else 'skridt'}-{placed_id}",
    )
    save_response(session, by, form.key.data, SavedResponse(303, there, None))
    return there


def _form(*, promise: bool) -> WorkForm:
    """Return the form as it was sent, or a new one; with whom and which goals this reader can name."""
    seen, reader, asked = viewer(), prepared_reader(), request.args
    own = promise or not seen.may(Action.ENTRY_ANSWER)
    usual = {"who": str(seen.actor.person_id) if own else NONE, "goal": asked.get("maal", NONE)}
    form = WorkForm(request.form or None, key=new_key(), besked=asked.get("besked", NONE), **usual)
    form.who.choices = _who(promise=promise)
    goals = read_plan(reader, seen.subject, now=clock()()).goals
    named = [SelectChoice(str(one.item.id), one.item.text) for one in goals if one.item.words]
    # Who sees some areas alone would not see a step of no goal again, and it is not theirs to write there.
    sees_all = promise or areas_shown(seen.subject) is None
    form.goal.choices = [*([SelectChoice(NONE, _("Intet mål"))] if sees_all else []), *named]
    if promise:
        form.who.label.text = _("Hvem lover det?")
    return form


def _who(*, promise: bool) -> list[SelectChoice]:
    """Return who can be named: all who help, and for a step the citizen and nobody too.

    Who takes nothing of others into the plan names nobody but themselves.
    """
    seen = viewer()
    me, for_others = frozenset({seen.actor.person_id}), seen.may(Action.ENTRY_ANSWER)
    ids = seen.subject.team_ids | me if for_others else me
    workers = [SelectChoice(str(one_id), name) for one_id, name in list_workers(prepared_reader(), ids)]
    if promise or not for_others:
        return workers
    citizen = SelectChoice(str(seen.subject.citizen_id), seen.first_name)
    return [SelectChoice(NONE, _("Ingen er valgt")), citizen, *workers]


def _form_page(form: WorkForm, *, promise: bool, status: int = 200) -> ResponseReturnValue:
    seen = viewer()
    because = None
    if seen.may(Action.MESSAGES_READ):
        because = find_message_words(prepared_reader(), seen.subject.citizen_id, form.besked.data)
    alone = not seen.may(Action.ENTRY_ANSWER)
    return page(
        "goals/new_work.html", status=status, form=form, promise=promise, because=because, alone=alone
    )
