from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from app.access.policy import LISTS
from app.store.db import UtcDateTime, length_check

_LISTS = ", ".join(f"'{one}'" for one in sorted(LISTS))


class AccessLogList(SQLModel, table=True):
    """Who stood on a list that somebody was shown: ids alone. One that is shown again is stored once."""

    __tablename__ = "access_log_list"
    __table_args__ = (
        CheckConstraint("length(digest) = 64", "digest_length"),
        length_check("citizens", 1_000_000),
    )

    digest: str = Field(primary_key=True)  # SHA-256 of `citizens`, so that the two can't part unseen
    citizens: str  # a line for each relation: its name, then the ids in order, with a space before each


class AccessLogEntry(SQLModel, table=True):
    """That somebody else saw a citizen (hvem har set min plan) or a list of citizens, or did something there.

    Never changed, and deleted by `retention` alone, the oldest first. Of a page, the guard writes one row
    for each sign-in, citizen (or list), relation and action. Of an act (`access_log.write_act`), and of what
    another system asks, each time is a row.
    """

    __tablename__ = "access_log_entry"
    __table_args__ = (
        length_check("action", 40),
        length_check("relation", 40),
        CheckConstraint("actor_id IS NOT NULL OR system_id IS NOT NULL", "somebody"),
        CheckConstraint("session_id IS NULL OR actor_id IS NOT NULL", "session_of_a_person"),
        CheckConstraint("(citizen_id IS NULL) = (list_digest IS NOT NULL)", "citizen_or_list"),
        CheckConstraint("(relation IS NULL) = (list_digest IS NOT NULL)", "relation_or_list"),
        CheckConstraint(f"list_digest IS NULL OR action IN ({_LISTS})", "lists"),
        # A sign-in is one person's, so the reader need not stand in these.
        Index(
            "uq_access_log_entry_look",
            *("session_id", "citizen_id", "action", "relation"),
            unique=True,  # of a page; where one is null no two are the same. By it a sign-in's rows are found
        ),
        Index(
            "uq_access_log_entry_list",
            *("session_id", "list_digest", "action"),
            unique=True,
            sqlite_where=text("list_digest IS NOT NULL AND session_id IS NOT NULL"),
            postgresql_where=text("list_digest IS NOT NULL AND session_id IS NOT NULL"),
        ),
        Index(
            "ix_access_log_entry_list_digest",
            "list_digest",
            sqlite_where=text("list_digest IS NOT NULL"),
            postgresql_where=text("list_digest IS NOT NULL"),
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    citizen_id: UUID | None = Field(default=None, foreign_key="person.id", index=True)  # null: a list
    list_digest: str | None = Field(default=None, foreign_key="access_log_list.digest")  # null: one citizen
    actor_id: UUID | None = Field(default=None, foreign_key="person.id")  # null: a system did
    session_id: UUID | None = Field(
        default=None, foreign_key="login_session.id"
    )  # null: an act, a system, or from before 0018
    system_id: UUID | None = Field(default=None, foreign_key="system_token.id")  # null: a person did
    department_id: UUID | None = Field(
        default=None, foreign_key="department.id"
    )  # null: for nobody's department
    action: str
    relation: str | None = None  # null: that of each stands in the list
