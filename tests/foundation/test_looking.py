"""A look finds what a session finds, and fails as a session fails."""

from typing import Any

import pytest
from sqlalchemy import bindparam, select
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from app.db import Database
from app.goals.rows import PLAN
from app.identity.models import Person
from app.looking import Look
from app.plan.people import find_contact_now
from app.plan.ties import find_subject
from tests.cast import NOW, People

NAME: Any = select(col(Person.id), col(Person.name)).where(col(Person.slug) == bindparam("slug"))
LISTED: Any = select(col(Person.name)).where(col(Person.slug).in_(["anna", "line"]))


def test_it_finds_what_a_session_finds(database: Database, people: People) -> None:
    with database.reading() as session, Look(database) as look:
        for ask in (session, look):
            assert tuple(ask.execute(NAME, {"slug": "anna"}).all()[0]) == (people.anna.id, people.anna.name)
            assert ask.execute(NAME, {"slug": "nobody"}).first() is None
        for slug in ("anna", "bent", "line"):
            someone = getattr(people, slug).id
            assert find_subject(look, someone, now=NOW) == find_subject(session, someone, now=NOW)
            assert find_contact_now(look, someone, now=NOW) == find_contact_now(session, someone, now=NOW)
            plan = session.execute(PLAN, {"citizen_id": someone}).first()
            assert look.execute(PLAN, {"citizen_id": someone}).first() == (plan and tuple(plan))


def test_it_sees_what_was_written_since_it_last_asked(database: Database, people: People) -> None:
    with Look(database) as look:
        look.execute(NAME, {"slug": "anna"})
        with database.writing() as session:
            session.get_one(Person, people.anna.id).name = "Anna Ny"
        assert look.execute(NAME, {"slug": "anna"}).first().name == "Anna Ny"


def test_trouble_is_the_same_and_tells_no_values(database: Database) -> None:
    with database.writing() as session:
        session.connection().exec_driver_sql("ALTER TABLE person RENAME TO nowhere")
    with Look(database) as look, pytest.raises(DBAPIError) as trouble:
        look.execute(NAME, {"slug": "a secret"})
    assert "a secret" not in str(trouble.value)


def test_a_list_of_values_is_refused(database: Database) -> None:
    with Look(database) as look, pytest.raises(ValueError, match="list"):
        look.execute(LISTED, {})
