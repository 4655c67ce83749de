"""When a professional's own calendar says they are busy (optaget andetsteds), read where it is published.

It advises, and the guarded table decides. A copy is replaced as a whole, and only by one that could be read:
a fetch that fails, or finds nothing where there was much, leaves the old copy, and its age is shown.
An entry that can't be read is no free time: its days are kept beside the copy (UnreadTime), and told.
Our own meetings come back in such calendars; they are left out by their ids.
"""

import re
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import Uuid, bindparam, delete, func, insert
from sqlmodel import Session, col, or_, select

from app.availability.models import BusySource, BusyTime
from app.availability.unread import READ_AHEAD, UnreadTime, unread_time
from app.booking.busy_elsewhere import AS_HELPERS
from app.booking.models import MeetingTask
from app.booking.rules import TaskKind
from app.booking.tasks import open_task, settle_tasks
from app.calendar_sync.http_fetch import Fetcher, FetchFailed, FetchFault, checked_url
from app.calendar_sync.ical_reader import (
    MOST_BYTES,
    CalendarContents,
    CalendarEvent,
    CalendarFault,
    UnreadableCalendar,
    read_calendar,
)
from app.config import Site
from app.dates.local_time import danish_day
from app.dates.workdays import WorkingCalendar
from app.identity.models import Person
from app.meetings.life_cycle import MeetingState
from app.meetings.models import Meeting, Participant
from app.store.db import Database, UtcDateTime
from app.store.insert import insert_or_find
from app.store.prepared import Reader
from app.store.query import select_columns

EVERY = timedelta(minutes=30)
AHEAD = READ_AHEAD
BEHIND = timedelta(days=1)
OLD = timedelta(hours=6)  # a copy older than this is said to be so
ROUND_SECONDS = 40.0  # of fetching in one round of the worker; those left over are first in the next

PAGE_MOST = 256 * 1024
_PASSWORD = re.compile(rb"type\s*=\s*[\"']?password|<form[^>]*log-?in|login\.microsoftonline", re.IGNORECASE)

EMPTY = "empty"  # nothing came where there was something

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_OUTLOOK_ID = re.compile(r"040000008200E00074C5B7101A82E008[0-9A-F]*", re.IGNORECASE)
_WRAPPED = b"vCal-Uid\x01\x00\x00\x00"  # before another calendar's id, inside Outlook's own

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class DueSource:
    """A calendar that it is time to fetch."""

    source_id: UUID
    url: str
    owner: str  # the e-mail of whose it is; empty: not known


@dataclass(frozen=True, slots=True)
class ShownSource:
    """A calendar as its owner's page shows it."""

    url: str
    fetched_at: datetime | None  # None: it was never read
    fault: str | None  # why the last try failed; None: it did not
    count: int  # times to come that it says are taken
    unread: UnreadTime | None  # None: all of it could be read


_COMING = (
    select(func.count())
    .where(BusyTime.person_id == BusySource.person_id)
    .where(BusyTime.ends_at > bindparam("now", type_=UtcDateTime()))
    .correlate(BusySource)
    .scalar_subquery()
)
_SHOWN = select_columns(
    BusySource.url, BusySource.fetched_at, BusySource.fault, _COMING.label("coming"), BusySource.unread
).where(BusySource.person_id == bindparam("person_id", type_=Uuid()))


def add_source(session: Session, person_id: UUID, url: str, *, now: datetime) -> None:
    """Note where a person's calendar is published; what an earlier address gave is forgotten.

    Two who save at once, on two devices, are answered as one: the row is made once, and the second finds it.

    Raises:
        FetchFailed: the address is not one we may ask.
    """
    plain = checked_url(url).geturl()
    row = {"id": uuid4(), "person_id": person_id, "url": plain, "added_at": now}
    source = insert_or_find(session, row, select(BusySource).where(BusySource.person_id == person_id))
    if source.url != plain:
        _forget_times(session, source, now=now)
        source.url, source.added_at, source.fetched_at, source.unread = plain, now, None, None
    source.tried_at = source.fault = None  # it is read anew


def remove_source(session: Session, person_id: UUID, *, now: datetime) -> None:
    """Forget a person's calendar and all that it said, and what was asked because of it."""
    source = find_source(session, person_id)
    if source is not None:
        _forget_times(session, source, now=now)
        session.delete(source)


def _forget_times(session: Session, source: BusySource, *, now: datetime) -> None:
    session.exec(delete(BusyTime).where(col(BusyTime.source_id) == source.id))
    _close_clash_tasks(session, source.person_id, set(), now=now)


def find_source(session: Session, person_id: UUID) -> BusySource | None:
    found: BusySource | None = session.exec(
        select(BusySource).where(BusySource.person_id == person_id)
    ).one_or_none()
    return found


def read_source(session: Reader, person_id: UUID, *, now: datetime) -> ShownSource | None:
    """Return the calendar that a person has told us of, and how many times to come it says are taken."""
    row = session.exec(_SHOWN, params={"person_id": person_id, "now": now}).first()
    if row is None:
        return None
    unread = UnreadTime.from_text(row.unread) if row.unread else None
    return ShownSource(row.url, row.fetched_at, row.fault, row.coming, unread)


def is_old(fetched: datetime, now: datetime) -> bool:
    """Say whether a copy is so old that whoever looks for a time must be told."""
    return now - fetched > OLD


# --- fetching ---


def fetch_due(db: Database, site: Site, now: datetime, *, fetcher: Fetcher | None = None) -> int:
    """Fetch the calendars that are due at `now`, the longest waiting first; return how many were read.

    The network is waited for outside any transaction.
    """
    done, ends = 0, time.monotonic() + ROUND_SECONDS
    while time.monotonic() < ends:
        with db.writing() as session:
            due = _take_next(session, now)
        if due is None:
            break
        fetcher = fetcher or Fetcher(MOST_BYTES)
        reading, fault = _read(fetcher, due, now)

        def keep(
            session: Session,
            due: DueSource = due,
            reading: CalendarContents | None = reading,
            fault: str | None = fault,
        ) -> bool:
            return _store_times(session, due, reading, fault, now=now, workdays=site.workdays)

        done += db.retrying(keep)
    return done


def _take_next(session: Session, now: datetime) -> DueSource | None:
    """Return the calendar that has waited longest, marked as tried so that no other worker takes it, too."""
    tried = col(BusySource.tried_at)
    waiting = select(BusySource).where(or_(tried.is_(None), tried <= now - EVERY))
    order = waiting.order_by(tried.is_not(None), tried, col(BusySource.id)).limit(1)
    source = session.exec(order.with_for_update(skip_locked=True)).one_or_none()
    if source is None:
        return None
    source.tried_at = now
    owner = session.exec(select(Person.email).where(Person.id == source.person_id)).one()
    return DueSource(source.id, source.url, owner or "")


def _read(fetcher: Fetcher, due: DueSource, now: datetime) -> tuple[CalendarContents | None, str | None]:
    """Return what a calendar holds, or why it can't be had."""
    raw = b""
    try:
        raw = fetcher.fetch(due.url)
        reading = read_calendar(raw, now - BEHIND, now + AHEAD, owner=due.owner)
    except FetchFailed as problem:
        return None, problem.trouble.value
    except UnreadableCalendar as problem:
        asks = problem.fault is CalendarFault.NOT_A_CALENDAR and _PASSWORD.search(raw[:PAGE_MOST])
        return None, FetchFault.SIGN_IN.value if asks else problem.fault.value
    return reading, None


def _store_times(
    session: Session,
    due: DueSource,
    reading: CalendarContents | None,
    fault: str | None,
    *,
    now: datetime,
    workdays: WorkingCalendar,
) -> bool:
    """Put the new copy in the place of the old one, or note why not; say whether it was taken."""
    source = session.get(BusySource, due.source_id)
    if source is None or source.url != due.url:  # taken away, or another address, meanwhile
        return False
    old = _spans(session, source.id)
    if reading is not None:
        source.unread = _unread(reading, now)
        if _lost(reading, old, now):
            fault = next((one.fault.value for one in reading.unread), EMPTY)
            reading = None
    if reading is None:
        source.fault = fault
        return False
    busy = [one for one in _without_ours(session, reading.entries) if one.busy]
    _replace(session, source, busy, now)
    source.fetched_at, source.fault = now, None
    sure = {(one.start, one.end) for one in busy if not one.tentative}
    _close_clash_tasks(session, source.person_id, sure, now=now)
    _open_clash_tasks(session, source.person_id, sure - old, now=now, workdays=workdays)
    return True


def _unread(reading: CalendarContents, now: datetime) -> str | None:
    """Return what of a calendar was not read within what is looked at, as it is kept; None: all was."""
    entries = [(one.number, one.line, (one.first, one.last)) for one in reading.unread]
    found = unread_time(entries, since=danish_day(now - BEHIND), until=danish_day(now + AHEAD))
    return found.to_text() if found else None


def _spans(session: Session, source_id: UUID) -> set[Span]:
    """Return the times of the old copy that are surely taken."""
    rows = select(BusyTime.starts_at, BusyTime.ends_at).where(
        BusyTime.source_id == source_id, ~col(BusyTime.tentative)
    )
    return set(session.exec(rows))


def _lost(reading: CalendarContents, old: set[Span], now: datetime) -> bool:
    """Say whether nothing sure came where there was something: rather a mistake than one wiped clean."""
    unsure = {one.number for one in reading.unread}
    nothing = all(one.number in unsure for one in reading.entries) and (not reading.held or bool(unsure))
    return nothing and any(end > now for _start, end in old)


def _replace(session: Session, source: BusySource, busy: Iterable[CalendarEvent], now: datetime) -> None:
    """Put the new times in the place of the old; what was there and still is keeps when it was found."""
    since = {
        (start, end): found
        for start, end, found in session.exec(
            select(BusyTime.starts_at, BusyTime.ends_at, BusyTime.found_at).where(
                BusyTime.source_id == source.id
            )
        )
    }
    session.exec(delete(BusyTime).where(col(BusyTime.source_id) == source.id))
    rows = [
        {
            "id": uuid4(),
            "source_id": source.id,
            "person_id": source.person_id,
            "starts_at": start,
            "ends_at": end,
            "tentative": tentative,
            "found_at": since.get((start, end), now),
        }
        for start, end, tentative in sorted({(one.start, one.end, one.tentative) for one in busy})
    ]
    if rows:
        session.exec(insert(BusyTime), params=rows)


def _without_ours(session: Session, entries: Sequence[CalendarEvent]) -> list[CalendarEvent]:
    """Return the entries that are not our own meetings come back."""
    ids = {found for one in entries if (found := our_id(one.uid)) is not None}
    ours = set(session.exec(select(Meeting.id).where(col(Meeting.id).in_(ids))))
    return [one for one in entries if our_id(one.uid) not in ours]


def our_id(uid: str) -> UUID | None:
    """Return the meeting that an entry's id could name, also where Outlook has wrapped it in one of its own.

    Source: MS-OXCICAL 2.1.3.1.1.20.26 and MS-OXOCAL, PidLidGlobalObjectId.
    """
    if _OUTLOOK_ID.fullmatch(uid):
        with suppress(ValueError):
            uid = bytes.fromhex(uid).partition(_WRAPPED)[2].decode("ascii", "replace")
    found = _ID.search(uid)
    return UUID(found[0]) if found else None


def _open_clash_tasks(
    session: Session,
    person_id: UUID,
    new: set[Span],
    *,
    now: datetime,
    workdays: WorkingCalendar,
) -> None:
    """Give a person a task for each agreed meeting that something new in their own calendar lies over."""
    if not new:
        return
    agreed = (
        select(Meeting)
        .join(Participant, col(Participant.meeting_id) == Meeting.id)
        .where(
            Participant.subject_id == person_id,
            col(Participant.role).in_(AS_HELPERS),
            Meeting.state == MeetingState.AGREED,
            Meeting.starts_at > now,
            Meeting.starts_at < now + AHEAD,
        )
        .order_by(col(Meeting.starts_at), col(Meeting.id))
    )
    for meeting in session.exec(agreed).all():
        if _lies_over(meeting, new):
            open_task(
                session,
                meeting.citizen_id,
                meeting.id,
                TaskKind.BUSY_ELSEWHERE,
                now=now,
                workdays=workdays,
                person_id=person_id,
            )


def _close_clash_tasks(session: Session, person_id: UUID, sure: set[Span], *, now: datetime) -> None:
    """Settle what a person was asked where nothing in their own calendar lies over the meeting any more."""
    asked = (
        select(Meeting)
        .join(MeetingTask, col(MeetingTask.meeting_id) == Meeting.id)
        .where(
            MeetingTask.person_id == person_id,
            MeetingTask.kind == TaskKind.BUSY_ELSEWHERE,
            col(MeetingTask.done_at).is_(None),
        )
        .order_by(col(Meeting.citizen_id), col(Meeting.id))
    )
    kinds = [TaskKind.BUSY_ELSEWHERE]
    for meeting in session.exec(asked).all():
        if meeting.state is not MeetingState.AGREED or not _lies_over(meeting, sure):
            settle_tasks(session, meeting.id, by=None, now=now, kinds=kinds, of=[person_id])


def _lies_over(meeting: Meeting, spans: Iterable[Span]) -> bool:
    """Say whether one of these lies over a meeting.

    The very same time is taken to be the meeting itself, written in by hand.
    """
    own = (meeting.starts_at, meeting.ends_at)
    return any(start < own[1] and own[0] < end for start, end in spans if (start, end) != own)
