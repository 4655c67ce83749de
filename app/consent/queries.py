"""How the yes to one plan stands: who has said it, since when, and who must still say it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Uuid, bindparam
from sqlmodel import Session, and_, col, or_, select

from app.consent.models import Consent, Representation
from app.consent.rules import RepresentationKind, is_enough, is_minor
from app.dates.local_time import danish_day
from app.identity.models import Person
from app.identity.rules import first_name
from app.store.query import select_columns

_CITIZEN = bindparam("citizen_id", type_=Uuid())
_TODAY = bindparam("today", type_=Date())

# Of the rows of Representation; whoever asks gives the value `today`.
ACTS_TODAY: Any = and_(
    Representation.starts_on <= _TODAY,
    or_(col(Representation.ends_on).is_(None), Representation.ends_on > _TODAY),
)

_BORN = select(col(Person.born_on)).where(col(Person.id) == _CITIZEN)
_YESES = (
    select_columns(Consent.given_by, Consent.given_at, Consent.revoked_at)
    .where(Consent.citizen_id == _CITIZEN)
    .order_by(col(Consent.given_at))
)
_HOLDERS = (
    select(Person.id, Person.name)
    .join(Representation, col(Representation.person_id) == Person.id)
    .where(
        Representation.citizen_id == _CITIZEN, Representation.kind == RepresentationKind.CUSTODY, ACTS_TODAY
    )
    .order_by(col(Person.sort_key))
)


@dataclass(frozen=True, slots=True)
class ConsentState:
    """The citizen's yes as it stands today."""

    given_on: date | None  # None: it does not stand
    revoked_on: date | None  # None: never taken back, or given again since
    minor: bool
    holders: Sequence[str]  # first names of the custody holders of somebody under 18
    enough: bool  # all who must have said yes have


def read_consent(session: Session, citizen_id: UUID, *, now: datetime) -> ConsentState:
    """Return how the yes stands at `now`. Three queries."""
    today = danish_day(now)
    said = session.exec(_YESES, params={"citizen_id": citizen_id}).all()
    holders = session.exec(_HOLDERS, params={"citizen_id": citizen_id, "today": today}).all()
    minor = is_minor(session.exec(_BORN, params={"citizen_id": citizen_id}).first(), today)
    own = [one for one in said if one.given_by == citizen_id]
    last = own[-1] if own else None
    stands = last is not None and last.revoked_at is None
    return ConsentState(
        given_on=danish_day(last.given_at) if last and stands else None,
        revoked_on=danish_day(last.revoked_at) if last and not stands else None,
        minor=minor,
        holders=[first_name(name) for _id, name in holders] if minor else [],
        enough=is_enough(
            citizen_id,
            {one.given_by for one in said if one.revoked_at is None},
            minor=minor,
            custody_holders=[one for one, _name in holders],
        ),
    )
