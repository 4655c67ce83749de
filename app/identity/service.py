"""What people decide about themselves: language, text size, and where they are signed in.

Callers own the transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, update
from sqlmodel import Session, and_, col, select

from app.identity.credentials import Passkey
from app.identity.models import LoginSession, Person
from app.identity.rules import TextSize, lifetime
from app.identity.sessions import Account


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


def list_passkeys(session: Session, person_id: UUID) -> Sequence[Passkey]:
    """Return the passkeys of a person that work, the oldest first."""
    wanted = select(Passkey).where(Passkey.person_id == person_id, col(Passkey.revoked_at).is_(None))
    return session.exec(wanted.order_by(col(Passkey.created_at), col(Passkey.id))).all()


def find_other_sessions(session: Session, account: Account, *, now: datetime) -> OtherSessions | None:
    """Return the other sign-ins that still hold, or None when this is the only one."""
    counted = select(func.count(), func.max(LoginSession.last_seen_at))
    count, last = session.exec(counted.where(_others_that_hold(account, now))).one()
    return OtherSessions(count, last) if count else None


def revoke_other_sessions(session: Session, account: Account, *, now: datetime) -> int:
    """Sign somebody out everywhere but here; return on how many phones that was."""
    holding = session.exec(select(LoginSession.id).where(_others_that_hold(account, now))).all()
    others = update(LoginSession).where(
        col(LoginSession.person_id) == account.id,
        col(LoginSession.id) != account.session_id,
        col(LoginSession.revoked_at).is_(None),
    )
    session.exec(others.values(revoked_at=now))
    return len(holding)


def _others_that_hold(account: Account, now: datetime) -> ColumnElement[bool]:
    life = lifetime(account.roles)
    return and_(
        LoginSession.person_id == account.id,
        LoginSession.id != account.session_id,
        col(LoginSession.revoked_at).is_(None),
        LoginSession.opened_at > now - life.absolute,
        LoginSession.last_seen_at > now - life.idle,
    )
