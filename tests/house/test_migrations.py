"""The database itself holds the promises, on both kinds, after every step."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlmodel import SQLModel

from app.db import Database
from app.migrations import schema


def test_models_and_database_agree(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_every_promise_stands_after_all_steps(database: Database) -> None:
    with database.engine.connect() as connection:
        assert schema.at_head(connection)
        assert schema.missing_promises(connection) == []


def test_a_removed_promise_is_noticed(database: Database) -> None:
    remove = (
        "DROP TRIGGER occupancy_clash_update"
        if database.is_sqlite
        else "ALTER TABLE occupancy DROP CONSTRAINT occupancy_no_clash"
    )
    with database.engine.connect() as connection:
        connection.execute(text(remove))
        assert len(schema.missing_promises(connection)) == 1


def test_the_steps_go_down_and_up_again(database: Database) -> None:
    schema.migrate(database, "base")
    with database.engine.connect() as connection:
        assert not schema.at_head(connection)
    schema.migrate(database)
    with database.engine.connect() as connection:
        assert schema.missing_promises(connection) == []
