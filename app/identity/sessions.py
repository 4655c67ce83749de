"""Sign-ins that the server knows and can end. The cookie holds 256 random bits; the database their hash."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Never
from uuid import UUID

from flask_login import AnonymousUserMixin, UserMixin
from sqlalchemy import bindparam, update
from sqlmodel import Session, col, or_, select

from app.identity.models import LoginSession, Person, PersonRole
from app.identity.rules import SEEN_STEP, STAFF, Role, TextSize, first_name, is_live, lifetime
from app.store.db import UtcDateTime
from app.store.prepared import Reader
from app.store.query import RowSelect, select_columns


@dataclass(frozen=True, slots=True)
class Account(UserMixin):
    """Who is signed in, apart from the database."""

    id: UUID
    session_id: UUID
    municipality_id: UUID
    department_id: UUID | None
    name: str
    language: str
    text_size: TextSize
    roles: frozenset[Role]
    seen_before_at: datetime  # the visit before this request
    opened_at: datetime  # when they signed in here

    @property
    def first_name(self) -> str:
        return first_name(self.name)

    @property
    def is_citizen(self) -> bool:
        return Role.CITIZEN in self.roles

    @property
    def is_staff(self) -> bool:
        return bool(self.roles & STAFF)

    def get_id(self) -> str:
        return str(self.id)


class AnonymousUser(AnonymousUserMixin):
    """Nobody is signed in. Whatever else is asked of it is an AttributeError: nobody has no id."""

    is_citizen = is_staff = False
    text_size = TextSize.NORMAL

    if TYPE_CHECKING:  # so that `current_user.id` is a UUID: where it is read, somebody is signed in

        def __getattr__(self, name: str) -> Never: ...


def token_hash(token: str) -> str:
    """Return what is stored of a secret with 256 random bits (a slow hash would add nothing)."""
    return hashlib.sha256(token.encode()).hexdigest()


def open_session(session: Session, person_id: UUID, *, now: datetime) -> str:
    """Sign a person in and return the secret for the cookie: a new one each time."""
    token = secrets.token_urlsafe(32)
    session.add(
        LoginSession(token_hash=token_hash(token), person_id=person_id, opened_at=now, last_seen_at=now)
    )
    return token


def revoke_session(session: Session, session_id: UUID, *, now: datetime) -> None:
    """End a sign-in at once; ending it twice changes nothing."""
    ended = update(LoginSession).where(
        col(LoginSession.id) == session_id, col(LoginSession.revoked_at).is_(None)
    )
    session.exec(ended.values(revoked_at=now))


def revoke_session_by_token(session: Session, hashed: str, *, now: datetime) -> None:
    """End the sign-in whose secret has this hash, as `revoke_session` does; nobody's is no fault."""
    ended = update(LoginSession).where(
        col(LoginSession.token_hash) == hashed, col(LoginSession.revoked_at).is_(None)
    )
    session.exec(ended.values(revoked_at=now))


_NOW = bindparam("now", type_=UtcDateTime())
_FIND: RowSelect = (
    select_columns(
        col(LoginSession.id).label("session_id"),
        LoginSession.opened_at,
        LoginSession.last_seen_at,
        Person.id,
        Person.municipality_id,
        Person.department_id,
        Person.name,
        Person.language,
        Person.text_size,
        PersonRole.role,
    )
    .join(Person, col(Person.id) == LoginSession.person_id)
    .join(PersonRole, col(PersonRole.person_id) == Person.id)
    .where(
        LoginSession.token_hash == bindparam("token_hash"),
        col(LoginSession.revoked_at).is_(None),
        PersonRole.starts_at <= _NOW,
        or_(col(PersonRole.ends_at).is_(None), PersonRole.ends_at > _NOW),
    )
)


def find_session_account(session: Reader, token: str, *, now: datetime) -> Account | None:
    """Return who holds `token`, or None if it is unknown, ended, too old, or its holder has no role left."""
    rows = session.exec(_FIND, params={"token_hash": token_hash(token), "now": now}).all()
    if not rows:
        return None
    first, roles = rows[0], frozenset(row.role for row in rows)
    if not is_live(first.opened_at, first.last_seen_at, now, lifetime(roles)):
        return None
    return Account(
        id=first.id,
        session_id=first.session_id,
        municipality_id=first.municipality_id,
        department_id=first.department_id,
        name=first.name,
        language=first.language,
        text_size=first.text_size,
        roles=roles,
        seen_before_at=first.last_seen_at,
        opened_at=first.opened_at,
    )


_HOLDER = select(LoginSession.person_id).where(LoginSession.token_hash == bindparam("token_hash"))


def find_past_holder(session: Reader, token: str) -> UUID | None:
    """Return whose sign-in `token` is or was, also when it has ended."""
    return session.exec(_HOLDER, params={"token_hash": token_hash(token)}).first()


def holds_a_role(session: Session, person_id: UUID, *, now: datetime) -> bool:
    """Say whether somebody has anything to sign in to."""
    held = select(PersonRole.id).where(
        PersonRole.person_id == person_id,
        PersonRole.starts_at <= now,
        or_(col(PersonRole.ends_at).is_(None), col(PersonRole.ends_at) > now),
    )
    return session.exec(held).first() is not None


def needs_touch(account: Account, now: datetime) -> bool:
    """Say whether this visit is worth writing down."""
    return now - account.seen_before_at >= SEEN_STEP


def touch_session(session: Session, account: Account, *, now: datetime) -> None:
    """Write down that the sign-in was used at `now`."""
    session.exec(
        update(LoginSession).where(col(LoginSession.id) == account.session_id).values(last_seen_at=now)
    )
