"""Who is meant at the terminal: by id, phone, e-mail or the number another system knows them by, or by name.

A word is never guessed at: it may be a phone and a number at once, and a family shares a phone. So all whom
it fits are returned, and the caller refuses to choose.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, and_, col, or_, select

from app.identity.cpr import cpr_digits
from app.identity.credentials import Passkey
from app.identity.models import Department, Municipality, Person, PersonRole
from app.identity.name_search import find_by_beginnings
from app.identity.rules import Role
from app.identity.text_normalisation import email_key, name_key
from app.people_import.fields import read_number, read_phone
from app.people_import.line_errors import InvalidCell
from app.people_import.matching import number_hashes
from app.plan.bulk import contact_persons
from app.store.key_fingerprint import SecretKeys
from app.store.query import select_columns

AT_ONCE = 500  # ids in one question


NO_CPR = (
    "Skriv ikke et CPR-nummer her: det bliver stående i terminalens historik."
    " Brug telefon, e-mail eller navn."
)


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role that somebody holds, or will hold; `ends_at` None: until further notice."""

    role: Role
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """Somebody as the terminal tells of them: no contact data and nothing of a plan."""

    id: UUID
    name: str
    department: str | None
    roles: tuple[HeldRole, ...]  # empty: somebody who has left
    has_passkey: bool


def find_identified(
    session: Session, said: str, keys: SecretKeys | None, *, now: datetime, most: int | None = None
) -> list[FoundPerson]:
    """Return everybody whose id, phone, e-mail or number is `said`; numbers only where there is a key.

    `most`: no more are read, as of an office's phone.

    Raises:
        InvalidCell: it is a CPR number, which would stay in the terminal's history.
    """
    said = said.strip()
    if cpr_digits(said):
        raise InvalidCell(NO_CPR)
    found: list[UUID] = []
    for way in _ways(said, keys):  # one by one: each has its index
        wanted = select(Person.id).where(way).order_by(col(Person.id))
        found += session.exec(wanted if most is None else wanted.limit(most)).all()
    return read_found(session, found[:most], now=now)


def search_people(
    session: Session, text: str, keys: SecretKeys | None, *, now: datetime, most: int | None = None
) -> list[FoundPerson]:
    """Return everybody with words in their name that begin so, and all whom `find_identified` finds, by name.

    `most`: no more of either are read.

    Raises:
        InvalidCell: it is a CPR number, which would stay in the terminal's history.
    """
    found = {one.id: one for one in find_identified(session, text, keys, now=now, most=most)}
    named = find_by_beginnings(session, text, most=most)
    found |= {one.id: one for one in read_found(session, named, now=now)}
    return sorted(found.values(), key=lambda one: (name_key(one.name), one.id))


def list_department(session: Session, department: str, *, now: datetime) -> list[FoundPerson] | None:
    """Return who works in a department, by name; None if there is no department of that name."""
    known = session.exec(select_columns(Department.id, Department.name)).all()
    meant = [row.id for row in known if row.name.casefold() == department.strip().casefold()]
    if not meant:
        return None
    ids = session.exec(select(Person.id).where(col(Person.department_id).in_(meant))).all()
    here = [one for one in read_found(session, ids, now=now) if one.roles]
    return sorted(here, key=lambda one: (name_key(one.name), one.id))


def list_citizens_of(session: Session, staff: Collection[FoundPerson], *, now: datetime) -> list[FoundPerson]:
    """Return the citizens whose contact persons these are, in their order and by name: who hands out what."""
    order = {one.id: place for place, one in enumerate(staff)}
    contacts = {citizen: one for citizen, one in contact_persons(session).items() if one in order}
    found = [one for one in read_found(session, list(contacts), now=now) if one.roles]
    return sorted(found, key=lambda one: (order[contacts[one.id]], name_key(one.name), one.id))


def _ways(said: str, keys: SecretKeys | None) -> Iterable[Any]:
    """Yield each condition on a row of Person by which the word may be meant."""
    with suppress(ValueError):
        yield Person.id == UUID(said)
    if "@" in said:
        yield Person.email == email_key(said)
        return
    with suppress(InvalidCell):
        yield Person.phone == read_phone(said)
    if keys is not None and said:
        with suppress(InvalidCell):
            yield has_number(number_hashes(keys, read_number(said)))


def has_number(hashes: Collection[str]) -> Any:
    """Return the condition that somebody is known by a number; its index begins with the municipality."""
    return and_(
        col(Person.municipality_id).in_(select(Municipality.id)), col(Person.external_key).in_(hashes)
    )


def read_found(session: Session, ids: Collection[UUID], *, now: datetime) -> list[FoundPerson]:
    """Return these people."""
    found: list[FoundPerson] = []
    wanted = list(dict.fromkeys(ids))
    for start in range(0, len(wanted), AT_ONCE):
        found += _read_some(session, wanted[start : start + AT_ONCE], now)
    return found


def _read_some(session: Session, ids: Collection[UUID], now: datetime) -> list[FoundPerson]:
    roles: dict[UUID, list[HeldRole]] = defaultdict(list)
    standing = select_columns(PersonRole.person_id, PersonRole.role, PersonRole.ends_at).where(
        col(PersonRole.person_id).in_(ids),
        or_(col(PersonRole.ends_at).is_(None), col(PersonRole.ends_at) > now),
    )
    for row in session.exec(standing.order_by(col(PersonRole.role))):
        roles[row.person_id].append(HeldRole(row.role, row.ends_at))
    keys = select(Passkey.person_id).where(col(Passkey.person_id).in_(ids), col(Passkey.revoked_at).is_(None))
    with_key = set(session.exec(keys))
    department: Any = col(Department.name).label("department")
    people = select_columns(Person.id, Person.name, department)
    people = people.outerjoin(Department, col(Department.id) == Person.department_id)
    return [
        FoundPerson(row.id, row.name, row.department, tuple(roles[row.id]), row.id in with_key)
        for row in session.exec(people.where(col(Person.id).in_(ids)))
    ]
