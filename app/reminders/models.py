from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from app.reminders.rules import WORDS_MOST
from app.store.db import UtcDateTime, length_check


class CitizenReminder(SQLModel, table=True):
    """What somebody who helps wants to remember about a citizen (husk), by when. Never deleted by itself."""

    __tablename__ = "citizen_reminder"
    __table_args__ = (
        length_check("words", WORDS_MOST),
        CheckConstraint("version >= 1", "version"),
        CheckConstraint("author_id != citizen_id", "somebody_else"),
        CheckConstraint("(done_at IS NULL) = (done_by IS NULL)", "done_by_somebody"),
        CheckConstraint("done_at IS NULL OR done_at >= created_at", "done_after"),
        Index(
            "ix_citizen_reminder_open",
            "citizen_id",
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
        Index("ix_citizen_reminder_done", "citizen_id", "done_at"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    citizen_id: UUID = Field(foreign_key="person.id")
    author_id: UUID = Field(foreign_key="person.id")
    words: str
    due_on: date  # the last day
    version: int = 1  # grows by one when it is changed
    created_at: datetime = Field(sa_type=UtcDateTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # null: not done
    done_by: UUID | None = Field(default=None, foreign_key="person.id")
