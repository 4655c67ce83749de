"""What a phone is to sign (udfordring): given by us, answered once, within five minutes.

One for making a passkey is a row: who asks is invited or signed in. One for signing in is asked for by
anybody, so it is a row only when it is answered: until then our seal on it says that it is ours, and since
when. So a stranger can neither fill the database with them nor use up what others need to sign in.
"""

import hmac
import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import bindparam, update
from sqlmodel import Session, col, select

from app.identity.credentials import Ceremony, WebauthnChallenge
from app.identity.sessions import token_hash
from app.store.insert import insert_new
from app.store.prepared import Reader

CHALLENGE_BYTES = 32
CHALLENGE_LASTS = timedelta(minutes=5)
TIME_BYTES, RANDOM_BYTES, SEAL_BYTES = 8, 8, 16  # of one that is sealed; the seal alone can't be guessed
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def store_challenge(session: Session, person_id: UUID, *, now: datetime) -> bytes:
    """Return random bytes to be signed with a passkey that is made for this person."""
    challenge = secrets.token_bytes(CHALLENGE_BYTES)
    session.add(
        WebauthnChallenge(
            challenge_hash=_hash(challenge), ceremony=Ceremony.REGISTER, person_id=person_id, created_at=now
        )
    )
    return challenge


def seal_challenge(secret_key: str, *, now: datetime) -> bytes:
    """Return bytes to be signed by who signs in, whoever that is. Nothing is stored."""
    body = ((now - EPOCH) // MICROSECOND).to_bytes(TIME_BYTES, "big") + secrets.token_bytes(RANDOM_BYTES)
    return body + _seal(secret_key, body)


def is_unanswered(
    reader: Reader, secret_key: str, ceremony: Ceremony, challenge: bytes, *, now: datetime
) -> bool:
    """Say whether a challenge is one of ours for this, given lately and not answered yet."""
    found = reader.exec(_BY_HASH, params={"hash": _hash(challenge)}).first()
    if ceremony is Ceremony.SIGN_IN:  # a row is an answer
        return found is None and _sealed_at(secret_key, challenge, now) is not None
    if found is None:
        return False
    used_at, given = found
    return used_at is None and given > now - CHALLENGE_LASTS


def take_stored(session: Session, challenge: bytes, person_id: UUID, *, now: datetime) -> bytes | None:
    """Use up a challenge that is answered, and return it if it was given to this person, fresh and unused."""
    ours = update(WebauthnChallenge).where(
        col(WebauthnChallenge.challenge_hash) == _hash(challenge),
        col(WebauthnChallenge.ceremony) == Ceremony.REGISTER,
        col(WebauthnChallenge.person_id) == person_id,
        col(WebauthnChallenge.used_at).is_(None),
        col(WebauthnChallenge.created_at) > now - CHALLENGE_LASTS,
    )
    used = session.exec(ours.values(used_at=now).returning(col(WebauthnChallenge.id))).first()
    return challenge if used else None


def take_sealed(session: Session, secret_key: str, challenge: bytes, *, now: datetime) -> bytes | None:
    """Note that a sealed challenge is answered, and return it if it is ours, fresh, and new to us."""
    given = _sealed_at(secret_key, challenge, now)
    if given is None:
        return None
    row = {
        "id": uuid4(),
        "challenge_hash": _hash(challenge),
        "ceremony": Ceremony.SIGN_IN,
        "person_id": None,
        "created_at": given,
        "used_at": now,
    }
    return challenge if insert_new(session, WebauthnChallenge, row) else None


def _sealed_at(secret_key: str, challenge: bytes, now: datetime) -> datetime | None:
    """Return when we gave a challenge out; None: it is not ours, or too old."""
    body, seal = challenge[:-SEAL_BYTES], challenge[-SEAL_BYTES:]
    if len(challenge) != CHALLENGE_BYTES or not hmac.compare_digest(seal, _seal(secret_key, body)):
        return None
    given = EPOCH + int.from_bytes(body[:TIME_BYTES], "big") * MICROSECOND
    return given if given > now - CHALLENGE_LASTS else None


def _seal(secret_key: str, body: bytes) -> bytes:
    return hmac.digest(secret_key.encode(), b"challenge to sign in " + body, "sha256")[:SEAL_BYTES]


def _hash(challenge: bytes) -> str:
    return token_hash(challenge.hex())


_BY_HASH = select(WebauthnChallenge.used_at, WebauthnChallenge.created_at).where(
    WebauthnChallenge.challenge_hash == bindparam("hash")
)
