"""How often somebody may try at the door. Counted in the database under a lock, so never one too many.

Decision: no try is let through that could not be counted; a database that does not answer is a no.
"""

import hmac
from datetime import datetime, timedelta
from ipaddress import IPv6Address

from sqlalchemy import delete, func, text
from sqlmodel import Session, col, select

from app.identity.credentials import LoginAttempt, WebauthnChallenge
from app.ip_addresses import read_address

CHALLENGE_KEPT = timedelta(days=1)
PERIOD = timedelta(hours=1)
CODES_MOST = 20  # typed codes and opened links an hour, from one address
CEREMONIES_MOST = 600  # an hour, from one address: a whole town hall may share one


_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")


def attempt_key(secret_key: str, what: str, address: str) -> str:
    """Return the name under which tries from an address are counted. The address itself is not kept."""
    return hmac.digest(secret_key.encode(), f"try {what} {_network(address)}".encode(), "sha256").hex()


def _network(address: str) -> str:
    """Return what one visitor holds: an IPv4 address, or the /64 an IPv6 subscriber is given."""
    try:
        known = read_address(address)
    except ValueError:
        return address
    return str(int(known) >> 64) if isinstance(known, IPv6Address) else str(known)


def take_attempt(session: Session, key: str, most: int, *, now: datetime) -> bool:
    """Count one more try and return True, or return False when `most` were made in the last hour."""
    if session.get_bind().dialect.name == "postgresql":  # SQLite's writers already stand in line
        session.connection().execute(_ONE_AT_A_TIME, {"key": key})
    _purge_old(session, now)
    mine = LoginAttempt.key_hash == key
    if session.exec(select(func.count()).select_from(LoginAttempt).where(mine)).one() >= most:
        return False
    session.add(LoginAttempt(key_hash=key, at=now))
    session.flush()
    return True


def _purge_old(session: Session, now: datetime) -> None:
    """Throw away what counts no more. Whoever comes to the door sweeps it."""
    session.exec(delete(LoginAttempt).where(col(LoginAttempt.at) <= now - PERIOD))
    session.exec(delete(WebauthnChallenge).where(col(WebauthnChallenge.created_at) <= now - CHALLENGE_KEPT))
