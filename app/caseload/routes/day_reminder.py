"""/dag/husk: something to remember, written from Min dag, about one of those the reader helps."""

from datetime import datetime
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice

from app.access.guard import admit_reader, allows
from app.access.policy import Action, may
from app.caseload.routes.my_day import read_helped
from app.dates.local_time import danish_day
from app.i18n import danish_key
from app.i18n import gettext as _
from app.reminders.forms import NOBODY, ReminderOfSomebodyForm
from app.reminders.routes import ADDED, add_once
from app.store.idempotency import KeyReused
from app.web.context import clock
from app.web.forms import new_key
from app.web.page import page

bp = Blueprint("day_reminder", __name__)


@bp.get("/dag/husk")
@allows(Action.MY_DAY_READ)
def new() -> ResponseReturnValue:
    return _form_page(_form(clock()()))


@bp.post("/dag/husk")
@allows(Action.MY_DAY_READ)
def add() -> ResponseReturnValue:
    now = clock()()
    form = _form(now)
    if not form.check(danish_day(now)):
        return _form_page(form, status=422)
    seen = admit_reader(UUID(form.citizen.data), Action.REMINDER_WRITE)
    try:
        return redirect(add_once(seen, form, url_for("my_day.index", husk=ADDED)), code=303)
    except KeyReused as other:
        form.say(_(other.reason))
        return _form_page(form, status=422)


def _form(now: datetime) -> ReminderOfSomebodyForm:
    """Return the form as it was sent, or a new one, with those of whom the reader may write."""
    form = ReminderOfSomebodyForm(request.form or None, key=new_key())
    helped = read_helped(Action.MY_DAY_READ, now)
    mine = [one for one, subject in helped.subjects.items() if may(subject, Action.REMINDER_WRITE)]
    named = sorted(((helped.names[one].name, str(one)) for one in mine), key=lambda one: danish_key(one[0]))
    choices = [SelectChoice(one, name) for name, one in named]
    form.citizen.choices = [SelectChoice(NOBODY, _("Vælg")), *choices]
    return form


def _form_page(form: ReminderOfSomebodyForm, *, status: int = 200) -> ResponseReturnValue:
    return page("caseload/new_reminder.html", status=status, form=form)
