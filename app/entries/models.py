from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlmodel import Field, SQLModel

from app.entries.rules import REPLY_MOST, WORDS_MOST, EntryEventKind, EntryKind, EntryState
from app.store.db import UtcDateTime, enum_column, length_check


class Entry(SQLModel, table=True):
    """Something written for the plan: a dream, a goal, a step or something else, and where it stands.

    The words are in EntryVersion; every version is kept. `shared_version` is what the contact person
    was last shown, `approved_version` what stands in the plan until a newer one is approved.
    """

    __table_args__ = (
        CheckConstraint("version >= 1", "version"),
        CheckConstraint("shared_version IS NULL OR shared_version <= version", "shared_version"),
        CheckConstraint("approved_version IS NULL OR approved_version <= version", "approved_version"),
        CheckConstraint(
            "state NOT IN ('shared', 'talk') OR shared_version IS NOT NULL", "shared_has_version"
        ),
        CheckConstraint("state != 'in_plan' OR approved_version IS NOT NULL", "in_plan_has_version"),
        # What is neither dream, goal nor step comes into the plan by the citizen's yes to a message alone.
        CheckConstraint("kind != 'other' OR approved_version IS NOT NULL", "other_by_yes"),
        CheckConstraint("(state = 'shared') = (answer_by IS NOT NULL)", "shared_has_day"),
        CheckConstraint("(state = 'talk') = (reply IS NOT NULL)", "talk_has_reply"),
        CheckConstraint(f"reply IS NULL OR length(trim(reply)) BETWEEN 1 AND {REPLY_MOST}", "reply_length"),
        Index(
            "ix_entry_late",  # the longest awaited first
            *("answer_by", "id"),
            sqlite_where=text("late_at IS NOT NULL"),
            postgresql_where=text("late_at IS NOT NULL"),
        ),
        Index("ix_entry_answered_by", "answered_by", "answered_at"),  # what somebody has just answered
        Index("ix_entry_author_id", "author_id"),
        Index("ix_entry_plan_id_state", "plan_id", "state"),
        # What waits. Nothing is found by the state alone: SQLite would go by it through everybody's.
        Index(
            "ix_entry_answer_by",
            "answer_by",
            sqlite_where=text("answer_by IS NOT NULL"),
            postgresql_where=text("answer_by IS NOT NULL"),
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    plan_id: UUID = Field(foreign_key="plan.id")
    author_id: UUID = Field(foreign_key="person.id")  # the citizen, or a professional who proposes
    kind: EntryKind = Field(sa_type=enum_column(EntryKind, "kind"))
    state: EntryState = Field(default=EntryState.DRAFT, sa_type=enum_column(EntryState, "state"))
    version: int = 1
    shared_version: int | None = None  # null: not shared, or taken back
    approved_version: int | None = None  # null: never in the plan
    written_at: datetime = Field(sa_type=UtcDateTime)  # the newest version
    shared_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # null: not shared
    answer_by: date | None = None  # last day for the contact person's answer; null: nothing to answer
    late_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime
    )  # when it became late; null: it is not
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # null: not answered
    answered_by: UUID | None = Field(default=None, foreign_key="person.id")
    reply: str | None = None  # the kind sentence of "lad os tale om det"


class EntryVersion(SQLModel, table=True):
    """The words as they stood at one time. Never changed, never removed once shared."""

    __tablename__ = "entry_version"
    __table_args__ = (length_check("words", WORDS_MOST),)

    entry_id: UUID = Field(foreign_key="entry.id", primary_key=True, ondelete="CASCADE")
    number: int = Field(primary_key=True)
    words: str
    written_at: datetime = Field(sa_type=UtcDateTime)
    author_id: UUID = Field(foreign_key="person.id")


class EntryEvent(SQLModel, table=True):
    """One dated thing that happened to an entry."""

    __tablename__ = "entry_event"
    __table_args__ = (
        ForeignKeyConstraint(
            ["entry_id", "version"], ["entry_version.entry_id", "entry_version.number"], ondelete="CASCADE"
        ),
        CheckConstraint(f"words IS NULL OR length(trim(words)) BETWEEN 1 AND {REPLY_MOST}", "words_length"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    entry_id: UUID = Field(index=True)
    version: int
    what: EntryEventKind = Field(sa_type=enum_column(EntryEventKind, "happening"))
    at: datetime = Field(sa_type=UtcDateTime)
    actor_id: UUID | None = Field(default=None, foreign_key="person.id")  # null: the app itself
    words: str | None = None  # the contact person's sentence; null: nothing was said
