from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.access.guard import requires
from app.access.policy import Action
from app.plan.queries import find_contact_now, list_circle, list_representatives
from app.web.context import clock, db
from app.web.page import page

bp = Blueprint("plan", __name__)


@bp.get("/kontakt", defaults={"citizen_id": None})
@bp.get("/borgere/<uuid:citizen_id>/kontakt")
@requires(Action.CONTACT_READ)
def contact(citizen_id: UUID) -> ResponseReturnValue:
    now = clock()()
    with db().reading() as session:
        contact = find_contact_now(session, citizen_id, now=now)
        circle = list_circle(session, citizen_id, now=now)
        representatives = list_representatives(session, citizen_id, now=now)
    return page("plan/contact.html", contact=contact, circle=circle, representatives=representatives)
