"""Meetings that a citizen's pages don't tell of (skjult): at a hidden place, or with a hidden department.

Decision: anybody of a hidden department in it, or who called it, hides it: their name alone would tell. So
does a place that was written by hand, if a hidden one's name or address stands in it. Who sees such a meeting
all the same is `Field.HIDDEN` of the policy. The others read when it is, and whom to ask.

Decision: of an address it is the part before its first comma that counts, and "Skovstien 9" stands in
"Skovstien 91" as well: a meeting too many is kept quiet before one is told of.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import Text, Uuid, bindparam, func
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import aliased
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import Session, and_, or_, select

from app.config import Site
from app.identity.models import Department, Municipality, Person
from app.meetings.models import Meeting, Participant, Place
from app.store.prepared import Reader, execute_prepared

_CAPITALS = "ÆØÅÄÖÜÉ"


class before_comma(FunctionElement[str]):  # noqa: N801 — SQL functions are written small
    """What stands before the first comma of a text: the street of an address."""

    type = Text()
    inherit_cache = True


@compiles(before_comma, "sqlite")
def _sqlite(element: before_comma, compiler: SQLCompiler, **more: Any) -> str:
    said = compiler.process(element.clauses, **more)
    return f"substr({said}, 1, instr({said} || ',', ',') - 1)"


@compiles(before_comma, "postgresql")
def _postgresql(element: before_comma, compiler: SQLCompiler, **more: Any) -> str:
    return f"split_part({compiler.process(element.clauses, **more)}, ',', 1)"


def _small(said: Any) -> Any:
    """Return the text in small letters: of SQLite, and of some servers, lower() knows a to z alone."""
    small: Any = func.lower(said)
    for letter in _CAPITALS:
        small = func.replace(small, letter, letter.lower())
    return small


def _stands_in(part: Any, whole: Any) -> Any:
    """Say whether `part` is in `whole`, in whatever letters, and none of it is a wildcard."""
    return func.replace(_small(whole), func.trim(_small(part)), "") != _small(whole)


_place: Any = aliased(Place)
_person: Any = aliased(Person)
_department: Any = aliased(Department)
_there: Any = aliased(Participant)


def _is_told_in(said: Any) -> Any:
    return or_(_stands_in(_place.name, said), _stands_in(before_comma(_place.address), said))


_AT_HIDDEN_PLACE = (
    select(_place.id)
    .where(
        _place.hidden,
        or_(_place.id == Meeting.place_id, _is_told_in(Meeting.place)),
    )
    .correlate(Meeting)
    .exists()
)
_OF_HIDDEN_DEPARTMENT = select(_person.id).join(
    _department, and_(_department.id == _person.department_id, _department.hidden)
)
# One for each: PostgreSQL would look through everybody for who is this, or among those.
_CALLED_BY_HIDDEN = _OF_HIDDEN_DEPARTMENT.where(_person.id == Meeting.organiser_id).correlate(Meeting)
_WITH_HIDDEN = (
    _OF_HIDDEN_DEPARTMENT.join(_there, _there.subject_id == _person.id)
    .where(_there.meeting_id == Meeting.id)
    .correlate(Meeting)
)
_WITH_HIDDEN_DEPARTMENT = or_(_CALLED_BY_HIDDEN.exists(), _WITH_HIDDEN.exists())
# Of a row of Meeting.
IS_HIDDEN: Any = or_(_AT_HIDDEN_PLACE, _WITH_HIDDEN_DEPARTMENT)

_ONE = select(Meeting.id).where(Meeting.id == bindparam("meeting_id", type_=Uuid()), IS_HIDDEN)
_TOLD_IN = select(_place.id).where(_place.hidden, _is_told_in(bindparam("said", type_=Text())))


def tells_hidden_place(session: Reader, said: str) -> bool:
    """Say whether a hidden place's name or address stands in the text."""
    return execute_prepared(session, _TOLD_IN, {"said": said}).first() is not None


def is_hidden(session: Reader, meeting_id: UUID) -> bool:
    """Say whether a citizen's pages don't tell of this meeting."""
    return execute_prepared(session, _ONE, {"meeting_id": meeting_id}).first() is not None


def apply_hidden(session: Session, site: Site) -> None:
    """Mark departments and places as the municipality's TOML says, and lay the places that are new there.

    What the TOML doesn't name is not hidden.
    """
    municipality_id = session.exec(select(Municipality.id).where(Municipality.name == site.name)).first()
    if municipality_id is None:
        return  # nothing is laid yet
    places = {one.name.casefold(): one for one in session.exec(_of(Place, municipality_id))}
    for told in site.places:
        place = places.get(told.name.casefold())
        if place is None:
            place = Place(municipality_id=municipality_id, name=told.name, address=told.address)
            session.add(place)
            places[told.name.casefold()] = place
    quiet = {one.name.casefold() for one in site.places if one.hidden}
    for name, place in places.items():
        place.hidden = name in quiet
    quiet = {name.casefold() for name in site.hidden_departments}
    for department in session.exec(_of(Department, municipality_id)):
        department.hidden = department.name.casefold() in quiet
    session.flush()


def _of(table: Any, municipality_id: UUID) -> Any:
    return select(table).where(table.municipality_id == municipality_id)
