"""/samtykke: the yes to one plan, given and taken back; and who sees what of it."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.access.guard import requires, viewer
from app.access.policy import Action
from app.consent.acting import list_acting
from app.consent.queries import ConsentState, read_consent
from app.identity.login import has_just_signed_in
from app.plan.consent_effects import record_yes, withdraw_yes
from app.plan.forms import ConsentForm
from app.plan.queries import find_contact_now, list_circle, list_representatives, team_readers
from app.plan.quiet_circle import quiet_circle
from app.web.context import clock, db, prepared_reader, settings
from app.web.page import page

bp = Blueprint("consent", __name__)


@bp.get("/samtykke", defaults={"citizen_id": None})
@bp.get("/borgere/<uuid:citizen_id>/samtykke")
@requires(Action.CONSENT_GIVE)
def index(citizen_id: UUID) -> ResponseReturnValue:
    return _consent_page(citizen_id)


def _consent_page(citizen_id: UUID, *, outdated: bool = False) -> ResponseReturnValue:
    """Show the yes as it stands, and who sees what; `outdated`: a yes to an older text was not taken."""
    now, site = clock()(), settings().site
    reader, yes = prepared_reader(), _own_yes(citizen_id)
    if not viewer().own:
        return _holders_page(yes, outdated=outdated)
    contact = find_contact_now(reader, citizen_id, now=now)
    circle = quiet_circle(viewer().subject, list_circle(reader, citizen_id, now=now))
    answer = {
        "yes": yes,
        "contact": contact,
        "circle": circle,
        "team": team_readers(circle, but=contact),
        "acting": list_acting(reader, citizen_id, now=now),
        "representatives": list_representatives(reader, citizen_id, now=now),
    }
    return page(
        "consent/index.html",
        status=HTTPStatus.CONFLICT if outdated else HTTPStatus.OK,
        new=request.args.get("nyt"),
        outdated=outdated,
        yes_form=ConsentForm(version=site.consent_version),
        consent_text=site.consent_text,
        legal_basis=site.legal_basis,
        **answer,
    )


def _own_yes(citizen_id: UUID) -> ConsentState:
    """Return how the yes stands, to one whose it is to say: the citizen, or who has custody. Else 404."""
    seen = viewer()
    yes = read_consent(prepared_reader(), citizen_id, now=clock()())
    holds = yes.find_holder(seen.actor.person_id) is not None
    if not (seen.own or holds):
        abort(404)
    return yes


def _holders_page(yes: ConsentState, *, outdated: bool) -> ResponseReturnValue:
    """Show one who has custody their own yes, beside the young person's."""
    site = settings().site
    return page(
        "consent/holder.html",
        status=HTTPStatus.CONFLICT if outdated else HTTPStatus.OK,
        new=request.args.get("nyt"),
        outdated=outdated,
        form=ConsentForm(version=site.consent_version),
        consent_text=site.consent_text,
        legal_basis=site.legal_basis,
        yes=yes,
        mine=yes.find_holder(viewer().actor.person_id),
    )


@bp.post("/samtykke/ja", defaults={"citizen_id": None})
@bp.post("/borgere/<uuid:citizen_id>/samtykke/ja")
@requires(Action.CONSENT_GIVE)
def give(citizen_id: UUID) -> ResponseReturnValue:
    """Take the yes to the text that was read, from one who has just shown who they are."""
    _own_yes(citizen_id)
    version, now, by = settings().site.consent_version, clock()(), viewer().actor.person_id
    if ConsentForm(request.form).version.data != version:
        return _consent_page(citizen_id, outdated=True)
    if not has_just_signed_in():
        whose = "" if viewer().own else f":{citizen_id}"
        return redirect(url_for("account.sign_in", igen=f"samtykke{whose}"), code=303)
    db().retrying(lambda session: record_yes(session, citizen_id, by=by, text_version=version, now=now))
    return redirect(url_for(".index", citizen_id=viewer().url_id, nyt="ja"), code=303)


@bp.post("/samtykke/nej", defaults={"citizen_id": None})
@bp.post("/borgere/<uuid:citizen_id>/samtykke/nej")
@requires(Action.CONSENT_GIVE)
def revoke(citizen_id: UUID) -> ResponseReturnValue:
    """Take back the yes, however long ago the reader signed in: nothing stands in the way of a no."""
    _own_yes(citizen_id)
    now, by = clock()(), viewer().actor.person_id
    db().retrying(lambda session: withdraw_yes(session, citizen_id, by=by, now=now))
    return redirect(url_for(".index", citizen_id=viewer().url_id, nyt="nej"), code=303)
