"""/borgere: whom I help. /godkend: what waits for my answer, one at a time."""

from collections.abc import Callable
from functools import partial, wraps
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlmodel import Session
from werkzeug.exceptions import NotFound
from wtforms import Form

from app.access.guard import allows, log_views, may_open, requires
from app.access.policy import Action, may
from app.assessments.service import read_assessment
from app.caseload import service
from app.caseload.agreements import add_agreement_to_plan
from app.caseload.citizens import list_citizens
from app.caseload.forms import ReadForm, TalkForm
from app.caseload.queue import QueueEntry, QueueItem, find_queue_entry, list_queue
from app.caseload.rules import most_urgent_first, pick_next
from app.caseload.unread_answers import UnreadAnswer, find_reader, find_unread, list_unread
from app.entries.models import Entry
from app.entries.rules import REPLY_MOST, EntryState
from app.entries.service.review import talk_about_entry
from app.errors import Refused
from app.i18n import gettext as _
from app.notifications.queries import list_helper_news
from app.plan.relations import list_ties
from app.web.context import clock, db, settings
from app.web.page import page

bp = Blueprint("caseload", __name__)

Answer = Callable[..., ResponseReturnValue]
Find = Callable[[Session, UUID], QueueEntry | UnreadAnswer | None]


@bp.get("/borgere")
@allows(Action.CASELOAD_READ)
def index() -> ResponseReturnValue:
    now = clock()()
    with db().reading() as session:
        bonds = list_ties(session, current_user.id, now=now)
    log_views([bond.subject for bond in bonds], Action.CASELOAD_READ)
    with db().reading() as session:
        rows = sorted(list_citizens(session, bonds, now=now), key=most_urgent_first)
        news = list_helper_news(session, current_user.id, may_open=may_open, now=now)
    return page(
        "caseload/index.html",
        rows=rows,
        news=news,
        waiting=[row for row in rows if any(row.waiting)],
        others=[row for row in rows if not any(row.waiting)],
        roles=current_user.roles,
        works=any(may(bond.subject, Action.MEETING_PROPOSE) for bond in bonds),
    )


@bp.get("/godkend")
@allows(Action.QUEUE_READ)
def queue() -> ResponseReturnValue:
    return _queue_page(TalkForm(), after=_uuid("efter"), stay=_uuid("vis"), answered=_uuid("svaret"))


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
            return _refused_page(entry_id, first)

    return answering


@bp.post("/borgere/<uuid:citizen_id>/forslag/<uuid:entry_id>/godkend")
@_first_answer_page
@requires(Action.ENTRY_ANSWER)
def approve(citizen_id: UUID, entry_id: UUID) -> ResponseReturnValue:
    return _answer(
        entry_id,
        lambda session, **how: service.approve_with_agreement(session, citizen_id, entry_id, **how),
    )


@bp.post("/borgere/<uuid:citizen_id>/forslag/<uuid:entry_id>/tal")
@_first_answer_page
@requires(Action.ENTRY_ANSWER)
def talk(citizen_id: UUID, entry_id: UUID) -> ResponseReturnValue:
    form = TalkForm(request.form)
    if not form.validate():
        return _invalid_page(citizen_id, entry_id, form)
    said = form.words.data
    return _answer(
        entry_id,
        lambda session, **how: talk_about_entry(session, citizen_id, entry_id, said, **how),
    )


@bp.post("/borgere/<uuid:citizen_id>/kalender/<uuid:meeting_id>/aftaler/<uuid:agreement_id>/med")
@requires(Action.AGREEMENT_PLACE)
def add_agreement(citizen_id: UUID, meeting_id: UUID, agreement_id: UUID) -> ResponseReturnValue:
    by, now, site = current_user.id, clock()(), settings().site
    db().retrying(
        lambda session: add_agreement_to_plan(
            session, citizen_id, meeting_id, agreement_id, by=by, now=now, site=site
        )
    )
    there = url_for("calendar.meeting", citizen_id=citizen_id, meeting_id=meeting_id, _anchor="aftalt")
    return redirect(there, code=303)


@bp.post("/borgere/<uuid:citizen_id>/fremgang/<uuid:assessment_id>/laest")
@requires(Action.PROGRESS_ANSWER)
def read(citizen_id: UUID, assessment_id: UUID) -> ResponseReturnValue:
    form, by, now = ReadForm(request.form), current_user.id, clock()()
    if not form.validate():
        return _queue_page(form, stay=assessment_id, status=422)
    said = form.words.data
    try:
        db().retrying(
            lambda session: read_assessment(session, citizen_id, assessment_id, said, by=by, now=now)
        )
    except Refused as refused:
        return _refused_page(assessment_id, refused, form)
    return redirect(url_for(".queue", laest=assessment_id), code=303)


def _invalid_page(citizen_id: UUID, entry_id: UUID, form: TalkForm) -> ResponseReturnValue:
    """Ask for the sentence again, unless it is no longer needed."""
    try:
        with db().reading() as session:
            service.check_waiting(session, citizen_id, entry_id, version=_version())
    except Refused as refused:
        return _refused_page(entry_id, refused)
    return _queue_page(form, stay=entry_id, status=422)


def _answer(entry_id: UUID, work: Callable[..., Entry]) -> ResponseReturnValue:
    """Answer as the reader, to the version that was read; say so kindly when somebody was first."""
    version, by, now = _version(), current_user.id, clock()()
    try:
        db().retrying(lambda session: work(session, version=version, by=by, now=now))
    except Refused as refused:
        return _refused_page(entry_id, refused)
    return redirect(url_for(".queue", svaret=entry_id), code=303)


def _refused_page(entry_id: UUID, refused: Refused, form: Form | None = None) -> ResponseReturnValue:
    """Say what happened meanwhile, above the same entry if it still waits, else above the next one."""
    form = form or TalkForm(request.form)
    form.form_errors = [_(refused.reason, **refused.params)]
    return _queue_page(form, stay=entry_id, status=409)


def _queue_page(
    form: Form,
    *,
    after: UUID | None = None,
    stay: UUID | None = None,
    answered: UUID | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    number, count, shown = _show_one(after, stay)
    to_read = isinstance(shown, UnreadAnswer)
    same = shown is not None and shown.entry_id == stay
    kept = "" if same else form.words.data  # words that were for another one are given back beside
    if not same:  # the problem is not with the field that is shown
        problems = [*form.form_errors, *form.words.errors]
        form = ReadForm() if to_read else TalkForm()
        form.form_errors = problems
    told, thanked = _just_done(answered)
    answer = page(
        "caseload/queue.html",
        status=status,
        form=form,
        number=number,
        count=count,
        shown=shown,
        to_read=to_read,
        kept=kept,
        told=told,
        thanked=thanked,
        most=REPLY_MOST,
    )
    if status != HTTPStatus.OK:  # nothing can be read at the address of a form
        answer.headers["HX-Push-Url"] = "false"
    return answer


def _just_done(answered: UUID | None) -> tuple[tuple[str, EntryState] | None, str | None]:
    """Return what the reader has just answered, and whose answer to how it goes was just read."""
    read_one, me = _uuid("laest"), current_user.id
    with db().reading() as session:
        told = service.find_given_answer(session, answered, by=me, now=clock()()) if answered else None
        return told, find_reader(session, read_one, by=me) if read_one else None


def _show_one(after: UUID | None, stay: UUID | None) -> tuple[int, int, QueueEntry | UnreadAnswer | None]:
    """Return which of how many is shown, and that one; the look is written down before a word is read."""
    now, me = clock()(), current_user.id
    with db().reading() as session:
        entries, answers = list_queue(session, me, now=now), list_unread(session, me, now=now)
    finders: dict[UUID, tuple[QueueItem, Find]] = {
        **{place.entry_id: (place, partial(find_queue_entry, now=now)) for place in entries},
        **{place.entry_id: (place, find_unread) for place in answers},
    }
    while (chosen := pick_next(list(finders), after=after, stay=stay)) is not None:
        number, shown = list(finders).index(chosen) + 1, _log_and_show(*finders[chosen])
        if shown is not None:
            return number, len(finders), shown
        del finders[chosen]  # answered by somebody else, or hidden, in between
    return 0, 0, None


def _log_and_show(place: QueueItem, find: Find) -> QueueEntry | UnreadAnswer | None:
    log_views([place.subject], Action.QUEUE_READ)
    with db().reading() as session:
        return find(session, place.entry_id)


def _version() -> int:
    """Return the version that was read; 0, which none has, if the form does not say."""
    said = request.form.get("version", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else 0  # noqa: PLR2004


def _uuid(name: str) -> UUID | None:
    try:
        return UUID(request.args.get(name, ""))
    except ValueError:
        return None
