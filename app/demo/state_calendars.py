"""The rows that the states of other calendars need: a subscribing phone, Jonas' own meetings, an absence."""

from datetime import timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from app.availability.models import BusyTime
from app.availability.unread import UnreadTime
from app.calendar_sync.busy import add_source, find_source
from app.calendar_sync.feed import list_feeds, make_feed, revoke_feed
from app.calendar_sync.models import CalendarFeed
from app.dates.local_time import danish_day
from app.demo.cast import person_id
from app.demo.states import StateContext, StateRows
from app.plan.absence_queries import AbsenceInput
from app.plan.absences import register_absence
from app.plan.models import Absence

PUBLISHED = "https://kalender.example/jonas.ics"  # a name that leads nowhere
BUSY_HOURS = (26, 50, 75)


def _open(session: Session) -> UUID | None:
    """Return one of Anna's addresses that are not closed."""
    mine = select(CalendarFeed.id).where(
        CalendarFeed.person_id == person_id("anna"), col(CalendarFeed.revoked_at).is_(None)
    )
    return session.exec(mine).first()


def _find_none(session: Session) -> str | None:
    return None if _open(session) else "none"


def _find_one(session: Session) -> str | None:
    found = _open(session)
    return str(found) if found else None


def _find_read_out(session: Session) -> str | None:
    source = find_source(session, person_id("jonas"))
    return str(source.id) if source else None


def _close_all(stage: StateContext) -> str:
    """Close Anna's addresses: there is room for a new one."""
    for one in list_feeds(stage.session, person_id("anna"), now=stage.now):
        revoke_feed(stage.session, person_id("anna"), one.id, now=stage.now)
    return ""


def _connect(stage: StateContext) -> str:
    _close_all(stage)
    make_feed(stage.session, person_id("anna"), "Min telefon", detailed=False, now=stage.now)
    return ""


def _read_out(stage: StateContext) -> str:
    """Jonas' own calendar, as if it had just been read; two entries could not be."""
    jonas = person_id("jonas")
    add_source(stage.session, jonas, PUBLISHED, now=stage.now)
    stage.session.flush()
    source = find_source(stage.session, jonas)
    if source is not None:
        source.tried_at = source.fetched_at = stage.now
        first, last = (danish_day(stage.now) + timedelta(days=days) for days in (9, 15))
        source.unread = UnreadTime(2, ((first, first), (last, last)), ((14, 203), (15, 219))).to_text()
        starts = [stage.now + timedelta(hours=hours) for hours in BUSY_HOURS]
        stage.session.add_all(
            BusyTime(source_id=source.id, person_id=jonas, starts_at=one, ends_at=one + timedelta(hours=1))
            for one in starts
        )
    return ""


def _find_away(session: Session) -> str | None:
    found = session.exec(select(Absence.id).where(Absence.person_id == person_id("jonas"))).first()
    return str(found) if found else None


def _be_away(stage: StateContext) -> str:
    """Let Jonas be away for two days, in two weeks."""
    first = danish_day(stage.now) + timedelta(days=14)
    wanted = AbsenceInput(first, first + timedelta(days=1), person_id("omar"))
    jonas = person_id("jonas")
    return str(register_absence(stage.session, jonas, wanted, by=jonas, now=stage.now).id)


CALENDAR_ROWS = {
    "away": StateRows(_find_away, _be_away),
    "no_phone": StateRows(_find_none, _close_all),
    "phone": StateRows(_find_one, _connect),
    "work_calendar": StateRows(_find_read_out, _read_out),
}
