"""Numbers that are still hashed with the secret key from before the one in use."""

from sqlmodel import Session, col, func, select

from app.identity.models import Person
from app.store.key_fingerprint import FIRST, SecretKeys


def count_old_numbers(session: Session, keys: SecretKeys) -> int:
    """Return how many people's numbers are not hashed with the key in use: the next list takes them over."""
    if keys.number == FIRST:
        return 0
    old = select(func.count()).where(col(Person.external_key).is_not(None))
    return int(session.exec(old.where(~col(Person.external_key).startswith(f"{keys.number}:"))).one())
