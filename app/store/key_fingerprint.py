"""Which secret key a database belongs to, by a fingerprint of it.

Numbers, codes and addresses are stored as hashes keyed with ENPLAN_SECRET_KEY. With another key none of them
is found again: the next import would make every citizen twice, and every invitation would be dead. So the
first key that a database is used with is recorded, and another one is refused before anything is hashed.

The fingerprint is HMAC-SHA256 of a fixed label (RFC 2104), which nothing else is hashed with: it tells no
more of the key than the hashes beside it do. The highest number is the key in use; `number` is what a row
names when a site gets a new key and its hashes are of several.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CheckConstraint, Connection, Table, inspect
from sqlmodel import Field, Session, SQLModel, select

from app.store.db import Database, UtcDateTime
from app.store.insert import insert_new

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


@dataclass(frozen=True, slots=True)
class SecretKeys:
    """The key in use and its number, and the one before it, while hashes of that are still tried."""

    current: str
    number: int = FIRST
    old: str | None = None


_TABLE: Table = KeyFingerprint.__table__  # type: ignore[attr-defined]
_IN_USE = select(_TABLE.c.fingerprint, _TABLE.c.first_used_at).order_by(_TABLE.c.number.desc()).limit(1)

_NEWEST_TWO = select(_TABLE.c.number, _TABLE.c.fingerprint).order_by(_TABLE.c.number.desc()).limit(2)


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


def check_known_key(connection: Connection, secret_key: str) -> None:
    """Hold a key against all that the database was ever used with, for a server that runs while it changes.

    Raises:
        OtherSecretKey: it is none of them.
    """
    if not inspect(connection).has_table(_TABLE.name):
        return
    known = connection.execute(select(_TABLE.c.fingerprint, _TABLE.c.first_used_at)).all()
    if known and fingerprint_of(secret_key) not in {one.fingerprint for one in known}:
        raise OtherSecretKey(max(one.first_used_at for one in known))


def read_keys(connection: Connection, secret_key: str, old_key: str | None) -> SecretKeys:
    """Return the keys with the number of the one in use; an old one that isn't the one before is left out.

    Raises:
        OtherSecretKey: `secret_key` is not the one in use.
    """
    if not check_secret_key(connection, secret_key):
        return SecretKeys(secret_key)
    two = connection.execute(_NEWEST_TWO).all()
    before = two[1].fingerprint if len(two) > 1 else None
    old = old_key if old_key is not None and fingerprint_of(old_key) == before else None
    return SecretKeys(secret_key, two[0].number, old)


def change_secret_key(database: Database, new_key: str, old_key: str, *, now: datetime) -> bool:
    """Let the database be used with a new key from now on; say whether it wasn't already.

    Raises:
        OtherSecretKey: the old key is not the one in use, or the new one was in use before.
    """
    confirm_secret_key(database, _key_in_use(database, new_key, old_key), now=now)
    return database.retrying(lambda session: _change(session, new_key, old_key, now))


def _key_in_use(database: Database, new_key: str, old_key: str) -> str:
    """Return which of the two is in use; the old one where none is recorded or it is neither."""
    with database.engine.connect() as connection:
        newest = connection.execute(_IN_USE).first()
    is_new = newest is not None and newest.fingerprint == fingerprint_of(new_key)
    return new_key if is_new else old_key


def _change(session: Session, new_key: str, old_key: str, now: datetime) -> bool:
    rows = session.exec(select(KeyFingerprint).order_by(_TABLE.c.number.desc()).with_for_update()).all()
    newest = rows[0]
    if newest.fingerprint == fingerprint_of(new_key):
        return False
    used_before = fingerprint_of(new_key) in {one.fingerprint for one in rows}
    if newest.fingerprint != fingerprint_of(old_key) or used_before:
        raise OtherSecretKey(newest.first_used_at)
    number, fingerprint = newest.number + 1, fingerprint_of(new_key)
    session.add(KeyFingerprint(number=number, fingerprint=fingerprint, first_used_at=now))
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
    recorded = insert_new(session, KeyFingerprint, row)
    check_secret_key(session.connection(), secret_key)  # another may have been quicker
    return recorded
