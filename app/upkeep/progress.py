"""How far something long has come, told now and then; of what is soon done nothing is told."""

from collections.abc import Callable
from time import monotonic

FIRST_SECONDS, EVERY_SECONDS = 2.0, 10.0

Say = Callable[[str], object]


class Progress:
    """Tells `say` what is under way: first when it has taken a while, then at most so often.

    What is done calls `begin` for each part of it, and `go_on` as often as it likes.
    """

    def __init__(
        self, say: Say | None = None, *, first: float = FIRST_SECONDS, every: float = EVERY_SECONDS
    ) -> None:
        self._say, self._every = say, every
        self._what, self._due = "", monotonic() + first
        self._began = monotonic()

    def begin(self, what: str) -> None:
        """Name the part that begins now."""
        self._what, self._began = what, monotonic()
        self.go_on()

    def go_on(self, done: int | None = None, of: int | None = None) -> None:
        """Say that the part goes on: how many of what it counts are done, or else for how long it has."""
        now = monotonic()
        if self._say is None or now < self._due:
            return
        self._due = now + self._every
        if done is None:
            self._say(f"{self._what} … {now - self._began:.0f} sek.")
        else:
            self._say(f"{self._what} … {_number(done)}" + ("" if of is None else f" af {_number(of)}"))


def _number(count: int) -> str:
    """Return a number as it is written in Danish."""
    return f"{count:,}".replace(",", ".")
