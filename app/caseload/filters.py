"""The filters of the list of citizens: what each is called, and who passes. Which is on, `plan` keeps."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, bindparam
from sqlmodel import col, select

from app.access.policy import areas_shown
from app.caseload.rules import CitizenRow, passes
from app.entries.models import Entry
from app.entries.rules import EntryState
from app.goals.models import Goal
from app.i18n import lazy_gettext as _l
from app.identity.models import Person
from app.plan.models import LifeArea, Plan
from app.plan.rules import ListFilter, PlanState
from app.store.prepared import Reader
from app.store.query import id_list
from app.typed_text import read_id

# By what is sent: the field of a ListFilter, and its name.
SWITCHES: Mapping[str, tuple[str, Any]] = {
    "venter": ("waits", _l("Venter på mig")),
    "aendret": ("changed", _l("Ændret, siden jeg så planen")),
    "uden-ja": ("no_consent", _l("Uden ja til én plan")),
    "tolk": ("interpreter", _l("Skal have tolk")),
}
ALL = "alle"

_AREAS = (
    select(LifeArea.id, LifeArea.name)
    .join(Person, col(Person.municipality_id) == LifeArea.municipality_id)
    .where(Person.id == bindparam("me", type_=Uuid()))
    .order_by(col(LifeArea.position))
)
_WITH_GOAL = (
    select(Plan.citizen_id)
    .join(Entry, col(Entry.plan_id) == Plan.id)
    .join(Goal, col(Goal.entry_id) == Entry.id)
    .where(
        col(Plan.citizen_id).in_(id_list()),
        Plan.state == PlanState.ACTIVE,
        Entry.state == EntryState.IN_PLAN,
        Goal.area_id == bindparam("area_id", type_=Uuid()),
    )
    .distinct()
)


class FilterChoice(NamedTuple):
    """One filter: what is sent to choose it, its name, and whether it is on."""

    value: str
    label: Any
    is_on: bool
    is_area: bool  # its name is the municipality's


def list_choices(session: Reader, me: UUID, wanted: ListFilter) -> list[FilterChoice]:
    """Return all filters there are, in order."""
    switches = [
        FilterChoice(value, label, getattr(wanted, name), False) for value, (name, label) in SWITCHES.items()
    ]
    areas = session.exec(_AREAS, params={"me": me})
    return switches + [FilterChoice(str(one), name, one == wanted.area_id, True) for one, name in areas]


def parse_filter(value: str, *, on: bool) -> dict[str, Any]:
    """Return what is to be so when somebody chooses a filter, or takes it away; nothing if it is none."""
    if value in SWITCHES:
        return {SWITCHES[value][0]: on}
    area_id = read_id(value)
    return {"area_id": area_id if on else None} if area_id else {}


def filtered(session: Reader, rows: Sequence[CitizenRow], wanted: ListFilter) -> list[CitizenRow]:
    """Return the citizens that the filter wants. At most one query."""
    with_goal = _with_goal(session, rows, wanted.area_id) if wanted.area_id else ()
    return [row for row in rows if passes(row, wanted, with_goal)]


def _with_goal(session: Reader, rows: Sequence[CitizenRow], area_id: UUID) -> Collection[UUID]:
    """Return who has a goal in the area, as far as the reader may know of it."""
    theirs = [row for row in rows if row.reads_plan]
    shown = {row.bond.citizen_id: areas_shown(row.subject) for row in theirs}
    ids = [one for one, areas in shown.items() if areas is None or area_id in areas]
    return set(session.exec(_WITH_GOAL, params={"ids": ids, "area_id": area_id})) if ids else ()
