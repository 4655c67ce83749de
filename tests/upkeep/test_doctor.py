"""The doctor says what is wrong, and nothing else is wrong."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import text
from sqlmodel import select

from app.booking.book import book_meeting
from app.dates.local_time import DANISH_TIME
from app.identity.models import PersonRole
from app.identity.rules import Role
from app.migrations import schema
from app.store.db import Database
from app.upkeep import doctor
from tests.booking.requests import WORKDAYS, request_for
from tests.cast import NOW, People
from tests.writing import wrote

pytestmark = pytest.mark.both_databases

DAWN = datetime(1970, 1, 1, tzinfo=UTC)
LAX = "PostgreSQL 1"  # the tests' own PostgreSQL throws its data away, and waits for no disk


def complaints(database: Database, now: datetime | None = None) -> list[str]:
    """Return what the doctor finds wrong at `now`, or while our clock shows what the database's own does."""
    with database.engine.connect() as connection:
        theirs = NOW if database.is_sqlite else connection.execute(text("SELECT now()")).scalar_one()
    found = doctor.examine_database(database, now=now or theirs)
    return [one.sentence for one in found if not one.well and not one.sentence.startswith(LAX)]


@pytest.fixture
def closed_folder(database: Database) -> None:
    if database.is_sqlite:
        Path(database.url.database or "").chmod(0o600)


@pytest.mark.usefixtures("closed_folder")
def test_a_sound_site_has_no_complaints(database: Database, people: People) -> None:
    wrote(database, people.anna)
    assert complaints(database) == []


class Fault(NamedTuple):
    """Something done to a database, and what the doctor says of it."""

    harm: Callable[[Database], object]
    says: str


def run(statement: str) -> Callable[[Database], None]:
    def harm(database: Database) -> None:
        with database.writing() as session:
            session.connection().execute(text(statement))

    return harm


FAULTS = {
    "a step behind": Fault(lambda database: schema.migrate(database, "-1"), "./enplan migrate"),
    "a promise removed": Fault(run("DROP INDEX uq_plan_one_open"), "mangler uq_plan_one_open"),
}


@pytest.mark.usefixtures("closed_folder")
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_the_schema_is_named(fault: str, database: Database) -> None:
    FAULTS[fault].harm(database)
    assert any(FAULTS[fault].says in sentence for sentence in complaints(database))


UNKEPT = {
    "time is missing": ("DELETE FROM occupancy WHERE kind = 'meeting'", "Møder uden optaget tid: 2."),
    "time of no meeting": ("UPDATE meeting SET state = 'cancelled'", "Optaget tid uden møde: 3."),
}


@pytest.mark.usefixtures("closed_folder")
@pytest.mark.parametrize("fault", UNKEPT)
def test_a_calendar_that_is_not_as_the_meetings_say_is_named(fault: str, database: Database) -> None:
    book_meeting(database, request_for(duty=True), now=NOW, workdays=WORKDAYS)
    assert complaints(database) == []
    statement, says = UNKEPT[fault]
    run(statement)(database)
    (complaint,) = complaints(database)
    assert says in complaint


CLOCKS = {"behind what was written": (NOW - timedelta(days=2), "Uret går bagud"), "never set": (DAWN, "1970")}


@pytest.mark.usefixtures("closed_folder")
@pytest.mark.parametrize("clock", CLOCKS)
def test_a_clock_that_is_wrong_is_named(clock: str, database: Database, people: People) -> None:
    moment, says = CLOCKS[clock]
    wrote(database, people.anna)
    (complaint,) = complaints(database, moment)
    assert says in complaint


@pytest.mark.usefixtures("closed_folder")
@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_two_clocks_that_differ_are_named(database: Database) -> None:
    (complaint,) = complaints(database, NOW)
    assert complaint.startswith("Databasens ur")


def test_a_postgresql_that_does_not_wait_for_the_disk_is_named(database: Database) -> None:
    said = [
        one.sentence for one in doctor.examine_database(database, now=NOW) if one.sentence.startswith(LAX)
    ]
    assert len(said) == (0 if database.is_sqlite else 1)
    assert all("fsync = off" in sentence for sentence in said)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_file_that_everybody_can_read_is_named(database: Database, tmp_path: Path) -> None:
    open_to_all = tmp_path / "open"
    open_to_all.mkdir()
    open_to_all.chmod(0o755)
    shutil.copy(database.url.database or "", open_to_all / "enplan.db")
    (open_to_all / "enplan.db").chmod(0o644)
    copy = Database(f"sqlite:///{open_to_all}/enplan.db")
    (complaint,) = complaints(copy)
    copy.close()
    assert f"chmod 700 {open_to_all}" in complaint


@pytest.mark.usefixtures("closed_folder")
@pytest.mark.parametrize(("days", "is_told"), [(-1, True), (20, True), (40, False)])
def test_a_contact_person_whose_role_ends_is_told_in_time(
    days: int, is_told: bool, database: Database, people: People
) -> None:
    with database.engine.connect() as connection:
        now = NOW if database.is_sqlite else connection.execute(text("SELECT now()")).scalar_one()
    with database.writing() as session:
        mine = select(PersonRole).where(
            PersonRole.person_id == people.line.id, PersonRole.role == Role.CONTACT
        )
        session.exec(mine).one().ends_at = now + timedelta(days=days)
    said = [one for one in doctor.examine_database(database, now=now) if "kontaktperson" in one.sentence]
    assert [one.well for one in said] == [not is_told]
    day = f"{(now + timedelta(days=days)).astimezone(DANISH_TIME):%d-%m-%Y}"
    assert f"1 kontaktperson med borgere har en rolle, der slutter, den første {day}" in said[0].sentence
    assert people.line.name not in said[0].sentence
