"""What is late in a department: first whose it is, for the log, then the names. One question each."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, union_all
from sqlalchemy.orm import aliased
from sqlmodel import and_, select

from app.dates.local_time import danish_day
from app.identity.models import Person
from app.leadership.rules import LateItem
from app.leadership.sources import SOURCES
from app.plan.models import Absence, ContactAssignment, Cover
from app.plan.tie_conditions import IS_AWAY_NOW, IS_CONTACT_NOW, LETS_IN_NOW
from app.store.prepared import Reader
from app.store.query import RowSelect, id_list, select_columns

_late = union_all(*(one.late for one in SOURCES)).subquery("late")
_citizen: Any = aliased(Person)
_contact: Any = aliased(Person)
_substitute: Any = aliased(Person)


def _of_department(*columns: Any) -> RowSelect:
    """Return a select of what is late with the contact persons of one department."""
    return (
        select_columns(*columns)
        .select_from(_late)
        .join(ContactAssignment, and_(ContactAssignment.citizen_id == _late.c.citizen_id, IS_CONTACT_NOW))
        .join(_contact, _contact.id == ContactAssignment.person_id)
        .where(_contact.department_id == bindparam("department_id", type_=Uuid()))
    )


def _items() -> RowSelect:
    away = select(Absence.id).where(Absence.person_id == _contact.id, IS_AWAY_NOW).exists()
    names: list[Any] = [
        _citizen.name,
        _late.c.kind,
        _late.c.answer_by,
        _contact.name,
        _contact.phone,
    ]
    return (
        _of_department(*names, away.label("contact_away"), _substitute.name.label("substitute"))
        .join(_citizen, _citizen.id == _late.c.citizen_id)
        .outerjoin(Cover, and_(Cover.about_id == _late.c.about_id, LETS_IN_NOW))
        .outerjoin(_substitute, _substitute.id == Cover.substitute_id)
        .where(_late.c.citizen_id.in_(id_list()))
        .order_by(_late.c.answer_by, _citizen.sort_key, _late.c.about_id)
    )


_CITIZENS, _ITEMS = _of_department(_late.c.citizen_id).distinct(), _items()


def list_late_citizens(session: Reader, department_id: UUID | None) -> Sequence[UUID]:
    """Return the citizens who wait for a late answer from a department's contact persons. No names."""
    rows = session.exec(_CITIZENS, params={"department_id": department_id})
    return [row.citizen_id for row in rows]


def list_late_items(
    session: Reader, department_id: UUID | None, citizen_ids: Collection[UUID], *, now: datetime
) -> Sequence[LateItem]:
    """Return what is late of these citizens, what was promised first before the rest. Log the list first."""
    if not citizen_ids:
        return []
    asked = {
        "department_id": department_id,
        "ids": list(citizen_ids),
        "now": now,
        "today": danish_day(now),
    }
    return [LateItem(*row) for row in session.exec(_ITEMS, params=asked)]
