from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from app.goals.rules import Agreement
from app.store.db import UtcDateTime, enum_column, length_check


class Goal(SQLModel, table=True):
    """What a goal (mål) has beyond its words, which are an entry's: area, the dream it serves, and why."""

    __table_args__ = (
        CheckConstraint("because IS NULL OR length(because) BETWEEN 1 AND 300", "because_length"),
    )

    entry_id: UUID = Field(foreign_key="entry.id", primary_key=True, ondelete="CASCADE")
    area_id: UUID | None = Field(default=None, foreign_key="life_area.id")  # null: not placed yet
    dream_id: UUID | None = Field(default=None, foreign_key="entry.id")  # null: serves no dream in particular
    because: str | None = None  # derfor: why it serves the dream; null: not said


class GoalResponse(SQLModel, table=True):
    """The citizen's answer to a goal (enig, uenig, ved ikke, vil tale om det). The newest counts."""

    __tablename__ = "goal_response"
    __table_args__ = (
        CheckConstraint("words IS NULL OR length(trim(words)) BETWEEN 1 AND 1000", "words_length"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    goal_id: UUID = Field(foreign_key="goal.entry_id", index=True, ondelete="CASCADE")
    person_id: UUID = Field(foreign_key="person.id")
    answer: Agreement = Field(sa_type=enum_column(Agreement))
    words: str | None = None  # null: nothing was added
    at: datetime = Field(sa_type=UtcDateTime)


class Step(SQLModel, table=True):
    """What a step (skridt) has beyond its words: who does it, by when, and whether it is done."""

    __table_args__ = (CheckConstraint("(done_at IS NULL) = (done_by IS NULL)", "done_by_somebody"),)

    entry_id: UUID = Field(foreign_key="entry.id", primary_key=True, ondelete="CASCADE")
    goal_id: UUID | None = Field(default=None, foreign_key="goal.entry_id")  # null: belongs to no goal
    doer_id: UUID | None = Field(default=None, foreign_key="person.id")  # null: nobody yet
    due_on: date | None = None  # last day; null: no day is set
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # null: not done
    done_by: UUID | None = Field(default=None, foreign_key="person.id")


class Promise(SQLModel, table=True):
    """What the municipality has promised (løfte), by when; late ones as visible as the citizen's own."""

    __table_args__ = (length_check("words", 300),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    plan_id: UUID = Field(foreign_key="plan.id", index=True)
    words: str
    by_id: UUID = Field(foreign_key="person.id")  # who promised on the municipality's behalf
    made_at: datetime = Field(sa_type=UtcDateTime)
    due_on: date
    kept_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # null: not kept yet
