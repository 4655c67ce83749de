from datetime import date, datetime, time
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from app.availability.rules import PartOfDay, WishKind
from app.availability.unread import TEXT_MOST
from app.meetings.rules import Channel
from app.store.db import UtcDateTime, enum_column, length_check


class CalendarWish(SQLModel, table=True):
    """When a citizen can't, or would rather not: a rule in Danish wall time, and nobody else reads its kind.

    Two wishes may overlap. One that ends at or before the time it begins goes past midnight.
    """

    __tablename__ = "calendar_wish"
    __table_args__ = (
        CheckConstraint("weekday IS NULL OR weekday BETWEEN 0 AND 6", "weekday"),
        CheckConstraint("(from_time IS NULL) = (until_time IS NULL)", "whole_day_or_both"),
        CheckConstraint("from_time IS NULL OR from_time != until_time", "some_time"),
        CheckConstraint("ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", "order"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    citizen_id: UUID = Field(foreign_key="person.id", index=True)
    kind: WishKind = Field(sa_type=enum_column(WishKind))
    weekday: int | None = None  # Monday 0 … Sunday 6; null: every day
    from_time: time | None = None  # null, like until_time: the whole day
    until_time: time | None = None
    starts_on: date | None = None  # null: from now on
    ends_on: date | None = None  # the last day; null: until it is taken away
    hard: bool  # true: "kan ikke"; false: "helst ikke"
    created_at: datetime = Field(sa_type=UtcDateTime)


class CalendarLimits(SQLModel, table=True):
    """How much a citizen can take, and what suits best. No row: the usual limits, no preference."""

    __tablename__ = "calendar_limits"
    __table_args__ = (
        CheckConstraint("per_day BETWEEN 1 AND 10", "per_day"),
        CheckConstraint("per_week BETWEEN 1 AND 30", "per_week"),
        CheckConstraint("notice_days BETWEEN 0 AND 30", "notice_days"),
        CheckConstraint("companion IS NULL OR length(companion) BETWEEN 1 AND 100", "companion_length"),
        CheckConstraint("NOT (gather AND spread)", "gather_or_spread"),
    )

    citizen_id: UUID = Field(foreign_key="person.id", primary_key=True)
    per_day: int
    per_week: int  # in an ISO week of Danish days
    notice_days: int  # days between being asked and the meeting
    rest_after: bool = False  # no meeting the day after one
    gather: bool = False  # rather several on one day
    spread: bool = False  # rather days apart
    slow: bool = False  # would rather have time before the meeting than have it soon
    part_of_day: PartOfDay | None = Field(default=None, sa_type=enum_column(PartOfDay))  # null: no matter
    channel: Channel | None = Field(default=None, sa_type=enum_column(Channel))  # null: no matter
    needs_interpreter: bool = False
    companion: str | None = None  # who comes along: "Min søster"; null: nobody
    updated_at: datetime = Field(sa_type=UtcDateTime)


class BusySource(SQLModel, table=True):
    """A professional's own calendar, read from the address it is published at."""

    __tablename__ = "busy_source"
    __table_args__ = (
        length_check("url", 2000),
        CheckConstraint("fault IS NULL OR length(fault) BETWEEN 1 AND 40", "fault_length"),
        CheckConstraint(f"unread IS NULL OR length(unread) BETWEEN 1 AND {TEXT_MOST}", "unread_length"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", unique=True)
    url: str  # https; it is a secret of its owner and never shown to others
    added_at: datetime = Field(sa_type=UtcDateTime)
    tried_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # null: not tried yet
    fetched_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # the last that could be read
    fault: str | None = None  # why the last try failed; null: it did not
    unread: str | None = None  # what of it could not be read, as UnreadTime writes it; null: all could


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
    found_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # null: before this was noted
