"""/dag: what I do today, with whom, and what waits for me. The first page of those who help."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access.guard import allows, log_list, may_open
from app.access.policy import Action, Subject, SubjectReader
from app.caseload.citizens import CitizenName, read_names
from app.caseload.helper_news import read_helper_news
from app.caseload.my_day import list_my_meetings
from app.caseload.rules import SET_ASIDE, WaitingItem, WaitingKind
from app.caseload.waiting import list_waiting_work, part_of
from app.dates.local_time import danish_day
from app.errors import Missing
from app.identity.navigation import first_page
from app.notifications.opened import note_read
from app.notifications.queries import NewsItem
from app.notifications.service import set_helper_news_aside
from app.plan.absence_queries import list_stood_in
from app.plan.relations import list_ties
from app.reminders.queries import ShownReminder, get_reminder
from app.typed_text import read_aware_datetime, read_page_number
from app.web.context import clock, db, prepared_reader
from app.web.page import page

bp = Blueprint("my_day", __name__)

ANCHORS_OF_WORK = {WaitingKind.STEP: "skridt", WaitingKind.TALK: "maal", WaitingKind.PROMISE: "loefte"}
WAITING_MOST = 8  # that stand open; the rest is one tap away


@dataclass(frozen=True, slots=True)
class Helped:
    """The citizens the reader helps at this moment."""

    subjects: dict[UUID, Subject]
    names: dict[UUID, CitizenName]
    let_in: frozenset[UUID]  # those to whom a late answer alone ties the reader


@bp.get("/dag")
@allows(Action.MY_DAY_READ)
def index() -> ResponseReturnValue:
    now, reader, me = clock()(), prepared_reader(), current_user.id
    helped = read_helped(Action.MY_DAY_READ, now)
    waiting = list_waiting_work(reader, me, helped.subjects, helped.let_in, now=now)
    return page(
        "caseload/my_day.html",
        today=danish_day(now),
        meetings=list_my_meetings(reader, me, helped.subjects, now=now),
        waiting=part_of(waiting, read_page_number(request.args.get("side"))),
        waiting_most=WAITING_MOST,
        names=helped.names,
        now=now,
        news=_news(helped, now),
        stood_in=[one for one in list_stood_in(reader, me, now=now) if one.has_begun(now)],
        aside=request.args.get("nyt") == SET_ASIDE,
        remembered=request.args.get("husk"),
        just_done=_just_done(helped, now),
    )


@bp.get("/borgere/nyt/<uuid:notice_id>")
@allows(Action.CASELOAD_READ)
def open_news(notice_id: UUID) -> ResponseReturnValue:
    """Lead to what a piece of news tells of, and note that it is opened."""
    now = clock()()
    helped = read_helped(Action.CASELOAD_READ, now)
    found = next((one for one in _news(helped, now) if notice_id in one.ids), None)
    if found is None:  # opened, long ago, or no more theirs: what there is stands on the page
        return redirect(first_page(current_user.roles), code=303)
    note_read(db(), current_user.id, found.ids, now=now)
    return redirect(url_for(found.link.endpoint, **found.link.values), code=303)


@bp.post("/borgere/nyt/til-side")
@allows(Action.CASELOAD_READ)
def set_aside() -> ResponseReturnValue:
    """Set aside what the page showed as new; what came after that stays."""
    begins = first_page(current_user.roles)
    until = read_aware_datetime(request.form.get("til", ""))
    if until is None:
        return redirect(begins, code=303)
    with db().writing() as session:
        set_helper_news_aside(session, current_user.id, until=until, now=clock()())
    return redirect(f"{begins}?nyt={SET_ASIDE}", code=303)


def read_helped(action: Action, now: datetime) -> Helped:
    """Return whom the reader helps; the look at the list is written down before a name is read."""
    bonds = list_ties(prepared_reader(), current_user.id, now=now)
    log_list([one.subject for one in bonds], action)
    names = read_names(prepared_reader(), [one.citizen_id for one in bonds])
    subjects = {
        one.citizen_id: replace(one.subject, consented=names[one.citizen_id].consented)
        for one in bonds
        if one.citizen_id in names
    }
    return Helped(subjects, names, frozenset(one.citizen_id for one in bonds if one.let_in))


def _just_done(helped: Helped, now: datetime) -> ShownReminder | None:
    """Return the reminder that the reader has just let be done, so that it can be undone."""
    whose, about = request.args.get("borger", type=UUID), request.args.get("om", type=UUID)
    if whose not in helped.subjects or about is None:
        return None
    reader = SubjectReader(current_user.id, helped.subjects[whose])
    try:
        return get_reminder(prepared_reader(), reader, about, now=now)
    except Missing:
        return None


def _news(helped: Helped, now: datetime) -> list[NewsItem]:
    return read_helper_news(prepared_reader(), current_user.id, helped.subjects, may_open=may_open, now=now)


@bp.app_template_global("work_address")
def work_address(item: WaitingItem) -> str:
    """Return where what waits is done."""
    whose: dict[str, Any] = {"citizen_id": item.citizen_id}
    values: dict[str, Any]
    about = item.about_id
    match item.kind:
        case WaitingKind.APPROVE | WaitingKind.READ:
            endpoint, values = "caseload.queue", {"vis": about, "borger": item.citizen_id}
        case WaitingKind.MESSAGE:
            endpoint, values = "messages.index", whose | {"_anchor": "nyeste"}
        case WaitingKind.MINUTES:
            endpoint, values = "minutes.write", whose | {"meeting_id": about}
        case WaitingKind.MEETING:
            endpoint, values = "calendar.meeting", whose | {"meeting_id": about}
        case WaitingKind.QUEUED:
            endpoint, values = "queued.show", whose | {"queued_id": about}
        case WaitingKind.REMINDER:
            endpoint, values = "reminders.index", whose | {"_anchor": f"husk-{about}"}
        case WaitingKind.STEP | WaitingKind.TALK | WaitingKind.PROMISE:
            anchor = f"{ANCHORS_OF_WORK[item.kind]}-{about}"
            endpoint, values = "goals.index", whose | {"ved": about, "_anchor": anchor}
    return url_for(endpoint, **values)
