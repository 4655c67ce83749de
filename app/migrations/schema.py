"""Bring the database to the newest step, and say what is missing in it."""

from pathlib import Path
from uuid import uuid4

from sqlalchemy import Connection, inspect, text

import app.access.models
import app.assessments.models
import app.availability.models
import app.booking.models
import app.calendar_sync.models
import app.consent.models
import app.entries.models
import app.goals.models
import app.identity.credentials
import app.identity.models
import app.meetings.models
import app.messages.models
import app.minutes.models
import app.notifications.models
import app.plan.models
import app.reminders.models
import app.retention.models  # noqa: F401 — these imports fill the metadata
from app.errors import SchemaIsNewer
from app.meetings.no_overlap import NO_CLASH, SQLITE_TRIGGERS
from app.plan.shown_columns import TRIGGERS
from app.store.db import Database
from app.store.sqlite_file import new_application_id
from app.version import program_version

HERE = Path(__file__).parent
OWN_TABLES = {"alembic_version"}  # beside those of the models
UNIQUE_PROMISES = (
    "uq_plan_one_open",
    "uq_contact_assignment_one_open",
    "uq_contact_handover_one_open",
    "uq_consent_standing",
    "uq_person_role_open",
    "uq_cover_open",
    "uq_invitation_one_open",
    "uq_invitation_place_open",
    "uq_meeting_task_one_open",
    "uq_meeting_task_one_open_each",
    "uq_meeting_request_key",
    "uq_access_log_entry_look",
    "uq_access_log_entry_list",
    "uq_plan_access_one_standing",
)


def migrate(database: Database, target: str = "head") -> None:
    """Take the schema to `target` in one transaction; nothing is half done.

    Raises:
        SchemaIsNewer: it is past all that we know.
        sqlalchemy.exc.DBAPIError: the database could not be changed; it is as it was.
    """
    with database.engine.execution_options(writes=True).begin() as connection:
        refuse_newer(connection)
        take_steps(connection, target)


def take_steps(connection: Connection, target: str = "head") -> None:
    """Take the schema to `target` in the caller's transaction."""
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    config.attributes["connection"] = connection
    if target == "base" or target.startswith("-"):
        command.downgrade(config, target)
    else:
        command.upgrade(config, target)
        _mark(connection)
        _note_program(connection)


def _mark(connection: Connection) -> None:
    """Let a new SQLite file be told from every other; see `app.store.sqlite_file`."""
    if connection.dialect.name == "sqlite" and not connection.scalar(text("PRAGMA application_id")):
        connection.exec_driver_sql(f"PRAGMA application_id = {new_application_id()}")


def _note_program(connection: Connection) -> None:
    """Note which program took the newest step, for one that does not know it: see `refuse_newer`."""
    if _notes_program(connection):
        connection.execute(text("UPDATE alembic_version SET program = :name"), {"name": program_version()})


def _notes_program(connection: Connection) -> bool:
    return "program" in {column["name"] for column in inspect(connection).get_columns("alembic_version")}


def refuse_newer(connection: Connection) -> None:
    """Raise SchemaIsNewer if the database has taken a step that this program does not know."""
    taken = step_of(connection)
    if taken is None or taken <= head():
        return
    program = None
    if _notes_program(connection):
        program = connection.execute(text("SELECT program FROM alembic_version")).scalar()
    raise SchemaIsNewer(newer_sentence(taken, program))


def newer_sentence(taken: str, program: str | None) -> str:
    """Return what to do about a database at a step nobody here knows; `program` took it."""
    wanted = f"mindst version {program}" if program and program != program_version() else "en nyere udgave"
    return (
        f"Databasen er nyere end programmet: installér {wanted}. Databasen er på trin {taken}, og denne"
        f" udgave kender trin {head()}. Intet er ændret."
    )


def step_of(connection: Connection) -> str | None:
    """Return the newest step that the database has taken; None before the first."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def head() -> str:
    """Return the name of the newest step there is."""
    return max(path.stem.split("_")[0] for path in (HERE / "versions").glob("[0-9]*.py"))


def at_head(connection: Connection) -> bool:
    """Say whether the database has taken every step."""
    return step_of(connection) == head()


def prove_writable(database: Database) -> None:
    """Commit a write that leaves nothing: one that is rolled back never asks a full disk for room.

    Raises:
        sqlalchemy.exc.DBAPIError: nothing can be written now.
    """
    row = {"id": uuid4().hex, "name": f"trial {uuid4().hex}"}
    with database.writing() as session:
        session.connection().execute(text("INSERT INTO municipality (id, name) VALUES (:id, :name)"), row)
        session.connection().execute(text("DELETE FROM municipality WHERE id = :id"), row)


def missing_constraints(connection: Connection) -> list[str]:
    """Return the names of the constraints that the database itself must hold and does not."""
    if connection.dialect.name == "sqlite":
        found = set(connection.execute(text("SELECT name FROM sqlite_master")).scalars())
        wanted: set[str] = {*SQLITE_TRIGGERS, *TRIGGERS, *UNIQUE_PROMISES}
    else:
        found = set(connection.execute(text("SELECT conname FROM pg_constraint")).scalars())
        found |= set(connection.execute(text("SELECT indexname FROM pg_indexes")).scalars())
        found |= set(connection.execute(text("SELECT tgname FROM pg_trigger")).scalars())
        wanted = {NO_CLASH, *TRIGGERS, *UNIQUE_PROMISES}
    return sorted(wanted - found)
