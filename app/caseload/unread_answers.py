"""What citizens show of how it goes, and nobody has read yet. What is private is not even counted here."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func
from sqlmodel import Session, and_, col, or_, select

from app.assessments.models import Assessment, AssessmentAnswer, AssessmentReading, Question, QuestionStep
from app.assessments.rules import Visibility
from app.caseload.queue import QueueItem
from app.dates.local_time import danish_day
from app.identity.models import Person
from app.identity.rules import first_name
from app.plan.models import Plan
from app.plan.relations import listed_tie, subject_listed
from app.plan.rules import PlanState
from app.plan.tie_conditions import is_contact, stands_in
from app.store.query import select_columns

_ME = bindparam("me", type_=Uuid())


@dataclass(frozen=True, slots=True)
class UnreadAnswer:
    """The one answer that is read now. It has no day: nobody is late with it."""

    entry_id: UUID
    citizen_id: UUID
    name: str
    text: str  # the question, as it was worded
    said: str | None  # the word of the answer; None: only words of one's own are shown
    words: str | None
    shown_at: datetime

    @property
    def shown_on(self) -> date:
        return danish_day(self.shown_at)

    @property
    def first_name(self) -> str:
        return first_name(self.name)


def _waiting(*columns: Any) -> Any:
    """Return the select of what is shown to the contact person of now and not read for them."""
    read = (
        select(AssessmentReading.assessment_id)
        .where(
            AssessmentReading.assessment_id == Assessment.id,
            AssessmentReading.contact_id == Assessment.shown_to,
        )
        .exists()
    )
    return (
        select_columns(*columns)
        .join(
            Plan,
            and_(Plan.citizen_id == Assessment.citizen_id, Plan.state == PlanState.ACTIVE),
        )
        .where(Assessment.state == Visibility.SHARED, ~read)
        .where(is_contact(Assessment.citizen_id, Assessment.shown_to))
    )


_contact, _substitute = Assessment.shown_to == _ME, stands_in(Assessment.citizen_id, _ME)
_tie = listed_tie(contact=_contact, substitute=_substitute)
_PLACES = (
    _waiting(col(Assessment.id), col(Assessment.citizen_id), _tie)
    .where(or_(_contact, _substitute))
    .order_by(col(Assessment.shown_at), col(Assessment.id))
)
_COUNTS = (
    _waiting(col(Assessment.citizen_id), func.count())
    .where(col(Assessment.citizen_id).in_(bindparam("ids", type_=Uuid(), expanding=True)))
    .group_by(col(Assessment.citizen_id))
)
_ONE = (
    _waiting(
        col(Assessment.id),
        col(Person.id),
        col(Person.name),
        col(Question.text),
        col(QuestionStep.words),
        col(Assessment.words),
        col(Assessment.shown_at),
    )
    .join(Person, Person.id == Assessment.citizen_id)
    .join(AssessmentAnswer, AssessmentAnswer.assessment_id == Assessment.id)
    .join(Question, Question.id == AssessmentAnswer.question_id)
    .outerjoin(
        QuestionStep,
        and_(
            QuestionStep.set_id == Question.set_id,
            QuestionStep.value == AssessmentAnswer.value,
        ),
    )
    .where(Assessment.id == bindparam("assessment_id", type_=Uuid()))
)


def list_unread(session: Session, person_id: UUID, *, now: datetime) -> Sequence[QueueItem]:
    """Return what waits to be read by this person, the oldest first, without a word of it."""
    rows = session.exec(_PLACES, params={"me": person_id, "now": now})
    return [QueueItem(assessment_id, subject_listed(*of)) for assessment_id, *of in rows]


def count_unread(session: Session, citizen_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return how much each citizen shows that nobody has read."""
    return dict(session.exec(_COUNTS, params={"ids": list(citizen_ids)}).all())


def find_unread(session: Session, assessment_id: UUID) -> UnreadAnswer | None:
    """Return the answer with its words, or None if it was read or hidden meanwhile. Log the look first."""
    row = session.exec(_ONE, params={"assessment_id": assessment_id}).first()
    return UnreadAnswer(*row) if row else None


def find_reader(session: Session, assessment_id: UUID, *, by: UUID) -> str | None:
    """Return the first name of the citizen whose answer `by` has read; None if it was somebody else."""
    wanted = (
        select(Person.name)
        .join(Assessment, col(Assessment.citizen_id) == Person.id)
        .join(AssessmentReading, col(AssessmentReading.assessment_id) == Assessment.id)
        .where(Assessment.id == assessment_id, AssessmentReading.read_by == by)
    )
    name = session.exec(wanted).first()
    return first_name(name) if name else None
