"""/fremgang: how it goes, one topic at a time. Private until the citizen shows it."""

from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from app.access.guard import requires, viewer
from app.access.policy import Action
from app.assessments import service
from app.assessments.assessment_messages import ASSESSMENT_TOPIC
from app.assessments.forms import ICONS, HowForm
from app.assessments.queries import get_own_answer, list_own_answers, list_shown_answers
from app.assessments.question_sets import SHIPPED, Topic
from app.assessments.rules import StepChoice
from app.errors import Refused
from app.i18n import gettext as _
from app.messages.rules import About
from app.plan.share_state import read_share_state
from app.store.idempotency import KeyReused, SavedResponse, claim_key, request_hash, save_response
from app.web.context import clock, db, prepared_reader, settings
from app.web.forms import new_key
from app.web.page import page

bp = Blueprint("assessments", __name__)


@bp.get("/fremgang", defaults={"citizen_id": None})
@bp.get("/borgere/<uuid:citizen_id>/fremgang")
@requires(Action.PROGRESS_READ)
def index(citizen_id: UUID) -> ResponseReturnValue:
    reader = prepared_reader()
    if not viewer().own:
        return page("assessments/shown.html", answers=list_shown_answers(reader, citizen_id, _reader_id()))
    answers = list_own_answers(reader, citizen_id, _reader_id())
    sharing = read_share_state(reader, citizen_id, now=clock()())
    return page(
        "assessments/index.html",
        answers=answers,
        sharing=sharing,
        promise_money=settings().site.promise_money,
        new=request.args.get("nyt"),
    )


@bp.get("/fremgang/ny")
@requires(Action.PROGRESS_WRITE)
def new(citizen_id: UUID) -> ResponseReturnValue:
    asked = SHIPPED.find(request.args.get("emne"))
    if asked is None:
        return page("assessments/choose.html", questions=SHIPPED.questions)
    return _form_page(citizen_id, asked, HowForm(key=new_key()))


@bp.post("/fremgang/ny")
@requires(Action.PROGRESS_WRITE)
def save(citizen_id: UUID) -> ResponseReturnValue:
    asked = SHIPPED.find(request.form.get("emne"))
    if asked is None:  # not from our form: begin with the topic
        return redirect(url_for(".new"), code=303)
    form = HowForm(request.form)
    if not form.validate() or form.said is None:
        return _form_page(citizen_id, asked, form, status=422)
    said = form.said
    try:
        there = db().retrying(lambda session: _once(session, citizen_id, asked, said, form))
    except KeyReused as other:
        form.say(_(other.reason))
        return _form_page(citizen_id, asked, form, status=422)
    return redirect(there, code=303)


@bp.get("/fremgang/<uuid:assessment_id>")
@requires(Action.PROGRESS_WRITE)
def answer(citizen_id: UUID, assessment_id: UUID) -> ResponseReturnValue:
    return _answer_page(citizen_id, assessment_id)


@bp.post("/fremgang/<uuid:assessment_id>/vis")
@requires(Action.PROGRESS_WRITE)
def show(citizen_id: UUID, assessment_id: UUID) -> ResponseReturnValue:
    now = clock()()
    try:
        db().retrying(lambda session: service.show_assessment(session, citizen_id, assessment_id, now=now))
    except Refused as refused:
        return _answer_page(citizen_id, assessment_id, refused)
    return redirect(url_for(".answer", assessment_id=assessment_id, nyt="vist"), code=303)


@bp.post("/fremgang/<uuid:assessment_id>/skjul")
@requires(Action.PROGRESS_WRITE)
def hide(citizen_id: UUID, assessment_id: UUID) -> ResponseReturnValue:
    db().retrying(lambda session: service.hide_assessment(session, citizen_id, assessment_id))
    return redirect(url_for(".index", nyt="skjult"), code=303)


def _once(session: Session, citizen_id: UUID, asked: Topic, said: StepChoice, form: HowForm) -> str:
    """Return the address of the answer. The same form again gives the same one, and writes nothing."""
    now = clock()()
    meeting_request = request_hash(request.path, asked.topic, form.answer.data, form.words.data)
    known = claim_key(session, citizen_id, form.key.data, meeting_request, now)
    if known is not None and known.location:
        return known.location
    saved = service.save_assessment(session, citizen_id, asked, said, form.words.data, now=now)
    there = url_for(".answer", assessment_id=saved.id, nyt="gemt")
    save_response(session, citizen_id, form.key.data, SavedResponse(303, there, None))
    return there


def _reader_id() -> UUID | None:
    """Return the contact person who may see what is shown to them; None while no yes stands."""
    subject = viewer().subject
    return subject.contact_id if subject.consented else None


def _form_page(citizen_id: UUID, asked: Topic, form: HowForm, *, status: int = 200) -> ResponseReturnValue:
    sharing = read_share_state(prepared_reader(), citizen_id, now=clock()())
    return page(
        "assessments/form.html",
        status=status,
        form=form.ask(asked),
        topic=asked.topic,
        icons=ICONS,
        sharing=sharing,
    )


def _answer_page(
    citizen_id: UUID, assessment_id: UUID, refused: Refused | None = None
) -> ResponseReturnValue:
    reader = prepared_reader()
    told = get_own_answer(reader, citizen_id, assessment_id, _reader_id())
    sharing = read_share_state(reader, citizen_id, now=clock()())
    return page(
        "assessments/answer.html",
        status=409 if refused else 200,
        answer=told.answer,
        earlier=told.earlier,
        sharing=sharing,
        problem=_(refused.reason, **refused.params) if refused else None,
        new=request.args.get("nyt"),
        about=About(ASSESSMENT_TOPIC, assessment_id),
    )
