"""One request, one effect: a double tap, a resend or a retry gets the first answer again.

The key is made once per intent (a hidden field, or the Idempotency-Key header). The row is written first, in
the same transaction as the effect, so two that run at once queue up and the second finds the first's answer.
Source: IETF draft "The Idempotency-Key HTTP Header Field".
"""

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Table, bindparam, update
from sqlmodel import Field, Session, SQLModel

from app.errors import Refused
from app.store.db import UtcDateTime
from app.store.insert import insert_new

KEY_MOST = 200


class KeyReused(Refused):
    """The key was used before for something else: 422 for machines."""

    reason = "Det første, du sendte, er gemt. Nu har du skrevet noget andet. Se det igennem, og send igen."


class IdempotencyKey(SQLModel, table=True):
    """What was answered to a key, for as long as a retry may come."""

    __tablename__ = "stored_answer"
    __table_args__ = (
        CheckConstraint(f"length(key) BETWEEN 1 AND {KEY_MOST}", "key_length"),
        CheckConstraint("length(request_hash) = 64", "request_hash_length"),
    )

    actor_id: UUID = Field(primary_key=True)  # a person or a system: no foreign key
    key: str = Field(primary_key=True)
    request_hash: str
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    status: int | None = None  # null only inside the transaction that answers
    location: str | None = None
    body: str | None = None


_TABLE: Table = IdempotencyKey.__table__  # type: ignore[attr-defined]
_KEEP = (
    update(_TABLE)
    .where(_TABLE.c.actor_id == bindparam("of_actor"), _TABLE.c.key == bindparam("of_key"))
    .values({name: bindparam(name) for name in ("status", "location", "body")})
)


@dataclass(frozen=True, slots=True)
class SavedResponse:
    """What was answered the first time."""

    status: int
    location: str | None
    body: str | None


def request_hash(*parts: str | bytes) -> str:
    """Return the fingerprint of a request: the same request has the same one."""
    digest = hashlib.sha256()
    for part in parts:
        piece = part.encode() if isinstance(part, str) else part
        digest.update(len(piece).to_bytes(8, "big") + piece)
    return digest.hexdigest()


def claim_key(
    session: Session, actor_id: UUID, key: str, fingerprint: str, now: datetime
) -> SavedResponse | None:
    """Claim `key` for this transaction and return None, or return the answer given before.

    Raises:
        KeyReused: the key was used for another request.
    """
    claim = {"actor_id": actor_id, "key": key, "request_hash": fingerprint, "at": now}
    if insert_new(session, IdempotencyKey, claim):
        return None
    known = session.get_one(IdempotencyKey, (actor_id, key))
    if known.request_hash != fingerprint:
        raise KeyReused
    return SavedResponse(known.status or 200, known.location, known.body)


def save_response(session: Session, actor_id: UUID, key: str, answer: SavedResponse) -> None:
    """Store what is answered to `key`, in the transaction of the effect itself."""
    session.exec(_KEEP, params={"of_actor": actor_id, "of_key": key, **asdict(answer)})
