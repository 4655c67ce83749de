"""What citizens show of how it goes, and nobody has read yet. What is private is not even counted here."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Uuid, bindparam, func, literal, null
from sqlmodel import and_, cast, col, or_, select

from app.assessments.models import Assessment, AssessmentAnswer, AssessmentReading, Question, QuestionStep
from app.assessments.rules import Visibility
from app.dates.local_time import danish_day
from app.identity.models import Person
from app.identity.rules import first_name
from app.plan.models import Plan
from app.plan.relations import listed_tie
from app.plan.rules import PlanState
from app.plan.tie_conditions import answered_by, is_contact, stands_in
from app.store.prepared import Reader
from app.store.query import RowSelect, id_list, select_columns

_ME = bindparam("me", type_=Uuid())
_ASSESSMENT = bindparam("assessment_id", type_=Uuid())


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
    .where(Assessment.id == _ASSESSMENT)
)
_READ_BY = (
    select(Person.name)
    .join(Assessment, col(Assessment.citizen_id) == Person.id)
    .join(AssessmentReading, col(AssessmentReading.assessment_id) == Assessment.id)
    .where(Assessment.id == _ASSESSMENT, AssessmentReading.read_by == _ME)
)


def unread_places(*columns: Any) -> RowSelect:
    """Return the select of what waits to be read by `me` at `now`, without a word of it.

    After `columns`: its id, whose it is, the tie, no day, and the moment since when it waits.
    """
    own: list[Any] = [Assessment.id, Assessment.citizen_id, _tie, cast(null(), Date()), Assessment.shown_at]
    found: RowSelect = _waiting(*columns, *own).where(
        or_(_contact, _substitute), col(Assessment.citizen_id).in_(answered_by(_ME))
    )
    return found


def unread_counts(*columns: Any) -> RowSelect:
    """Return the select of how much each of the citizens `ids` shows that nobody has read.

    After `columns`: whose, how much, how much of it is late (nothing ever is), and since when it waits.
    """
    counted = _waiting(
        *columns, col(Assessment.citizen_id), func.count(), literal(0), func.min(Assessment.shown_at)
    )
    of_these = counted.where(col(Assessment.citizen_id).in_(id_list()))
    found: RowSelect = of_these.group_by(col(Assessment.citizen_id))
    return found


def find_unread(session: Reader, assessment_id: UUID) -> UnreadAnswer | None:
    """Return the answer with its words, or None if it was read or hidden meanwhile. Log the look first."""
    row = session.exec(_ONE, params={"assessment_id": assessment_id}).first()
    return UnreadAnswer(*row) if row else None


def find_reader(session: Reader, assessment_id: UUID, *, by: UUID) -> str | None:
    """Return the first name of the citizen whose answer `by` has read; None if it was somebody else."""
    name = session.exec(_READ_BY, params={"assessment_id": assessment_id, "me": by}).first()
    return first_name(name) if name else None
