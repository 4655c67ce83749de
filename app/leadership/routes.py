"""/ledelse/forsinket: what is late with the contact persons of one's own department."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access.guard import allows, log_list
from app.access.policy import Action
from app.leadership.queries import list_late_items, read_late_page
from app.leadership.sources import KIND_NAMES
from app.plan.relations import subject_led
from app.typed_text import read_page_number
from app.web.context import clock, prepared_reader
from app.web.page import page

bp = Blueprint("leadership", __name__)


@bp.get("/ledelse/forsinket")
@allows(Action.LATE_READ)
def late() -> ResponseReturnValue:
    reader, department = prepared_reader(), current_user.department_id
    side = read_page_number(request.args.get("side"))
    found = read_late_page(reader, department, side)
    log_list([subject_led(one) for one in found.citizen_ids], Action.LATE_READ)
    items = list_late_items(reader, found, now=clock()())
    return page(
        "leadership/late.html",
        items=items,
        side=side,
        more=found.more,
        kinds=KIND_NAMES,
        leads=department is not None,
    )
