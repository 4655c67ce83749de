"""A look finds what a session finds, and fails as a session fails."""

from threading import Barrier, Thread
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import String, Uuid, bindparam, cast, insert
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from app.access.models import AccessLogEntry
from app.goals.statements import PLAN
from app.identity.models import Person, PersonRole
from app.plan.queries import find_contact_now
from app.plan.relations import find_subject
from app.store.db import Database
from app.store.prepared import MOST_RESTING, PreparedReader, execute_prepared, insert_rows
from app.store.query import id_list
from tests.cast import NOW, People

pytestmark = pytest.mark.both_databases

NAME: Any = select(col(Person.id), col(Person.name)).where(col(Person.slug) == bindparam("slug"))
ROLES: Any = select(col(PersonRole.id)).where(
    col(PersonRole.person_id) == bindparam("person_id", type_=Uuid()),
    cast(col(PersonRole.role), String) == bindparam("role"),
)
ID: Any = select(Person.id).where(Person.slug == bindparam("slug"))

LOG: Any = insert(AccessLogEntry.__table__)  # type: ignore[attr-defined]


def test_it_finds_what_a_session_finds(database: Database, people: People) -> None:
    look = PreparedReader(database)
    with database.reading() as session:
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
    look = PreparedReader(database)
    look.exec(NAME, params={"slug": "anna"})
    with database.writing() as session:
        session.get_one(Person, people.anna.id).name = "Anna Ny"
    assert look.exec(NAME, params={"slug": "anna"}).first().name == "Anna Ny"


def test_trouble_is_the_same_and_tells_no_values(database: Database) -> None:
    with database.writing() as session:
        session.connection().exec_driver_sql("ALTER TABLE person RENAME TO nowhere")
    look = PreparedReader(database)
    with pytest.raises(DBAPIError) as trouble:
        look.exec(NAME, params={"slug": "a secret"})
    assert "a secret" not in str(trouble.value)


def test_a_model_is_refused(database: Database) -> None:
    look = PreparedReader(database)
    with pytest.raises(ValueError, match="columns"):
        look.exec(select(Person), params={})


def test_inside_a_transaction_it_finds_what_nobody_else_can_yet(database: Database, people: People) -> None:
    outside = PreparedReader(database)
    with database.writing() as session:
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


def test_a_list_is_asked_in_any_length(database: Database, people: People) -> None:
    some = [people.anna.id, people.line.id, people.bent.id]
    named: Any = select(col(Person.name)).where(
        col(Person.id).in_(id_list()), col(Person.slug).in_(["anna", "line", "bent"])
    )
    look = PreparedReader(database)
    with database.reading() as session:
        for many in (1, 3, 0, 2):
            asked = {"ids": some[:many]}
            assert len(look.exec(named, params=asked)) == many
            assert execute_prepared(session, named, asked) == session.exec(named, params=asked).all()


def test_a_connection_that_was_shut_while_it_rested_is_not_noticed(
    database: Database, people: People
) -> None:
    look = PreparedReader(database)
    look.exec(NAME, params={"slug": "anna"})
    (rested,) = database.resting
    if database.is_sqlite:
        rested.driver_connection.close()
    else:
        with database.engine.connect() as other:
            other.exec_driver_sql(f"SELECT pg_terminate_backend({rested.driver_connection.info.backend_pid})")
    assert look.exec(NAME, params={"slug": "anna"}).first().id == people.anna.id
    assert list(database.resting) != [rested]


def test_a_reader_asks_nothing_but_its_questions(database: Database) -> None:
    look = PreparedReader(database)
    look.exec(NAME, params={"slug": "anna"})
    (rested,) = database.resting
    assert not _in_transaction(rested)
    look.exec(NAME, params={"slug": "anna"})
    assert not _in_transaction(rested)  # or it would have to be ended, and what is read would grow old
    assert list(database.resting) == [rested]


def test_no_writer_draws_a_connection_on_which_each_statement_stands_alone(database: Database) -> None:
    look = PreparedReader(database)
    look.exec(NAME, params={"slug": "anna"})
    database.resting.pop().close()  # as if it had been lost on the way
    with database.writing() as session:
        session.connection().exec_driver_sql("UPDATE person SET title = 'x' WHERE slug = 'anna'")
        assert _in_transaction(session.connection().connection)
        session.rollback()


def test_however_many_read_at_once_there_are_connections_left_to_write_on(database: Database) -> None:
    many = Barrier(40)

    def read() -> None:
        many.wait()
        PreparedReader(database).exec(NAME, params={"slug": "anna"})

    readers = [Thread(target=read) for _ in range(40)]  # the pool has 30
    for one in readers:
        one.start()
    for one in readers:
        one.join()
    assert len(database.resting) <= MOST_RESTING
    with database.writing() as session:
        assert session.exec(select(Person.id)).first()


def _in_transaction(connection: Any) -> bool:
    driver = connection.driver_connection
    if hasattr(driver, "in_transaction"):
        return bool(driver.in_transaction)
    return bool(driver.info.transaction_status)


def test_rows_are_inserted_whole_or_not_at_all(database: Database, people: People) -> None:
    row = {"id": uuid4(), "at": NOW, "citizen_id": people.anna.id, "action": "look", "relation": "team"}
    row |= {"actor_id": people.line.id, "system_id": None, "department_id": None}
    row |= {"session_id": None, "list_digest": None}
    insert_rows(database, {LOG: [row, row | {"id": uuid4()}]})
    with pytest.raises(DBAPIError) as trouble:
        insert_rows(database, {LOG: [row | {"id": uuid4(), "relation": "a secret"}, row]})  # the id stands
    assert "a secret" not in str(trouble.value)
    with database.reading() as session:
        found = session.exec(select(AccessLogEntry).where(AccessLogEntry.action == "look")).all()
    assert {(one.citizen_id, one.actor_id, one.at, one.relation) for one in found} == {
        (people.anna.id, people.line.id, NOW, "team")
    }
    assert len(found) == 2
