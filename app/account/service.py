"""Getting in, and keeping the keys to it. Callers own the transaction; a no is None, and is committed too."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from app.access.policy import Action, Actor, may
from app.identity.credentials import Passkey
from app.identity.invitations import find_claimed_invitation
from app.identity.models import Person
from app.identity.passkeys import RelyingParty, revoke_passkey, verify_registration, verify_sign_in
from app.identity.rules import first_name
from app.identity.service import revoke_other_sessions
from app.identity.sessions import Account, find_session_account, holds_a_role, open_session, revoke_session
from app.notifications.models import Notice
from app.notifications.rules import NoticeContent, NoticeKind
from app.notifications.service import add_notice
from app.plan.relations import find_subject
from app.plan.service import find_absence, find_contact

SHOWN_FOR = timedelta(days=3)  # as long as an invitation lasts
MOST_SHOWN = 10


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


@dataclass(frozen=True, slots=True)
class NewDevice:
    """A new way in that a contact person is told of: whose, and since when."""

    citizen_id: UUID
    first_name: str
    at: datetime


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


def list_new_devices(session: Session, reader: Account, *, now: datetime) -> Sequence[NewDevice]:
    """Return who has got a new passkey these days, of those the reader may invite; the newest first."""
    told = (
        select(Notice, Person)
        .join(Person, col(Person.id) == Notice.citizen_id)
        .where(Notice.person_id == reader.id, Notice.kind == NoticeKind.DEVICE_NEW)
        .where(Notice.at > now - SHOWN_FOR)
        .order_by(col(Notice.at).desc(), col(Notice.id))
    )
    actor = Actor(reader.id, reader.roles)
    return [
        NewDevice(person.id, first_name(person.name), notice.at)
        for notice, person in session.exec(told.limit(MOST_SHOWN)).all()
        if _may_invite(session, actor, person.id, now)
    ]


def _may_invite(session: Session, actor: Actor, citizen_id: UUID, now: datetime) -> bool:
    known = find_subject(session, citizen_id, now=now)
    return known is not None and may(actor, Action.INVITE, known[0])


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
    news = NoticeContent(NoticeKind.DEVICE_NEW, passkey.person_id, by=passkey.person_id, about=passkey.id)
    add_notice(session, contact.id, news, now=now)
    absence = find_absence(session, contact.id, now=now)
    if absence is not None:
        add_notice(session, absence[1].id, news, now=now)
