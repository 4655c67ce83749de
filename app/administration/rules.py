"""What an administrator does, as it is remembered, and what may not be done. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.errors import Refused
from app.identity.rules import STAFF, Role

MOST_SHEETS = 50  # invitations made in one go by a page: more would be a page too heavy to print


class ChangedMeanwhile(Refused):
    """Another has changed the roles since the page was shown."""

    reason = "En anden har ændret rollerne imens. Se dem igennem, og send igen, hvis det stadig passer."


class AlreadyHolds(Refused):
    """The person holds the role in some of the time."""

    reason = "Personen har allerede rollen i noget af den tid. Afslut den gamle først, eller vælg andre dage."


class NobodyToGive(Refused):
    """There is no such person or department."""

    reason = "Den person eller afdeling er her ikke mere. Søg igen."


class OwnWays(Refused):
    """Who closed their own ways in would be out, and perhaps nobody could let them in."""

    reason = (
        "Dine egne adgangsnøgler fjerner du under Indstillinger. "
        "Er din telefon væk, så bed en kollega om at lukke dem."
    )


class HasContact(Refused):
    """A citizen's contact person changes by a handover, of which both are told."""

    reason = "Borgeren har en kontaktperson. Kontaktpersonen kan overdrage borgeren til en anden."


class NothingToClose(Refused):
    """The person has no way in."""

    reason = "Personen har ingen vej ind, så der er ikke noget at lukke."


class InvitationState(StrEnum):
    """What has become of an invitation, by the word in an address."""

    OPEN = "aabne"
    RUN_OUT = "udloebet"
    USED = "brugte"


GIVEN = tuple(role for role in Role if role in STAFF)  # a citizen or a representative comes with a list


@dataclass(frozen=True, slots=True)
class RoleToGive:
    """A role as an administrator writes it: from a moment, until another or for good, in a department."""

    person_id: UUID
    role: Role
    starts_at: datetime
    ends_at: datetime | None  # None: until further notice
    department_id: UUID


@dataclass(frozen=True, slots=True)
class ContactToGive:
    """A citizen, and their contact person as an administrator writes them: name, number or e-mail."""

    citizen_id: UUID
    said: str
    sent: str = ""  # the mark of the form they came by


@dataclass(frozen=True, slots=True)
class HeldSpan:
    """A role somebody holds or held."""

    role: Role
    starts_at: datetime
    ends_at: datetime | None

    def overlaps(self, other: "HeldSpan") -> bool:
        """Say whether both hold at some moment."""
        starts_first = self.ends_at is None or other.starts_at < self.ends_at
        return starts_first and (other.ends_at is None or self.starts_at < other.ends_at)

    def holds(self, now: datetime) -> bool:
        return self.starts_at <= now and not self.is_over(now)

    def is_over(self, now: datetime) -> bool:
        return self.ends_at is not None and self.ends_at <= now
