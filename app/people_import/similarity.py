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
    told, agreeing = told_by_both(one, other), agreeing_facts(one, other)
    if not told:
        return Similarity.UNTOLD
    if not agreeing:
        return Similarity.OTHER
    return Similarity.SAME if agreeing == told else Similarity.DOUBTFUL


def told_by_both(one: Mapping[str, Any], other: Mapping[str, Any]) -> set[str]:
    """Return which of birth date, phone and e-mail both descriptions tell."""
    return {fact for fact in TELLING if one.get(fact) is not None and other.get(fact) is not None}


def agreeing_facts(one: Mapping[str, Any], other: Mapping[str, Any]) -> set[str]:
    """Return which of birth date, phone and e-mail are told by both, and are the same."""
    both = told_by_both(one, other)
    return {fact for fact in both if TELLING[fact](one[fact]) == TELLING[fact](other[fact])}


def contradicts(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Say whether any of birth date, phone and e-mail is told by both, and isn't the same."""
    return agreeing_facts(one, other) != told_by_both(one, other)
