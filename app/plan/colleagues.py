"""Whom one chooses among colleagues: all of them where they are few, else those who are likely, and by name.

Nobody chooses well from a hundred names on a phone. So a page lists a few at the most, whoever works in the
municipality, and the others are looked for by name.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, literal, union_all
from sqlalchemy.orm import aliased
from sqlmodel import col, or_, select

from app.identity.models import Department, Person, PersonRole
from app.identity.role_conditions import holds_role
from app.identity.rules import STAFF, Role, name_matches
from app.identity.text_normalisation import name_key
from app.plan.models import Absence, ContactAssignment
from app.plan.tie_conditions import CONTACT_FOR_GOOD, IS_CONTACT_NOW, NOW
from app.store.prepared import Reader
from app.store.query import RowSelect, id_list, rows_of, select_columns

MOST_LISTED = 20  # so many stand in a list; where there are more they are looked for by name
MOST_FOUND = 10
MOST_LIKELY = 6

_ME = bindparam("me", type_=Uuid())
_WHOSE = bindparam("whose", type_=Uuid())
_me: Any = aliased(Person)
LED_DEPARTMENT = select(_me.department_id).where(_me.id == _ME).scalar_subquery()
_member: Any = aliased(Person)


class Group(StrEnum):
    """Among whom somebody (`me`) chooses."""

    SUBSTITUTES = "substitutes"  # others who may be contact persons now
    SUCCESSORS = "successors"  # of them, those whose role has no end
    LED = "led"  # who works in the department that `me` leads, `me` too
    LED_CONTACTS = "led_contacts"  # of it, who is somebody's contact person: also one who has left


class Likely(StrEnum):
    """Why somebody is likely to be chosen."""

    USUAL = "usual"  # their standing substitute
    BEFORE = "before"  # has stood in for them
    RETURNED = "returned"  # has been stood in for by them


class Colleague(NamedTuple):
    """Somebody who can be chosen, with what tells two of one name apart."""

    id: UUID
    name: str
    title: str | None
    department: str | None


@dataclass(frozen=True, slots=True)
class ColleagueSearch:
    """What a form holds of a choice among colleagues."""

    group: Group
    me: UUID
    chosen: UUID | None
    wanted: str  # a piece of a name; empty: nobody is looked for
    is_new: bool  # who has it was not on the page that the form was sent from
    whose: UUID | None = None  # for whom somebody is chosen; None: nobody is likelier than another


@dataclass(frozen=True, slots=True)
class ColleagueOffer:
    """Whom a page offers."""

    listed: Sequence[Colleague]
    chosen: UUID | None
    searched: bool = True  # there are more than are listed: they are looked for by name
    likely: Mapping[UUID, Likely] = field(default_factory=dict)
    found: int | None = None  # so many of them have the name; None: nobody is looked for
    more: bool = False  # and others have it too


class _Found(NamedTuple):
    """Who has a name, and whether there are more than are shown."""

    shown: list[Colleague]
    more: bool
    exact: list[UUID]  # of them, those whose whole name it is


def _contacts(*conditions: Any) -> tuple[Any, Any]:
    """Return who is a contact person now, but `me`, of the same municipality; and the column of it."""
    home = select(_me.municipality_id).where(_me.id == _ME).scalar_subquery()
    key: Any = col(PersonRole.person_id)
    members = (
        select(key)
        .join(_member, _member.id == key)
        .where(PersonRole.role == Role.CONTACT, key != _ME, PersonRole.starts_at <= NOW)
        .where(or_(col(PersonRole.ends_at).is_(None), col(PersonRole.ends_at) > NOW), *conditions)
        .where(func.coalesce(_member.municipality_id, home) == home)  # no way in: it is everybody's
    )
    return members.distinct(), key


def _of_department(*conditions: Any) -> tuple[Any, Any]:
    """Return who is of the department of `me`; and the column of it."""
    return select(_member.id).where(_member.department_id == LED_DEPARTMENT, *conditions), _member.id


def _has_citizens() -> Any:
    standing = select(ContactAssignment.id).where(ContactAssignment.person_id == _member.id, IS_CONTACT_NOW)
    return standing.correlate(_member).exists()


def _was_contact() -> Any:
    ever = select(PersonRole.id).where(PersonRole.person_id == _member.id, PersonRole.role == Role.CONTACT)
    return ever.correlate(_member).exists()


_MEMBERS = {
    Group.SUBSTITUTES: _contacts(),
    Group.SUCCESSORS: _contacts(CONTACT_FOR_GOOD),
    Group.LED: _of_department(holds_role(_member.id, STAFF)),
    Group.LED_CONTACTS: _of_department(_was_contact(), _has_citizens()),
}


_columns: list[Any] = [Person.sort_key, Person.id, Person.name, Person.title, Department.name]
_ROWS = select_columns(*_columns).outerjoin(Department, col(Department.id) == Person.department_id)


def is_of(group: Group, person_id: Any) -> Any:
    """Return that somebody is of a group: asked of them alone, and not of all who are."""
    members, key = _MEMBERS[group]
    return members.where(key == person_id).correlate_except(PersonRole, _member, _me).exists()


def _shown(members: Any) -> RowSelect:
    return _ROWS.where(col(Person.id).in_(members))


def _names(members: Any) -> RowSelect:
    return select_columns(Person.id, Person.name).where(col(Person.id).in_(members))


# No more than one more than a list holds: there the database stops.
_FEW = {
    group: _shown(select(members.limit(MOST_LISTED + 1).subquery()))
    for group, (members, _key) in _MEMBERS.items()
}
_THOSE = {group: _ROWS.where(col(Person.id).in_(id_list()), is_of(group, Person.id)) for group in Group}
_NAMES = {group: _names(members) for group, (members, _key) in _MEMBERS.items()}

_usual: list[Any] = [literal(Likely.USUAL.value), Person.substitute_id, Person.created_at]
_before: list[Any] = [literal(Likely.BEFORE.value), Absence.substitute_id, func.max(Absence.starts_at)]
_returned: list[Any] = [literal(Likely.RETURNED.value), Absence.person_id, func.max(Absence.starts_at)]
_LIKELY = rows_of(
    union_all(
        select_columns(*_usual).where(Person.id == _WHOSE, col(Person.substitute_id).is_not(None)),
        select_columns(*_before).where(Absence.person_id == _WHOSE).group_by(col(Absence.substitute_id)),
        select_columns(*_returned).where(Absence.substitute_id == _WHOSE).group_by(col(Absence.person_id)),
    )
)
_COUNTS = (
    select_columns(ContactAssignment.person_id, func.count())
    .where(col(ContactAssignment.person_id).in_(id_list()), IS_CONTACT_NOW)
    .group_by(col(ContactAssignment.person_id))
)


def offer_colleagues(session: Reader, search: ColleagueSearch, *, now: datetime) -> ColleagueOffer:
    """Return whom to offer: all of the group if they are few, else who is likely or has the name.

    A name that is typed in full, and that one alone has, is a choice; another new one is none yet.
    """
    few = _list_few(session, search, now)
    if few is not None:
        return ColleagueOffer(few, search.chosen, searched=False)
    if not search.wanted:
        return _offer_likely(session, search, now)
    found, chosen = _find_named(session, search, now), search.chosen
    if search.is_new:
        chosen = found.exact[0] if len(found.exact) == 1 else None
    others = {search.chosen} - {one.id for one in found.shown} - {None}
    before = list_those(session, search.group, search.me, [one for one in others if one], now=now)
    return ColleagueOffer([*before, *found.shown], chosen, found=len(found.shown), more=found.more)


def _offer_likely(session: Reader, search: ColleagueSearch, now: datetime) -> ColleagueOffer:
    likely = _list_likely(session, search.whose) if search.whose else {}
    order = list(dict.fromkeys(one for one in (search.chosen, *likely) if one))
    those = {one.id: one for one in list_those(session, search.group, search.me, order, now=now)}
    listed = [those[one] for one in order if one in those][:MOST_LIKELY]
    return ColleagueOffer(listed, search.chosen, likely=likely)


def _list_few(session: Reader, search: ColleagueSearch, now: datetime) -> list[Colleague] | None:
    """Return all of a group by name; None where there are more than MOST_LISTED of them."""
    found = _by_name(session.exec(_FEW[search.group], params={"me": search.me, "now": now}))
    return found if len(found) <= MOST_LISTED else None


def _find_named(session: Reader, search: ColleagueSearch, now: datetime) -> _Found:
    """Return whom the name may mean, by name, no more than MOST_FOUND. Two queries."""
    wanted, key = search.wanted, name_key(search.wanted)
    names = session.exec(_NAMES[search.group], params={"me": search.me, "now": now})
    exact = [one for one, name in names if name_key(name) == key]
    part = sorted((name.casefold(), one) for one, name in names if name_matches(name, wanted))
    ids = list(dict.fromkeys([*exact, *(one for _name, one in part)]))
    shown = list_those(session, search.group, search.me, ids[:MOST_FOUND], now=now)
    return _Found(shown, len(ids) > MOST_FOUND, exact)


def list_those(
    session: Reader, group: Group, me: UUID, person_ids: Collection[UUID], *, now: datetime
) -> list[Colleague]:
    """Return those of these people who are of the group, by name."""
    asked = {"me": me, "now": now, "ids": list(person_ids)}
    return _by_name(session.exec(_THOSE[group], params=asked)) if person_ids else []


def _list_likely(session: Reader, whose: UUID) -> dict[UUID, Likely]:
    """Return who is likely to stand in for somebody, and why: the likeliest first."""
    order = list(Likely)
    rows = sorted(
        session.exec(_LIKELY, params={"whose": whose}),
        key=lambda row: (order.index(Likely(row[0])), -row[2].timestamp(), row[1]),
    )
    found: dict[UUID, Likely] = {}
    for why, person_id, _at in rows:
        found.setdefault(person_id, Likely(why))
    return found


def count_citizens(session: Reader, person_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return of how many citizens these are the contact persons; nobody's are not in it."""
    rows = session.exec(_COUNTS, params={"ids": list(person_ids)}) if person_ids else ()
    return {person_id: number for person_id, number in rows}


def _by_name(rows: Iterable[Any]) -> list[Colleague]:
    """Return them in the order of names; asked for it, SQLite would look through everybody."""
    return [Colleague(*row[1:]) for row in sorted(rows, key=lambda row: (row[0], row[1]))]
