"""What the database knows of people's time around the days that a change touches. Their people are locked."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Table, bindparam
from sqlmodel import Session, and_, col, or_, select

from app.booking.occupancy_rules import (
    FreedTime,
    SubjectCalendar,
    TimeClaim,
    claimed_times,
    is_in,
    travel_span,
)
from app.meetings.life_cycle import OptionState
from app.meetings.models import CalendarSubject, Meeting, MeetingOption, Occupancy, Participant, Travel
from app.meetings.rules import LONGEST, OccupancyKind, ParticipantRole, Slot, SubjectKind
from app.meetings.travel import Known, TravelStay, known_from, part_in, spot_for, spot_of
from app.store.db import UtcDateTime
from app.store.prepared import Reader, execute_prepared
from app.store.query import id_list, rows_of, select_columns

OCCUPANCY: Table = Occupancy.__table__  # type: ignore[attr-defined]


def read_meeting_times(session: Session, meeting_ids: Collection[UUID]) -> list[Slot]:
    """Return the times that these meetings have, hold, or have offered."""
    return [Slot(*row) for row in session.exec(_TIMES, params={"ids": list(meeting_ids)})]


def read_occupancy(session: Session, meeting_ids: Collection[UUID]) -> list[FreedTime]:
    """Return the time that these meetings take and hold now."""
    rows = session.exec(_TAKEN, params={"ids": list(meeting_ids)})
    return [FreedTime(row.subject_id, row.subject_kind, _stay(row, row.subject_kind)) for row in rows]


def affected_calendars(
    session: Session, meetings: Collection[Meeting], freed: Sequence[FreedTime]
) -> dict[UUID, SubjectCalendar]:
    """Return the calendars of everybody who gives or gets time, with just that in them."""
    found: dict[UUID, SubjectCalendar] = {}
    for one in freed:
        found.setdefault(one.subject_id, SubjectCalendar(one.kind)).freed.append(one.stay)
    by_id = {meeting.id: meeting for meeting in meetings}
    options = _open_options(session, by_id)
    rows = execute_prepared(session, _PEOPLE, {"ids": list(by_id)})
    for meeting_id, subject_id, role, kind in rows:
        calendar, meeting = found.setdefault(subject_id, SubjectCalendar(kind)), by_id[meeting_id]
        part = part_in(kind, role)
        spot = spot_for(part, meeting.citizen_id, spot_of(meeting.channel, meeting.place_id, meeting.place))
        calendar.claims += [
            TimeClaim(
                subject_id,
                taken_as,
                role is ParticipantRole.OPTIONAL,
                TravelStay(slot.start, slot.end, meeting_id, spot, part),
            )
            for taken_as, slot in claimed_times(meeting, options[meeting_id])
        ]
    return found


def read_surroundings(session: Reader, calendars: dict[UUID, SubjectCalendar], days: Iterable[date]) -> None:
    """Put into these calendars what else there is on these days, and just before."""
    spans = [travel_span(day) for day in sorted(days)]
    asked: dict[str, Any] = {"ids": list(calendars)}
    for number, (first, last) in enumerate(spans):
        asked |= {f"first_{number}": first - LONGEST, f"last_{number}": last}
    for row in execute_prepared(session, _near(len(spans)), asked):
        calendar = calendars[row.subject_id]
        if row.kind is not OccupancyKind.TRAVEL:
            calendar.stays.append(_stay(row, calendar.kind))
        elif is_in(row.ends_at, spans):
            calendar.trips[(row.subject_id, row.starts_at, row.ends_at, row.meeting_id)] = row.id


def read_travel_times(session: Reader, calendars: Iterable[SubjectCalendar]) -> Known:
    """Return how long it takes between the places in these calendars."""
    spots = {stay.spot for one in calendars for stay in (*one.stays, *one.touched())}
    places = [spot for spot in spots if isinstance(spot, UUID)]
    if len(places) < 2:  # noqa: PLR2004 — from one place to another
        return {}
    return known_from(execute_prepared(session, _WAYS, {"ids": places}))


@lru_cache(maxsize=64)
def _near(spans: int) -> Any:
    """Return the question for the rows of people that begin in so many spans."""
    at = OCCUPANCY.c.starts_at
    edges = [
        and_(
            at > bindparam(f"first_{number}", type_=UtcDateTime()),
            at < bindparam(f"last_{number}", type_=UtcDateTime()),
        )
        for number in range(spans)
    ]
    return _with_meeting().where(OCCUPANCY.c.subject_id.in_(id_list()), or_(*edges))


def _with_meeting(*more: Any) -> Any:
    """Return a question for rows of occupancy with where their meeting is."""
    table = OCCUPANCY.c
    where = (Meeting.citizen_id, Meeting.channel, Meeting.place_id, Meeting.place)
    own_part = and_(Participant.meeting_id == table.meeting_id, Participant.subject_id == table.subject_id)
    return (
        select_columns(
            table.id,
            table.subject_id,
            table.starts_at,
            table.ends_at,
            table.kind,
            table.meeting_id,
            Participant.role,
            *where,
            *more,
        )
        .join(Meeting, col(Meeting.id) == table.meeting_id)
        .outerjoin(Participant, own_part)  # who is taken out of it is in it no more
    )


def _stay(row: Row[Any], kind: SubjectKind) -> TravelStay:
    part = part_in(kind, row.role)
    spot = spot_for(part, row.citizen_id, spot_of(row.channel, row.place_id, row.place))
    return TravelStay(row.starts_at, row.ends_at, row.meeting_id, spot, part)


def _open_options(session: Session, meeting_ids: Iterable[UUID]) -> dict[UUID, list[Slot]]:
    found = defaultdict(list)
    for option in execute_prepared(session, _OPTIONS, {"ids": list(meeting_ids)}):
        found[option.meeting_id].append(Slot(option.starts_at, option.ends_at))
    return found


_PEOPLE = (  # in meetings, as what they are there
    select(
        Participant.meeting_id,
        Participant.subject_id,
        Participant.role,
        CalendarSubject.kind,
    )
    .join(CalendarSubject, col(CalendarSubject.id) == Participant.subject_id)
    .where(col(Participant.meeting_id).in_(id_list()))
)
_OPTIONS = (  # that can be chosen in meetings
    select(MeetingOption.meeting_id, MeetingOption.starts_at, MeetingOption.ends_at)
    .where(col(MeetingOption.meeting_id).in_(id_list()), MeetingOption.state == OptionState.OPEN)
    .order_by(col(MeetingOption.position))
)


_WAYS = select(Travel.from_id, Travel.to_id, Travel.minutes).where(
    col(Travel.from_id).in_(id_list()), col(Travel.to_id).in_(id_list())
)
_TIMES = rows_of(
    select(Meeting.starts_at, Meeting.ends_at)
    .where(col(Meeting.id).in_(id_list()))
    .union(
        select(MeetingOption.starts_at, MeetingOption.ends_at).where(
            col(MeetingOption.meeting_id).in_(id_list())
        )
    )
)
_TAKEN = (
    _with_meeting(col(CalendarSubject.kind).label("subject_kind"))
    .join(CalendarSubject, CalendarSubject.id == OCCUPANCY.c.subject_id)
    .where(OCCUPANCY.c.meeting_id.in_(id_list()), OCCUPANCY.c.kind != OccupancyKind.TRAVEL)
)
