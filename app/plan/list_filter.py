"""Which of their citizens somebody wants to see on the list: kept with the person, on whichever device."""

from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, delete
from sqlmodel import Session, col, select

from app.plan.models import CaseloadFilter
from app.plan.rules import ListFilter
from app.store.insert import insert_or_find
from app.store.prepared import Reader
from app.store.query import select_columns

_KEPT = select_columns(
    CaseloadFilter.waits,
    CaseloadFilter.no_consent,
    CaseloadFilter.interpreter,
    CaseloadFilter.changed,
    CaseloadFilter.area_id,
).where(CaseloadFilter.person_id == bindparam("person_id", type_=Uuid()))


def find_filter(session: Reader, person_id: UUID) -> ListFilter:
    """Return what somebody wants to see; all of them, if they have not said."""
    row = session.exec(_KEPT, params={"person_id": person_id}).first()
    if row is None:
        return ListFilter()
    return ListFilter(bool(row[0]), bool(row[1]), bool(row[2]), bool(row[3]), area_id=row[4])


def keep_filter(session: Session, person_id: UUID, **wanted: Any) -> None:
    """Let these be so from now on, and the rest stand: fields of a ListFilter."""
    row: dict[str, Any] = {"person_id": person_id, "waits": False, "no_consent": False}
    row |= {"interpreter": False, "changed": False, "area_id": None}
    mine = select(CaseloadFilter).where(CaseloadFilter.person_id == person_id)
    kept = insert_or_find(session, row, mine)
    for name, value in wanted.items():
        setattr(kept, name, value)


def drop_filter(session: Session, person_id: UUID) -> None:
    """Let all citizens be shown."""
    session.exec(delete(CaseloadFilter).where(col(CaseloadFilter.person_id) == person_id))
