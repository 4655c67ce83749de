"""How often somebody may try at the door. Counted in the database under a lock, so never one too many.

Wrong tries are counted, per network and per code: a try is taken before anything is looked at, and given back
when it was right. After so many free ones each has to wait, longer and longer up to a limit, and it is never
more than a wait: with a stop a stranger could shut the door for others, and on a launch day a whole town hall
comes from one address.

Decision: no try is let through that could not be counted; a database that does not answer is a no.
"""

import hmac
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address
from uuid import UUID

from sqlalchemy import delete, func, text
from sqlmodel import Session, col, select

from app.identity.credentials import LoginAttempt
from app.ip_addresses import read_address


@dataclass(frozen=True, slots=True)
class AttemptLimit:
    """So many tries are free within `period`; then one waits after each, `first` and then twice as long.

    It is never longer than `longest`.
    """

    what: str
    free: int
    first: timedelta
    longest: timedelta
    period: timedelta = timedelta(hours=1)

    def wait(self, tries: int) -> timedelta:
        """Return how long after the last of so many tries the next may come."""
        if tries < self.free:
            return timedelta()
        doubled = self.first * float(1 << min(tries - self.free, MOST_DOUBLED))
        return min(self.longest, doubled)


MOST_DOUBLED = 20
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)

# From one network. A code is 34 bits: with 500 invitations out, 270 tries an hour hit one in 21 years.
WRONG_CODES = AttemptLimit("invitation", 150, SECOND, 30 * SECOND)
WRONG_ANSWERS = AttemptLimit("answer", 100, SECOND, 30 * SECOND)
# What a phone is to sign, each of which is a row: 500 people who come in within an hour, five times over.
CHALLENGES = AttemptLimit("challenge", 3000, SECOND, 5 * SECOND)
# Wrong second halves of one code, from everywhere: some 80 in the days that it lasts, of 160,000.
WRONG_HALVES = AttemptLimit("half", 5, MINUTE, 60 * MINUTE, timedelta(hours=72))

Wanted = Mapping[str, AttemptLimit]  # by the name under which they are counted

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try that was counted, as rows that can be given back; or how many seconds to wait, and none was."""

    ids: tuple[UUID, ...] = ()
    wait_seconds: int = 0


def network_key(secret_key: str, limit: AttemptLimit, address: str) -> str:
    """Return the name under which tries from an address are counted. The address itself is not kept."""
    return _key(secret_key, f"{limit.what} {_network(address)}")


def code_key(secret_key: str, half: str) -> str:
    """Return the name under which wrong tries at the codes that begin so are counted, be there one or not."""
    return _key(secret_key, f"{WRONG_HALVES.what} {half}")


def _key(secret_key: str, what: str) -> str:
    return hmac.digest(secret_key.encode(), f"try {what}".encode(), "sha256").hex()


def _network(address: str) -> str:
    """Return what one visitor holds: an IPv4 address, or the /64 an IPv6 subscriber is given."""
    try:
        known = read_address(address)
    except ValueError:
        return address
    return str(int(known) >> 64) if isinstance(known, IPv6Address) else str(known)


def take_attempt(session: Session, wanted: Wanted, *, now: datetime) -> Attempt:
    """Count one more try under each name; or none of them, and say how long to wait."""
    waits = [_seconds_to_wait(session, key, limit, now) for key, limit in sorted(wanted.items())]
    if any(waits):
        return Attempt(wait_seconds=max(waits))
    rows = [LoginAttempt(key_hash=key, at=now) for key in wanted]
    session.add_all(rows)
    session.flush()
    return Attempt(tuple(row.id for row in rows))


def return_attempt(session: Session, attempt: Attempt) -> None:
    """Forget a try that was right."""
    session.exec(delete(LoginAttempt).where(col(LoginAttempt.id).in_(attempt.ids)))


def _seconds_to_wait(session: Session, key: str, limit: AttemptLimit, now: datetime) -> int:
    if session.get_bind().dialect.name == "postgresql":  # SQLite's writers already stand in line
        session.connection().execute(_ONE_AT_A_TIME, {"key": key})
    counted = select(func.count(), func.max(LoginAttempt.at)).where(
        LoginAttempt.key_hash == key, LoginAttempt.at > now - limit.period
    )
    tries, last = session.exec(counted).one()
    left = last + limit.wait(tries) - now if last else timedelta()
    return max(0, math.ceil(left.total_seconds()))
