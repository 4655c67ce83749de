"""Getting in, and keeping the keys to it. Callers own the transaction; a no is None, and is committed too."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app.account.news import DEVICE_NEW
from app.identity.credentials import Passkey
from app.identity.invitations import find_claimed_invitation
from app.identity.passkeys import RelyingParty, revoke_passkey, verify_registration, verify_sign_in
from app.identity.service import revoke_other_sessions
from app.identity.sessions import Account, find_session_account, holds_a_role, open_session, revoke_session
from app.notifications.rules import NoticeContent
from app.notifications.service import add_notice
from app.plan.service import find_absence, find_contact


@dataclass(frozen=True, slots=True)
class ClientDevice:
    """The browser that asks: what it is called, and the sign-in it had before (None: nobody's)."""

    name: str
    session_id: UUID | None


@dataclass(frozen=True, slots=True)
class NewSession:
    """A sign-in that has just begun, and the secret for its cookie."""

    token: str
    account: Account


def sign_in(
    session: Session, party: RelyingParty, answer: str, phone: ClientDevice, *, now: datetime
) -> NewSession | None:
    """Sign in whoever's passkey has answered, or nobody."""
    person_id = verify_sign_in(session, party, answer, now=now)
    return _enter(session, person_id, phone, now) if person_id else None


def accept_invitation(
    session: Session, party: RelyingParty, claim: str, answer: str, phone: ClientDevice, *, now: datetime
) -> NewSession | None:
    """Keep the passkey made on an invitation, use the invitation up, and sign its person in; or nobody."""
    invitation = find_claimed_invitation(session, claim, now=now)
    if invitation is None:
        return None
    passkey = verify_registration(session, party, invitation.person_id, answer, name=phone.name, now=now)
    if passkey is None:
        return None
    invitation.used_at = now
    session.add(invitation)
    _notify_contact(session, passkey, now)
    return _enter(session, invitation.person_id, phone, now)


def add_passkey(
    session: Session, party: RelyingParty, person_id: UUID, answer: str, *, name: str, now: datetime
) -> bool:
    """Keep one more passkey of one who is signed in, and say whether it could be kept."""
    passkey = verify_registration(session, party, person_id, answer, name=name, now=now)
    if passkey is not None:
        _notify_contact(session, passkey, now)
    return passkey is not None


def remove_passkey(session: Session, account: Account, passkey_id: UUID, *, now: datetime) -> bool:
    """Stop one of the reader's own passkeys and sign them out everywhere else: it may be in other hands."""
    gone = revoke_passkey(session, account.id, passkey_id, now=now)
    if gone:
        revoke_other_sessions(session, account, now=now)
    return gone


def _enter(session: Session, person_id: UUID, phone: ClientDevice, now: datetime) -> NewSession | None:
    """Open a sign-in of its own and end the one before; None for one who has nothing to sign in to."""
    if not holds_a_role(session, person_id, now=now):
        return None
    if phone.session_id is not None:
        revoke_session(session, phone.session_id, now=now)
    token = open_session(session, person_id, now=now)
    account = find_session_account(session, token, now=now)
    return NewSession(token, account) if account else None


def _notify_contact(session: Session, passkey: Passkey, now: datetime) -> None:
    """Tell the contact person, and who stands in, that there is a new way in: not the phone alone knows."""
    contact = find_contact(session, passkey.person_id)
    if contact is None:
        return
    news = NoticeContent(DEVICE_NEW, passkey.person_id, by=passkey.person_id, about=passkey.id)
    add_notice(session, contact.id, news, now=now)
    absence = find_absence(session, contact.id, now=now)
    if absence is not None:
        add_notice(session, absence[1].id, news, now=now)
