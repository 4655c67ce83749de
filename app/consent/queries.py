"""How the yes to one plan stands: who has said it, since when, and who must still say it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Row, String, Uuid, bindparam, extract, func, literal_column
from sqlalchemy.orm import aliased
from sqlmodel import and_, cast, col, or_, select

from app.consent.models import Consent, Representation, RepresentationScope
from app.consent.rules import ADULT_AGE, ASKED_SCOPES, ActingScope, RepresentationKind, is_enough, is_minor
from app.dates.local_time import danish_day
from app.identity.models import Person
from app.identity.rules import first_name
from app.store.prepared import Reader
from app.store.query import select_columns

_CITIZEN = bindparam("citizen_id", type_=Uuid())
_TODAY = bindparam("today", type_=Date())


def _as_number(day: Any) -> Any:
    """Return a day as year, month and day in one number, so that two differ by whole years: 20260302."""
    return extract("year", day) * 10000 + extract("month", day) * 100 + extract("day", day)


# Who has custody acts for a child: on the eighteenth birthday it is over, whatever the paper says.
_child: Any = aliased(Person)
_IS_GROWN_UP = (
    select(_child.id)
    .where(
        _child.id == Representation.citizen_id,
        _as_number(_TODAY) - _as_number(_child.born_on) >= ADULT_AGE * 10000,
    )
    .correlate(Representation)
    .exists()
)
# Of the rows of Representation; whoever asks gives the value `today`.
ACTS_TODAY: Any = and_(
    Representation.starts_on <= _TODAY,
    or_(col(Representation.ends_on).is_(None), Representation.ends_on > _TODAY),
    col(Representation.ended_at).is_(None),
    or_(Representation.kind != RepresentationKind.CUSTODY, ~_IS_GROWN_UP),
)
# Of the rows of RepresentationScope, beside their Representation: it counts today. What the citizen has a say
# in counts unless she said no; of one who has custody, only if she said yes.
SCOPE_HOLDS: Any = and_(
    RepresentationScope.starts_on <= _TODAY,
    or_(col(RepresentationScope.ends_on).is_(None), RepresentationScope.ends_on > _TODAY),
    or_(
        col(RepresentationScope.scope).not_in(ASKED_SCOPES),
        func.coalesce(RepresentationScope.citizen_yes, Representation.kind != RepresentationKind.CUSTODY),
    ),
)
_OF_IT: Any = and_(RepresentationScope.representation_id == Representation.id, SCOPE_HOLDS)
_PLUS: Any = literal_column("'+'")


def listed_scopes(*conditions: Any) -> Any:
    """Return, of a row of Representation, its scopes of which this is true: "plan+meetings"; null: none."""
    names = func.aggregate_strings(cast(RepresentationScope.scope, String), _PLUS)
    return select(names).where(*conditions).correlate(Representation).scalar_subquery()


SCOPES = listed_scopes(_OF_IT)  # those that count today


def acts_with(scope: ActingScope) -> Any:
    """Return, of a row of Representation, that this scope counts today."""
    found = select(RepresentationScope.id).where(_OF_IT, RepresentationScope.scope == scope)
    return found.correlate(Representation).exists()


def read_scopes(text: str | None) -> frozenset[ActingScope]:
    """Return what `listed_scopes` says."""
    return frozenset(map(ActingScope, text.split("+"))) if text else frozenset()


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
class HolderConsent:
    """One who has custody of somebody under 18, and their yes as it stands today."""

    person_id: UUID
    name: str
    given_on: date | None  # None: it does not stand
    revoked_on: date | None  # None: never taken back, or given again since

    @property
    def first_name(self) -> str:
        return first_name(self.name)


@dataclass(frozen=True, slots=True)
class ConsentState:
    """The citizen's yes as it stands today."""

    given_on: date | None  # None: it does not stand
    revoked_on: date | None  # None: never taken back, or given again since
    minor: bool
    holders: Sequence[HolderConsent]  # who has custody of somebody under 18; none of a grown-up
    enough: bool  # all who must have said yes have

    def find_holder(self, person_id: UUID) -> HolderConsent | None:
        """Return the yes of one who has custody of somebody under 18; None: they have not."""
        return next((one for one in self.holders if one.person_id == person_id), None)


def read_consent(session: Reader, citizen_id: UUID, *, now: datetime) -> ConsentState:
    """Return how the yes stands at `now`. Three queries."""
    today = danish_day(now)
    said = session.exec(_YESES, params={"citizen_id": citizen_id}).all()
    holders = session.exec(_HOLDERS, params={"citizen_id": citizen_id, "today": today}).all()
    minor = is_minor(session.exec(_BORN, params={"citizen_id": citizen_id}).first(), today)
    given_on, revoked_on = _days(said, citizen_id)
    return ConsentState(
        given_on=given_on,
        revoked_on=revoked_on,
        minor=minor,
        holders=[HolderConsent(one, name, *_days(said, one)) for one, name in holders] if minor else [],
        enough=is_enough(
            citizen_id,
            {one.given_by for one in said if one.revoked_at is None},
            minor=minor,
            custody_holders=[one for one, _name in holders],
        ),
    )


def _days(said: Sequence[Row[*tuple[Any, ...]]], by: UUID) -> tuple[date | None, date | None]:
    """Return the day of somebody's yes if it stands, and the day it was taken back if it does not."""
    last = next((one for one in reversed(said) if one.given_by == by), None)
    if last is None:
        return None, None
    if last.revoked_at is None:
        return danish_day(last.given_at), None
    return None, danish_day(last.revoked_at)
