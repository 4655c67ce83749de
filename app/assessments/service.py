"""What can be done with an answer to how it goes, one function per verb. Callers own the transaction.

Everything is scoped by the citizen, and the row is locked before it is read.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, SQLModel, select

from app.assessments.models import (
    Assessment,
    AssessmentAnswer,
    AssessmentReading,
    Question,
    QuestionSet,
    QuestionStep,
)
from app.assessments.news import ASSESSMENT_READ, ASSESSMENT_SHOWN
from app.assessments.question_sets import SHIPPED, ShippedSet, Topic
from app.assessments.rules import (
    VALUES,
    AlreadyRead,
    AssessmentNeedsConsent,
    AssessmentNeedsContact,
    NothingToShow,
    NotShown,
    StepChoice,
    Visibility,
    has_something_to_show,
    is_shown_to,
)
from app.errors import Missing
from app.identity.models import Person
from app.identity.rules import first_name
from app.notifications.rules import NoticeContent, NoticeKind
from app.notifications.service import add_notice, withdraw_notice
from app.plan.models import Plan
from app.plan.rules import PlanState
from app.plan.service import find_absence, find_contact, find_plan
from app.store.insert import insert_missing


def add_question_set(session: Session, asked: ShippedSet) -> None:
    """Let these questions stand in the database; nothing happens if they do."""
    _add_set(
        session,
        QuestionSet,
        [
            {
                "id": asked.id,
                "key": asked.key,
                "version": asked.version,
                "owner": asked.owner,
                "licence": asked.licence,
            }
        ],
    )
    steps = zip(VALUES, asked.steps, strict=True)
    _add_set(
        session,
        QuestionStep,
        [{"set_id": asked.id, "value": value, "words": words} for value, words in steps],
    )
    _add_set(
        session,
        Question,
        [
            {
                "id": asked.question_id(one.topic),
                "set_id": asked.id,
                "position": place,
                "topic": one.topic,
                "title": one.title,
                "text": one.text,
            }
            for place, one in enumerate(asked.questions)
        ],
    )


def _add_set(session: Session, model: type[SQLModel], rows: list[dict[str, Any]]) -> None:
    keys = [key.name for key in model.__table__.primary_key]  # type: ignore[attr-defined]
    # Only the same row may be there already: other words under this version break the unique constraint.
    insert_missing(session, model, rows, same=keys)


def save_assessment(
    session: Session, citizen_id: UUID, asked: Topic, said: StepChoice, words: str | None, *, now: datetime
) -> Assessment:
    """Keep what the citizen says to one of the shipped questions; only they can see it."""
    add_question_set(session, SHIPPED)
    assessment = Assessment(citizen_id=citizen_id, given_at=now, words=words or None)
    session.add(assessment)
    session.flush()
    session.add(
        AssessmentAnswer(
            assessment_id=assessment.id,
            question_id=SHIPPED.question_id(asked.topic),
            kind=said.kind,
            value=said.value,
        )
    )
    return assessment


def show_assessment(session: Session, citizen_id: UUID, assessment_id: UUID, *, now: datetime) -> Assessment:
    """Show it to the contact person of now, and to who stands in. Twice changes nothing.

    Raises:
        Missing: no such answer of this citizen.
        AssessmentNeedsConsent, AssessmentNeedsContact, NothingToShow: it stays private, and is kept.
    """
    assessment = _lock(session, citizen_id, assessment_id)
    contact = _find_reader(session, citizen_id)
    if is_shown_to(contact.id, state=assessment.state, shown_to=assessment.shown_to):
        return assessment
    if not _has_something_to_show(session, assessment):
        raise NothingToShow
    assessment.state, assessment.shown_to, assessment.shown_at = Visibility.SHARED, contact.id, now
    if session.get(AssessmentReading, (assessment.id, contact.id)) is None:
        away = find_absence(session, contact.id, now=now)
        for reader in sorted({contact.id, away[1].id} if away else {contact.id}):
            _notify(session, reader, ASSESSMENT_SHOWN, assessment, by=citizen_id, now=now)
    return assessment


def hide_assessment(session: Session, citizen_id: UUID, assessment_id: UUID) -> Assessment:
    """Let only the citizen see it from now on; that it was read, and what was replied, stays. Twice is once.

    Raises:
        Missing: no such answer of this citizen.
    """
    assessment = _lock(session, citizen_id, assessment_id)
    assessment.state, assessment.shown_to, assessment.shown_at = Visibility.PRIVATE, None, None
    withdraw_notice(session, ASSESSMENT_SHOWN, assessment.id)
    return assessment


def read_assessment(
    session: Session, citizen_id: UUID, assessment_id: UUID, reply: str | None, *, by: UUID, now: datetime
) -> AssessmentReading:
    """Note that it has been read, with a sentence if there is one. The same again changes nothing.

    Raises:
        Missing: no such answer of this citizen.
        NotShown: the citizen shows it no longer.
        AlreadyRead: it was read before, and by whom.
    """
    assessment = _lock(session, citizen_id, assessment_id)
    contact = find_contact(session, citizen_id)
    contact_id = contact.id if contact else None
    known = session.get(AssessmentReading, (assessment.id, contact_id)) if contact_id else None
    if known is not None:
        if (known.read_by, known.reply) == (by, reply or None):
            return known
        raise AlreadyRead(name=_name_of(session, known.read_by))
    if contact_id is None or not is_shown_to(
        contact_id, state=assessment.state, shown_to=assessment.shown_to
    ):
        raise NotShown(name=_name_of(session, citizen_id))
    reading = AssessmentReading(
        assessment_id=assessment.id, contact_id=contact_id, read_by=by, read_at=now, reply=reply or None
    )
    session.add(reading)
    _notify(session, citizen_id, ASSESSMENT_READ, assessment, by=by, now=now)
    return reading


def _lock(session: Session, citizen_id: UUID, assessment_id: UUID) -> Assessment:
    wanted = select(Assessment).where(Assessment.id == assessment_id, Assessment.citizen_id == citizen_id)
    assessment = session.exec(wanted.with_for_update()).first()
    if assessment is None:
        raise Missing
    return assessment


def _find_reader(session: Session, citizen_id: UUID) -> Person:
    plan: Plan | None = find_plan(session, citizen_id)
    if plan is None or plan.state is not PlanState.ACTIVE:
        raise AssessmentNeedsConsent
    contact = find_contact(session, citizen_id)
    if contact is None:
        raise AssessmentNeedsContact
    return contact


def _has_something_to_show(session: Session, assessment: Assessment) -> bool:
    answers = session.exec(select(AssessmentAnswer).where(AssessmentAnswer.assessment_id == assessment.id))
    return any(has_something_to_show(StepChoice(one.kind, one.value), assessment.words) for one in answers)


def _notify(
    session: Session, to: UUID, kind: NoticeKind, assessment: Assessment, *, by: UUID, now: datetime
) -> None:
    add_notice(session, to, NoticeContent(kind, assessment.citizen_id, by=by, about=assessment.id), now=now)


def _name_of(session: Session, person_id: UUID) -> str:
    name = session.exec(select(Person.name).where(Person.id == person_id)).first()
    return first_name(name) if name else ""
