"""What pages show of the answers. Who reads decides what leaves the database: never a number to anybody."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, null
from sqlmodel import and_, col

from app.assessments.models import Assessment, AssessmentAnswer, AssessmentReading, Question, QuestionStep
from app.assessments.rules import AnswerKind, Visibility, is_shown_to
from app.dates.local_time import danish_day
from app.errors import Missing
from app.identity.models import Person
from app.identity.rules import first_name
from app.store.prepared import Reader
from app.store.query import RowSelect, id_list, select_columns


@dataclass(frozen=True, slots=True)
class ShownReading:
    """That somebody has read it, and what they wrote; None: nothing."""

    name: str
    at: datetime
    reply: str | None
    contact_id: UUID

    @property
    def on(self) -> date:
        return danish_day(self.at)


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """One answer as one reader may see it."""

    id: UUID
    given_at: datetime
    topic: str
    title: str
    text: str  # the question, as it was worded then
    said: str | None  # the word of the step; None: none was given
    kind: AnswerKind | None  # None to everybody but the citizen
    words: str | None
    shown_to_name: str | None  # who can see it now; None: only the citizen
    read_by: str | None  # who has read it for them; None: nobody yet
    readings: Sequence[ShownReading]  # all there have been

    @property
    def given_on(self) -> date:
        return danish_day(self.given_at)

    @property
    def can_be_shown(self) -> bool:
        return bool(self.said or self.words)


@dataclass(frozen=True, slots=True)
class OwnAnswer:
    """One of the citizen's own answers, with those given to the same question before it, newest first."""

    answer: ShownAnswer
    earlier: Sequence[ShownAnswer]


_CITIZEN = bindparam("citizen_id", type_=Uuid())
_AS_THEY_ARE = 8  # columns that stand in Answered unchanged


def _answers(kind: Any) -> RowSelect:
    columns: tuple[Any, ...] = (
        Assessment.id,
        Assessment.given_at,
        Question.topic,
        Question.title,
        Question.text,
        QuestionStep.words,
        kind,
        Assessment.words,
        Assessment.state,
        Assessment.shown_to,
        Person.name,
    )
    return (
        select_columns(*columns)
        .join(AssessmentAnswer, col(AssessmentAnswer.assessment_id) == Assessment.id)
        .join(Question, col(Question.id) == AssessmentAnswer.question_id)
        .outerjoin(
            QuestionStep,
            and_(
                QuestionStep.set_id == Question.set_id,
                QuestionStep.value == AssessmentAnswer.value,
            ),
        )
        .outerjoin(Person, col(Person.id) == Assessment.shown_to)
        .where(Assessment.citizen_id == _CITIZEN)
        .order_by(col(Assessment.given_at).desc(), col(Assessment.id))
    )


_OWN = _answers(AssessmentAnswer.kind)
_SHOWN = _answers(null()).where(
    Assessment.state == Visibility.SHARED,
    Assessment.shown_to == bindparam("contact_id", type_=Uuid()),
)
_READINGS = (
    select_columns(
        AssessmentReading.assessment_id,
        Person.name,
        AssessmentReading.read_at,
        AssessmentReading.reply,
        AssessmentReading.contact_id,
    )
    .join(Person, col(Person.id) == AssessmentReading.read_by)
    .where(col(AssessmentReading.assessment_id).in_(id_list()))
    .order_by(col(AssessmentReading.read_at))
)


def list_own_answers(session: Reader, citizen_id: UUID, contact_id: UUID | None) -> Sequence[ShownAnswer]:
    """Return all that the citizen has answered, newest first. `contact_id` may see what is shown to them."""
    return _read(session, session.exec(_OWN, params={"citizen_id": citizen_id}), contact_id)


def get_own_answer(
    session: Reader, citizen_id: UUID, assessment_id: UUID, contact_id: UUID | None
) -> OwnAnswer:
    """Return one of the citizen's own answers and the earlier ones to the same words; raise Missing."""
    answers = list_own_answers(session, citizen_id, contact_id)
    place = next((place for place, one in enumerate(answers) if one.id == assessment_id), None)
    if place is None:
        raise Missing
    answer = answers[place]
    return OwnAnswer(answer, [one for one in answers[place + 1 :] if one.said and one.text == answer.text])


def list_shown_answers(session: Reader, citizen_id: UUID, contact_id: UUID | None) -> Sequence[ShownAnswer]:
    """Return what the citizen shows this contact person now, newest first."""
    if contact_id is None:
        return []
    asked = {"citizen_id": citizen_id, "contact_id": contact_id}
    return _read(session, session.exec(_SHOWN, params=asked), contact_id)


def _read(session: Reader, rows: Iterable[Any], contact_id: UUID | None) -> list[ShownAnswer]:
    found = list(rows)
    readings = _readings(session, {row.id for row in found})
    return [_answered(row, readings[row.id], contact_id) for row in found]


def _answered(row: Any, readings: Sequence[ShownReading], contact_id: UUID | None) -> ShownAnswer:
    shown = is_shown_to(contact_id, state=row.state, shown_to=row.shown_to)
    shown_to_name = first_name(row.name) if shown else None
    read_by = next((one.name for one in readings if shown and one.contact_id == contact_id), None)
    told: list[Any] = [*row[:_AS_THEY_ARE], shown_to_name, read_by, readings]
    return ShownAnswer(*told)


def _readings(session: Reader, ids: Collection[UUID]) -> dict[UUID, list[ShownReading]]:
    found: dict[UUID, list[ShownReading]] = defaultdict(list)
    if ids:
        for assessment_id, name, at, reply, contact_id in session.exec(_READINGS, params={"ids": list(ids)}):
            found[assessment_id].append(ShownReading(first_name(name), at, reply, contact_id))
    return found
