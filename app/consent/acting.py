"""Those who act for a citizen, on her own page: what each may, until when, and what she can say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam
from sqlmodel import col

from app.consent.models import Representation, RepresentationScope
from app.consent.queries import ACTS_TODAY, SCOPES, listed_scopes, read_scopes
from app.consent.rules import ASKED_SCOPES, ENDED_BY_CITIZEN, ActingScope, RepresentationKind
from app.dates.local_time import danish_day
from app.errors import Missing
from app.identity.models import Person
from app.identity.role_conditions import holds_role
from app.identity.rules import Role, first_name
from app.store.prepared import Reader
from app.store.query import select_columns

_registered = listed_scopes(
    RepresentationScope.representation_id == Representation.id, col(RepresentationScope.ends_on).is_(None)
)
_ACTING = (
    select_columns(
        Representation.id,
        Person.name,
        Representation.kind,
        Representation.ends_on,
        SCOPES.label("scopes"),
        _registered.label("registered"),
    )
    .join(Person, col(Person.id) == Representation.person_id)
    .where(Representation.citizen_id == bindparam("citizen_id", type_=Uuid()), ACTS_TODAY)
    .where(holds_role(Representation.person_id, [Role.REPRESENTATIVE]))
    .order_by(col(Person.sort_key), col(Representation.id))
)


@dataclass(frozen=True, slots=True)
class ActingPerson:
    """One who acts for the citizen, by one paper."""

    id: UUID  # of the representation
    name: str
    kind: RepresentationKind
    ends_on: date | None  # None: no end is set
    scopes: frozenset[ActingScope]  # what they may today
    asked: Sequence[ActingScope]  # what the citizen has a say in

    @property
    def first_name(self) -> str:
        return first_name(self.name)

    @property
    def can_be_ended(self) -> bool:
        """True when the citizen can end it by herself."""
        return self.kind in ENDED_BY_CITIZEN


def list_acting(session: Reader, citizen_id: UUID, *, now: datetime) -> list[ActingPerson]:
    """Return who acts for the citizen today, by name: not one whose role has ended. One query."""
    rows = session.exec(_ACTING, params={"citizen_id": citizen_id, "today": danish_day(now), "now": now})
    return [
        ActingPerson(
            row.id,
            row.name,
            row.kind,
            row.ends_on,
            read_scopes(row.scopes),
            _asked(row.kind, read_scopes(row.registered)),
        )
        for row in rows
    ]


def get_acting(session: Reader, citizen_id: UUID, representation_id: UUID, *, now: datetime) -> ActingPerson:
    """Return one of them; raise Missing if there is none such."""
    for one in list_acting(session, citizen_id, now=now):
        if one.id == representation_id:
            return one
    raise Missing


def _asked(kind: RepresentationKind, registered: frozenset[ActingScope]) -> list[ActingScope]:
    """Return what the citizen has a say in: who has custody can be given both, others keep what they have."""
    return [one for one in ASKED_SCOPES if kind is RepresentationKind.CUSTODY or one in registered]
