"""How long whoever asks may be kept waiting for a lock: one deadline for all that a request waits for.

Without one each wait had a patience of its own, and they added up: a lock that another program held on SQLite
kept a form for 160 seconds (twice 20, four times over), and eight of them kept everybody else from reading.

A deadline counts from when the request came, so that those who stood in line for a thread are told in time as
well. Outside a request (the worker, the command line) nobody stands and waits: there it is BUSY_SECONDS each.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from time import monotonic

BUSY_SECONDS = 20  # for a lock, on either database, where nobody has set a deadline
READ_SECONDS = 0.6  # all that a page waits for: it is there within one
QUESTION_SECONDS = 0.5  # each question of it: less, so that it is the same for most and seldom told anew
WRITE_SECONDS = 3.5  # all that a form waits for: its sender is told within five, though many wait
LATE_READ_SECONDS = 0.2  # for a page that comes after its deadline, and would note who reads
LATE_SECONDS = 2.0  # for one whose deadline passed in line, where no lock was met: it was only busy
LEAST_SECONDS = 0.02  # and where the last to try met a lock that it could not have: then all are told at once


@dataclass(frozen=True, slots=True)
class Deadline:
    """When to give up waiting, by `monotonic`, and how long one who comes too late may wait all the same."""

    ends: float
    late: float

    def seconds_left(self, *, held: bool) -> float:
        return max(LEAST_SECONDS if held else self.late, self.ends - monotonic())

    def seconds_in_line(self, *, held: bool) -> float:
        """Return how long to stand in line behind writers of our own: they are soon done, if no lock is held.

        A page, and what it marks, does not stand there for long.
        """
        return BUSY_SECONDS if self.late >= LATE_SECONDS and not held else self.seconds_left(held=held)


class LockSeen:
    """Whether the last who tried to write met a lock that did not end: then nobody waits long behind it."""

    held = False


_current: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


@contextmanager
def within(seconds: float, *, since: float | None = None, late: float = LEAST_SECONDS) -> Iterator[None]:
    """Let the block wait for locks until `seconds` after `since` (by `monotonic`; None: now), or sooner.

    A deadline around it still holds: it never becomes later. `late`: how long who comes after it may wait.
    """
    ends, around = (monotonic() if since is None else since) + seconds, _current.get()
    if around is not None:
        ends, late = min(ends, around.ends), min(late, around.late)
    token = _current.set(Deadline(ends, late))
    try:
        yield
    finally:
        _current.reset(token)


def has_deadline() -> bool:
    return _current.get() is not None


def seconds_left(*, held: bool = False) -> float:
    """Return how long may still be waited for a lock: never quite nothing.

    `held`: the last who tried to write could not, for a lock that did not end.
    """
    current = _current.get()
    return BUSY_SECONDS if current is None else current.seconds_left(held=held)


def seconds_in_line(*, held: bool) -> float:
    """Return how long a writer of this process may wait for the others."""
    current = _current.get()
    return BUSY_SECONDS if current is None else current.seconds_in_line(held=held)


def seconds_to_read() -> float:
    """Return how long a question may wait: a page is never worth as much patience as what somebody wrote."""
    return min(seconds_left(), QUESTION_SECONDS) if has_deadline() else BUSY_SECONDS


def has_patience() -> bool:
    """Say whether who waited in vain waited long, so that the lock is one that others will not get either."""
    current = _current.get()
    return current is None or current.late >= LATE_SECONDS


def is_too_late() -> bool:
    """Say whether there is no time left to try once more."""
    current = _current.get()
    return current is not None and monotonic() >= current.ends
