"""Files of meetings of Anna and Line in 2026, and what stands of them in the database."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select, update

from app.booking.reschedule import reschedule_meeting
from app.calendar_sync.import_service import MeetingImportReport, import_meetings
from app.config import DEMO_SITE, read_site
from app.identity.models import Person
from app.meetings.models import Meeting, Occupancy
from app.meetings.rules import Slot
from app.notifications.models import Notice
from app.store.db import Database
from tests.booking.requests import at
from tests.calendar_sync.files import entry, file, romance
from tests.cast import NOW, People

WORKDAYS = read_site(DEMO_SITE).workdays
LINE = "ORGANIZER;CN=Line:mailto:line@solbjerg.example"
ANNA = "ATTENDEE;PARTSTAT=ACCEPTED:mailto:anna@solbjerg.example"


def give_mails(database: Database, people: People) -> None:
    with database.writing() as session:
        for slug in ("anna", "bent", "line", "jonas"):
            mail = update(Person).where(col(Person.id) == getattr(people, slug).id)
            session.exec(mail.values(email=f"{slug}@solbjerg.example"))


def take_in(database: Database, *entries: str, now: datetime = NOW) -> MeetingImportReport:
    return import_meetings(database, file(*entries), now=now, workdays=WORKDAYS)


def meeting(start: str = "0305T1000", more: str = "", uid: str = "one", who: str = f"{LINE}\n{ANNA}") -> str:
    """Return an entry of one hour in 2026: `0305T1000`."""
    ends = f"{start[:5]}{int(start[5:7]) + 1:02}{start[7:]}"
    times = romance(f"2026{start}00", f"2026{ends}00")
    return entry(f"{times}SUMMARY:Samtale om bolig\n{who}\n{more}", uid)


def standing(session: Session) -> list[tuple[str, str]]:
    """Return where each meeting is on the wall, and its state."""
    session.rollback()
    rows = select(Meeting.wall_start, Meeting.state).order_by(col(Meeting.starts_at), col(Meeting.state))
    return [(wall[5:].replace("T", " "), str(state)) for wall, state in session.exec(rows)]


def taken(session: Session) -> set[str]:
    """Return when time is taken by a meeting or held."""
    session.rollback()
    rows = select(Meeting.wall_start).join(Occupancy, col(Occupancy.meeting_id) == Meeting.id)
    rows = rows.where(Occupancy.starts_at == Meeting.starts_at)
    return {wall[5:].replace("T", " ") for wall in session.exec(rows)}


def told(session: Session, who: UUID) -> list[str]:
    session.rollback()
    rows = select(Notice.kind).where(Notice.person_id == who).order_by(col(Notice.kind))
    return [kind for kind in session.exec(rows) if kind != "meeting_new"]


def said(report: MeetingImportReport) -> list[str]:
    """Return what was not done, without which entry it is."""
    return [str(one).partition("): ")[2] for one in report.noted]


def modified(hours: int) -> str:
    return f"LAST-MODIFIED:{NOW + timedelta(hours=hours):%Y%m%dT%H%M%SZ}"


def move_here(database: Database, meeting_id: UUID, day: str) -> None:
    """Have Line move a meeting to 10 o'clock on a day of 2026, here and not in the file."""
    with database.writing() as session:
        sequence = session.exec(select(Meeting.sequence).where(Meeting.id == meeting_id)).one()
        slot = Slot(at(f"2026-{day} 10:00"), at(f"2026-{day} 11:00"))
        reschedule_meeting(
            session, meeting_id, slot, sequence=sequence, by=People().line.id, now=NOW, workdays=WORKDAYS,
            said_yes=True,
        )  # fmt: skip
