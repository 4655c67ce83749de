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


class ActingScope(StrEnum):
    """What somebody who acts for a citizen may."""

    PLAN = "plan"  # read what is in the plan
    WRITE = "write"  # read what is shared before it is in the plan
    MEETINGS = "meetings"
    MESSAGES = "messages"  # read the thread with the contact person
    CONSENT = "consent"  # say the yes that it takes of somebody under 18


# The citizen has a say in these: a no ends them, and who has custody must have a yes to exactly this first.
ASKED_SCOPES = (ActingScope.WRITE, ActingScope.MESSAGES)
# What the citizen can end by herself; the others are decided by law or by an authority.
ENDED_BY_CITIZEN = (RepresentationKind.PARTY_REPRESENTATIVE, RepresentationKind.POWER_OF_ATTORNEY)


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
