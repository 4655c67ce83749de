from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from app.db import UtcDateTime, length


class CalendarFeed(SQLModel, table=True):
    """A secret address from which one phone reads a person's meetings. The secret is kept as its hash."""

    __tablename__ = "calendar_feed"
    __table_args__ = (
        length("name", 60),
        CheckConstraint("length(secret_hash) = 64", "secret_hash_length"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    secret_hash: str = Field(unique=True)
    name: str  # the phone, as its owner calls it
    detailed: bool = False  # true: says what, where and with whom; false: "Aftale" alone
    created_at: datetime = Field(sa_type=UtcDateTime)
    last_used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # null: never fetched
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # null: it works


class BusySource(SQLModel, table=True):
    """A professional's own calendar, read from the address it is published at."""

    __tablename__ = "busy_source"
    __table_args__ = (
        length("url", 2000),
        CheckConstraint("fault IS NULL OR length(fault) BETWEEN 1 AND 40", "fault_length"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", unique=True)
    url: str  # https; it is a secret of its owner and never shown to others
    added_at: datetime = Field(sa_type=UtcDateTime)
    tried_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # null: not tried yet
    fetched_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # the last that could be read
    fault: str | None = None  # why the last try failed; null: it did not


class BusyTime(SQLModel, table=True):
    """Time that a professional's own calendar says is taken. It advises; the guarded table decides."""

    __tablename__ = "busy_time"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", "order"),
        Index("ix_busy_time_person_id_starts_at", "person_id", "starts_at"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    source_id: UUID = Field(foreign_key="busy_source.id", index=True, ondelete="CASCADE")
    person_id: UUID = Field(foreign_key="person.id")
    starts_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    tentative: bool = False  # counts when searching, makes no task
