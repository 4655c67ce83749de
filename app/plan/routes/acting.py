from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, abort, redirect, url_for
from flask.typing import ResponseReturnValue

from app.access.guard import requires
from app.access.policy import Action
from app.consent.acting import get_acting
from app.consent.rules import ActingScope
from app.consent.service import answer_scope, end_representation
from app.plan.queries import find_contact_name
from app.web.context import clock, db, prepared_reader
from app.web.page import page

bp = Blueprint("acting", __name__, url_prefix="/samtykke/handler-for-mig")

SCOPES = {"beskeder": ActingScope.MESSAGES, "delt": ActingScope.WRITE}


@bp.post("/<uuid:representation_id>/<what>/<said>")
@requires(Action.ACTING_ANSWER)
def answer(citizen_id: UUID, representation_id: UUID, what: str, said: str) -> ResponseReturnValue:
    """Take the citizen's yes or no to exactly this; it counts at the next request."""
    now, scope = clock()(), SCOPES.get(what)
    if scope is None or said not in ("ja", "nej"):
        abort(HTTPStatus.NOT_FOUND)
    db().retrying(
        lambda session: answer_scope(
            session, citizen_id, representation_id, scope, says_yes=said == "ja", now=now
        )
    )
    return redirect(url_for("consent.index", nyt="svaret", _anchor="handler-for-mig"), code=303)


@bp.get("/<uuid:representation_id>/stop")
@requires(Action.ACTING_ANSWER)
def stop(citizen_id: UUID, representation_id: UUID) -> ResponseReturnValue:
    """Ask before it is ended."""
    reader = prepared_reader()
    one = get_acting(reader, citizen_id, representation_id, now=clock()())
    if not one.can_be_ended:
        abort(HTTPStatus.NOT_FOUND)
    return page("consent/stop_acting.html", one=one, contact_name=find_contact_name(reader, citizen_id))


@bp.post("/<uuid:representation_id>/stop")
@requires(Action.ACTING_ANSWER)
def end(citizen_id: UUID, representation_id: UUID) -> ResponseReturnValue:
    now = clock()()
    db().retrying(lambda session: end_representation(session, citizen_id, representation_id, now=now))
    return redirect(url_for("consent.index", nyt="stoppet", _anchor="handler-for-mig"), code=303)
