from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from app.store.db import UtcDateTime, length_check


class AccessLogEntry(SQLModel, table=True):
    """One look by somebody else at a citizen (hvem har set min plan). Written by the guard, never changed."""

    __tablename__ = "access_log_entry"
    __table_args__ = (
        length_check("action", 40),
        length_check("relation", 40),
        CheckConstraint("actor_id IS NOT NULL OR system_id IS NOT NULL", "somebody"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    citizen_id: UUID = Field(foreign_key="person.id", index=True)
    actor_id: UUID | None = Field(default=None, foreign_key="person.id")  # null: a system looked
    system_id: UUID | None = Field(default=None, foreign_key="system_token.id")  # null: a person looked
    department_id: UUID | None = Field(
        default=None, foreign_key="department.id"
    )  # null: looked for nobody's department
    action: str
    relation: str
