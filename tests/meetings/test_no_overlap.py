"""SQLite compares times as text: a time in any other form than the app's own must not pass the guard."""

from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from app.meetings.life_cycle import MeetingState
from app.meetings.models import CalendarSubject, Meeting, Occupancy
from app.meetings.no_overlap import NO_CLASH
from app.meetings.rules import Channel, OccupancyKind, SubjectKind
from app.store.db import Database
from tests.cast import NOW, People

pytestmark = pytest.mark.both_databases

LAY = text(
    "INSERT INTO occupancy (id, subject_id, starts_at, ends_at, kind, meeting_id)"
    " SELECT :id, subject_id, :starts_at, :ends_at, 'hold', meeting_id FROM occupancy LIMIT 1"
)
USUAL = "2026-03-02 09:00:00.000000"


@pytest.fixture
def held(database: Database, people: People) -> Database:
    """A database in which one hour of one person is held, from 10 to 11 in Denmark."""
    end = NOW.replace(hour=10)
    meeting = Meeting(
        citizen_id=people.anna.id,
        purpose="Samtale",
        channel=Channel.PHONE,
        starts_at=NOW,
        ends_at=end,
        wall_start="2026-03-02T10:00",
        state=MeetingState.PROPOSED,
        created_at=NOW,
    )
    with database.writing() as session:
        session.add_all([CalendarSubject(id=people.anna.id, kind=SubjectKind.CITIZEN), meeting])
        session.flush()
        session.add(
            Occupancy(
                subject_id=people.anna.id,
                starts_at=NOW,
                ends_at=end,
                kind=OccupancyKind.HOLD,
                meeting_id=meeting.id,
            )
        )
    return database


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "odd",
    ["2026-03-02T09:00:00.000000", "2026-03-02 23:00:00+14:00", 2461101.875, b"2026-03-02 09:00:00.000000"],
    ids=["with a T", "with an offset", "julian day", "bytes"],
)
@pytest.mark.parametrize("column", ["starts_at", "ends_at"])
def test_a_time_in_another_form_is_refused(held: Database, odd: object, column: str) -> None:
    times = {"starts_at": USUAL, "ends_at": "2026-03-02 09:30:00.000000", column: odd}
    with pytest.raises(IntegrityError), held.engine.begin() as connection:
        connection.execute(LAY, {"id": UUID(int=1).hex, **times})


def test_the_usual_form_meets_the_guard_and_a_free_hour_passes(held: Database) -> None:
    taken = _like_the_first(held, NOW, NOW.replace(minute=30))
    with pytest.raises(IntegrityError, match=NO_CLASH), held.writing() as session:
        session.add(taken)
    free = _like_the_first(held, NOW.replace(hour=10), NOW.replace(hour=11))
    with held.writing() as session:
        session.add(free)


def _like_the_first(database: Database, starts_at: datetime, ends_at: datetime) -> Occupancy:
    with database.reading() as session:
        first = session.exec(select(Occupancy)).one()
        return Occupancy(
            subject_id=first.subject_id,
            meeting_id=first.meeting_id,
            kind=OccupancyKind.HOLD,
            starts_at=starts_at,
            ends_at=ends_at,
        )
