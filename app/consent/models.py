from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from app.consent.rules import RepresentationKind
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

    __table_args__ = (CheckConstraint("ends_on IS NULL OR ends_on > starts_on", "order"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    citizen_id: UUID = Field(foreign_key="person.id", index=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    kind: RepresentationKind = Field(sa_type=enum_column(RepresentationKind))
    starts_on: date
    ends_on: date | None = None  # null: no end is set
