from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from app.access.act_kinds import ABOUT_MOST, DETAILS_MOST, ActKind
from app.access.policy import LISTS
from app.identity.rules import Role
from app.store.db import UtcDateTime, enum_column, length_check

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


class AdministrationAct(SQLModel, table=True):
    """Something an administrator did: what, when, to whom. Never changed; no key, code or plan content."""

    __tablename__ = "administration_act"
    __table_args__ = (
        CheckConstraint(f"about IS NULL OR length(about) BETWEEN 1 AND {ABOUT_MOST}", "about_length"),
        CheckConstraint(f"details IS NULL OR length(details) BETWEEN 1 AND {DETAILS_MOST}", "details_length"),
        CheckConstraint("number >= 0", "number"),
        CheckConstraint(
            "kind NOT IN ('person_added', 'role_given', 'role_ended', 'ways_closed', 'contact_given',"
            " 'invitation_withdrawn') OR person_id IS NOT NULL",
            "of_a_person",
        ),
        CheckConstraint("until IS NULL OR kind IN ('person_added', 'role_given', 'role_ended')", "until"),
        length_check("roles", 100, 0),
        Index("ix_administration_act_person_id_at", "person_id", "at"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    by_id: UUID | None = Field(default=None, foreign_key="person.id")  # null: at the terminal
    kind: ActKind = Field(sa_type=enum_column(ActKind))
    person_id: UUID | None = Field(default=None, foreign_key="person.id")  # null: of several, or of nobody
    roles: str = ""  # space-separated: what was given or ended
    until: datetime | None = Field(default=None, sa_type=UtcDateTime)  # null: at once, or for good
    about: str | None = None  # a system's, a department's or a file's name; null: says nothing
    number: int = 0  # how many people, lines or invitations
    details: str | None = None  # what came of it, as JSON; null: nothing

    @property
    def held(self) -> tuple[Role, ...]:
        """The roles that were given or ended."""
        return tuple(map(Role, self.roles.split()))
