"""Meetings that wait for a citizen's answer, in few words, and those she just called off. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func
from sqlmodel import and_, col, or_, select

from app.dates.local_time import danish_day
from app.i18n import gettext as _
from app.identity.models import Person
from app.identity.rules import first_name
from app.meetings.hidden import IS_HIDDEN
from app.meetings.life_cycle import UNDO, MeetingState, OptionState, undo_until
from app.meetings.models import Meeting, MeetingOption, Participant
from app.meetings.queries import can_be_undone_by, goes_on_at
from app.meetings.rules import Channel
from app.store.db import UtcDateTime
from app.store.prepared import Reader
from app.store.query import select_columns

MOST_READ = 10


@dataclass(frozen=True, slots=True)
class UnansweredMeeting:
    """A meeting that the citizen can answer, or has just called off."""

    id: UUID
    purpose: str
    duty: bool
    channel: Channel
    starts_at: datetime
    state: MeetingState
    times: int  # to choose between; 0: it has the one that it is at
    moved_from: datetime | None  # None: where it always was
    expires_at: datetime | None  # when a proposal's times are given up
    cancelled_at: datetime | None  # None: it stands
    organiser: str | None  # None: a system called it
    hidden: bool  # its page doesn't say what it is, so nothing here does

    @property
    def day(self) -> date:
        """The day it begins in Denmark."""
        return danish_day(self.starts_at)

    @property
    def answer_by(self) -> date | None:
        """The last day to answer a proposal; None: it waits as long as it stands."""
        return self.expires_at and danish_day(self.expires_at - timedelta(minutes=1))

    @property
    def undo_until(self) -> datetime | None:
        """When it is too late to bring it back; None: it is not called off."""
        return undo_until(self.cancelled_at)

    @property
    def organiser_first_name(self) -> str | None:
        return self.organiser and first_name(self.organiser)


_CITIZEN = bindparam("citizen_id", type_=Uuid())
_NOW = bindparam("now", type_=UtcDateTime())
_TIMES = (
    select(func.count(col(MeetingOption.id)))
    .where(
        MeetingOption.meeting_id == Meeting.id,
        MeetingOption.state == OptionState.OPEN,
        MeetingOption.starts_at > _NOW,
    )
    .correlate(Meeting)
    .scalar_subquery()
)
_COLUMNS: tuple[Any, ...] = (
    Meeting.id,
    Meeting.purpose,
    Meeting.duty,
    Meeting.channel,
    Meeting.starts_at,
    Meeting.state,
    _TIMES.label("times"),
    Meeting.moved_from,
    Meeting.expires_at,
    Meeting.cancelled_at,
    col(Person.name).label("organiser"),
    IS_HIDDEN.label("hidden"),
)
_WAITING = and_(
    goes_on_at(_NOW),
    or_(col(Participant.reply).is_(None), _TIMES > 0),
)
_CALLED_OFF = can_be_undone_by(_CITIZEN, since=bindparam("since", type_=UtcDateTime()), now=_NOW)
_ROWS = (
    select_columns(*_COLUMNS)
    .join(
        Participant,
        and_(
            Participant.meeting_id == Meeting.id,
            Participant.subject_id == Meeting.citizen_id,
        ),
    )
    .outerjoin(Person, col(Person.id) == Meeting.organiser_id)
    .where(Meeting.citizen_id == _CITIZEN, or_(_WAITING, _CALLED_OFF))
    .order_by(col(Meeting.cancelled_at).is_(None), col(Meeting.starts_at), col(Meeting.id))
    .limit(MOST_READ)
)


def read_unanswered(
    session: Reader, citizen_id: UUID, *, now: datetime
) -> tuple[list[UnansweredMeeting], list[UnansweredMeeting]]:
    """Return the meetings that wait for the citizen's answer, and those she can still bring back."""
    found = session.exec(_ROWS, params={"citizen_id": citizen_id, "now": now, "since": now - UNDO})
    rows = [_shown(UnansweredMeeting(*row)) for row in found]
    return _only(rows, called_off=False), _only(rows, called_off=True)


def _shown(meeting: UnansweredMeeting) -> UnansweredMeeting:
    """Return a meeting without what a citizen's page may not tell of it."""
    if not meeting.hidden:
        return meeting
    return replace(meeting, purpose=_("En aftale"), channel=Channel.VIDEO, organiser=None)


def _only(rows: Iterable[UnansweredMeeting], *, called_off: bool) -> list[UnansweredMeeting]:
    return [one for one in rows if (one.state is MeetingState.CANCELLED) is called_off]
