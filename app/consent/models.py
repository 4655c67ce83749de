from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from app.consent.rules import ActingScope, RepresentationKind
from app.store.db import UtcDateTime, enum_column, length_check


class Consent(SQLModel, table=True):
    """A yes to one plan (ja til én plan): who gave it, to which text, and when it was taken back."""

    __table_args__ = (
        length_check("text_version", 40),
        CheckConstraint("revoked_at IS NULL OR revoked_at >= given_at", "order"),
        Index(
            "uq_consent_standing",
            "citizen_id",
            "given_by",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    citizen_id: UUID = Field(foreign_key="person.id", index=True)
    given_by: UUID = Field(foreign_key="person.id")  # the citizen, or a custody holder beside
    text_version: str
    given_at: datetime = Field(sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # null: the yes stands


class Representation(SQLModel, table=True):
    """Somebody who may act for a citizen, from a day to another (værge, forældremyndighed, fuldmagt)."""

    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR ends_on > starts_on", "order"),
        CheckConstraint(
            "ended_at IS NULL OR kind IN ('party_representative', 'power_of_attorney')", "ended_at"
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    citizen_id: UUID = Field(foreign_key="person.id", index=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    kind: RepresentationKind = Field(sa_type=enum_column(RepresentationKind))
    starts_on: date
    ends_on: date | None = None  # null: no end is set
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # null: the citizen has not ended it


class RepresentationScope(SQLModel, table=True):
    """One thing that somebody who acts for a citizen may, from a day to another, and what she says to it."""

    __tablename__ = "representation_scope"
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR ends_on > starts_on", "order"),
        CheckConstraint("(citizen_yes IS NULL) = (answered_at IS NULL)", "answer_has_time"),
        CheckConstraint("citizen_yes IS NULL OR scope IN ('write', 'messages')", "asked_about"),
        Index(
            "uq_representation_scope_open",
            "representation_id",
            "scope",
            unique=True,
            sqlite_where=text("ends_on IS NULL"),
            postgresql_where=text("ends_on IS NULL"),
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    representation_id: UUID = Field(foreign_key="representation.id", index=True, ondelete="CASCADE")
    scope: ActingScope = Field(sa_type=enum_column(ActingScope))
    starts_on: date
    ends_on: date | None = None  # null: no end is set
    paper_on: date | None = None  # the day of the paper that says so; null: registered before papers were
    citizen_yes: bool | None = None  # null: she has said neither yes nor no
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # null: not answered
