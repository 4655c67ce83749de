"""How often somebody may try at the door. Counted in the database under a lock, so never one too many.

Wrong tries are counted, per network and per code: a try is taken before anything is looked at, and given back
when it was right. After so many free ones each has to wait, longer and longer up to a limit, and it is never
more than a wait: with a stop a stranger could shut the door for others, and on a launch day a whole town hall
comes from one address.

A stranger who asks without a pause would take each opening of a wait. So
- the waits of one network lie in LANES, by a keyed hash of the code's first half: who does not know the half
  does not know the lane, and has to hit all of them, each in the seconds after it opens;
- what nobody of this network has tried wrong before is looked at though others made the network or the code
  wait: a code twice, within what the network and the code are granted for it; a passkey five times.

All hangs on what was typed and from where, and nothing on whether there is such a code: who waits learns
nothing. A code is 34 bits. With 500 invitations out, what one network may try in the three days that one
lasts, 24,000 codes, hits one of them in 2,100; of a /48 of IPv6, however many addresses are in it, in 550.
Whoever knows a code's first half, from however many networks, has 280 tries of 160,000 second halves.
What is left: who sends some 2,000 codes from the very network of somebody else, and then goes on with dozens
a second, can make a code hard to type there. The link of the same invitation is never counted.

Decision: no try is let through that could not be counted; a database that does not answer is a no.
"""

import hmac
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
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


@dataclass(frozen=True, slots=True)
class AttemptGrant:
    """So many tries within `period` are looked at although they would have to wait."""

    what: str
    free: int
    period: timedelta


MOST_DOUBLED = 20
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)

LASTS = timedelta(hours=72)  # as long as an invitation
LANES = 32

# In each lane of a network. All together 160 an hour are free, and then one comes each minute.
WRONG_CODES = AttemptLimit("invitation", 5, 15 * SECOND, 32 * MINUTE)
WRONG_ANSWERS = AttemptLimit("answer", 100, SECOND, 30 * SECOND)
# What one who is invited, or signed in, asks a phone to sign to make a passkey: each is a row.
CHALLENGES = AttemptLimit("challenge", 60, SECOND, 30 * SECOND)
# Wrong second halves of one code: some 80 in the days that it lasts, of 160,000.
WRONG_HALVES = AttemptLimit("half", 5, MINUTE, 60 * MINUTE, LASTS)

# What is looked at beside a wait: of one code from one network, of all codes from one, of one from all.
OWN_CODE = AttemptGrant("own code", 2, LASTS)
BESIDE_OF_A_NETWORK = AttemptGrant("beside", 2000, LASTS)
BESIDE_OF_A_CODE = AttemptGrant(WRONG_HALVES.what, 200, LASTS)
# An answer can't be guessed, so there is no limit to how many passkeys are looked at beside a wait.
OWN_PASSKEY = AttemptGrant("own passkey", 5, timedelta(hours=1))

Wanted = Mapping[str, AttemptLimit]  # by the name under which they are counted
Granted = Mapping[str, AttemptGrant]  # likewise

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try that was counted, as rows that can be given back; or how many seconds to wait, and none was."""

    ids: tuple[UUID, ...] = ()
    wait_seconds: int = 0


@dataclass(frozen=True, slots=True)
class AttemptNames:
    """Under which names a try is counted.

    `waits`: where it may have to wait. `own`: of what this network has tried of the very thing; while that
    is little, and what lies `beside` is not used up, the try is looked at although it would have to wait.
    """

    waits: Wanted
    own: Granted = field(default_factory=dict)
    beside: Granted = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Network:
    """Addresses that one visitor may hold. A wide one may `wider` times as much as a single one."""

    name: str
    wider: int = 1

    def waits(self, limit: AttemptLimit) -> AttemptLimit:
        return replace(limit, free=limit.free * self.wider, longest=limit.longest / self.wider)

    def grants(self, grant: AttemptGrant) -> AttemptGrant:
        return replace(grant, free=grant.free * min(self.wider, 2))


def code_names(secret_key: str, address: str, half: str) -> AttemptNames:
    """Return how a code with this first half is counted. The address itself is not kept."""
    code = counting_key(secret_key, f"{WRONG_HALVES.what} {half}")
    lane = int(counting_key(secret_key, f"lane {half}"), 16) % LANES
    return AttemptNames(
        waits={code: WRONG_HALVES, **_waits(secret_key, WRONG_CODES, address, f"{lane}")},
        own=_grants(secret_key, OWN_CODE, address, half),
        beside={code: BESIDE_OF_A_CODE, **_grants(secret_key, BESIDE_OF_A_NETWORK, address)},
    )


def answer_names(secret_key: str, address: str, credential: str) -> AttemptNames:
    """Return how a phone's answer is counted, which names the passkey it is of."""
    waits = _waits(secret_key, WRONG_ANSWERS, address)
    return AttemptNames(waits, own=_grants(secret_key, OWN_PASSKEY, address, credential))


def challenge_names(secret_key: str, who: str) -> AttemptNames:
    """Return how it is counted that somebody asks to make a passkey: by who asks, so nobody else waits."""
    return AttemptNames({counting_key(secret_key, f"{CHALLENGES.what} {who}"): CHALLENGES})


def _waits(secret_key: str, limit: AttemptLimit, address: str, which: str = "") -> Wanted:
    return {
        counting_key(secret_key, f"{limit.what} {which} {one.name}"): one.waits(limit)
        for one in _networks(address)
    }


def _grants(secret_key: str, grant: AttemptGrant, address: str, which: str = "") -> Granted:
    return {
        counting_key(secret_key, f"{grant.what} {which} {one.name}"): one.grants(grant)
        for one in _networks(address)
    }


def counting_key(secret_key: str, what: str) -> str:
    """Return the name under which something is counted; it tells nothing of what that is."""
    return hmac.digest(secret_key.encode(), f"try {what}".encode(), "sha256").hex()


def _networks(address: str) -> Iterator[_Network]:
    """Yield what one visitor may hold: an IPv4 address; of IPv6 a /64, and a /48 more mildly.

    A /48 may be a house of many lines, or one stranger with 65,536 of them.
    """
    try:
        known = read_address(address)
    except ValueError:
        yield _Network(address)
        return
    if isinstance(known, IPv6Address):
        yield _Network(f"{int(known) >> 64}/64")
        yield _Network(f"{int(known) >> 80}/48", wider=4)
    else:
        yield _Network(str(known))


def take_attempt(session: Session, names: AttemptNames, *, now: datetime) -> Attempt:
    """Count one more try under its names; or none of them, and say how long to wait."""
    _one_at_a_time(session, {*names.waits, *names.own, *names.beside})
    wait = max(_seconds_to_wait(session, key, limit, now) for key, limit in names.waits.items())
    if wait and not _is_granted(session, names, now):
        return Attempt(wait_seconds=wait)
    counted = {*names.own, *(names.beside if wait else names.waits)}
    rows = [LoginAttempt(key_hash=key, at=now) for key in counted]
    session.add_all(rows)
    session.flush()
    return Attempt(tuple(row.id for row in rows))


def return_attempt(session: Session, attempt: Attempt) -> None:
    """Forget a try that was right."""
    session.exec(delete(LoginAttempt).where(col(LoginAttempt.id).in_(attempt.ids)))


def forget_before(session: Session, key: str, when: datetime) -> None:
    """Throw away what was counted under one name until `when`: for what counts often and not for long."""
    session.exec(delete(LoginAttempt).where(col(LoginAttempt.key_hash) == key, col(LoginAttempt.at) <= when))


def _one_at_a_time(session: Session, keys: set[str]) -> None:
    if session.get_bind().dialect.name == "postgresql":  # SQLite's writers already stand in line
        for key in sorted(keys):
            session.connection().execute(_ONE_AT_A_TIME, {"key": key})


def _seconds_to_wait(session: Session, key: str, limit: AttemptLimit, now: datetime) -> int:
    tries, last = _count(session, key, now - limit.period)
    left = last + limit.wait(tries) - now if last else timedelta()
    return max(0, math.ceil(left.total_seconds()))


def _is_granted(session: Session, names: AttemptNames, now: datetime) -> bool:
    granted = (*names.own.items(), *names.beside.items())
    return bool(names.own) and all(
        _count(session, key, now - one.period)[0] < one.free for key, one in granted
    )


def _count(session: Session, key: str, since: datetime) -> tuple[int, datetime | None]:
    counted = select(func.count(), func.max(LoginAttempt.at))
    return session.exec(counted.where(LoginAttempt.key_hash == key, LoginAttempt.at > since)).one()
