"""/samtykke/fagperson: how much of the plan each professional may see. Chosen by the citizen alone."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.access.guard import requires, viewer
from app.access.policy import Action, PlanExtent
from app.dates.local_time import danish_day
from app.errors import Missing
from app.i18n import gettext as _
from app.plan.forms import AccessForm
from app.plan.plan_access import choose_access
from app.plan.queries import TeamReader, find_contact_now, list_circle, team_readers
from app.plan.quiet_circle import quiet_circle
from app.web.context import clock, db, prepared_reader
from app.web.page import page, translate_site_text

bp = Blueprint("plan_access", __name__)


@bp.get("/samtykke/fagperson/<uuid:person_id>")
@requires(Action.ACCESS_CHOOSE)
def show(citizen_id: UUID, person_id: UUID) -> ResponseReturnValue:
    return page("consent/access.html", form=_form(_reader(citizen_id, person_id)))


@bp.post("/samtykke/fagperson/<uuid:person_id>")
@requires(Action.ACCESS_CHOOSE)
def choose(citizen_id: UUID, person_id: UUID) -> ResponseReturnValue:
    form = _form(_reader(citizen_id, person_id), request.form)
    if not form.check(danish_day(clock()())):
        return page("consent/access.html", status=422, form=form)
    return _choose(citizen_id, person_id, PlanExtent(form.extent.data), form.until)


@bp.post("/samtykke/fagperson/<uuid:person_id>/luk")
@requires(Action.ACCESS_CHOOSE)
def stop(citizen_id: UUID, person_id: UUID) -> ResponseReturnValue:
    _reader(citizen_id, person_id)
    return _choose(citizen_id, person_id, PlanExtent.NONE, None)


def _form(reader: TeamReader, sent: Any = None) -> AccessForm:
    """Return the form about what a professional may see: as it was sent, or as it stands."""
    areas = _(" og ").join(Markup(translate_site_text(one)).striptags() for one in reader.areas)  # noqa: S704 — no HTML is left
    return AccessForm.of(reader, sent, areas=areas)


def _reader(citizen_id: UUID, person_id: UUID) -> TeamReader:
    """Return the professional it is about; raise Missing if it is none, or the contact person."""
    reader, now = prepared_reader(), clock()()
    circle = quiet_circle(viewer().subject, list_circle(reader, citizen_id, now=now))
    team = team_readers(circle, but=find_contact_now(reader, citizen_id, now=now))
    found = next((one for one in team if one.helper.id == person_id), None)
    if found is None:
        raise Missing
    return found


def _choose(citizen_id: UUID, person_id: UUID, extent: PlanExtent, until: date | None) -> ResponseReturnValue:
    now = clock()()
    db().retrying(lambda session: choose_access(session, citizen_id, person_id, extent, until=until, now=now))
    return redirect(url_for("consent.index", nyt="adgang", _anchor=f"fagperson-{person_id}"), code=303)
