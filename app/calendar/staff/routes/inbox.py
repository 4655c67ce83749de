"""/borgere/moeder: what must be settled about meetings, by the day it must be done."""

from typing import Any

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access.guard import allows, log_views
from app.access.policy import Action, may
from app.booking import tasks
from app.booking.rules import TaskKind
from app.booking.tasks import TaskListRow
from app.calendar.staff.open_tasks import TaskToSettle, describe_tasks
from app.web.context import clock, db
from app.web.page import page

bp = Blueprint("inbox", __name__)

NEEDS_A_TIME = (TaskKind.OTHER_TIME, TaskKind.CANNOT, TaskKind.EXPIRED)


@bp.get("/borgere/moeder")
@allows(Action.TASKS_READ)
def index() -> ResponseReturnValue:
    now, me = clock()(), current_user.id
    with db().reading() as session:
        waiting = tasks.list_open_tasks(session, me, now=now)
    log_views({one.subject for one in waiting}, Action.TASKS_READ)
    with db().reading() as session:
        rows: list[TaskToSettle] = describe_tasks(session, waiting)
    return page("calendar/staff/inbox.html", rows=rows)


@bp.app_template_global("meetings_to_settle")
def meetings_to_settle() -> int:
    """Return how many things about meetings wait for the reader: a number, and nobody's name."""
    with db().reading() as session:
        return len(tasks.list_open_tasks(session, current_user.id, now=clock()()))


@bp.app_template_global("settled_at")
def settled_at(task: TaskListRow) -> str:
    """Return where a task is settled: among other times, or on the meeting's own page."""
    of: dict[str, Any] = {"citizen_id": task.citizen_id, "meeting_id": task.meeting_id}
    if task.kind in NEEDS_A_TIME and may(task.subject, Action.MEETING_SETTLE):
        return url_for("settle.new_times", **of)
    return url_for("calendar.meeting", **of, _anchor="goer")
