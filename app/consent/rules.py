"""When one plan is allowed: with the citizen's yes, and for the young also the custody holder's. Pure."""

from collections.abc import Collection
from datetime import date
from enum import StrEnum
from uuid import UUID

ADULT_AGE = 18


class RepresentationKind(StrEnum):
    GUARDIAN = "guardian"  # værge
    CUSTODY = "custody"  # forældremyndighed
    PARTY_REPRESENTATIVE = "party_representative"  # partsrepræsentant
    POWER_OF_ATTORNEY = "power_of_attorney"  # fuldmagt


def is_minor(born_on: date | None, today: date) -> bool:
    """Say whether somebody is under 18; an unknown day of birth counts as grown up."""
    if born_on is None:
        return False
    had_birthday = (today.month, today.day) >= (born_on.month, born_on.day)
    return today.year - born_on.year - (not had_birthday) < ADULT_AGE


def is_enough(
    citizen_id: UUID, said_yes: Collection[UUID], *, minor: bool, custody_holders: Collection[UUID]
) -> bool:
    """Say whether those who said yes suffice for one plan.

    At 16 and 17 the young person and a custody holder both must.
    """
    if citizen_id not in said_yes:
        return False
    return not minor or any(holder in said_yes for holder in custody_holders)
