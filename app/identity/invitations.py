"""A way in for one who has no passkey yet: made by one who knows them, claimed by one phone, used once.

Unknown, used, expired, taken back and somebody else's are told apart by nobody: one answer, the same steps.
Callers own the transaction; a wrong code is an answer and not an error, so that the try it cost is kept.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, update
from sqlmodel import Session, col, select

from app.errors import Refused
from app.identity.credentials import Invitation
from app.identity.invitation_codes import CLAIM_LASTS, GROUP, LASTS, new_code, new_link_secret
from app.identity.sessions import holds_a_role, token_hash

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
    session: Session, secret_key: str, said: InvitationClaim, *, reader_id: UUID | None, now: datetime
) -> str | None:
    """Return a secret for the phone that came with the right code or link first, or None for all others.

    Costs the invitation one of its tries. `reader_id` is who is signed in: they can't use another's.
    """
    code_hash = _keyed(secret_key, "code", said.code)
    link_hash = _keyed(secret_key, "link", said.link_secret)
    place_hash = _keyed(secret_key, "place", said.code[:GROUP])
    meant = (
        col(Invitation.link_hash) == link_hash
        if said.link_secret
        else col(Invitation.place_hash) == place_hash
    )
    tried = (
        update(Invitation)
        .where(meant, _open(), col(Invitation.expires_at) > now, col(Invitation.tries_left) > 0)
        .values(tries_left=col(Invitation.tries_left) - 1)
        .returning(
            col(Invitation.id),
            col(Invitation.person_id),
            col(Invitation.code_hash),
            col(Invitation.claimed_at),
        )
    )
    found = session.exec(tried).first()
    right = bool(said.link_secret) or hmac.compare_digest(found.code_hash if found else NO_HASH, code_hash)
    if found is None or not right or reader_id not in (None, found.person_id):
        return None
    if found.claimed_at is not None and found.claimed_at > now - CLAIM_LASTS:
        return None  # another phone is at it
    token = secrets.token_urlsafe(32)
    mine = update(Invitation).where(col(Invitation.id) == found.id)
    session.exec(mine.values(claim_hash=token_hash(token), claimed_at=now))
    return token


def find_claimed_invitation(session: Session, token: str, *, now: datetime) -> Invitation | None:
    """Return the invitation that this phone has claimed and may still use; hold it for this transaction."""
    wanted = select(Invitation).where(
        Invitation.claim_hash == token_hash(token),
        _open(),
        col(Invitation.claimed_at) > now - CLAIM_LASTS,
        Invitation.expires_at > now,
    )
    return session.exec(wanted.with_for_update()).first()


def _open() -> ColumnElement[bool]:
    return col(Invitation.used_at).is_(None) & col(Invitation.revoked_at).is_(None)
