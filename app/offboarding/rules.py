"""What can keep somebody's access from being ended, and what ending it came to. Pure."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from app.errors import Refused
from app.identity.rules import Role


class NothingToEnd(Refused):
    """The person holds no such role."""

    reason = "Personen har ikke den rolle, så der er ikke noget at slutte."


class LastAdministrator(Refused):
    """Without an administrator nobody could let anybody in."""

    reason = "Det er den sidste administrator. Giv en anden rollen først."


class HasCitizens(Refused):
    """A contact person whose citizens would be left without one."""

    reason = (
        "Personen er kontaktperson. Antal borgere: %(count)s."
        " Vælg først, hvem der overtager. Intet er ændret."
    )


class CannotTakeOver(Refused):
    """Who is to have the citizens can't be their contact person."""

    reason = "Den, der skal overtage, kan ikke være kontaktperson for dem. Vælg en anden. Intet er ændret."


@dataclass(frozen=True, slots=True)
class EndOfAccess:
    """Whose access ends, and from when."""

    person_id: UUID
    at: datetime  # what has passed means now
    role: Role | None = None  # None: those of their work, or all where there is none
    handover_to: UUID | None = None  # who is contact person of their citizens from now on


@dataclass(frozen=True, slots=True)
class WaysIn:
    """By what somebody could come in: how many of each."""

    sessions: int = 0
    passkeys: int = 0
    invitations: int = 0
    feeds: int = 0


@dataclass(frozen=True, slots=True)
class AccessEnded:
    """What was ended. The counts are of what worked until now."""

    roles: tuple[Role, ...]
    at: datetime
    ways_in: WaysIn = field(default_factory=WaysIn)
    handed_over: int = 0  # citizens who have another contact person now
    stands_in_for: int = 0  # colleagues who have no working substitute from then on
    stays: tuple[Role, ...] = ()  # the roles that are kept
