"""The departments a list names: those the municipality has, in its settings or already in the database.

A department more, by a slip of the pen, would hide its people from their leader and its meetings from nobody.
So another is refused unless it is asked for.
"""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from uuid import UUID, uuid4

from sqlalchemy import insert
from sqlmodel import Session, select

from app.config import Site
from app.identity.models import Department
from app.people_import.line_errors import LineProblem
from app.people_import.rules import PersonRow

UNKNOWN = (
    "Afdelingen kendes ikke.{meant} Skriv den i kommunens indstillinger, eller hent filen med"
    " --new-departments."
)
Places = dict[str, UUID]  # departments by casefolded name


def read_departments(session: Session, municipality_id: UUID, site: Site) -> tuple[Places, int]:
    """Return the departments there are, and how many of them are new: those the settings have since named."""
    known = select(Department.name, Department.id).where(Department.municipality_id == municipality_id)
    places = {name.casefold(): one for name, one in session.exec(known)}
    since = (name for name in site.departments if name.casefold() not in places)
    added = _add(session, municipality_id, since)
    return places | added, len(added)


def unknown_departments(rows: Iterable[PersonRow], places: Places, names: Iterable[str]) -> list[LineProblem]:
    """Return a fault for each line whose department there is none of. The cell is not quoted; ours may be."""
    by_key = {name.casefold(): name for name in names}
    problems = []
    for row in rows:
        if row.department and row.department.casefold() not in places:
            near = get_close_matches(row.department.casefold(), by_key, n=1)
            meant = f" Mente du »{by_key[near[0]]}«?" if near else ""
            problems.append(LineProblem(row.line, "afdeling", UNKNOWN.format(meant=meant)))
    return problems


def add_departments(
    session: Session, municipality_id: UUID, named: Mapping[str, str], places: Places
) -> Places:
    """Make those that are named, by casefolded name, and aren't there; return them."""
    return _add(session, municipality_id, (name for key, name in sorted(named.items()) if key not in places))


def _add(session: Session, municipality_id: UUID, names: Iterable[str]) -> Places:
    new = [{"id": uuid4(), "municipality_id": municipality_id, "name": name} for name in names]
    if new:
        session.exec(insert(Department), params=new)
    return {str(row["name"]).casefold(): UUID(str(row["id"])) for row in new}
