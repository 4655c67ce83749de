"""/borgere/moeder: what must be settled about meetings, by the day it must be done."""

from typing import Any
from uuid import UUID

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access.guard import allows, log_views
from app.access.policy import Action, Subject, may
from app.booking import tasks
from app.booking.rules import TaskKind
from app.calendar.staff.open_tasks import TaskToSettle, describe_tasks
from app.web.context import clock, prepared_reader
from app.web.page import page

bp = Blueprint("inbox", __name__)

NEEDS_A_TIME = (TaskKind.OTHER_TIME, TaskKind.CANNOT, TaskKind.EXPIRED)


@bp.get("/borgere/moeder")
@allows(Action.TASKS_READ)
def index() -> ResponseReturnValue:
    waiting = tasks.list_open_tasks(prepared_reader(), current_user.id, now=clock()())
    log_views({one.subject for one in waiting}, Action.TASKS_READ)
    rows: list[TaskToSettle] = describe_tasks(prepared_reader(), waiting)
    return page("calendar/staff/inbox.html", rows=rows)


@bp.app_template_global("meetings_to_settle")
def meetings_to_settle() -> int:
    """Return how many things about meetings wait for the reader: a number, and nobody's name."""
    return len(tasks.list_open_tasks(prepared_reader(), current_user.id, now=clock()()))


@bp.app_template_global("settled_at")
def settled_at(kind: TaskKind, subject: Subject, meeting_id: UUID) -> str:
    """Return where a task is settled: among other times, or on the meeting's own page."""
    of: dict[str, Any] = {"citizen_id": subject.citizen_id, "meeting_id": meeting_id}
    if kind in NEEDS_A_TIME and may(subject, Action.MEETING_SETTLE):
        return url_for("settle.new_times", **of)
    return url_for("calendar.meeting", **of, _anchor="goer")
