from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from app.messages.rules import ABOUT_MOST, WORDS_MOST, PlanAnswer
from app.store.db import UtcDateTime, enum_column, length_check


def _about_checks() -> tuple[CheckConstraint, CheckConstraint]:
    """Return the CHECKs that what something is about is told whole, or not at all."""
    return (
        CheckConstraint("(about_kind IS NULL) = (about_id IS NULL)", "about_whole"),
        CheckConstraint(
            f"about_kind IS NULL OR length(about_kind) BETWEEN 1 AND {ABOUT_MOST}", "about_length"
        ),
    )


class Message(SQLModel, table=True):
    """One message that was sent in a citizen's thread. Its words are never changed."""

    __table_args__ = (
        length_check("words", WORDS_MOST),
        *_about_checks(),
        CheckConstraint("read_at IS NULL OR read_at >= sent_at", "read_after"),
        CheckConstraint("answer_by IS NOT NULL OR settled_at IS NULL", "settled_had_day"),
        CheckConstraint("settled_at IS NOT NULL OR settled_by_id IS NULL", "settled_by"),
        CheckConstraint("late_at IS NULL OR (answer_by IS NOT NULL AND settled_at IS NULL)", "late_waits"),
        CheckConstraint("(removed_at IS NULL) = (removed_by IS NULL)", "removed_by_somebody"),
        CheckConstraint("removed_at IS NULL OR NOT is_talk", "talk_stands"),
        Index("ix_message_citizen_id_sent_at", "citizen_id", "sent_at"),
        Index(
            "ix_message_waiting_citizen_id",
            *("citizen_id", "answer_by"),
            sqlite_where=text("answer_by IS NOT NULL AND settled_at IS NULL"),
            postgresql_where=text("answer_by IS NOT NULL AND settled_at IS NULL"),
        ),
        Index(
            "ix_message_late",  # the longest awaited first
            *("answer_by", "id"),
            sqlite_where=text("late_at IS NOT NULL"),
            postgresql_where=text("late_at IS NOT NULL"),
        ),
        Index(
            "ix_message_answer_by",
            "answer_by",
            sqlite_where=text("answer_by IS NOT NULL AND settled_at IS NULL"),
            postgresql_where=text("answer_by IS NOT NULL AND settled_at IS NULL"),
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    citizen_id: UUID = Field(foreign_key="person.id")  # whose thread
    author_id: UUID = Field(foreign_key="person.id")
    words: str
    is_talk: bool = False  # True: the words of "lad os tale om det", which stand at the entry too
    about_kind: str | None = None  # null: about nothing in particular
    about_id: UUID | None = None
    sent_at: datetime = Field(sa_type=UtcDateTime)
    read_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # null: not opened by the other side
    answer_by: date | None = None  # last day of the contact person's answer; null: none is asked for
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # null: the answer is waited for
    settled_by_id: UUID | None = Field(
        default=None, foreign_key="message.id"
    )  # the answer, taken out with which the wait begins again; null: none was needed
    late_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # null: the answer is not late
    removed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # null: it stands
    removed_by: UUID | None = Field(default=None, foreign_key="person.id")


class MessageDraft(SQLModel, table=True):
    """Words that are written and not sent, in one citizen's thread. Only their author sees them."""

    __tablename__ = "message_draft"
    __table_args__ = (
        length_check("words", WORDS_MOST),
        *_about_checks(),
        Index("ix_message_draft_author_id_citizen_id", "author_id", "citizen_id"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    citizen_id: UUID = Field(foreign_key="person.id")  # whose thread
    author_id: UUID = Field(foreign_key="person.id")
    words: str
    about_kind: str | None = None
    about_id: UUID | None = None
    written_at: datetime = Field(sa_type=UtcDateTime)


class PlanRequest(SQLModel, table=True):
    """The contact person asks whether something in a message may stand in the plan; the citizen answers."""

    __tablename__ = "plan_request"
    __table_args__ = (
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", "answered"),
        CheckConstraint("entry_id IS NULL OR answer = 'yes'", "entry_has_yes"),
        Index(
            "uq_plan_request_open",
            "message_id",
            unique=True,
            sqlite_where=text("answer IS NULL"),
            postgresql_where=text("answer IS NULL"),
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    message_id: UUID = Field(foreign_key="message.id", ondelete="CASCADE", index=True)
    asked_by: UUID | None = Field(default=None, foreign_key="person.id")  # null: the app, of what stood there
    asked_at: datetime = Field(sa_type=UtcDateTime)
    answer: PlanAnswer | None = Field(default=None, sa_type=enum_column(PlanAnswer))  # null: not answered
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    entry_id: UUID | None = Field(default=None, foreign_key="entry.id")  # what the yes put into the plan
