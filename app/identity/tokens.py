"""Other systems' keys to the api: a secret of 256 bits that we show once and keep only as its hash."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from app.errors import Missing, Refused
from app.identity.models import SystemToken
from app.identity.sessions import token_hash
from app.store.prepared import Reader, execute_prepared

SCOPES = frozenset({"meetings", "plan.read", "plan.write", "people"})
NAME_MOST = 80


class NameTaken(Refused):
    reason = "Der er allerede en nøgle til %(name)s. Spær den først med: enplan token revoke %(name)s"


class BadToken(Refused):
    reason = "Skriv et navn på højst 80 tegn og mindst én ret af disse: %(scopes)s."


@dataclass(frozen=True, slots=True)
class System:
    """Another system that showed a key that works."""

    id: UUID
    name: str
    scopes: frozenset[str]


_FIND = select(SystemToken.id, SystemToken.name, SystemToken.scopes).where(
    SystemToken.token_hash == bindparam("token_hash"), col(SystemToken.revoked_at).is_(None)
)


def create_token(session: Session, name: str, scopes: Collection[str], now: datetime) -> str:
    """Give a system a key and return its secret, which can't be shown again.

    A system whose key was revoked keeps its id, so that it still knows its own meetings.

    Raises:
        NameTaken: the system has a key that works.
        BadToken: the name is empty or too long, or a scope is unknown.
    """
    name = name.strip()
    if not 0 < len(name) <= NAME_MOST or not scopes or not SCOPES.issuperset(scopes):
        raise BadToken(scopes=", ".join(sorted(SCOPES)))
    known = _named(session, name)
    if known is not None and known.revoked_at is None:
        raise NameTaken(name=name)
    secret = secrets.token_urlsafe(32)
    row = known or SystemToken(name=name, token_hash=token_hash(secret), scopes="", created_at=now)
    row.token_hash, row.scopes = token_hash(secret), " ".join(sorted(set(scopes)))
    row.created_at, row.revoked_at = now, None
    session.add(row)
    session.flush()
    return secret


def revoke_token(session: Session, name: str, now: datetime) -> None:
    """Stop a system's key at once.

    Raises:
        Missing: no system of this name has a key that works.
    """
    row = _named(session, name.strip())
    if row is None or row.revoked_at is not None:
        raise Missing
    row.revoked_at = now
    session.flush()


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A system that has or had a key, as the terminal tells of it. The key itself is stored nowhere."""

    id: UUID
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    revoked_at: datetime | None  # None: it works


def list_tokens(session: Session) -> list[IssuedToken]:
    """Return every system that was ever given a key, by name."""
    rows = session.exec(select(SystemToken))
    found = [
        IssuedToken(row.id, row.name, tuple(row.scopes.split()), row.created_at, row.revoked_at)
        for row in rows
    ]
    return sorted(found, key=lambda one: one.name.casefold())


def find_token(session: Reader, secret: str) -> System | None:
    """Return the system that holds `secret`, or None if the secret is unknown or revoked."""
    row = execute_prepared(session, _FIND, {"token_hash": token_hash(secret)}).first()
    return System(row.id, row.name, frozenset(row.scopes.split())) if row else None


def _named(session: Session, name: str) -> SystemToken | None:
    return session.exec(select(SystemToken).where(SystemToken.name == name)).first()
