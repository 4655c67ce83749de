"""A file that comes again and has a series: moved whole, shortened, called off."""

from collections.abc import Callable
from functools import partial

import pytest
from sqlmodel import Session, col, select

from app.booking.reschedule import reschedule_meeting
from app.calendar_sync.import_service import MeetingImportReport, import_meetings
from app.meetings.models import Meeting
from app.meetings.rules import Slot
from app.store.db import Database
from tests.booking.requests import at
from tests.calendar_sync.importing import (
    WORKDAYS,
    give_mails,
    meeting,
    modified,
    move_here,
    said,
    standing,
    take_in,
    taken,
    told,
)
from tests.calendar_sync.world import whole
from tests.cast import NOW, People

Import = Callable[..., MeetingImportReport]
WEEKLY = "RRULE:FREQ=WEEKLY;COUNT=3"


@pytest.fixture(autouse=True)
def mails(database: Database, people: People) -> None:
    give_mails(database, people)


@pytest.fixture
def taken_in(database: Database) -> Import:
    return partial(take_in, database)


@pytest.mark.both_databases
def test_one_that_is_taken_out_of_its_series_is_called_off(
    taken_in: Import, session: Session, database: Database, people: People
) -> None:
    taken_in(meeting(more=WEEKLY))
    second = session.exec(select(Meeting.id).order_by(col(Meeting.starts_at)).offset(1).limit(1)).one()
    with database.writing() as writing:  # what was agreed here meanwhile stands, unless the file is newer
        slot = Slot(at("2026-03-13 10:00"), at("2026-03-13 11:00"))
        reschedule_meeting(writing, second, slot, sequence=0, by=people.anna.id, now=NOW, workdays=WORKDAYS)
    without = "EXDATE;TZID=Romance Standard Time:20260312T100000,20260326T100000"
    older = taken_in(meeting(more=f"{WEEKLY}\n{without}"))
    assert older.called_off == 0
    assert "Her står det den 13. marts 2026 kl. 10.00–11.00" in str(older.noted)
    report = taken_in(meeting(more=f"{WEEKLY}\n{without}\n{modified(1)}"))
    assert report.sentences() == ["Nye møder: 0.", "Var her i forvejen: 2.", "Var her og er aflyst nu: 1."]
    assert [state for _wall, state in standing(session)] == ["agreed", "cancelled", "agreed"]
    assert told(session, people.anna.id) == ["meeting_cancelled"]
    assert taken_in(meeting(more=f"{WEEKLY}\n{without}\n{modified(1)}")).called_off == 0


@pytest.mark.parametrize("start", ["0305T1030", "0306T1400"], ids=["half an hour later", "another day"])
def test_a_series_that_has_another_time_is_moved_whole_and_told_of_once(
    start: str, taken_in: Import, session: Session, people: People
) -> None:
    taken_in(meeting(more=WEEKLY))
    report = taken_in(meeting(start, WEEKLY))
    assert (report.placed, report.moved, report.called_off) == (0, 3, 0)
    day, hour = int(start[2:4]), f"{start[5:7]}:{start[7:]}"
    assert standing(session) == [(f"03-{day + 7 * week:02} {hour}", "agreed") for week in range(3)]
    assert told(session, people.anna.id) == ["meeting_moved"]
    again = taken_in(meeting(start, WEEKLY))
    assert (again.known, again.moved, again.noted) == (3, 0, ())
    for later in ("0305T1500", "0305T1200"):  # and again, and again
        more = taken_in(meeting(later, f"{WEEKLY}\n{modified(1)}"))
        assert (more.placed, more.moved, more.called_off) == (0, 3, 0)


@pytest.mark.both_databases
def test_what_a_series_has_no_more_is_called_off_and_what_was_changed_here_is_said(
    taken_in: Import, session: Session, database: Database, people: People
) -> None:
    taken_in(meeting(more=WEEKLY))
    last = session.exec(select(Meeting.id).order_by(col(Meeting.starts_at).desc())).first()
    assert last
    move_here(database, last, "03-20")
    report = taken_in(meeting(more=WEEKLY.replace("3", "1")))
    assert (report.known, report.called_off) == (1, 1)
    (why,) = said(report)
    assert why.startswith("Det står ikke i filen mere. Her står det den 20. marts 2026")
    assert standing(session) == [
        ("03-05 10:00", "agreed"), ("03-12 10:00", "cancelled"), ("03-20 10:00", "agreed")
    ]  # fmt: skip


@pytest.mark.both_databases
def test_a_message_that_calls_a_whole_series_off_needs_no_rule(
    taken_in: Import, session: Session, database: Database
) -> None:
    taken_in(meeting(more=WEEKLY), meeting("0306T1000", uid="two"))
    raw = whole("METHOD:CANCEL", meeting(more="STATUS:CANCELLED"))
    assert import_meetings(database, raw, now=NOW, workdays=WORKDAYS).called_off == 3
    assert ("03-06 10:00", "agreed") in standing(session)
    assert taken(session) == {"03-06 10:00"}


def test_a_single_that_becomes_a_series_at_another_hour_is_its_first(
    taken_in: Import, session: Session
) -> None:
    taken_in(meeting())
    report = taken_in(meeting("0305T1030", WEEKLY))
    assert (report.placed, report.moved) == (2, 1)
    assert [wall for wall, _state in standing(session)] == ["03-05 10:30", "03-12 10:30", "03-19 10:30"]
