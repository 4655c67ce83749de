"""Who people are to the municipality, and how long a sign-in lasts. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.errors import Refused
from app.identity.text_normalisation import name_words


class WrittenByAnother(Refused):
    """A form stands on one person's page, and another sends it."""

    reason = "En anden har skrevet det, så det blev ikke sendt. Den, der skrev det, skal selv logge ind."


class Role(StrEnum):
    CITIZEN = "citizen"
    CONTACT = "contact"
    PROFESSIONAL = "professional"
    REPRESENTATIVE = "representative"
    LEADER = "leader"
    ADMINISTRATOR = "administrator"


STAFF = frozenset({Role.CONTACT, Role.PROFESSIONAL, Role.LEADER, Role.ADMINISTRATOR})


class TextSize(StrEnum):
    NORMAL = "normal"
    LARGE = "large"
    LARGEST = "largest"


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long a sign-in lasts: unused, and in all."""

    idle: timedelta
    absolute: timedelta


CITIZEN_LIFETIME = Lifetime(timedelta(minutes=15), timedelta(hours=12))
STAFF_LIFETIME = Lifetime(timedelta(minutes=30), timedelta(hours=8))
FRESH = timedelta(minutes=5)  # how new a sign-in must be to change how one signs in
SEEN_STEP = timedelta(minutes=1)  # a visit is written down at most this often: reading stays reading


def lifetime(roles: frozenset[Role]) -> Lifetime:
    """Return how long somebody with these roles stays signed in: longer at work, never long unused."""
    return STAFF_LIFETIME if roles & STAFF else CITIZEN_LIFETIME


def is_live(opened_at: datetime, last_seen_at: datetime, now: datetime, life: Lifetime) -> bool:
    """Say whether a session may still be used at `now`."""
    return now - last_seen_at < life.idle and now - opened_at < life.absolute


def is_fresh(opened_at: datetime, now: datetime) -> bool:
    """Say whether somebody has just signed in: asked for before what a borrowed phone must not do."""
    return now - opened_at < FRESH


def first_name(name: str) -> str:
    return name.split(maxsplit=1)[0] if name.split() else name


def name_matches(name: str, wanted: str) -> bool:
    """Say whether each word of `wanted` begins a word of the name, in the letters that names are found by.

    Where nothing is wanted all match; what has no letter or digit in it begins no name.
    """
    looked_for = name_words(wanted)
    if not looked_for:
        return not wanted.strip()
    words = name_words(name)
    return all(any(word.startswith(beginning) for word in words) for beginning in looked_for)
