"""Moves a demo that was laid on another day, so that it lies around today again and loses nothing.

Every date and time moves by whole days on the wall in Denmark. The demo's own meetings get the time they
would have had if the demo were laid today, so that they keep off holidays and don't drift; a meeting that a
tester made or moved keeps its hour and gives way to the next free day where it must.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Table, bindparam, update
from sqlmodel import Session, SQLModel, select

from app.booking.occupancy import rebuild_all_occupancy, release_all_occupancy
from app.config import Site
from app.dates.local_time import DANISH_TIME, danish_day, wall_time
from app.dates.workdays import WorkingCalendar
from app.demo.meeting_stories import is_open, plan_meetings
from app.meetings.life_cycle import MeetingState, OptionState
from app.meetings.models import Meeting, MeetingOption, Participant
from app.meetings.rules import Channel, Slot
from app.meetings.service import release_options, restate_by_time
from app.store.db import UtcDateTime
from app.store.query import select_columns

# What happened on this machine, and when, is not part of the story.
STANDS = {
    *("access_log_entry", "login_session", "stored_answer", "system_token", "occupancy"),
    *("key_fingerprint", "passkey", "webauthn_challenge", "invitation", "door_try"),
}
OFF = {MeetingState.CANCELLED, MeetingState.EXPIRED}


def shift_dates(session: Session, site: Site, *, seeded_at: datetime, now: datetime) -> None:
    """Move everything from around `seeded_at` to around `now`, in the caller's transaction."""
    days = danish_day(now) - danish_day(seeded_at)
    before = {row.id: Slot(row.starts_at, row.ends_at) for row in session.exec(select_columns(*_TIMES))}
    release_all_occupancy(session)
    for table in SQLModel.metadata.sorted_tables:
        if table.name not in STANDS:
            _shift(session, table, days)
    was, will_be = (plan_meetings(moment, site.workdays) for moment in (seeded_at, now))
    own = {id: will_be[id] for id, slot in before.items() if was.get(id) == slot}
    _settle(session, own, site.workdays)
    restate_by_time(session, now=now)
    rebuild_all_occupancy(session)


_MEETING: Table = Meeting.__table__  # type: ignore[attr-defined]
_OPTION: Table = MeetingOption.__table__  # type: ignore[attr-defined]
_TIMES = (_MEETING.c.id, _MEETING.c.starts_at, _MEETING.c.ends_at)


def _shift(session: Session, table: Table, days: timedelta) -> None:
    columns = [column for column in table.columns if isinstance(column.type, UtcDateTime | Date)]
    if not columns:
        return
    keys = list(table.primary_key.columns)
    moved = [
        {f"key_{key.name}": row[key.name] for key in keys}
        | {f"new_{column.name}": _moved(row[column.name], days) for column in columns}
        for row in session.connection().execute(select_columns(*keys, *columns)).mappings()
    ]
    if moved:
        which = (key == bindparam(f"key_{key.name}", type_=key.type) for key in keys)
        new = {column.name: bindparam(f"new_{column.name}", type_=column.type) for column in columns}
        session.connection().execute(update(table).where(*which).values(new), moved)


def _moved(value: Any, days: timedelta) -> Any:
    """Return a date or a moment so many days on: the same time of day in Denmark."""
    return value.astimezone(DANISH_TIME) + days if isinstance(value, datetime) else value and value + days


def _settle(session: Session, own: dict[UUID, Slot], workdays: WorkingCalendar) -> None:
    """Give the demo's own meetings their times, and every other one its hour on a day that is free."""
    who: dict[UUID, set[UUID]] = {}
    for meeting_id, subject_id in session.exec(select(Participant.meeting_id, Participant.subject_id)):
        who.setdefault(meeting_id, set()).add(subject_id)
    rows = session.exec(select_columns(*_TIMES, _MEETING.c.channel, _MEETING.c.state)).all()
    busy: list[tuple[set[UUID], Slot]] = []
    for row in sorted(rows, key=lambda row: (row.id not in own, row.starts_at)):
        slot, people = own.get(row.id, Slot(row.starts_at, row.ends_at)), who.get(row.id, set())
        if row.state not in OFF:
            if row.id not in own:
                slot = _next_free(slot, row.channel, people, busy, workdays)
            busy.append((people, slot))
        moved = update(_MEETING).where(_MEETING.c.id == row.id)
        session.exec(moved.values(starts_at=slot.start, ends_at=slot.end, wall_start=wall_time(slot.start)))
    _settle_options(session, who, busy, {row.id: row.channel for row in rows}, workdays)


def _settle_options(
    session: Session,
    who: dict[UUID, set[UUID]],
    busy: list[tuple[set[UUID], Slot]],
    channels: dict[UUID, Channel],
    workdays: WorkingCalendar,
) -> None:
    """Let go of the times that were offered beside a meeting's own and are not free where they are now."""
    wanted = select_columns(_OPTION, _MEETING.c.starts_at.label("own")).join(
        _MEETING, _MEETING.c.id == _OPTION.c.meeting_id
    )
    for row in session.exec(wanted.where(_OPTION.c.state == OptionState.OPEN)).all():
        slot, people = Slot(row.starts_at, row.ends_at), who.get(row.meeting_id, set())
        clash = any(people & others and slot.overlaps(other) for others, other in busy)
        channel = channels[row.meeting_id]
        if row.starts_at != row.own and (clash or not is_open(danish_day(slot.start), channel, workdays)):
            release_options(session, [row.meeting_id], only=[row.id])
        elif row.starts_at != row.own:
            busy.append((people, slot))


def _next_free(
    slot: Slot,
    channel: Channel,
    people: set[UUID],
    busy: list[tuple[set[UUID], Slot]],
    workdays: WorkingCalendar,
) -> Slot:
    def fits(wanted: Slot) -> bool:
        clash = any(people & others and wanted.overlaps(slot) for others, slot in busy)
        return not clash and is_open(danish_day(wanted.start), channel, workdays)

    while not fits(slot):
        start = _moved(slot.start, timedelta(days=1))
        slot = Slot(start, start + (slot.end - slot.start))
    return slot
