"""Who goes over to another contact person, and when: as pages read it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, bindparam, distinct, func, literal, union_all
from sqlalchemy.orm import aliased
from sqlmodel import and_, case, col, or_

from app.identity.models import Person
from app.identity.rules import first_name
from app.plan.models import ContactHandover
from app.plan.tie_conditions import is_contact
from app.store.db import UtcDateTime
from app.store.prepared import Reader
from app.store.query import id_list, rows_of, select_columns

TOLD_FOR = timedelta(days=14)  # that somebody took over, and what was said of it

_ME = bindparam("me", type_=Uuid())
_SINCE = bindparam("since", type_=UtcDateTime())
_before: Any = aliased(Person)
_after: Any = aliased(Person)
_writer: Any = aliased(Person)
_IS_OPEN = and_(col(ContactHandover.done_at).is_(None), col(ContactHandover.withdrawn_at).is_(None))
_columns: tuple[Any, ...] = (
    ContactHandover.citizen_id,
    _before.name,
    _after.name,
    ContactHandover.takes_over_on,
    ContactHandover.note,
    ContactHandover.done_at,
    _writer.name,
    ContactHandover.from_id,
)
_LISTED = (
    select_columns(*_columns)
    .join(_before, _before.id == ContactHandover.from_id)
    .join(_after, _after.id == ContactHandover.to_id)
    .join(_writer, _writer.id == ContactHandover.registered_by)
)
_OPEN_OF = _LISTED.where(col(ContactHandover.citizen_id).in_(id_list()), _IS_OPEN)
_LAST = (
    _LISTED.where(ContactHandover.citizen_id == bindparam("citizen_id", type_=Uuid()))
    .where(or_(_IS_OPEN, ContactHandover.done_at > _SINCE))
    .order_by(case((_IS_OPEN, 0), else_=1), col(ContactHandover.done_at).desc())
    .limit(1)
)


def _counted(direction: str, mine: Any, other: Any, *conditions: Any) -> Any:
    is_done = case((_IS_OPEN, 0), else_=1).label("is_done")
    day = col(ContactHandover.takes_over_on)
    number = func.count(distinct(col(ContactHandover.citizen_id)))  # one may go back and forth on a day
    rows = select_columns(literal(direction), is_done, Person.name, day, number)
    rows = rows.select_from(ContactHandover).join(Person, col(Person.id) == other)
    return rows.where(mine == _ME, *conditions).group_by(is_done, col(Person.id), col(Person.name), day)


# Who has come back since is not somebody else's.
_STAYED_AWAY = ~is_contact(ContactHandover.citizen_id, _ME)
_SUMMARY = rows_of(
    union_all(
        _counted("away", ContactHandover.from_id, ContactHandover.to_id, _IS_OPEN),
        _counted(
            *("away", ContactHandover.from_id, ContactHandover.to_id),
            *(ContactHandover.done_at > _SINCE, _STAYED_AWAY),
        ),
        _counted("here", ContactHandover.to_id, ContactHandover.from_id, _IS_OPEN),
    )
)


@dataclass(frozen=True, slots=True)
class ShownHandover:
    """One citizen's handover, to be or done."""

    citizen_id: UUID
    from_name: str
    to_name: str
    on: date
    note: str | None
    done_at: datetime | None  # None: not yet
    writer: str  # whose note it is: the contact person's before, or who leads them
    from_id: UUID

    @property
    def from_first_name(self) -> str:
        return first_name(self.from_name)

    @property
    def to_first_name(self) -> str:
        return first_name(self.to_name)


class LedContact(NamedTuple):
    """A contact person of one's department, and of how many citizens."""

    id: UUID
    name: str
    number: int


class HandoverSummary(NamedTuple):
    """How many citizens somebody gives or gets, without a name of theirs."""

    gives: bool
    done: bool
    name: str  # the other's
    on: date
    number: int


def list_open_handovers(session: Reader, citizen_ids: Collection[UUID]) -> dict[UUID, ShownHandover]:
    """Return what is to be of these citizens, by citizen."""
    rows = session.exec(_OPEN_OF, params={"ids": list(citizen_ids)}) if citizen_ids else ()
    return {row.citizen_id: ShownHandover(*row) for row in rows}


def find_handover(session: Reader, citizen_id: UUID, *, now: datetime) -> ShownHandover | None:
    """Return a citizen's handover that is to be, else the newest of the last days; None if there is none."""
    row = session.exec(_LAST, params={"citizen_id": citizen_id, "since": now - TOLD_FOR}).first()
    return ShownHandover(*row) if row else None


def list_handover_summaries(session: Reader, person_id: UUID, *, now: datetime) -> list[HandoverSummary]:
    """Return whom somebody is to give or get, and has given these days: counts, soonest first. One query."""
    rows = session.exec(_SUMMARY, params={"me": person_id, "since": now - TOLD_FOR})
    found = [
        HandoverSummary(direction == "away", bool(done), name, on, count)
        for direction, done, name, on, count in rows
    ]
    return sorted(found, key=lambda one: (one.done, one.on, one.name))
