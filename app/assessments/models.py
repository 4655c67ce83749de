from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.assessments.rules import REPLY_MOST, WORDS_MOST, AnswerKind, Visibility
from app.store.db import UtcDateTime, enum_column, length_check


class QuestionSet(SQLModel, table=True):
    """One version of a set of questions, with owner and licence. Never changed: new words, new version."""

    __tablename__ = "question_set"
    __table_args__ = (
        UniqueConstraint("key", "version", name="uq_question_set_version"),
        CheckConstraint("version >= 1", "version"),
        length_check("key", 40),
        length_check("owner", 200),
        length_check("licence", 100),
    )

    id: UUID = Field(primary_key=True)
    key: str
    version: int
    owner: str
    licence: str


class QuestionStep(SQLModel, table=True):
    """One of the five words to answer with; 1 is the hardest."""

    __tablename__ = "question_step"
    __table_args__ = (CheckConstraint("value BETWEEN 1 AND 5", "value"), length_check("words", 60))

    set_id: UUID = Field(foreign_key="question_set.id", primary_key=True)
    value: int = Field(primary_key=True)
    words: str


class Question(SQLModel, table=True):
    """One topic one can choose and what is asked about it, as it was worded in this version."""

    __table_args__ = (
        UniqueConstraint("set_id", "position", name="uq_question_position"),
        UniqueConstraint("set_id", "topic", name="uq_question_topic"),
        CheckConstraint("position >= 0", "position"),
        length_check("topic", 40),
        length_check("title", 100),
        length_check("text", 200),
    )

    id: UUID = Field(primary_key=True)
    set_id: UUID = Field(foreign_key="question_set.id")
    position: int
    topic: str
    title: str
    text: str


class Assessment(SQLModel, table=True):
    """One time a citizen said how it goes (selvvurdering), and to whom it is shown."""

    __table_args__ = (
        CheckConstraint(f"words IS NULL OR length(trim(words)) BETWEEN 1 AND {WORDS_MOST}", "words_length"),
        CheckConstraint("(state = 'shared') = (shown_to IS NOT NULL)", "shared_has_reader"),
        CheckConstraint("(shown_to IS NULL) = (shown_at IS NULL)", "shown_has_time"),
        Index("ix_assessment_citizen_id_given_at", "citizen_id", "given_at"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    citizen_id: UUID = Field(foreign_key="person.id")
    given_at: datetime = Field(sa_type=UtcDateTime)
    words: str | None = None  # what matters most right now; null: nothing was written
    state: Visibility = Field(default=Visibility.PRIVATE, sa_type=enum_column(Visibility))
    shown_to: UUID | None = Field(
        default=None, foreign_key="person.id"
    )  # the contact person of then; null: nobody
    shown_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # null: not shown, or no longer


class AssessmentAnswer(SQLModel, table=True):
    """What was answered to one question, tied to its wording."""

    __tablename__ = "assessment_answer"
    __table_args__ = (
        CheckConstraint("value IS NULL OR value BETWEEN 1 AND 5", "value"),
        CheckConstraint("(kind = 'given') = (value IS NOT NULL)", "given_has_value"),
    )

    assessment_id: UUID = Field(foreign_key="assessment.id", primary_key=True, ondelete="CASCADE")
    question_id: UUID = Field(foreign_key="question.id", primary_key=True)
    kind: AnswerKind = Field(sa_type=enum_column(AnswerKind))
    value: int | None = None  # null: skipped, or declined to answer


class AssessmentReading(SQLModel, table=True):
    """That it was read for one contact person. It stays when the citizen shows it no longer: read is read."""

    __tablename__ = "assessment_reading"
    __table_args__ = (
        CheckConstraint(f"reply IS NULL OR length(trim(reply)) BETWEEN 1 AND {REPLY_MOST}", "reply_length"),
    )

    assessment_id: UUID = Field(foreign_key="assessment.id", primary_key=True, ondelete="CASCADE")
    contact_id: UUID = Field(foreign_key="person.id", primary_key=True)  # to whom it was shown
    read_by: UUID = Field(foreign_key="person.id")  # the same, or who stood in
    read_at: datetime = Field(sa_type=UtcDateTime)
    reply: str | None = None  # null: nothing was said
