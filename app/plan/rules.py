"""The states of the one plan, and what ties somebody to a citizen. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from app.access.policy import Subject
from app.consent.rules import RepresentationKind
from app.dates.local_time import danish_day

_MOMENT = timedelta(microseconds=1)


class PlanState(StrEnum):
    WAITING = "waiting"  # waits for the citizen's yes
    ACTIVE = "active"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class CitizenTie:
    """What ties the reader to a citizen. `subject` knows no yes; the rest tells of the nearest tie."""

    subject: Subject
    stands_in_for: str | None = None  # the contact person who is away; None: it is another tie
    until: datetime | None = None  # when the reader no longer stands in; None: no end is set
    since: datetime | None = None  # when the reader became the contact person; None: it is another tie
    let_in: bool = False  # a late answer is all that lets the reader in: they answer it, and no more
    area: str | None = None  # the area of life a professional helps in
    kind: RepresentationKind | None = None  # how a representative represents

    @property
    def citizen_id(self) -> UUID:
        return self.subject.citizen_id

    @property
    def last_day(self) -> date | None:
        """The last whole day on which the reader stands in: what ends at midnight ends the day before."""
        return danish_day(self.until - _MOMENT) if self.until else None


@dataclass(frozen=True, slots=True)
class ListFilter:
    """What a citizen must be to be shown: all that is on."""

    waits: bool = False  # waits for the reader
    no_consent: bool = False  # there is no yes to one plan
    interpreter: bool = False  # needs one
    changed: bool = False  # the plan has changed since the reader saw it
    area_id: UUID | None = None  # has a goal in this area of life; None: whichever

    @property
    def is_on(self) -> bool:
        return self != ListFilter()
