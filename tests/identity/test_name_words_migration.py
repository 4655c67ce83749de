"""The step by which people are found fills in the names there are, and acts of before stand."""

import pytest
from sqlmodel import select, update

from app.access.act_kinds import ActKind
from app.access.models import AdministrationAct
from app.identity.models import Person, PersonNameWord
from app.identity.name_search import find_by_beginnings
from app.migrations import schema
from app.store.db import Database
from tests.cast import NOW, People

pytestmark = pytest.mark.both_databases

BEFORE = 39  # the step before


def test_who_was_here_before_is_found_and_what_was_done_is_remembered(
    people: People, database: Database
) -> None:
    anna = people.anna.id
    with database.writing() as session:
        for kind in (ActKind.PERSON_ADDED, ActKind.ROLE_ENDED, ActKind.WAYS_CLOSED):
            session.add(AdministrationAct(at=NOW, kind=kind, person_id=anna, roles="citizen"))
    schema.migrate(database, f"-{int(schema.head()) - BEFORE}")
    with database.writing() as session:
        typed = {"name": "Åse Ny", "email": "Anna@Kommunen.example", "phone": "20 30 40 50"}
        session.exec(update(Person).where(Person.id == anna).values(**typed))  # type: ignore[arg-type]
    schema.migrate(database)
    with database.reading() as session:
        assert list(find_by_beginnings(session, "aas")) == [anna]
        assert find_by_beginnings(session, "anna") == []
        found = session.get_one(Person, anna)
        assert (found.email, found.phone) == ("anna@kommunen.example", "20304050")
        kinds = session.exec(select(AdministrationAct.kind)).all()
        assert sorted(kinds) == [ActKind.ROLE_ENDED, ActKind.ROLE_GIVEN]
        with_words = set(session.exec(select(PersonNameWord.person_id)))
        assert with_words == set(session.exec(select(Person.id)))
