"""What opens the door: passkeys, the challenge of each ceremony, invitations, and how often one has tried.

No secret stands here in clear: challenges and claims by hash, codes and links by keyed hash.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from app.store.db import UtcDateTime, enum_column, length_check

OPEN = text("used_at IS NULL AND revoked_at IS NULL")
REVOKED = text("revoked_at IS NOT NULL")


class Passkey(SQLModel, table=True):
    """A passkey (adgangsnøgle): the public half of a key that lies on somebody's phone or computer."""

    __table_args__ = (
        length_check("name", 60),
        CheckConstraint("length(credential_id) BETWEEN 1 AND 1023", "credential_id_length"),
        CheckConstraint("length(public_key) BETWEEN 1 AND 4096", "public_key_length"),
        CheckConstraint("sign_count BETWEEN 0 AND 4294967295", "sign_count"),
        CheckConstraint("length(transports) <= 200", "transports_length"),
        Index("ix_passkey_revoked_at", "revoked_at", sqlite_where=REVOKED, postgresql_where=REVOKED),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    credential_id: bytes = Field(unique=True)
    public_key: bytes  # COSE, as the phone gave it
    sign_count: int = Field(sa_type=BigInteger)  # how often it has signed; 0 for good: it doesn't count
    transports: str = ""  # how a browser reaches it, space-separated
    backed_up: bool  # it lies with the maker of the phone too, and comes along to the next one
    name: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    last_used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # null: not since it was made
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # null: it works


class Ceremony(StrEnum):
    """What a challenge was given for."""

    REGISTER = "register"
    SIGN_IN = "sign_in"


class WebauthnChallenge(SQLModel, table=True):
    """Random bytes a phone has to sign: given by us, answered once, within five minutes.

    One for signing in is a row from when it is answered: see `challenges`.
    """

    __tablename__ = "webauthn_challenge"
    __table_args__ = (
        CheckConstraint("length(challenge_hash) = 64", "challenge_hash_length"),
        CheckConstraint("(ceremony = 'register') = (person_id IS NOT NULL)", "register_names_somebody"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    challenge_hash: str = Field(unique=True)
    ceremony: Ceremony = Field(sa_type=enum_column(Ceremony))
    person_id: UUID | None = Field(
        default=None, foreign_key="person.id"
    )  # null: who signs in is not known yet
    created_at: datetime = Field(sa_type=UtcDateTime, index=True)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # null: not answered


class Invitation(SQLModel, table=True):
    """One way in, for one person: a code to type or a link to open, used once."""

    __table_args__ = (
        CheckConstraint("length(place_hash) = 64", "place_hash_length"),
        CheckConstraint("length(code_hash) = 64", "code_hash_length"),
        CheckConstraint("length(link_hash) = 64", "link_hash_length"),
        CheckConstraint("claim_hash IS NULL OR length(claim_hash) = 64", "claim_hash_length"),
        CheckConstraint("(claim_hash IS NULL) = (claimed_at IS NULL)", "claim_has_time"),
        CheckConstraint("expires_at > created_at", "order"),
        CheckConstraint("used_at IS NULL OR claimed_at IS NOT NULL", "used_was_claimed"),
        Index("uq_invitation_one_open", "person_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
        Index(
            "uq_invitation_place_open", "place_hash", unique=True, sqlite_where=OPEN, postgresql_where=OPEN
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id")
    made_by: UUID | None = Field(default=None, foreign_key="person.id")  # null: made at the terminal
    place_hash: str  # of the code's first half: which invitation a wrong code meant
    code_hash: str  # of the whole code
    link_hash: str = Field(unique=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)
    claim_hash: str | None = None  # of the secret that the phone got which came first; null: nobody came
    claimed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # null: no passkey came of it
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # null: not taken back


class LoginAttempt(SQLModel, table=True):
    """One try at the door, from one network or at one code, for as long as it counts."""

    __tablename__ = "door_try"
    __table_args__ = (
        CheckConstraint("length(key_hash) = 64", "key_hash_length"),
        Index("ix_door_try_key_hash_at", "key_hash", "at"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    key_hash: str  # keyed hash of what was tried, and from where or at what
    at: datetime = Field(sa_type=UtcDateTime, index=True)
