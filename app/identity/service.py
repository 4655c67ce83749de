"""What people decide about themselves: language, text size, and where they are signed in.

Callers own the transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, update
from sqlmodel import Session, col, select

from app.identity.credentials import Passkey
from app.identity.models import LoginSession, Person
from app.identity.rules import TextSize, lifetime
from app.identity.sessions import Account
from app.store.db import UtcDateTime
from app.store.prepared import Reader
from app.store.query import columns_of, select_columns

_PERSON = bindparam("person_id", type_=Uuid())
_PASSKEYS = (
    select_columns(*columns_of(Passkey))
    .where(Passkey.person_id == _PERSON, col(Passkey.revoked_at).is_(None))
    .order_by(col(Passkey.created_at), col(Passkey.id))
)
_OFFICE_HOURS = select(Person.office_hours).where(Person.id == _PERSON)
_OTHERS = select(func.count(), func.max(LoginSession.last_seen_at)).where(
    LoginSession.person_id == _PERSON,
    LoginSession.id != bindparam("session_id", type_=Uuid()),
    col(LoginSession.revoked_at).is_(None),
    LoginSession.opened_at > bindparam("opened_after", type_=UtcDateTime()),
    LoginSession.last_seen_at > bindparam("seen_after", type_=UtcDateTime()),
)


@dataclass(frozen=True, slots=True)
class OtherSessions:
    """Where else somebody is signed in: on how many phones, and when one of them was last used."""

    count: int
    last_seen_at: datetime


def find_by_slug(session: Session, slug: str) -> UUID | None:
    """Return who is called `slug` in the demo, or None."""
    return session.exec(select(Person.id).where(Person.slug == slug)).first()


def save_settings(session: Session, person_id: UUID, *, language: str, text_size: TextSize) -> None:
    """Keep the language and text size somebody has chosen."""
    person = session.get_one(Person, person_id)
    person.language, person.text_size = language, text_size


def find_office_hours(session: Reader, person_id: UUID) -> str | None:
    """Return when somebody can be called, as it is stored; None: not told."""
    found: str | None = session.exec(_OFFICE_HOURS, params={"person_id": person_id}).one()
    return found


def save_office_hours(session: Session, person_id: UUID, hours: str | None) -> None:
    """Keep when somebody can be called: hours as `dates.office_hours` writes them, or None."""
    session.get_one(Person, person_id).office_hours = hours


def list_passkeys(session: Reader, person_id: UUID) -> Sequence[Any]:
    """Return the passkeys of a person that work, the oldest first: the columns of `Passkey`."""
    return session.exec(_PASSKEYS, params={"person_id": person_id}).all()


def find_other_sessions(session: Reader, account: Account, *, now: datetime) -> OtherSessions | None:
    """Return the other sign-ins that still hold, or None when this is the only one."""
    count, last = session.exec(_OTHERS, params=_other_params(account, now)).one()
    return OtherSessions(count, last) if count else None


def revoke_other_sessions(session: Session, account: Account, *, now: datetime) -> int:
    """Sign somebody out everywhere but here; return on how many phones that was."""
    count, _last = session.exec(_OTHERS, params=_other_params(account, now)).one()
    others = update(LoginSession).where(
        col(LoginSession.person_id) == account.id,
        col(LoginSession.id) != account.session_id,
        col(LoginSession.revoked_at).is_(None),
    )
    session.exec(others.values(revoked_at=now))
    return int(count)


def _other_params(account: Account, now: datetime) -> dict[str, Any]:
    life = lifetime(account.roles)
    return {
        "person_id": account.id,
        "session_id": account.session_id,
        "opened_after": now - life.absolute,
        "seen_after": now - life.idle,
    }
