"""A way in for one who has no passkey yet: made by one who knows them, claimed by one phone, used once.

Unknown, used, expired, taken back and somebody else's are told apart by nobody: one answer, the same steps.
Callers own the transaction; a wrong code is an answer and not an error, so that the try it cost is kept.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, bindparam, update
from sqlmodel import Session, col, select

from app.errors import Refused
from app.identity.credentials import Invitation
from app.identity.invitation_codes import CLAIM_LASTS, GROUP, LASTS, new_code, new_link_secret
from app.identity.sessions import holds_a_role, token_hash
from app.store.db import UtcDateTime
from app.store.prepared import Reader
from app.store.query import select_columns

NO_HASH = "0" * 64


class NobodyToInvite(Refused):
    reason = "Den, du vil invitere, er ikke aktiv. Ring til din leder."


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """A fresh invitation. Code and link can't be shown again: only their keyed hashes are kept."""

    code: str
    link_secret: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class InvitationClaim:
    """What somebody came with: a code they typed, or the secret of a link. One of them is empty."""

    code: str = ""
    link_secret: str = ""


def _keyed(secret_key: str, kind: str, value: str) -> str:
    return hmac.digest(secret_key.encode(), f"invitation {kind} {value}".encode(), "sha256").hex()


def make_invitation(
    session: Session, secret_key: str, person_id: UUID, *, by: UUID | None, now: datetime
) -> NewInvitation:
    """Invite a person and take back the invitation before. `by` is None at the terminal.

    Raises:
        NobodyToInvite: there is no such person, or no role of theirs holds today.
    """
    if not holds_a_role(session, person_id, now=now):
        raise NobodyToInvite
    before = update(Invitation).where(col(Invitation.person_id) == person_id, _open())
    session.exec(before.values(revoked_at=now))
    code = _free_code(session, secret_key)
    made = NewInvitation(code, new_link_secret(), now + LASTS)
    session.add(
        Invitation(
            person_id=person_id,
            made_by=by,
            place_hash=_keyed(secret_key, "place", code[:GROUP]),
            code_hash=_keyed(secret_key, "code", code),
            link_hash=_keyed(secret_key, "link", made.link_secret),
            created_at=now,
            expires_at=made.expires_at,
        )
    )
    session.flush()
    return made


def _free_code(session: Session, secret_key: str) -> str:
    """Return a code whose first half no open invitation has."""
    while True:
        code = new_code()
        place = _keyed(secret_key, "place", code[:GROUP])
        if not session.exec(select(Invitation.id).where(Invitation.place_hash == place, _open())).first():
            return code


def claim_invitation(
    session: Session,
    secret_key: str,
    said: InvitationClaim,
    *,
    reader_id: UUID | None,
    now: datetime,
    old_key: str | None = None,
) -> str | None:
    """Return a secret for the phone that came with the right code or link first, or None for all others.

    `reader_id` is who is signed in: they can't use another's. Who may try how often is counted beside it.
    With an `old_key`, those that were made with it work too, until they end.
    """
    keys = [secret_key, *([old_key] if old_key else [])]
    code_hashes = [_keyed(key, "code", said.code) for key in keys]
    meant = (
        col(Invitation.link_hash).in_([_keyed(key, "link", said.link_secret) for key in keys])
        if said.link_secret
        else col(Invitation.place_hash).in_([_keyed(key, "place", said.code[:GROUP]) for key in keys])
    )
    wanted = select_columns(
        Invitation.id, Invitation.person_id, Invitation.code_hash, Invitation.claimed_at
    ).where(meant, _open(), Invitation.expires_at > now)
    found = session.exec(wanted.with_for_update()).first()
    held = found.code_hash if found else NO_HASH
    right = bool(said.link_secret) or any([hmac.compare_digest(held, one) for one in code_hashes])
    if found is None or not right or reader_id not in (None, found.person_id):
        return None
    if found.claimed_at is not None and found.claimed_at > now - CLAIM_LASTS:
        return None  # another phone is at it
    token = secrets.token_urlsafe(32)
    mine = update(Invitation).where(col(Invitation.id) == found.id)
    session.exec(mine.values(claim_hash=token_hash(token), claimed_at=now))
    return token


def is_link_known(session: Reader, secret_key: str, link_secret: str, *, old_key: str | None = None) -> bool:
    """Say whether a link was ever made: with 128 bits nobody finds one by trying, so nothing is counted."""
    hashes = [_keyed(key, "link", link_secret) for key in (secret_key, old_key) if key]
    return any(session.exec(_OF_LINK, params={"link_hash": one}).first() for one in hashes)


_OF_LINK = select(Invitation.id).where(Invitation.link_hash == bindparam("link_hash"))


def find_claimed_invitation(session: Session, token: str, *, now: datetime) -> Invitation | None:
    """Return the invitation that this phone has claimed and may still use; hold it for this transaction."""
    return session.exec(_CLAIMED, params=_claim_params(token, now)).first()


def _open() -> ColumnElement[bool]:
    return col(Invitation.used_at).is_(None) & col(Invitation.revoked_at).is_(None)


_IS_CLAIMED = (
    Invitation.claim_hash == bindparam("claim_hash"),
    _open(),
    col(Invitation.claimed_at) > bindparam("claimed_after", type_=UtcDateTime()),
    Invitation.expires_at > bindparam("now", type_=UtcDateTime()),
)
_CLAIMED = select(Invitation).where(*_IS_CLAIMED).with_for_update()
_INVITED = select(Invitation.person_id).where(*_IS_CLAIMED)

_INVITED_UNTIL = select(Invitation.expires_at).where(
    Invitation.person_id == bindparam("person_id", type_=Uuid()),
    _open(),
    Invitation.expires_at > bindparam("now", type_=UtcDateTime()),
)


def _claim_params(token: str, now: datetime) -> dict[str, Any]:
    return {"claim_hash": token_hash(token), "claimed_after": now - CLAIM_LASTS, "now": now}


def find_invited(session: Reader, token: str, *, now: datetime) -> UUID | None:
    """Return whose invitation this phone has claimed and may still use, or None. Nothing is held."""
    return session.exec(_INVITED, params=_claim_params(token, now)).first()


def find_invited_until(session: Reader, person_id: UUID, *, now: datetime) -> datetime | None:
    """Return when the invitation that somebody can still use ends; None: they have none."""
    return session.exec(_INVITED_UNTIL, params={"person_id": person_id, "now": now}).first()
