"""Which secret key a database belongs to, by a fingerprint of it.

Numbers, codes and addresses are stored as hashes keyed with ENPLAN_SECRET_KEY. With another key none of them
is found again: the next import would make every citizen twice, and every invitation would be dead. So the
first key that a database is used with is recorded, and another one is refused before anything is hashed.

The fingerprint is HMAC-SHA256 of a fixed label (RFC 2104), which nothing else is hashed with: it tells no
more of the key than the hashes beside it do. The highest number is the key in use; `number` is what a row
names when a site gets a new key and its hashes are of several.
"""

import hmac
from datetime import datetime

from sqlalchemy import CheckConstraint, Connection, Table, inspect
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import Field, Session, SQLModel, select

from app.store.db import Database, UtcDateTime

LABEL = b"enplan:key:fingerprint"
FIRST = 1


class OtherSecretKey(Exception):
    """Not the key that the database has been used with since `since`."""

    def __init__(self, since: datetime) -> None:
        super().__init__(f"another secret key has been in use since {since:%Y-%m-%d}")
        self.since = since


class KeyFingerprint(SQLModel, table=True):
    """A secret key that this database is or was used with; never the key itself."""

    __tablename__ = "key_fingerprint"
    __table_args__ = (
        CheckConstraint("number >= 1", "number"),
        CheckConstraint("length(fingerprint) = 64", "fingerprint_length"),
    )

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    fingerprint: str = Field(unique=True)
    first_used_at: datetime = Field(sa_type=UtcDateTime)


_TABLE: Table = KeyFingerprint.__table__  # type: ignore[attr-defined]
_IN_USE = select(_TABLE.c.fingerprint, _TABLE.c.first_used_at).order_by(_TABLE.c.number.desc()).limit(1)
# RETURNING, for a driver may not count the rows of an INSERT: PostgreSQL's answers -1.
_RECORD = {
    "sqlite": sqlite_insert(_TABLE).on_conflict_do_nothing().returning(_TABLE.c.number),
    "postgresql": postgresql_insert(_TABLE).on_conflict_do_nothing().returning(_TABLE.c.number),
}


def fingerprint_of(secret_key: str) -> str:
    """Return what may be stored of a key to know it again: 64 hexadecimal digits."""
    return hmac.digest(secret_key.encode(), LABEL, "sha256").hex()


def check_secret_key(connection: Connection, secret_key: str | None) -> bool:
    """Hold a key against the one in use, and say whether one is recorded. Writes nothing.

    `secret_key` is None where there is none: it is then never the one in use. A database from before there
    were fingerprints has none recorded.

    Raises:
        OtherSecretKey: the database is used with another.
    """
    if not inspect(connection).has_table(_TABLE.name):
        return False
    in_use = connection.execute(_IN_USE).first()
    if in_use is None:
        return False
    if secret_key is None or in_use.fingerprint != fingerprint_of(secret_key):
        raise OtherSecretKey(in_use.first_used_at)
    return True


def confirm_secret_key(database: Database, secret_key: str, *, now: datetime) -> bool:
    """Hold a key against the one in use; where none is recorded, record this one and return True.

    Of several that start at once with different keys, the first decides.

    Raises:
        OtherSecretKey: the database is used with another.
    """
    with database.engine.connect() as connection:
        if check_secret_key(connection, secret_key):
            return False
    return database.retrying(lambda session: _record_first(session, secret_key, now))


def _record_first(session: Session, secret_key: str, now: datetime) -> bool:
    row = {"number": FIRST, "fingerprint": fingerprint_of(secret_key), "first_used_at": now}
    recorded = session.exec(_RECORD[session.get_bind().dialect.name], params=[row]).first()
    check_secret_key(session.connection(), secret_key)  # another may have been quicker
    return recorded is not None
