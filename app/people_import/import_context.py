"""What a list, or one person, is held against: the municipality, its keys, and the people it knows."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from babel import Locale
from sqlmodel import Session, col, select

from app import i18n
from app.availability.languages import SIGNED
from app.config import Site
from app.dates.local_time import danish_day
from app.identity.models import Department, Municipality, Person, PersonRole
from app.identity.rules import Role
from app.people_import.fields import plain_word
from app.people_import.line_errors import whole_file
from app.people_import.matching import KnownPerson
from app.people_import.old_numbers import count_old_numbers
from app.people_import.role_changes import Held
from app.people_import.rules import CellContext
from app.plan.models import LifeArea
from app.store.key_fingerprint import SecretKeys, read_keys
from app.store.query import select_columns

READ = ("name", "external_key", "phone", "email", "title", "born_on", "interpreter_language",
        "protected_address", "department_id")  # fmt: skip


def cell_context(now: datetime) -> CellContext:
    """Return what cells are understood by; languages by code, by Danish name and by their own name."""
    interface = {plain_word(name): one.code for one in i18n.LANGUAGES for name in (one.code, one.own_name)}
    danish = {plain_word(name): code for code, name in Locale("da").languages.items() if len(code) <= 3}  # noqa: PLR2004
    codes = {code: code for code in danish.values()}
    ours = {one.code for one in i18n.LANGUAGES}
    interface |= {name: code for name, code in danish.items() if code in ours} | {"farsi": "fa"}
    signed = {"tegnsprog": SIGNED, "dansk tegnsprog": SIGNED}
    return CellContext(today=danish_day(now), interface=interface, spoken=codes | danish | interface | signed)


def get_municipality(session: Session, site: Site) -> UUID:
    """Return the municipality's id; the first time, lay it with its departments and areas of life.

    Its row is locked: of two who take in the same person at once, one waits, and then finds them.

    Raises:
        BadFile: the database is another municipality's.
    """
    known = {one.name: one.id for one in session.exec(select(Municipality).with_for_update(key_share=True))}
    if site.name in known:
        return known[site.name]
    if known:
        raise whole_file("Databasen hører til en anden kommune end den i ENPLAN_CONFIG.")
    municipality = Municipality(name=site.name)
    session.add(municipality)
    session.flush()
    session.add_all(Department(municipality_id=municipality.id, name=name) for name in site.departments)
    areas = enumerate(site.areas)
    session.add_all(
        LifeArea(municipality_id=municipality.id, name=name, position=place) for place, name in areas
    )
    session.flush()
    return municipality.id


def get_keys(session: Session, secret_key: str, old_key: str | None) -> SecretKeys:
    """Return the keys; raise BadFile if numbers wait for the old one and it isn't here: all would be new."""
    keys = read_keys(session.connection(), secret_key, old_key)
    waiting = count_old_numbers(session, keys)
    if waiting and keys.old is None:
        raise whole_file(
            f"Numre, der kun kan genkendes med den gamle nøgle: {waiting}. Sæt ENPLAN_SECRET_KEY_OLD."
        )
    return keys


def read_known(
    session: Session, municipality_id: UUID, *, among: Collection[UUID] | None = None, now: datetime
) -> Iterator[KnownPerson]:
    """Yield who the municipality knows, with the roles that hold or will, and those that have ended.

    `among`: these alone, who are few; None: everybody. Of a role that is held in two spans of time the first
    one counts: it says whether they have it now, and whether that ends.
    """
    held: dict[UUID, Held] = defaultdict(dict)
    past: dict[UUID, set[Role]] = defaultdict(set)
    not_begun: dict[UUID, set[Role]] = defaultdict(set)
    columns = (PersonRole.person_id, PersonRole.role, PersonRole.starts_at, PersonRole.ends_at)
    roles = select_columns(*columns).order_by(col(PersonRole.starts_at).desc())
    facts_of = (getattr(Person, name) for name in ("id", *READ))
    people = select_columns(*facts_of).where(col(Person.municipality_id) == municipality_id)
    if among is not None:
        roles = roles.where(col(PersonRole.person_id).in_(among))
        people = people.where(col(Person.id).in_(among))
    for person_id, role, starts_at, ends_at in session.exec(roles):
        past[person_id].add(role)
        if ends_at is None or ends_at > now:
            held[person_id][role] = ends_at
            (not_begun[person_id].add if starts_at > now else not_begun[person_id].discard)(role)
    for row in session.exec(people):
        facts: dict[str, Any] = dict(row._mapping)
        one, holds = facts.pop("id"), held[row.id]
        known = KnownPerson(one, facts, dict(holds), dict(facts), dict(holds), frozenset(past[row.id]))
        known.not_begun = frozenset(not_begun[row.id])
        yield known
