"""/borgere: whom I help. /godkend: what waits for my answer, one at a time."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.exceptions import NotFound
from wtforms import Form

from app.access.guard import allows, log_list, may_enter, may_open, requires, viewer
from app.access.policy import Action, may
from app.assessments.service import read_assessment
from app.caseload import service
from app.caseload.agreements import add_agreement_to_plan
from app.caseload.citizens import list_citizens
from app.caseload.filters import ALL, filtered, list_choices, parse_filter
from app.caseload.forms import ReadForm, TalkForm
from app.caseload.handover import may_hand_over
from app.caseload.helper_news import read_helper_news
from app.caseload.routes.queue_page import QueueAddress, address_asked, address_sent, asked_id, queue_page
from app.caseload.rules import SET_ASIDE, CitizenRow, matches, most_urgent_first
from app.consent.queries import read_consent
from app.entries.models import Entry
from app.errors import Missing, Refused
from app.i18n import gettext as _
from app.identity.invitations import find_invited_until
from app.identity.service import list_passkeys
from app.notifications.queries import NewsItem
from app.plan.absence_queries import list_stood_in
from app.plan.list_filter import drop_filter, find_filter, keep_filter
from app.plan.relations import list_ties
from app.plan.rules import ListFilter
from app.typed_text import read_id, read_whole_number
from app.web.context import clock, db, prepared_reader, settings
from app.web.page import asks_for, page

bp = Blueprint("caseload", __name__)

NAME_MOST = 100
SEARCHED_FROM = 10  # citizens: fewer are seen at a glance
FILTERED_FROM = 2
BESIDE = "borgere-ved-siden"  # the list that stands beside one citizen at a desk: see layout/_beside.html
BESIDE_MOST = 60

Answer = Callable[..., ResponseReturnValue]


@bp.get("/borgere")
@allows(Action.CASELOAD_READ)
def index() -> ResponseReturnValue:
    now, reader, me = clock()(), prepared_reader(), current_user.id
    bonds = list_ties(reader, me, now=now)
    log_list([bond.subject for bond in bonds], Action.CASELOAD_READ)
    everybody = sorted(list_citizens(reader, me, bonds, now=now), key=most_urgent_first)
    if asks_for(BESIDE):
        return _beside_page(filtered(reader, everybody, find_filter(reader, me)), len(everybody))
    wanted = " ".join(request.args.get("navn", "")[:NAME_MOST].split())
    kept, everyone = find_filter(reader, me), wanted or "alle" in request.args
    rows = [row for row in everybody if matches(row, wanted)]
    finds = bool(everybody) and may_enter(Action.MY_DAY_READ)
    if wanted and finds and len(rows) == 1:  # as the page says that it does
        return redirect(url_for(rows[0].page, citizen_id=rows[0].bond.citizen_id), code=303)
    rows = rows if everyone else filtered(reader, rows, kept)
    return page(
        "caseload/index.html",
        rows=rows,
        wanted=wanted,
        everyone=everyone,
        aside=request.args.get("nyt") == SET_ASIDE,
        finds=finds,
        searched=len(everybody) >= SEARCHED_FROM,
        number=len(everybody),
        hidden=sum(any(row.waiting) for row in everybody) - sum(any(row.waiting) for row in rows),
        filters=list_choices(reader, me, kept) if kept.is_on or len(everybody) >= FILTERED_FROM else (),
        news=[] if may_enter(Action.MY_DAY_READ) else _news(everybody, now),
        waiting=[row for row in rows if any(row.waiting)],
        others=[row for row in rows if not any(row.waiting)],
        roles=current_user.roles,
        stood_in=[one for one in list_stood_in(reader, me, now=now) if one.has_begun(now)],
        hands_over=bool(may_hand_over(bonds)),
        works=any(may(bond.subject, Action.MEETING_PROPOSE) for bond in bonds),
    )


def _beside_page(rows: Sequence[CitizenRow], number: int) -> ResponseReturnValue:
    """Answer with the list alone, `number` being all whom one helps, and mark beside whom it will stand."""
    return page(
        "caseload/beside.html",
        rows=rows[:BESIDE_MOST],
        more=number > min(len(rows), BESIDE_MOST),
        at=read_id(request.args.get("ved", "")),
    )


@bp.post("/borgere/filter")
@allows(Action.CASELOAD_READ)
def filter_list() -> ResponseReturnValue:
    """Choose a filter (`til`), take one away (`fra`), or all; it holds until it is chosen otherwise."""
    me, added, taken = current_user.id, request.form.get("til", ""), request.form.get("fra", "")
    wanted = parse_filter(added, on=True) or parse_filter(taken, on=False)
    areas = {one.value for one in list_choices(prepared_reader(), me, ListFilter()) if one.is_area}
    if wanted.get("area_id") and str(wanted["area_id"]) not in areas:
        raise Missing
    if taken == ALL:
        db().retrying(lambda session: drop_filter(session, me))
    elif wanted:
        db().retrying(lambda session: keep_filter(session, me, **wanted))
    return redirect(url_for(".index"), code=303)


def _news(rows: Sequence[CitizenRow], now: datetime) -> list[NewsItem]:
    """Return what is new for who has no day of meetings here: this is where they begin."""
    helped = {row.bond.citizen_id: row.subject for row in rows}
    return read_helper_news(prepared_reader(), current_user.id, helped, may_open=may_open, now=now)


@bp.get("/borgere/<uuid:citizen_id>/begynd")
@requires(Action.START_READ)
def not_started(citizen_id: UUID) -> ResponseReturnValue:
    """Show what can be done while the plan is closed to the reader; when it is not, there is the plan."""
    if viewer().may(Action.PLAN_READ):
        return redirect(url_for("goals.index", citizen_id=citizen_id), code=303)
    now, reader = clock()(), prepared_reader()
    return page(
        "caseload/not_started.html",
        yes=read_consent(reader, citizen_id, now=now),
        keys=list_passkeys(reader, citizen_id),
        invited_until=find_invited_until(reader, citizen_id, now=now),
    )


@bp.get("/godkend")
@allows(Action.QUEUE_READ)
def queue() -> ResponseReturnValue:
    return queue_page(TalkForm(), address_asked(), answered=asked_id("svaret"))


def _first_answer_page(view: Answer) -> Answer:
    """Tell one who stood in until just now who answered, instead of that there is nobody to answer."""

    @wraps(view)
    def answering(citizen_id: UUID, entry_id: UUID) -> ResponseReturnValue:
        try:
            return view(citizen_id=citizen_id, entry_id=entry_id)
        except NotFound:
            with db().reading() as session:
                first = service.find_first_answer(
                    session, citizen_id, entry_id, version=_version(), by=current_user.id, now=clock()()
                )
            if first is None:
                raise
            return _refused_page(address_sent(citizen_id, entry_id), first)

    return answering


@bp.post("/borgere/<uuid:citizen_id>/forslag/<uuid:entry_id>/godkend")
@_first_answer_page
@requires(Action.ENTRY_ANSWER)
def approve(citizen_id: UUID, entry_id: UUID) -> ResponseReturnValue:
    return _answer(
        address_sent(citizen_id, entry_id),
        lambda session, **how: service.approve_with_agreement(session, citizen_id, entry_id, **how),
    )


def _for_who_stood_in(view: Answer) -> Answer:
    """Let one undo it whom a late answer had let in: the approval ended that, and nothing else ties them."""

    @wraps(view)
    def undoing(citizen_id: UUID, entry_id: UUID) -> ResponseReturnValue:
        try:
            return view(citizen_id=citizen_id, entry_id=entry_id)
        except NotFound:
            if not service.has_approved_as_substitute(
                prepared_reader(), citizen_id, entry_id, by=current_user.id, now=clock()()
            ):
                raise
            return _undo(citizen_id, entry_id)

    return undoing


@bp.post("/borgere/<uuid:citizen_id>/forslag/<uuid:entry_id>/fortryd")
@_for_who_stood_in
@requires(Action.ENTRY_UNDO)
def undo(citizen_id: UUID, entry_id: UUID) -> ResponseReturnValue:
    return _undo(citizen_id, entry_id)


def _undo(citizen_id: UUID, entry_id: UUID) -> ResponseReturnValue:
    """Take it out of the plan again, and show it where it waits; say why not when it is too late."""
    at, workdays, version = address_sent(citizen_id, entry_id), settings().site.workdays, _version()
    by, now = current_user.id, clock()()
    try:
        db().retrying(
            lambda session: service.undo_with_agreement(
                session, citizen_id, entry_id, version=version, by=by, now=now, workdays=workdays
            )
        )
    except Refused as refused:
        return _refused_page(at, refused)
    return redirect(url_for(".queue", fortrudt=entry_id, vis=entry_id, borger=at.citizen_id), code=303)


@bp.post("/borgere/<uuid:citizen_id>/forslag/<uuid:entry_id>/tal")
@_first_answer_page
@requires(Action.ENTRY_ANSWER)
def talk(citizen_id: UUID, entry_id: UUID) -> ResponseReturnValue:
    form = TalkForm(request.form)
    if not form.validate():
        return _invalid_page(citizen_id, entry_id, form)
    said = form.words.data
    return _answer(
        address_sent(citizen_id, entry_id),
        lambda session, **how: service.talk_with_author(session, citizen_id, entry_id, said, **how),
    )


@bp.post("/borgere/<uuid:citizen_id>/kalender/<uuid:meeting_id>/aftaler/<uuid:agreement_id>/med")
@requires(Action.AGREEMENT_PLACE)
def add_agreement(citizen_id: UUID, meeting_id: UUID, agreement_id: UUID) -> ResponseReturnValue:
    by, now, workdays = current_user.id, clock()(), settings().site.workdays
    db().retrying(
        lambda session: add_agreement_to_plan(
            session, citizen_id, meeting_id, agreement_id, by=by, now=now, workdays=workdays
        )
    )
    there = url_for("calendar.meeting", citizen_id=citizen_id, meeting_id=meeting_id, _anchor="aftalt")
    return redirect(there, code=303)


@bp.post("/borgere/<uuid:citizen_id>/fremgang/<uuid:assessment_id>/laest")
@requires(Action.PROGRESS_ANSWER)
def read(citizen_id: UUID, assessment_id: UUID) -> ResponseReturnValue:
    form, by, now = ReadForm(request.form), current_user.id, clock()()
    at = address_sent(citizen_id, assessment_id)
    if not form.validate():
        return queue_page(form, at, status=422)
    said = form.words.data
    try:
        db().retrying(
            lambda session: read_assessment(session, citizen_id, assessment_id, said, by=by, now=now)
        )
    except Refused as refused:
        return _refused_page(at, refused, form)
    return _go_on(at, laest=assessment_id)


def _invalid_page(citizen_id: UUID, entry_id: UUID, form: TalkForm) -> ResponseReturnValue:
    """Ask for the sentence again, unless it is no longer needed."""
    at = address_sent(citizen_id, entry_id)
    try:
        with db().reading() as session:
            service.check_waiting(session, citizen_id, entry_id, version=_version())
    except Refused as refused:
        return _refused_page(at, refused)
    return queue_page(form, at, status=422)


def _answer(at: QueueAddress, work: Callable[..., Entry]) -> ResponseReturnValue:
    """Answer as the reader, to the version that was read; say so kindly when somebody was first."""
    version, by, now = _version(), current_user.id, clock()()
    try:
        db().retrying(lambda session: work(session, version=version, by=by, now=now))
    except Refused as refused:
        return _refused_page(at, refused)
    return _go_on(at, svaret=at.stay)


def _go_on(at: QueueAddress, **done: Any) -> ResponseReturnValue:
    """Lead on to the one that came next, with the same citizen if one walks so, and say what was done."""
    onward = asked_id("naeste", of_form=True)
    return redirect(url_for(".queue", **done, borger=at.citizen_id, vis=onward), code=303)


def _refused_page(at: QueueAddress, refused: Refused, form: Form | None = None) -> ResponseReturnValue:
    """Say what happened meanwhile, above the same entry if it still waits, else above the next one."""
    form = form or TalkForm(request.form)
    form.form_errors = [_(refused.reason, **refused.params)]
    return queue_page(form, at, status=409)


def _version() -> int:
    """Return the version that was read; 0, which none has, if the form does not say."""
    return read_whole_number(request.form.get("version")) or 0
