"""What a citizen has said of when, how much and how, as pages read it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam
from sqlmodel import col, select

from app.availability.models import CalendarLimits, CalendarWish
from app.availability.rules import DAY, USUAL, wish_spans
from app.dates.local_time import danish_day
from app.identity.models import Person
from app.meetings.models import Meeting
from app.meetings.queries import goes_on_at
from app.meetings.rules import Channel
from app.store.db import UtcDateTime
from app.store.prepared import Reader
from app.store.query import columns_of, select_columns

_CITIZEN = bindparam("citizen_id", type_=Uuid())
_WISHES = (
    select_columns(*columns_of(CalendarWish))
    .where(CalendarWish.citizen_id == _CITIZEN)
    .order_by(col(CalendarWish.created_at), col(CalendarWish.id))
)
_PREFERENCES = (
    select_columns(*columns_of(CalendarLimits), Person.interpreter_language)
    .select_from(Person)
    .outerjoin(CalendarLimits, col(CalendarLimits.citizen_id) == Person.id)
    .where(Person.id == _CITIZEN)
)
_COMING = (
    select(Meeting.id, Meeting.starts_at, Meeting.ends_at)
    .where(Meeting.citizen_id == _CITIZEN, goes_on_at(bindparam("now", type_=UtcDateTime())))
    .order_by(col(Meeting.starts_at), col(Meeting.id))
)


@dataclass(frozen=True, slots=True)
class MeetingNeeds:
    """What those who hold a meeting must know to hold it well. Why, they are not told."""

    channel: Channel | None  # None: no matter
    interpreter: bool
    language: str | None  # None: none is needed, or we don't know which
    companion: str | None  # None: nobody comes along


@dataclass(frozen=True, slots=True)
class CitizenPreferences:
    """What the citizen has said of how much and how, or the usual."""

    limits: CalendarLimits  # not to be changed
    language: str | None  # that an interpreter must speak; None: none is needed, or we don't know which

    @property
    def needs(self) -> MeetingNeeds:
        needed = self.language is not None or self.limits.needs_interpreter
        return MeetingNeeds(self.limits.channel, needed, self.language, self.limits.companion)


@dataclass(frozen=True, slots=True)
class ConflictingMeeting:
    """A meeting that lies where the citizen has said "kan ikke"."""

    id: UUID
    starts_at: datetime
    ends_at: datetime


def list_wishes(session: Reader, citizen_id: UUID) -> Sequence[Any]:
    """Return rows of the times that don't suit the citizen, as she said them, the oldest first."""
    return session.exec(_WISHES, params={"citizen_id": citizen_id}).all()


def list_conflicting_meetings(
    session: Reader, citizen_id: UUID, wishes: Iterable[Any], *, now: datetime
) -> dict[UUID, list[ConflictingMeeting]]:
    """Return, by hard wish, the citizen's meetings to come that lie in it, soonest first."""
    hard = [one for one in wishes if one.hard]
    if not hard:
        return {}
    coming = session.exec(_COMING, params={"citizen_id": citizen_id, "now": now})
    meetings = [ConflictingMeeting(*row) for row in coming]
    return {wish.id: [one for one in meetings if _lies_in(one, wish)] for wish in hard}


def _lies_in(one: ConflictingMeeting, wish: Any) -> bool:
    closed = wish_spans([wish], danish_day(one.starts_at) - DAY, danish_day(one.ends_at))
    return any(start < one.ends_at and one.starts_at < end for start, end in closed)


def read_preferences(session: Reader, citizen_id: UUID) -> CitizenPreferences:
    """Return what the citizen has said of how much and how. One query."""
    row = session.exec(_PREFERENCES, params={"citizen_id": citizen_id}).first()
    if row is None or row.citizen_id is None:
        return CitizenPreferences(usual_limits(citizen_id), row.interpreter_language if row else None)
    *said, language = row
    return CitizenPreferences(
        CalendarLimits(**dict(zip(CalendarLimits.model_fields, said, strict=True))), language
    )


def usual_limits(citizen_id: UUID) -> CalendarLimits:
    """Return what holds as long as the citizen has said nothing."""
    return CalendarLimits(
        citizen_id=citizen_id,
        per_day=USUAL.per_day,
        per_week=USUAL.per_week,
        notice_days=USUAL.notice_days,
        updated_at=datetime.min.replace(tzinfo=UTC),
    )
