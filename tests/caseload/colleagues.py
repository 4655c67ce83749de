"""More colleagues than a list holds."""

from uuid import UUID

from sqlmodel import Session

from app.i18n import danish_key
from app.identity.models import Person, PersonRole
from app.identity.rules import Role
from app.plan.models import ContactAssignment
from app.store.db import Database
from tests.cast import NOW, People

NAMES = ("Bo Holm", "Bo Holst", "Birte Bo-Krag", "Åse Lund", "Gert Friis")


def hire(database: Database, people: People, number: int, *, name: str = "") -> list[UUID]:
    """Let so many contact persons begin in Line's department, each with a citizen of their own."""
    with database.writing() as session:
        line = session.get_one(Person, people.line.id)
        return [
            add_colleague(session, line, name or f"{NAMES[turn % len(NAMES)]} {turn:03}")
            for turn in range(number)
        ]


def add_colleague(session: Session, like: Person, name: str) -> UUID:
    """Add a contact person of the same department."""
    new, citizen = (
        Person(municipality_id=like.municipality_id, name=one, sort_key=danish_key(one), created_at=NOW)
        for one in (name, f"Borger hos {name}")
    )
    new.title, new.department_id = "Koordinator", like.department_id
    session.add_all([new, citizen])
    session.flush()
    session.add(PersonRole(person_id=new.id, role=Role.CONTACT, starts_at=NOW))
    session.add(PersonRole(person_id=citizen.id, role=Role.CITIZEN, starts_at=NOW))
    session.add(ContactAssignment(citizen_id=citizen.id, person_id=new.id, starts_at=NOW))
    return new.id
