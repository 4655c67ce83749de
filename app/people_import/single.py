"""One person, taken in as a list of one line is: the same cells, the same matching, nobody guessed.

Somebody who is here already is not changed, and in doubt nobody is made: a page shows who it may be. Only
those are read who could be meant, by an index: an office adds somebody while others write.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, select

from app.config import Site
from app.identity.models import Person
from app.identity.name_search import find_by_words
from app.identity.rules import Role
from app.identity.text_normalisation import email_key
from app.people_import import fields
from app.people_import.contacts import assign_contact_names, contact_named
from app.people_import.departments import read_departments
from app.people_import.import_context import cell_context, get_keys, get_municipality, read_known
from app.people_import.line_errors import BadFile, InvalidCell
from app.people_import.linkage import match_rows
from app.people_import.lookup import has_number
from app.people_import.matching import KnownPerson, PersonIndex, number_hashes
from app.people_import.rules import PersonRow, read_one
from app.people_import.service import place_staff, write_people
from app.plan.bulk import assign_contacts, open_first_plans
from app.plan.models import ContactAssignment
from app.plan.tie_conditions import IS_CONTACT_NOW
from app.store.key_fingerprint import SecretKeys


class AlreadyHere(Exception):
    """The person is known, without a doubt. Nothing is changed."""

    def __init__(self, person_id: UUID) -> None:
        super().__init__("the person is here already")
        self.person_id = person_id


class MayBeHere(Exception):
    """It can't be told whether the person is one of these. Nothing is changed."""

    def __init__(self, people: Collection[UUID]) -> None:
        super().__init__("the person may be here already")
        self.people = tuple(people)


@dataclass(frozen=True, slots=True)
class SecretOfSite:
    """The secret key that numbers are hashed with, and the one before it, if it is still tried."""

    current: str
    old: str | None


@dataclass(frozen=True, slots=True)
class PersonToAdd:
    """Somebody new: what a line of a list would say of them, by its columns, and when the role begins."""

    cells: Mapping[str, str]
    starts_at: datetime | None = None  # None: at once


@dataclass(frozen=True, slots=True)
class AddedPerson:
    """Somebody who has been made, and the role they have."""

    id: UUID
    role: Role
    ends_at: datetime | None  # None: until further notice


def add_person(
    session: Session, site: Site, secret: SecretOfSite, wanted: PersonToAdd, *, now: datetime
) -> AddedPerson:
    """Make a person who is new here, with their roles, plan and contact person, in the caller's transaction.

    Raises:
        BadFile: naming which cell can't be taken.
        AlreadyHere, MayBeHere: nobody is made.
    """
    row = read_one(wanted.cells, cell_context(now))
    row.starts_at = wanted.starts_at
    municipality_id = get_municipality(session, site)
    places, _new = read_departments(session, municipality_id, site)
    keys = get_keys(session, secret.current, secret.old)
    meant = _meant(session, row, keys) | (_named(session, row.contact, keys) if row.contact else set())
    index = PersonIndex(read_known(session, municipality_id, among=meant, now=now), keys)
    one = _match(index, row)
    contacts, problems = assign_contact_names(index, set(), {})
    if problems:
        raise BadFile(problems)
    place_staff(session, municipality_id, index, places)
    write_people(session, municipality_id, index, now=now)
    if one.is_citizen:
        open_first_plans(session, [one.id], now=now)
        assign_contacts(session, contacts, now=now)
    ((role, ends_at),) = one.held.items()
    return AddedPerson(one.id, role, ends_at)


def give_contact(
    session: Session, site: Site, secret: SecretOfSite, citizen_id: UUID, said: str, *, now: datetime
) -> bool:
    """Give a citizen who has none the contact person that is named; False: they have one, and it stays.

    Raises:
        InvalidCell: nobody is meant, or several, or one who can't be it.
    """
    municipality_id = get_municipality(session, site)
    keys = get_keys(session, secret.current, secret.old)
    meant = _named(session, said, keys) | {citizen_id}
    index = PersonIndex(read_known(session, municipality_id, among=meant, now=now), keys)
    contact = contact_named(index, index.everybody[citizen_id], said, set())
    standing = select(ContactAssignment.id).where(ContactAssignment.citizen_id == citizen_id, IS_CONTACT_NOW)
    if contact is None or session.exec(standing).first() is not None:
        return False
    open_first_plans(session, [citizen_id], now=now)
    assign_contacts(session, {citizen_id: contact.id}, now=now)
    return True


def _match(index: PersonIndex, row: PersonRow) -> KnownPerson:
    """Return the person that a line makes, who is nobody yet."""
    if match_rows(index, [row]):
        raise MayBeHere([one.id for one in index.known_like(row)])
    (one,) = index.told()
    if one.before:
        raise AlreadyHere(one.id)
    return one


def _meant(session: Session, row: PersonRow, keys: SecretKeys) -> set[UUID]:
    """Return whom a line may be about: the number, the e-mail or the name is theirs."""
    found = set(find_by_words(session, row.name))
    if row.key:
        found.update(_with_number(session, row.key, keys))
    if "email" in row.facts:
        found.update(_with_email(session, row.facts["email"]))
    return found


def _named(session: Session, said: str, keys: SecretKeys) -> set[UUID]:
    """Return whom a cell may mean that names a person: by number, e-mail or name."""
    found = set(find_by_words(session, fields.right_way(said))) | set(_with_email(session, email_key(said)))
    try:
        return found | set(_with_number(session, fields.read_number(said), keys))
    except InvalidCell:
        return found | set(_with_number(session, said, keys))


def _with_number(session: Session, number: str, keys: SecretKeys) -> Collection[UUID]:
    return session.exec(select(Person.id).where(has_number(number_hashes(keys, number)))).all()


def _with_email(session: Session, address: str) -> Collection[UUID]:
    return session.exec(select(Person.id).where(Person.email == address)).all()
