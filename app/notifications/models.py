from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from app.notifications.rules import KIND_MOST
from app.store.db import UtcDateTime, length_check

SEEN = text("seen_at IS NOT NULL")


class Notice(SQLModel, table=True):
    """One thing that is new for one person. Holds ids, never words: the sentence is made where it is read."""

    __table_args__ = (
        length_check("kind", KIND_MOST),
        Index("ix_notice_seen_at", "seen_at", sqlite_where=SEEN, postgresql_where=SEEN),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)  # who is told
    citizen_id: UUID = Field(foreign_key="person.id")  # whose plan it is about
    kind: str  # the name of a registered kind; a newer version may have stored one that is not known here
    actor_id: UUID | None = Field(default=None, foreign_key="person.id")  # null: the app itself
    about_id: UUID | None = Field(default=None, index=True)  # the entry or meeting; null: the plan as a whole
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    seen_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # null: not read yet
