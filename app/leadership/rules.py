"""One thing that is late, as a leader sees it: whose it is and whose turn, not a word of it. Pure."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class LateItem:
    """An answer that has not come in time."""

    citizen: str  # the name
    kind: str  # as its source calls it
    answer_by: date  # the day it was promised
    contact: str  # the contact person's name
    phone: str | None  # theirs
    contact_away: bool
    substitute: str | None  # who was let in to answer; None: nobody is named

    @property
    def turn(self) -> tuple[str, ...]:
        """The names of those who are to answer: the contact person unless away, and who was let in."""
        both = (self.contact, self.substitute)
        if self.contact_away and self.substitute:
            return (self.substitute,)
        return tuple(name for name in both if name)
