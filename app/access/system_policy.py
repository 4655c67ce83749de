"""What another system may do to a citizen's meetings, and is told of them. Pure.

`may_system()` answers, and no line means no.
"""

from collections.abc import Mapping
from enum import StrEnum

from app.access.conditions import When


class SystemAction(StrEnum):
    """What another system asks to do, or is told, of a citizen and of the meetings that it made itself."""

    FIND = "times:find"
    REASONS = "times:reasons"  # what speaks for a time
    BOOK = "meeting:book"
    READ = "meeting:read"  # when it is, and how it stands
    WORDS = "meeting:words"  # what it is about, where, how and with whom
    HIDDEN = "meeting:hidden"  # the same, of one that no citizen's page may tell of
    MOVE = "meeting:move"
    CHANGE = "meeting:change"
    CANCEL = "meeting:cancel"


SYSTEMS: Mapping[SystemAction, When] = {
    SystemAction.FIND: When.ALWAYS,
    SystemAction.REASONS: When.CONSENTED,
    SystemAction.BOOK: When.CONSENTED,
    SystemAction.READ: When.ALWAYS,
    SystemAction.WORDS: When.CONSENTED,
    SystemAction.HIDDEN: When.NEVER,  # who reads there may be a page of the citizen's too
    SystemAction.MOVE: When.CONSENTED,  # a new time is a booking
    SystemAction.CHANGE: When.CONSENTED,
    SystemAction.CANCEL: When.ALWAYS,
}


def may_system(action: SystemAction, *, consented: bool) -> bool:
    """Say whether another system may; `consented`: the citizen's yes to one plan stands."""
    said = SYSTEMS.get(action, When.NEVER)
    return said is When.ALWAYS or (consented and said is When.CONSENTED)
