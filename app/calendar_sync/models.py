from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from app.store.db import UtcDateTime, length_check

REVOKED = text("revoked_at IS NOT NULL")


class CalendarFeed(SQLModel, table=True):
    """A secret address from which one phone reads a person's meetings. The secret is kept as its hash."""

    __tablename__ = "calendar_feed"
    __table_args__ = (
        length_check("name", 60),
        CheckConstraint("length(secret_hash) = 64", "secret_hash_length"),
        Index("ix_calendar_feed_revoked_at", "revoked_at", sqlite_where=REVOKED, postgresql_where=REVOKED),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    secret_hash: str = Field(unique=True)
    name: str  # the phone, as its owner calls it
    detailed: bool = False  # true: says what, where and with whom; false: "Aftale" alone
    created_at: datetime = Field(sa_type=UtcDateTime)
    last_used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # null: never fetched
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # null: it works
