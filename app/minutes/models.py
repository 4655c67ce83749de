from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.minutes.rules import AgreementKind, MinutesState
from app.store.db import UtcDateTime, enum_column, length_check


class MeetingMinutes(SQLModel, table=True):
    """What was agreed (det aftalte vi): a draft that only its author sees, then shared with the citizen."""

    __tablename__ = "meeting_minutes"
    __table_args__ = (
        length_check("words", 4000),
        CheckConstraint("(state = 'shared') = (shared_at IS NOT NULL)", "shared_at"),
        CheckConstraint("own_words IS NULL OR length(own_words) BETWEEN 1 AND 2000", "own_words_length"),
        CheckConstraint("(own_words IS NULL) = (own_words_at IS NULL)", "own_words_at"),
        CheckConstraint("version >= 1", "version"),
    )

    meeting_id: UUID = Field(foreign_key="meeting.id", primary_key=True, ondelete="CASCADE")
    words: str
    state: MinutesState = Field(sa_type=enum_column(MinutesState))
    author_id: UUID = Field(foreign_key="person.id")
    version: int = 1  # grows with each change: of two who write, the second is told
    written_at: datetime = Field(sa_type=UtcDateTime)
    shared_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # null: a draft
    own_words: str | None = None  # what the citizen adds beside; null: nothing
    own_words_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class MeetingAgreement(SQLModel, table=True):
    """One thing that was agreed, which can become a step or a promise in the plan."""

    __tablename__ = "meeting_agreement"
    __table_args__ = (
        UniqueConstraint("meeting_id", "position", name="uq_meeting_agreement_position"),
        CheckConstraint("position BETWEEN 1 AND 20", "position"),
        length_check("words", 500),
        CheckConstraint("kind = 'step' OR due_on IS NOT NULL", "promise_has_a_day"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    meeting_id: UUID = Field(foreign_key="meeting_minutes.meeting_id", ondelete="CASCADE")
    position: int
    kind: AgreementKind = Field(sa_type=enum_column(AgreementKind))
    words: str
    doer_id: UUID | None = Field(default=None, foreign_key="person.id")  # null: nobody is named
    due_on: date | None = None  # null: no day is set
    placed_id: UUID | None = None  # the step's entry or the promise; null: not in the plan yet
    goal_id: UUID | None = Field(default=None, foreign_key="entry.id", ondelete="SET NULL")  # null: for none
