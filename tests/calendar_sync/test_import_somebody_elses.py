"""A file that comes again leaves alone another citizen's meeting, and what was moved here."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from app.booking.reschedule import reschedule_meeting
from app.meetings.models import Meeting
from app.meetings.rules import Slot
from app.notifications.models import Notice
from app.store.db import Database
from tests.booking.requests import at
from tests.calendar_sync.importing import ANNA, LINE, WORKDAYS, give_mails, meeting, standing, take_in
from tests.cast import NOW, People

pytestmark = pytest.mark.both_databases


@pytest.fixture(autouse=True)
def mails(database: Database, people: People) -> None:
    give_mails(database, people)


def test_one_moved_here_from_a_time_that_has_passed_is_not_called_off(
    session: Session, database: Database, people: People
) -> None:
    long_ago, weekly = NOW - timedelta(days=41), "RRULE:FREQ=WEEKLY;COUNT=8"
    take_in(database, meeting("0122T1000", weekly), now=long_ago)
    first = session.exec(select(Meeting.id).order_by(col(Meeting.starts_at)).limit(1)).one()
    slot = Slot(at("2026-03-06 14:00"), at("2026-03-06 15:00"))
    with database.writing() as writing:
        later = long_ago + timedelta(days=1)
        reschedule_meeting(writing, first, slot, sequence=0, by=people.anna.id, now=later, workdays=WORKDAYS)
    report = take_in(database, meeting("0122T1000", f"{weekly}\nLAST-MODIFIED:{NOW:%Y%m%dT%H%M%SZ}"))
    assert (report.called_off, len(report.noted)) == (0, 1)
    assert ("03-06 14:00", "agreed") in standing(session)


def test_an_entry_that_names_another_citizen_now_leaves_the_meeting_as_it_is(
    session: Session, database: Database, people: People
) -> None:
    take_in(database, meeting())
    bents = meeting("0306T1400", who=f"{LINE}\n{ANNA.replace('anna@', 'bent@')}").replace("bolig", "gæld")
    report = take_in(database, bents)
    assert (report.moved, report.changed, len(report.noted)) == (0, 0, 1)
    assert "et møde med en anden borger" in str(report.noted)
    assert (standing(session), session.exec(select(Meeting.purpose)).one()) == (
        [("03-05 10:00", "agreed")],
        "Samtale om bolig",
    )
    off = take_in(database, bents.replace("SUMMARY:", "STATUS:CANCELLED\nSUMMARY:"))
    assert (off.called_off, len(off.noted)) == (0, 1)
    assert standing(session) == [("03-05 10:00", "agreed")]
    told = select(Notice.kind).where(Notice.person_id == people.anna.id, col(Notice.kind).contains("meeting"))
    assert set(session.exec(told)) <= {"meeting_new"}
