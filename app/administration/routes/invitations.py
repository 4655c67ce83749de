"""/administration/invitationer: who is invited, one more, many on paper, and one taken back."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access.guard import allows
from app.access.policy import Action
from app.administration.invitation_sheets import PaperInvitation, sheet_html
from app.administration.queries import (
    MOST_INVITATIONS,
    get_person,
    list_departments,
    list_invitations,
    list_paper_names,
    list_shut_out,
)
from app.administration.routes.overview import texts
from app.administration.routes.people import log_citizens
from app.administration.rules import MOST_SHEETS, InvitationState
from app.administration.service import make_invitations, withdraw_invitation
from app.errors import Missing
from app.i18n import gettext as _
from app.identity.invitations import NobodyToInvite
from app.typed_text import read_id
from app.web.context import clock, db, prepared_reader, settings
from app.web.events import Event, record_event
from app.web.page import page

bp = Blueprint("administration_invitations", __name__)
bp.context_processor(texts)

CITIZENS = "borgere"  # what an address says for the citizens of a department, not those who work there


@bp.get("/administration/invitationer")
@allows(Action.PEOPLE_INVITE)
def index() -> ResponseReturnValue:
    asked = request.args.get("vis", InvitationState.OPEN)
    if asked not in list(InvitationState):
        raise Missing
    state = InvitationState(asked)
    found = list_invitations(prepared_reader(), state, now=clock()())
    shown = found[:MOST_INVITATIONS]
    log_citizens(one.person_id for one in shown)
    return page(
        "administration/invitations.html",
        state=state,
        invitations=shown,
        more=len(found) > len(shown),
        told=_("Invitationen er trukket tilbage.") if "tilbage" in request.args else "",
    )


@bp.post("/administration/invitationer/<uuid:invitation_id>/tilbage")
@allows(Action.PEOPLE_INVITE)
def withdraw(invitation_id: UUID) -> ResponseReturnValue:
    now, me = clock()(), current_user.id
    try:
        db().retrying(lambda session: withdraw_invitation(session, invitation_id, by=me, now=now))
    except Missing:  # tapped twice, or used meanwhile: what there is stands on the list
        return redirect(url_for(".index"), code=303)
    record_event(Event.INVITATION_WITHDRAWN)
    return redirect(url_for(".index", tilbage=1), code=303)


@bp.post("/administration/personer/<uuid:person_id>/invitation")
@allows(Action.PEOPLE_INVITE)
def invite(person_id: UUID) -> ResponseReturnValue:
    """Make one and show it: a page and no 303, for what it shows is kept nowhere."""
    get_person(prepared_reader(), person_id, now=clock()())
    return _sheets_page([person_id], url_for("administration_people.person", person_id=person_id))


@bp.get("/administration/invitationer/mange")
@allows(Action.PEOPLE_INVITE)
def many() -> ResponseReturnValue:
    """Choose a department, and see who would get a sheet."""
    return _many_page()


@bp.post("/administration/invitationer/mange")
@allows(Action.PEOPLE_INVITE)
def make_many() -> ResponseReturnValue:
    """Invite those who were shown, by their ids: sent twice, the sheets that are seen are those that work."""
    ids = [one for one in map(read_id, request.form.getlist("person")) if one is not None]
    if not 0 < len(ids) <= MOST_SHEETS:
        return _many_page(_("Vælg en afdeling med nogen, der mangler en vej ind."), status=422)
    return _sheets_page(list(dict.fromkeys(ids)), url_for(".many"))


def _many_page(problem: str = "", *, status: int = 200) -> ResponseReturnValue:
    reader, now, asked = prepared_reader(), clock()(), request.args
    departments = list_departments(reader, now=now)
    chosen = next((one for one in departments if str(one.id) == asked.get("afdeling", "")), None)
    citizens = asked.get("hvem") == CITIZENS
    found = list_shut_out(reader, chosen.id, citizens=citizens, now=now) if chosen else []
    shown = found[:MOST_SHEETS]
    if citizens:
        log_citizens(person_id for person_id, _name in shown)
    return page(
        "administration/many.html",
        status=status,
        departments=departments,
        chosen=chosen,
        citizens=citizens,
        shown=shown,
        more=len(found) - len(shown),
        problem=problem,
    )


def _sheets_page(ids: Sequence[UUID], back: str) -> ResponseReturnValue:
    now, me, site = clock()(), current_user.id, settings()
    log_citizens(ids)
    try:
        made = db().retrying(lambda session: make_invitations(session, site.secret_key, ids, by=me, now=now))
    except NobodyToInvite:
        one, of_many = (
            _("Personen har ingen rolle nu."),
            _("En af dem, du ville invitere, har ingen rolle nu."),
        )
        problem = one if len(ids) == 1 else of_many
        return page("administration/not_invited.html", status=409, problem=problem, back=back)
    record_event(Event.INVITED, number=len(made))
    names = list_paper_names(prepared_reader(), ids)
    papers = [PaperInvitation(*names[one], new) for one, new in zip(ids, made, strict=True)]
    sheets = [sheet_html(one, site.origin, site.site, level=2) for one in papers]
    return page("administration/sheets.html", sheets=sheets, until=made[0].expires_at, back=back)
