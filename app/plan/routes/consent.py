from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.access.guard import requires
from app.access.policy import Action
from app.consent.queries import read_consent
from app.plan.consent_effects import record_yes, withdraw_yes
from app.plan.queries import find_contact_now, list_circle, list_representatives
from app.web.context import clock, db, settings
from app.web.page import page

bp = Blueprint("consent", __name__)


@bp.get("/samtykke")
@requires(Action.CONSENT_GIVE)
def index(citizen_id: UUID) -> ResponseReturnValue:
    now, site = clock()(), settings().site
    with db().reading() as session:
        answer = {
            "yes": read_consent(session, citizen_id, now=now),
            "contact": find_contact_now(session, citizen_id, now=now),
            "circle": list_circle(session, citizen_id, now=now),
            "representatives": list_representatives(session, citizen_id, now=now),
        }
    texts = {"consent_text": site.consent_text, "legal_basis": site.legal_basis}
    return page("consent/index.html", status=200, new=request.args.get("nyt"), **answer, **texts)


@bp.post("/samtykke/ja")
@requires(Action.CONSENT_GIVE)
def give(citizen_id: UUID) -> ResponseReturnValue:
    version, now = settings().site.consent_version, clock()()
    db().retrying(
        lambda session: record_yes(session, citizen_id, by=citizen_id, text_version=version, now=now)
    )
    return redirect(url_for(".index", nyt="ja"), code=303)


@bp.post("/samtykke/nej")
@requires(Action.CONSENT_GIVE)
def revoke(citizen_id: UUID) -> ResponseReturnValue:
    now = clock()()
    db().retrying(lambda session: withdraw_yes(session, citizen_id, by=citizen_id, now=now))
    return redirect(url_for(".index", nyt="nej"), code=303)
