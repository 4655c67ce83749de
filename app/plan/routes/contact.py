from datetime import datetime
from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.access.guard import requires, viewer
from app.access.policy import Action
from app.consent.queries import read_consent
from app.plan.absence_queries import ListedAbsence, list_absences
from app.plan.handover_queries import find_handover
from app.plan.queries import ContactNow, find_contact_now, list_circle, list_representatives
from app.plan.quiet_circle import quiet_circle
from app.web.context import clock, prepared_reader
from app.web.page import page

bp = Blueprint("plan", __name__)


@bp.get("/kontakt", defaults={"citizen_id": None})
@bp.get("/borgere/<uuid:citizen_id>/kontakt")
@requires(Action.CONTACT_READ)
def contact(citizen_id: UUID) -> ResponseReturnValue:
    now = clock()()
    reader = prepared_reader()
    contact = find_contact_now(reader, citizen_id, now=now)
    circle = quiet_circle(viewer().subject, list_circle(reader, citizen_id, now=now))
    representatives = list_representatives(reader, citizen_id, now=now)
    return page(
        "plan/contact.html",
        contact=contact,
        coming=_coming_absence(contact, now),
        circle=circle,
        representatives=representatives,
        says_yes=_says_yes(citizen_id),
        handover=find_handover(reader, citizen_id, now=now),
    )


def _coming_absence(contact: ContactNow | None, now: datetime) -> ListedAbsence | None:
    """Return the contact person's next absence, if one is registered and has not begun."""
    listed = list_absences(prepared_reader(), [contact.helper.id], now=now) if contact else ()
    return next((one for one in listed if not one.has_begun(now)), None)


def _says_yes(citizen_id: UUID) -> bool:
    """Say whether a yes to one plan is the reader's to give: to their own, or with custody of a child."""
    seen = viewer()
    if seen.own or not seen.may(Action.CONSENT_GIVE):
        return seen.own
    yes = read_consent(prepared_reader(), citizen_id, now=clock()())
    return yes.find_holder(seen.actor.person_id) is not None
