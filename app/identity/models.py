from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, Index, String, UniqueConstraint, false, text
from sqlmodel import Field, SQLModel

from app.identity.rules import Role, TextSize
from app.identity.text_normalisation import WORD_MOST
from app.store.db import UtcDateTime, enum_column, length_check

BY_BYTES = String().with_variant(String(collation="C"), "postgresql")  # the same order on any database


class Municipality(SQLModel, table=True):
    """A municipality (kommune): the tenant everything belongs to."""

    __table_args__ = (length_check("name", 120),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    name: str = Field(unique=True)
    # Another after each change of what pages show of people and places: counted by `plan.shown_columns`.
    revision: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": "0"})


class Department(SQLModel, table=True):
    """A department (forvaltning, afdeling) of a municipality."""

    __table_args__ = (UniqueConstraint("municipality_id", "name"), length_check("name", 120))

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    municipality_id: UUID = Field(foreign_key="municipality.id")
    name: str
    # Its meetings are not told of on a citizen's pages, as the municipality's TOML says.
    hidden: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class Person(SQLModel, table=True):
    """Someone the app knows: a citizen, one who helps, or both."""

    __table_args__ = (
        UniqueConstraint("municipality_id", "external_key"),
        length_check("name", 120),
        length_check("sort_key", 120),
        Index(
            "ix_person_department_id",
            "department_id",
            sqlite_where=text("department_id IS NOT NULL"),
            postgresql_where=text("department_id IS NOT NULL"),
        ),
        CheckConstraint("phone IS NULL OR length(phone) BETWEEN 3 AND 20", "phone_length"),
        CheckConstraint("email IS NULL OR length(email) BETWEEN 3 AND 254", "email_length"),
        CheckConstraint("title IS NULL OR length(title) BETWEEN 1 AND 120", "title_length"),
        CheckConstraint(
            "office_hours IS NULL OR length(office_hours) BETWEEN 1 AND 200", "office_hours_length"
        ),
        CheckConstraint("length(language) BETWEEN 2 AND 8", "language_length"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    municipality_id: UUID = Field(foreign_key="municipality.id")
    department_id: UUID | None = Field(
        default=None, foreign_key="department.id"
    )  # null: citizens, and staff unplaced
    name: str
    sort_key: str = Field(index=True)  # Danish order on any database
    slug: str | None = Field(default=None, unique=True)  # null outside the demo
    external_key: str | None = (
        None  # keyed hash of the number another system knows them by; null: entered here
    )
    phone: str | None = Field(default=None, index=True)  # null: not known
    email: str | None = Field(default=None, index=True)  # null: not known; as `email_key` writes it
    title: str | None = None  # what they do, in plain words; null: citizens
    office_hours: str | None = None  # when staff can be reached; null: not told
    born_on: date | None = None  # null: not known; under 18 two must say yes
    language: str = "da"
    interpreter_language: str | None = None  # null: needs none
    text_size: TextSize = Field(default=TextSize.NORMAL, sa_type=enum_column(TextSize))
    protected_address: bool = False
    substitute_id: UUID | None = Field(
        default=None, foreign_key="person.id"
    )  # standing substitute (vikar) of staff
    created_at: datetime = Field(sa_type=UtcDateTime)


class PersonNameWord(SQLModel, table=True):
    """A word of somebody's name, folded (`name_words`): whoever looks for them types how it begins.

    Kept by whoever writes a name, as `sort_key` is (`name_search`). Ordered by its bytes on any database:
    words that begin alike stand side by side, and the index finds them.
    """

    __tablename__ = "person_name_word"
    __table_args__ = (length_check("word", WORD_MOST), Index("ix_person_name_word_word", "word", "person_id"))

    person_id: UUID = Field(foreign_key="person.id", primary_key=True)
    word: str = Field(primary_key=True, sa_type=BY_BYTES)


class PersonRole(SQLModel, table=True):
    """A role somebody holds from a day to another."""

    __tablename__ = "person_role"
    __table_args__ = (
        CheckConstraint("ends_at IS NULL OR ends_at > starts_at", "order"),
        Index("ix_person_role_role", "role", "person_id"),
        Index(
            "ix_person_role_ends_at",
            "ends_at",
            sqlite_where=text("ends_at IS NOT NULL"),
            postgresql_where=text("ends_at IS NOT NULL"),
        ),
        Index(
            "uq_person_role_open",
            "person_id",
            "role",
            unique=True,
            sqlite_where=text("ends_at IS NULL"),
            postgresql_where=text("ends_at IS NULL"),
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    role: Role = Field(sa_type=enum_column(Role))
    starts_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # null: still holds


class LoginSession(SQLModel, table=True):
    """One sign-in on one device. The cookie holds a secret, this row its hash: it can be revoked."""

    __tablename__ = "login_session"
    __table_args__ = (CheckConstraint("length(token_hash) = 64", "token_hash_length"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    token_hash: str = Field(unique=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    opened_at: datetime = Field(sa_type=UtcDateTime, index=True)
    last_seen_at: datetime = Field(sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # null: not signed out


class SystemToken(SQLModel, table=True):
    """Another system's key to the api, by the hash of its secret."""

    __tablename__ = "system_token"
    __table_args__ = (
        length_check("name", 80),
        CheckConstraint("length(token_hash) = 64", "token_hash_length"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    name: str = Field(unique=True)
    token_hash: str = Field(unique=True)
    scopes: str  # space-separated
    created_at: datetime = Field(sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # null: in use
