"""What those who help put into the plan: a step or a promise, written by itself or agreed at a meeting.

A step is an entry like any other: who wrote it shares it, and it is taken in at once: by the contact person,
or by a professional who does it. Callers own the transaction.
"""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app.dates.workdays import WorkingCalendar
from app.entries.news import ENTRY_SHARED
from app.entries.rules import EntryKind
from app.entries.service.authoring import share_entry, write_entry
from app.entries.service.review import approve_entry
from app.goals.models import Goal
from app.goals.news import PROMISE_MADE, STEP_ADDED
from app.goals.notices import notify_helpers, notify_of
from app.goals.promises import make_promise
from app.goals.rules import NewWork, NotOpen
from app.goals.service import set_step_details
from app.notifications.rules import NoticeContent
from app.notifications.service import add_notice, withdraw_notice
from app.plan.models import Plan
from app.plan.rules import PlanState
from app.plan.service import find_plan
from app.store.insert import insert_missing


def place_step(  # noqa: PLR0913 — whose, what, by whom, taken in by whom, when, and the working days
    session: Session,
    citizen_id: UUID,
    new: NewWork,
    *,
    author: UUID,
    by: UUID,
    now: datetime,
    workdays: WorkingCalendar,
) -> UUID:
    """Write a step as `author`, take it into the plan as `by`, and return its id.

    The citizen is told, and so are the contact person and who is to do it.

    Nobody is asked for an answer that is given in the same moment. Raises NotOpen: the plan is closed.
    """
    require_open_plan(session, citizen_id)
    step_id = write_entry(session, citizen_id, EntryKind.STEP, new.words, by=author, now=now).id
    share_entry(session, citizen_id, step_id, by=author, now=now, workdays=workdays)
    approve_entry(session, citizen_id, step_id, version=1, by=by, now=now)
    require_goal_row(session, new.goal_id)
    set_step_details(session, step_id, goal_id=new.goal_id, doer_id=new.who_id, due_on=new.due_on)
    withdraw_notice(session, ENTRY_SHARED, step_id)
    add_notice(session, citizen_id, NoticeContent(ENTRY_SHARED, citizen_id, by=by, about=step_id), now=now)
    news = NoticeContent(STEP_ADDED, citizen_id, by=by, about=step_id)
    notify_helpers(session, news, owner_id=new.who_id, now=now)
    return step_id


def place_promise(session: Session, citizen_id: UUID, new: NewWork, *, by: UUID, now: datetime) -> UUID:
    """Write down a promise as `by`, tell the citizen and who is to keep it, and return its id.

    Raises:
        NotOpen: the plan is closed.
        ValueError: nobody promises it, or it has no day.
    """
    if new.who_id is None or new.due_on is None:
        raise ValueError("a promise is somebody's, and has a day")
    plan = require_open_plan(session, citizen_id)
    require_goal_row(session, new.goal_id)
    promise_id = make_promise(
        session, plan.id, new.words, by=new.who_id, due_on=new.due_on, now=now, goal_id=new.goal_id
    ).id
    news = NoticeContent(PROMISE_MADE, citizen_id, by=by, about=promise_id)
    notify_of(session, news, owner_id=new.who_id, now=now)
    return promise_id


def require_open_plan(session: Session, citizen_id: UUID) -> Plan:
    """Return the citizen's open plan. Raises NotOpen: there is none."""
    plan = find_plan(session, citizen_id)
    if plan is None or plan.state is not PlanState.ACTIVE:
        raise NotOpen
    return plan


def require_goal_row(session: Session, goal_id: UUID | None) -> None:
    """See that a goal has the row that steps and promises of it point to."""
    if goal_id is not None:
        insert_missing(session, Goal, [{"entry_id": goal_id}])
