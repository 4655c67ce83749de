"""What is late in a department: first whose it is, for the log, then the names. One question each.

A page holds the oldest alone: the database stops where it has found as many.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Uuid, bindparam, union_all
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, select

from app.identity.models import Person
from app.leadership.rules import LateItem
from app.leadership.sources import SOURCES
from app.plan.models import Absence, ContactAssignment, Cover
from app.plan.tie_conditions import IS_AWAY_NOW, IS_CONTACT_NOW, LETS_IN_NOW
from app.store.prepared import Reader
from app.store.query import RowSelect, id_list, select_columns

LISTED = 20  # on a page

_UP_TO = bindparam("up_to", type_=Integer())
_citizen: Any = aliased(Person)
_contact: Any = aliased(Person)
_substitute: Any = aliased(Person)


@dataclass(frozen=True, slots=True)
class LatePlace:
    """Something that is late, without a name."""

    kind: str
    about_id: UUID
    citizen_id: UUID
    answer_by: date


@dataclass(frozen=True, slots=True)
class LatePage:
    """The oldest of what is late, or the next of it."""

    places: Sequence[LatePlace]
    more: bool

    @property
    def citizen_ids(self) -> set[UUID]:
        return {one.citizen_id for one in self.places}


def _oldest(late: RowSelect) -> Any:
    """Return the oldest of one kind that are with the contact persons of the department."""
    citizen_id, answer_by, about_id = (
        late.selected_columns[name] for name in ("citizen_id", "answer_by", "about_id")
    )
    # Asked of each: begun from those who work in the department, it would be all of their citizens.
    department = select(_contact.department_id).where(_contact.id == ContactAssignment.person_id)
    of_department = late.join(
        ContactAssignment, and_(col(ContactAssignment.citizen_id) == citizen_id, IS_CONTACT_NOW)
    ).where(department.scalar_subquery() == bindparam("department_id", type_=Uuid()))
    return of_department.order_by(answer_by, about_id).limit(_UP_TO).subquery()


_each = union_all(*(select(_oldest(one.late)) for one in SOURCES)).subquery()
_PLACES = (
    select_columns(_each.c.kind, _each.c.about_id, _each.c.citizen_id, _each.c.answer_by)
    .order_by(_each.c.answer_by, _each.c.about_id)
    .limit(_UP_TO)
    .offset(bindparam("skip", type_=Integer()))
)
_away = select(Absence.id).where(Absence.person_id == _contact.id, IS_AWAY_NOW).exists()
_PEOPLE = (
    select_columns(
        *(_citizen.id, _citizen.sort_key, _citizen.name, _contact.name.label("contact"), _contact.phone),
        _away.label("contact_away"),
    )
    .select_from(ContactAssignment)
    .join(_citizen, _citizen.id == ContactAssignment.citizen_id)
    .join(_contact, _contact.id == ContactAssignment.person_id)
    .where(col(ContactAssignment.citizen_id).in_(id_list()), IS_CONTACT_NOW)
)
_COVERS = (
    select_columns(Cover.about_id, _substitute.name)
    .join(_substitute, _substitute.id == Cover.substitute_id)
    .where(col(Cover.about_id).in_(id_list()), LETS_IN_NOW)
)


def read_late_page(session: Reader, department_id: UUID | None, side: int = 1) -> LatePage:
    """Return what waits for a late answer from a department's contact persons, the oldest first. No names."""
    skip = (side - 1) * LISTED
    asked = {"department_id": department_id, "up_to": skip + LISTED + 1, "skip": skip}
    found = [LatePlace(*row) for row in session.exec(_PLACES, params=asked)]
    return LatePage(found[:LISTED], more=len(found) > LISTED)


def list_late_items(session: Reader, page: LatePage, *, now: datetime) -> Sequence[LateItem]:
    """Return what a page holds with its names, what was promised first before the rest. Log it first."""
    if not page.places:
        return []
    people: dict[UUID, Any] = {
        row.id: row for row in session.exec(_PEOPLE, params={"ids": sorted(page.citizen_ids), "now": now})
    }
    about = [one.about_id for one in page.places]
    covers = dict(session.exec(_COVERS, params={"ids": about, "now": now}))
    shown = [(one, people[one.citizen_id]) for one in page.places if one.citizen_id in people]
    return [
        LateItem(
            who.name,
            one.kind,
            one.answer_by,
            who.contact,
            who.phone,
            bool(who.contact_away),
            covers.get(one.about_id),
        )
        for one, who in sorted(
            shown, key=lambda pair: (pair[0].answer_by, pair[1].sort_key, pair[0].about_id)
        )
    ]
