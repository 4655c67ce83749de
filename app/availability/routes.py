"""/kalender/oensker: when it suits and when not, a question at a time, for the citizen alone."""

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session
from wtforms import SelectChoice

from app.access.guard import requires
from app.access.policy import Action
from app.availability import questions, service, steps
from app.availability.forms import CompanionForm, DatesForm, HoursForm, LanguageForm, TopicForm, WishForm
from app.availability.languages import code_of, language_name
from app.availability.queries import (
    CitizenPreferences,
    MeetingNeeds,
    list_conflicting_meetings,
    list_wishes,
    read_preferences,
)
from app.availability.questions import PreferenceTopic
from app.availability.rules import TimeRule
from app.availability.texts import answer_text, day_text, reason_text, rule_text
from app.dates.local_time import danish_day
from app.errors import Refused
from app.i18n import gettext as _
from app.plan.queries import find_contact_name
from app.web.context import clock, db, prepared_reader
from app.web.page import page

bp = Blueprint("availability", __name__)


@bp.get("/kalender/oensker")
@requires(Action.WISHES_OWN)
def index(citizen_id: UUID) -> ResponseReturnValue:
    now, reader = clock()(), prepared_reader()
    said = list_wishes(reader, citizen_id)
    under = list_conflicting_meetings(reader, citizen_id, said, now=now)
    return page(
        "availability/index.html",
        times=[
            (one, rule_text(TimeRule.of(one)), reason_text(one.kind), under.get(one.id, ())) for one in said
        ],
        answers=_answers(read_preferences(reader, citizen_id)),
        contact_name=find_contact_name(reader, citizen_id),
        told=_status_text(request.args.get("nyt")),
    )


def _status_text(new: str | None) -> str:
    return {"gemt": _("Tak. Det er gemt."), "fjernet": _("Tiden er fjernet.")}.get(new or "", "")


def _answers(said: CitizenPreferences) -> list[tuple[PreferenceTopic, str]]:
    interpreter = _interpreter(said.needs)
    return [(one, answer_text(one, said.limits, interpreter)) for one in questions.QUESTIONS]


def _interpreter(needs: MeetingNeeds) -> str:
    if not needs.interpreter:
        return _("Nej")
    return _("Ja, %(language)s", language=language_name(needs.language)) if needs.language else _("Ja")


# --- one question ---


@bp.get("/kalender/oensker/<topic>")
@requires(Action.WISHES_OWN)
def ask(citizen_id: UUID, topic: str) -> ResponseReturnValue:
    question = questions.find_topic(topic) or abort(404)
    return _question_page(question, _form(citizen_id, question))


@bp.post("/kalender/oensker/<topic>")
@requires(Action.WISHES_OWN)
def answer(citizen_id: UUID, topic: str) -> ResponseReturnValue:
    question = questions.find_topic(topic) or abort(404)
    form = _form(citizen_id, question, request.form)
    if not form.validate():
        return _question_page(question, form, status=422)
    said = form.answer.data
    db().retrying(lambda session: _write(session, citizen_id, question, said))
    if question is questions.INTERPRETER and said == questions.OTHER_LANGUAGE:
        return redirect(url_for(".ask", topic=questions.LANGUAGE.key), code=303)
    row = questions.INTERPRETER if question is questions.LANGUAGE else question
    return redirect(url_for(".index", nyt="gemt", _anchor=row.key), code=303)


def _form(citizen_id: UUID, question: PreferenceTopic, sent: Any = None) -> Any:
    """Return the form of a question: as it was sent, or with the answer that stands."""
    said = read_preferences(prepared_reader(), citizen_id)
    if question is questions.COMPANION:
        form: Any = CompanionForm(sent, answer=said.limits.companion or "")
    elif question is questions.LANGUAGE:
        form = LanguageForm(sent, answer=language_name(said.language) if said.language else "")
    elif question is questions.INTERPRETER:
        form = TopicForm(sent, answer=_spoken(said.needs))
        form.answer.choices = _languages(form.answer.object_data)
    else:
        chosen = question.answer(said.limits)
        form = TopicForm(sent, answer=chosen.value if chosen else None)
        form.answer.choices = [SelectChoice(one.value, one.label) for one in question.choices]
    form.answer.label.text = str(question.text)
    return form


def _spoken(needs: MeetingNeeds) -> str:
    if not needs.interpreter:
        return questions.NO_INTERPRETER
    return needs.language or questions.OTHER_LANGUAGE


def _languages(spoken: str | None) -> list[SelectChoice]:
    known = {*questions.INTERPRETED, spoken or ""} - {questions.NO_INTERPRETER, questions.OTHER_LANGUAGE, ""}
    named = sorted((language_name(code), code) for code in known)
    return [
        SelectChoice(questions.NO_INTERPRETER, _("Nej")),
        *(SelectChoice(code, _("Ja, %(language)s", language=name)) for name, code in named),
        SelectChoice(questions.OTHER_LANGUAGE, _("Ja, et andet sprog")),
    ]


def _write(session: Session, citizen_id: UUID, question: PreferenceTopic, said: str) -> None:
    now = clock()()
    if question is questions.INTERPRETER:
        needed, unknown = said != questions.NO_INTERPRETER, said == questions.OTHER_LANGUAGE
        language = None if unknown else said
        service.choose_interpreter(session, citizen_id, language, needed=needed, now=now)
    elif question is questions.LANGUAGE:
        service.choose_interpreter(session, citizen_id, code_of(said), needed=True, now=now)
    elif question is questions.COMPANION:
        service.change_limits(session, citizen_id, {"companion": said or None}, now=now)
    elif chosen := question.choice(said):
        service.change_limits(session, citizen_id, chosen.change, now=now)


def _question_page(question: PreferenceTopic, form: Any, *, status: int = 200) -> ResponseReturnValue:
    notes = {one.value: one.note for one in question.choices if one.note}
    return page("availability/question.html", status=status, question=question, form=form, notes=notes)


# --- a time that doesn't suit ---


@bp.get("/kalender/oensker/ny")
@requires(Action.WISHES_OWN)
def new(citizen_id: UUID) -> ResponseReturnValue:
    found = steps.read_steps(request.args)
    if found.next == "dates" and "first_day" in request.args:
        return _read_dates()
    if found.next == "hours" and "fra" in request.args:
        hours = HoursForm(request.args)
        hours.validate()
        return _step_page(found, hours, status=422)
    forms: dict[str, Any] = {"dates": DatesForm, "hours": HoursForm, "much": WishForm}
    return _step_page(found, forms[found.next]() if found.next in forms else None)


@bp.post("/kalender/oensker/ny")
@requires(Action.WISHES_OWN)
def add(citizen_id: UUID) -> ResponseReturnValue:
    found, form = steps.read_steps(request.form), WishForm(request.form)
    rule = found.rule
    if rule is None:
        return redirect(url_for(".new", **dict[str, Any](found.said)), code=303)
    if not form.validate():
        return _step_page(found, form, status=422)
    hard, why, now = form.hard.data == "ja", form.why, clock()()
    try:
        db().retrying(lambda one: service.add_wish(one, citizen_id, rule, why, hard=hard, now=now))
    except Refused as refused:
        form.form_errors.append(_(refused.reason))
        return _step_page(found, form, status=422)
    return redirect(url_for(".index", nyt="gemt", _anchor="tider"), code=303)


@bp.post("/kalender/oensker/<uuid:wish_id>/fjern")
@requires(Action.WISHES_OWN)
def remove(citizen_id: UUID, wish_id: UUID) -> ResponseReturnValue:
    db().retrying(lambda session: service.remove_wish(session, citizen_id, wish_id))
    return redirect(url_for(".index", nyt="fjernet", _anchor="tider"), code=303)


def _read_dates() -> ResponseReturnValue:
    form = DatesForm(request.args)
    if not form.check(danish_day(clock()())) or form.days is None:
        return _step_page(steps.WishSteps({"dag": steps.SOME_DATES}, "dates"), form, status=422)
    first, last = (day.isoformat() for day in form.days)
    return redirect(url_for(".new", dag=steps.SOME_DATES, foerste=first, sidste=last), code=303)


def _step_page(found: steps.WishSteps, form: Any, *, status: int = 200) -> ResponseReturnValue:
    return page(
        "availability/new.html",
        status=status,
        form=form,
        step=found.next,
        said=found.said,
        when=rule_text(found.rule) if found.rule else "",
        day=day_text(found.days) if found.days else "",
        days=steps.DAYS,
        whens={key: words for key, (words, *_hours) in steps.WHENS.items()},
    )
