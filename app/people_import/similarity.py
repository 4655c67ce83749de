"""What birth date, phone and e-mail say about a line and a person of the same name. Pure.

They are all there is to go by where there is no number. Two people may share a name, a phone or an e-mail
(a family's, an office's), and one person gets a new phone: so only what agrees without a contradiction tells
that two are one, and only what contradicts without agreement tells that they are two.
"""

from collections.abc import Callable, Mapping
from enum import Enum, auto
from typing import Any

from app.identity.text_normalisation import email_key

TELLING: dict[str, Callable[[Any], Any]] = {
    "born_on": lambda day: day,
    "phone": lambda number: number,
    "email": email_key,  # one taken in long ago may have been kept as it was typed
}


class Similarity(Enum):
    """What two descriptions tell about being of one person."""

    SAME = auto()  # something is told by both, and all of it agrees
    UNTOLD = auto()  # nothing is told by both
    DOUBTFUL = auto()  # some agrees, some doesn't
    OTHER = auto()  # something is told by both, and none of it agrees


def compare_facts(one: Mapping[str, Any], other: Mapping[str, Any]) -> Similarity:
    """Return how alike two people's facts, by column of Person, are; None and a missing fact tell nothing."""
    agreeing = {
        plain(one[fact]) == plain(other[fact])
        for fact, plain in TELLING.items()
        if one.get(fact) is not None and other.get(fact) is not None
    }
    if not agreeing:
        return Similarity.UNTOLD
    if len(agreeing) > 1:
        return Similarity.DOUBTFUL
    return Similarity.SAME if True in agreeing else Similarity.OTHER
