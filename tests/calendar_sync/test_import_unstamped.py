"""A file changes again what it alone has changed, also where it stamps no change; told of once each time."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from app.booking.reschedule import reschedule_meeting
from app.calendar_sync.import_service import MeetingImportReport
from app.meetings.models import Meeting
from app.meetings.rules import Slot
from app.notifications.models import Notice
from app.store.db import Database
from tests.booking.requests import at
from tests.calendar_sync.importing import WORKDAYS, give_mails, meeting, standing, take_in
from tests.cast import NOW, People

LATER, EARLIER = (f"LAST-MODIFIED:{NOW + timedelta(hours=hours):%Y%m%dT%H%M%SZ}" for hours in (1, -1))


@pytest.fixture(autouse=True)
def mails(database: Database, people: People) -> None:
    give_mails(database, people)


def told(session: Session, who: UUID) -> list[str]:
    rows = select(Notice.kind).where(Notice.person_id == who).order_by(col(Notice.kind))
    return [kind for kind in session.exec(rows) if kind != "meeting_new"]


def said(report: MeetingImportReport) -> list[str]:
    return [str(one) for one in report.noted]


def only(session: Session) -> Meeting:
    session.rollback()
    return session.exec(select(Meeting)).one()


@pytest.mark.parametrize("more", ["", "LAST-MODIFIED:i går", LATER], ids=["not told", "unreadable", "later"])
def test_what_the_file_alone_has_changed_it_changes_again(
    more: str, session: Session, database: Database, people: People
) -> None:
    """Its time and its words, also from where no change is stamped, until somebody changes it here."""
    take_in(database, meeting())
    for start, what in (
        ("0306T1000", "Om din bolig"),
        ("0309T1000", "Om dit job"),
        ("0310T1000", "Om dit job"),
    ):
        report = take_in(database, meeting(start, more).replace("SUMMARY:", f"SUMMARY:{what} "))
        assert (report.moved, said(report)) == (1, [])
        one = only(session)
        assert (one.wall_start[5:10], one.purpose.startswith(what)) == (f"{start[:2]}-{start[2:4]}", True)
    # Time and words at once are told of once.
    assert told(session, people.anna.id) == ["meeting_moved"] * 3
    with database.writing() as writing:
        slot = Slot(at("2026-03-11 10:00"), at("2026-03-11 11:00"))
        reschedule_meeting(
            writing, one.id, slot, sequence=one.sequence, by=people.line.id, now=NOW, workdays=WORKDAYS,
            said_yes=True,
        )  # fmt: skip
    stale = more.replace(LATER, EARLIER)
    report = take_in(database, meeting("0312T1000", stale).replace("SUMMARY:", "SUMMARY:Noget andet "))
    assert (report.moved, report.changed) == (0, 0)
    assert len(said(report)) == (1 if stale == EARLIER else 2)
    assert standing(session) == [("03-11 10:00", "agreed")]
