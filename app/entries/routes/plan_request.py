"""/beskeder/spoergsmaal: may something from a message stand in the plan? Answered by the citizen alone."""

from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from app.access.guard import requires
from app.access.policy import Action
from app.entries.service.inclusion import accept_plan_request, decline_plan_request
from app.errors import Refused
from app.i18n import gettext as _
from app.messages.forms import PlanAnswerForm
from app.messages.news import NEWEST
from app.messages.queries import get_plan_question
from app.messages.rules import WORDS_MOST, ReadersChanged
from app.plan.queries import list_plan_readers
from app.plan.texts import name_readers
from app.web.context import clock, db, prepared_reader
from app.web.forms import ANSWER_MISSING
from app.web.page import page

bp = Blueprint("inclusion", __name__)

YES, NO = "ja", "nej"


@bp.get("/beskeder/spoergsmaal/<uuid:request_id>")
@requires(Action.PLAN_REQUEST_ANSWER)
def question(citizen_id: UUID, request_id: UUID) -> ResponseReturnValue:
    return _question_page(citizen_id, request_id)


@bp.post("/beskeder/spoergsmaal/<uuid:request_id>")
@requires(Action.PLAN_REQUEST_ANSWER)
def answer(citizen_id: UUID, request_id: UUID) -> ResponseReturnValue:
    form, now, said = PlanAnswerForm(request.form), clock()(), request.form.get("svar")
    yes = said == YES
    if said not in (YES, NO):  # no button of ours: that is no "no"
        form.say(str(ANSWER_MISSING))
        return _question_page(citizen_id, request_id, form, status=422)
    if yes and not form.validate():
        return _question_page(citizen_id, request_id, form, status=422)
    if yes and (form.laesere.data or "") != ", ".join(_readers(citizen_id)):
        form.say(_(ReadersChanged.reason))
        return _question_page(citizen_id, request_id, form, status=409)

    def answer_it(session: Session) -> None:
        if yes:
            accept_plan_request(session, citizen_id, request_id, form.words.data, now=now)
        else:
            decline_plan_request(session, citizen_id, request_id, now=now)

    try:
        db().retrying(answer_it)
    except Refused as refused:
        form.say(_(refused.reason, **refused.params))
        return _question_page(citizen_id, request_id, form, status=409)
    there = url_for("messages.index", nyt="med" if yes else "mellem", _anchor=NEWEST)
    return redirect(there, code=303)


def _readers(citizen_id: UUID) -> list[str]:
    """Return the names that stand on the page; the form carries them, for the yes is to these."""
    return name_readers(list_plan_readers(prepared_reader(), citizen_id, now=clock()()))


def _question_page(
    citizen_id: UUID, request_id: UUID, form: PlanAnswerForm | None = None, *, status: int = 200
) -> ResponseReturnValue:
    asked = get_plan_question(prepared_reader(), citizen_id, request_id)
    if form is None:
        form = PlanAnswerForm(words=asked.words)
    readers = _readers(citizen_id)
    form.laesere.data = ", ".join(readers)
    return page(
        "entries/plan_request.html",
        status=status,
        asked=asked,
        form=form,
        readers=readers,
        most=WORDS_MOST,
        yes=YES,
    )
