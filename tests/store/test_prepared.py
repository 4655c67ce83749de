"""A look finds what a session finds, and fails as a session fails."""

from typing import Any

import pytest
from sqlalchemy import String, Uuid, bindparam, cast
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from app.goals.statements import PLAN
from app.identity.models import Person, PersonRole
from app.plan.queries import find_contact_now
from app.plan.relations import find_subject
from app.store.db import Database
from app.store.prepared import PreparedReader, execute_prepared, id_params, in_ids
from tests.cast import NOW, People

NAME: Any = select(col(Person.id), col(Person.name)).where(col(Person.slug) == bindparam("slug"))
ROLES: Any = select(col(PersonRole.id)).where(
    col(PersonRole.person_id) == bindparam("person_id", type_=Uuid()),
    cast(col(PersonRole.role), String) == bindparam("role"),
)
ID: Any = select(Person.id).where(Person.slug == bindparam("slug"))
LISTED: Any = select(col(Person.name)).where(col(Person.slug).in_(["anna", "line"]))


def test_it_finds_what_a_session_finds(database: Database, people: People) -> None:
    with database.reading() as session, PreparedReader(database) as look:
        for where in (session, look):
            found = where.exec(NAME, params={"slug": "anna"}).all()
            assert list(map(tuple, found)) == [(people.anna.id, people.anna.name)]
            assert where.exec(ID, params={"slug": "anna"}).all() == [people.anna.id]  # one column: its values
            assert where.exec(NAME, params={"slug": "nobody"}).first() is None
        for slug in ("anna", "bent", "line"):
            someone = getattr(people, slug).id
            for reader in (someone, people.line.id):
                found = find_subject(session, someone, reader, now=NOW)
                assert find_subject(look, someone, reader, now=NOW) == found
            assert find_contact_now(look, someone, now=NOW) == find_contact_now(session, someone, now=NOW)
            plan = session.exec(PLAN, params={"citizen_id": someone}).first()
            assert look.exec(PLAN, params={"citizen_id": someone}).first() == (plan and tuple(plan))


def test_it_sees_what_was_written_since_it_last_asked(database: Database, people: People) -> None:
    with PreparedReader(database) as look:
        look.exec(NAME, params={"slug": "anna"})
        with database.writing() as session:
            session.get_one(Person, people.anna.id).name = "Anna Ny"
        assert look.exec(NAME, params={"slug": "anna"}).first().name == "Anna Ny"


def test_trouble_is_the_same_and_tells_no_values(database: Database) -> None:
    with database.writing() as session:
        session.connection().exec_driver_sql("ALTER TABLE person RENAME TO nowhere")
    with PreparedReader(database) as look, pytest.raises(DBAPIError) as trouble:
        look.exec(NAME, params={"slug": "a secret"})
    assert "a secret" not in str(trouble.value)


def test_a_list_of_values_is_refused(database: Database) -> None:
    with PreparedReader(database) as look, pytest.raises(ValueError, match="list"):
        look.exec(LISTED, params={})


def test_a_model_is_refused(database: Database) -> None:
    with PreparedReader(database) as look, pytest.raises(ValueError, match="columns"):
        look.exec(select(Person), params={})


def test_inside_a_transaction_it_finds_what_nobody_else_can_yet(database: Database, people: People) -> None:
    with database.writing() as session, PreparedReader(database) as outside:
        session.get_one(Person, people.anna.id).name = "Anna Ny"  # not even sent to the database
        assert execute_prepared(session, NAME, {"slug": "anna"}).first().name == "Anna Ny"
        assert outside.exec(NAME, params={"slug": "anna"}).first().name == people.anna.name


def test_trouble_inside_a_transaction_ends_it_as_a_sessions_own(database: Database, people: People) -> None:
    def rename_and_ask() -> None:
        with database.writing() as session:
            session.get_one(Person, people.anna.id).name = "Anna Ny"
            session.connection().exec_driver_sql("ALTER TABLE person_role RENAME TO nowhere")
            execute_prepared(session, ROLES, {"person_id": people.anna.id, "role": "a secret"})

    with pytest.raises(DBAPIError) as trouble:
        rename_and_ask()
    assert "a secret" not in str(trouble.value)
    with database.reading() as session:
        assert execute_prepared(session, NAME, {"slug": "anna"}).first().name == people.anna.name


def test_so_many_ids_are_said_one_by_one(database: Database, people: People) -> None:
    some = [people.anna.id, people.line.id, people.bent.id]
    with database.reading() as session:
        for many in (1, 3):
            names: Any = select(col(Person.name)).where(in_ids(col(Person.id), many))
            assert len(execute_prepared(session, names, id_params(some[:many]))) == many
