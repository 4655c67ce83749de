from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index, text
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
    # Null: serves no dream in particular.
    dream_id: UUID | None = Field(default=None, foreign_key="entry.id", index=True)
    because: str | None = None  # derfor: why it serves the dream; null: not said


class GoalChange(SQLModel, table=True):
    """What a goal said beside its words before somebody changed that. Never deleted by itself."""

    __tablename__ = "goal_change"
    __table_args__ = (
        CheckConstraint("because IS NULL OR length(because) BETWEEN 1 AND 300", "because_length"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    goal_id: UUID = Field(foreign_key="goal.entry_id", index=True, ondelete="CASCADE")
    at: datetime = Field(sa_type=UtcDateTime)
    actor_id: UUID = Field(foreign_key="person.id")
    area_id: UUID | None = Field(default=None, foreign_key="life_area.id")  # these three as in Goal
    dream_id: UUID | None = Field(default=None, foreign_key="entry.id", ondelete="SET NULL")
    because: str | None = None


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

    __table_args__ = (
        CheckConstraint("(done_at IS NULL) = (done_by IS NULL)", "done_by_somebody"),
        CheckConstraint(
            "(blocked_at IS NULL AND dropped_at IS NULL) = (halt_reason IS NULL)", "halted_with_a_reason"
        ),
        CheckConstraint(
            "(blocked_at IS NULL OR dropped_at IS NULL)"
            " AND (done_at IS NULL OR (blocked_at IS NULL AND dropped_at IS NULL))",
            "one_state",
        ),
        CheckConstraint(
            "halt_reason IS NULL OR length(trim(halt_reason)) BETWEEN 1 AND 300", "halt_reason_length"
        ),
        Index(
            "ix_step_open_doer_id",
            "doer_id",
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
    )

    entry_id: UUID = Field(foreign_key="entry.id", primary_key=True, ondelete="CASCADE")
    # Null: belongs to no goal.
    goal_id: UUID | None = Field(default=None, foreign_key="goal.entry_id", index=True)
    doer_id: UUID | None = Field(default=None, foreign_key="person.id")  # null: nobody yet
    due_on: date | None = None  # last day; null: no day is set
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # null: not done
    done_by: UUID | None = Field(default=None, foreign_key="person.id")
    blocked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # null: nothing is in the way
    dropped_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # null: it is still to be done
    halted_by: UUID | None = Field(default=None, foreign_key="person.id")  # who said either of them
    halt_reason: str | None = None  # why


class Promise(SQLModel, table=True):
    """What the municipality has promised (løfte), by when; late ones as visible as the citizen's own."""

    __table_args__ = (
        length_check("words", 300),
        CheckConstraint("kept_by IS NULL OR kept_at IS NOT NULL", "kept_by_with_kept_at"),
        CheckConstraint("kept_at IS NULL OR withdrawn_at IS NULL", "kept_or_withdrawn"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    plan_id: UUID = Field(foreign_key="plan.id", index=True)
    words: str
    by_id: UUID = Field(foreign_key="person.id")  # who promised on the municipality's behalf
    made_at: datetime = Field(sa_type=UtcDateTime)
    due_on: date
    kept_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # null: not kept yet
    # Null: belongs to no goal.
    goal_id: UUID | None = Field(default=None, foreign_key="goal.entry_id", index=True)
    kept_by: UUID | None = Field(default=None, foreign_key="person.id")  # null: not kept, or not known
    changed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # null: as it was made
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # null: it stands


class PromiseChange(SQLModel, table=True):
    """How a promise read before it was changed or withdrawn, and why it was. Never deleted by itself."""

    __tablename__ = "promise_change"
    __table_args__ = (length_check("reason", 300),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    promise_id: UUID = Field(foreign_key="promise.id", index=True, ondelete="CASCADE")
    at: datetime = Field(sa_type=UtcDateTime)
    actor_id: UUID = Field(foreign_key="person.id")
    words: str
    due_on: date
    reason: str


class StepHalt(SQLModel, table=True):
    """That a step was to wait or was dropped, and why: it stays when the step goes on, or is done."""

    __tablename__ = "step_halt"
    __table_args__ = (
        length_check("reason", 300),
        CheckConstraint("state IN ('blocked', 'dropped')", "stops"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    step_id: UUID = Field(foreign_key="entry.id", index=True, ondelete="CASCADE")
    at: datetime = Field(sa_type=UtcDateTime)
    actor_id: UUID = Field(foreign_key="person.id")
    state: str
    reason: str
