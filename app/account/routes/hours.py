from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access.guard import allows
from app.access.policy import Action
from app.account.forms import OfficeHoursForm
from app.i18n import gettext as _
from app.identity.service import find_office_hours, save_office_hours
from app.web.context import db, prepared_reader
from app.web.page import page

bp = Blueprint("hours", __name__)


@bp.get("/indstillinger/telefontid")
@allows(Action.HOURS_OWN)
def index() -> ResponseReturnValue:
    return _page(OfficeHoursForm(hours=find_office_hours(prepared_reader(), current_user.id)))


@bp.post("/indstillinger/telefontid")
@allows(Action.HOURS_OWN)
def save() -> ResponseReturnValue:
    form = OfficeHoursForm(request.form)
    hours = form.read()
    if form.errors:
        return _page(form)
    with db().writing() as session:
        save_office_hours(session, current_user.id, hours)
    return redirect(url_for(".index", gemt=1), code=303)


def _page(form: OfficeHoursForm) -> ResponseReturnValue:
    told = _("Din telefontid er gemt.") if "gemt" in request.args else ""
    return page("account/hours.html", status=422 if form.errors else 200, form=form, told=told)
