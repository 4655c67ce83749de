"""The week of one who helps, across citizens: meetings they are in, their own calendar, absence.

Log the list of citizens first: their names are read here.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam
from sqlmodel import and_, col

from app.availability.models import BusyTime
from app.dates.local_time import danish_day, span_edge
from app.identity.models import Person
from app.meetings.life_cycle import MeetingState
from app.meetings.models import Meeting, Participant
from app.meetings.rules import Channel
from app.plan.models import Absence
from app.plan.tie_conditions import is_away_during
from app.store.db import UtcDateTime
from app.store.prepared import Reader
from app.store.query import id_list, select_columns

ONE_DAY = timedelta(days=1)
DAYS = 7
WORKDAYS = 5  # of a week that are shown also when nothing is in them
SHOWN = (MeetingState.PROPOSED, MeetingState.AGREED, MeetingState.HELD)

_ME = bindparam("me", type_=Uuid())
_BEGINS, _ENDS = bindparam("begins", type_=UtcDateTime()), bindparam("ends", type_=UtcDateTime())
_MEETINGS = (
    select_columns(
        Meeting.starts_at,
        Meeting.ends_at,
        Meeting.id,
        Meeting.citizen_id,
        Person.name,
        Meeting.purpose,
        Meeting.channel,
        Meeting.state,
    )
    .join(Participant, and_(Participant.meeting_id == Meeting.id, Participant.subject_id == _ME))
    .join(Person, col(Person.id) == Meeting.citizen_id)
    .where(
        col(Meeting.citizen_id).in_(id_list()),
        Meeting.starts_at >= _BEGINS,
        Meeting.starts_at < _ENDS,
        col(Meeting.state).in_(SHOWN),
    )
)
_BUSY = select_columns(BusyTime.starts_at, BusyTime.ends_at).where(
    BusyTime.person_id == _ME, BusyTime.starts_at < _ENDS, BusyTime.ends_at > _BEGINS
)
_AWAY = select_columns(Absence.starts_at, Absence.ends_at).where(
    Absence.person_id == _ME, is_away_during(_BEGINS, _ENDS)
)


@dataclass(frozen=True, slots=True)
class OwnTime:
    """Some time of the week that is taken: by a meeting, or by what stands in one's own calendar."""

    starts_at: datetime
    ends_at: datetime
    meeting_id: UUID | None = None  # None: one's own calendar
    citizen_id: UUID | None = None
    name: str = ""
    purpose: str = ""
    channel: Channel | None = None
    state: MeetingState | None = None

    @property
    def waits(self) -> bool:
        """Say whether the citizen has yet to answer."""
        return self.state is MeetingState.PROPOSED


@dataclass(frozen=True, slots=True)
class OwnDay:
    """One day of the week."""

    day: date
    times: list[OwnTime]
    away: bool


def read_own_week(session: Reader, me: UUID, citizen_ids: Collection[UUID], monday: date) -> list[OwnDay]:
    """Return the days from `monday` on, those of a weekend only when something is in them. Three queries."""
    asked: dict[str, Any] = {
        "me": me,
        "begins": span_edge(monday, time(0)),
        "ends": span_edge(monday + DAYS * ONE_DAY, time(0)),
    }
    meetings = [OwnTime(*row) for row in session.exec(_MEETINGS, params=asked | {"ids": list(citizen_ids)})]
    busy = [OwnTime(*row) for row in session.exec(_BUSY, params=asked)]
    away = [(danish_day(start), end) for start, end in session.exec(_AWAY, params=asked)]
    return list(_days(monday, [*meetings, *busy], away))


def _days(monday: date, times: list[OwnTime], away: list[tuple[date, datetime]]) -> Iterator[OwnDay]:
    for number in range(DAYS):
        day = monday + number * ONE_DAY
        morning = span_edge(day, time(0))
        own = sorted(
            (one for one in times if danish_day(one.starts_at) == day), key=lambda one: one.starts_at
        )
        is_away = any(first <= day and morning < end for first, end in away)
        if own or is_away or number < WORKDAYS:
            yield OwnDay(day, own, is_away)
