"""The database itself holds the promises, on both kinds, after every step."""

import re

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Enum, inspect, text
from sqlmodel import SQLModel

from app.identity.models import Person
from app.migrations import schema
from app.plan.shown_columns import SHOWN
from app.store.db import Database

pytestmark = pytest.mark.both_databases


def test_models_and_database_agree(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_every_check_of_the_models_stands_in_the_database(database: Database) -> None:
    """Alembic compares columns and keys, and says nothing of a CHECK that a step forgot or dropped."""
    found = inspect(database.engine)
    for table in SQLModel.metadata.sorted_tables:
        wanted = {str(one.name) for one in table.constraints if isinstance(one, CheckConstraint)}
        assert wanted <= {str(one["name"]) for one in found.get_check_constraints(table.name)}, table.name


def test_every_choice_of_the_models_is_one_that_the_database_takes(database: Database) -> None:
    """A new state or role needs a step of its own: its CHECK names the old ones."""
    found = inspect(database.engine)
    for table in SQLModel.metadata.sorted_tables:
        checks = {str(one["name"]): one["sqltext"] for one in found.get_check_constraints(table.name)}
        for column in table.columns:
            if isinstance(column.type, Enum):
                named = checks[f"ck_{table.name}_{column.type.name}"]
                assert set(re.findall(r"'(\w+)'", named)) == set(column.type.enums), column


def test_every_promise_stands_after_all_steps(database: Database) -> None:
    with database.engine.connect() as connection:
        assert schema.at_head(connection)
        assert schema.missing_constraints(connection) == []


def test_a_removed_promise_is_noticed(database: Database) -> None:
    remove = (
        "DROP TRIGGER occupancy_clash_update"
        if database.is_sqlite
        else "ALTER TABLE occupancy DROP CONSTRAINT occupancy_no_clash"
    )
    with database.engine.connect() as connection:
        connection.execute(text(remove))
        assert len(schema.missing_constraints(connection)) == 1


def test_all_that_can_be_changed_of_a_person_is_counted_or_the_readers_own() -> None:
    """What a page shows of somebody is seen changed at the next look: a new column is one or the other."""
    own = {"language", "text_size"}  # in the state of each kept page by themselves
    still = {"id", "municipality_id", "slug", "external_key", "created_at", "sort_key"}  # never shown
    assert {*Person.__table__.columns.keys()} == {*SHOWN["person"], *own, *still}  # type: ignore[attr-defined]


def test_the_database_counts_each_change_that_pages_show(database: Database) -> None:
    """A trigger knows the columns it was made with: a step that adds one makes it anew."""
    asked = {
        "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    }[database.engine.dialect.name]
    with database.engine.connect() as connection:
        made = {name: sql for name, sql in connection.execute(text(asked))}
    for table, columns in SHOWN.items():
        watched = made[f"{table}_shown"].partition(" OF ")[2].partition(" ON ")[0]
        assert {one.strip(' "') for one in watched.split(",")} == set(columns)


def test_the_steps_go_down_and_up_again(database: Database) -> None:
    schema.migrate(database, "base")
    with database.engine.connect() as connection:
        assert not schema.at_head(connection)
    schema.migrate(database)
    with database.engine.connect() as connection:
        assert schema.missing_constraints(connection) == []
