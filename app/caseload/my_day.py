"""The meetings I am in across citizens, today and next. Log the look first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, bindparam
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, or_, select

from app.access.policy import Field, Subject, may_see
from app.dates.local_time import danish_day, span_edge
from app.meetings.life_cycle import MeetingState
from app.meetings.models import Meeting, Participant
from app.meetings.rules import Channel, Reply
from app.minutes.models import MeetingMinutes
from app.minutes.rules import MinutesState
from app.store.db import UtcDateTime
from app.store.prepared import Reader
from app.store.query import id_list, select_columns

MEETINGS_MOST = 40  # of one person, today and after
LATER_MOST = 3  # meetings after today

_ME = bindparam("me", type_=Uuid())
_earlier: Any = aliased(Meeting)
_citizen: Any = aliased(Participant)

# What I wrote last after a meeting with the citizen, as far as it is shared.
_LAST_WORDS = (
    select(MeetingMinutes.words)
    .join(_earlier, _earlier.id == MeetingMinutes.meeting_id)
    .where(
        _earlier.citizen_id == Meeting.citizen_id,
        MeetingMinutes.author_id == _ME,
        MeetingMinutes.state == MinutesState.SHARED,
    )
    .order_by(col(MeetingMinutes.shared_at).desc())
    .limit(1)
    .correlate(Meeting)
    .scalar_subquery()
)
# The soonest first: what is shown of a meeting is read of no more than these.
_SOONEST = (
    select(Meeting.id)
    .join(Participant, and_(Participant.meeting_id == Meeting.id, Participant.subject_id == _ME))
    .where(
        col(Meeting.citizen_id).in_(id_list()),
        Meeting.starts_at >= bindparam("morning", type_=UtcDateTime()),
        col(Meeting.state).in_((MeetingState.PROPOSED, MeetingState.AGREED, MeetingState.HELD)),
    )
    .order_by(col(Meeting.starts_at), col(Meeting.id))
    .limit(MEETINGS_MOST)
    .correlate(None)
)
_LAST_WORDS_OF = select_columns(Meeting.id, _LAST_WORDS).where(col(Meeting.id).in_(id_list()))
_MEETINGS = (
    select_columns(
        Meeting.id,
        Meeting.citizen_id,
        Meeting.purpose,
        Meeting.starts_at,
        Meeting.ends_at,
        Meeting.state,
        Meeting.channel,
        _citizen.reply,
        MeetingMinutes.state.label("minutes"),  # type: ignore[attr-defined]
    )
    .outerjoin(_citizen, and_(_citizen.meeting_id == Meeting.id, _citizen.subject_id == Meeting.citizen_id))
    .outerjoin(
        MeetingMinutes,
        and_(
            MeetingMinutes.meeting_id == Meeting.id,
            or_(MeetingMinutes.state == MinutesState.SHARED, MeetingMinutes.author_id == _ME),
        ),
    )
    .where(col(Meeting.id).in_(_SOONEST))
    .order_by(col(Meeting.starts_at), col(Meeting.id))
)


@dataclass(frozen=True, slots=True)
class MyMeeting:
    """One meeting that I am in."""

    id: UUID
    citizen_id: UUID
    purpose: str
    starts_at: datetime
    ends_at: datetime
    state: MeetingState
    channel: Channel
    reply: Reply | None  # the citizen's
    minutes: MinutesState | None  # of what was agreed, as far as it is mine to read; None: nothing
    last_words: str | None = None  # of today's: what I wrote last after a meeting with this citizen

    @property
    def day(self) -> date:
        return danish_day(self.starts_at)

    def has_begun(self, now: datetime) -> bool:
        return self.starts_at <= now

    @property
    def waits_for_reply(self) -> bool:
        return self.state is MeetingState.PROPOSED


class MyMeetings(NamedTuple):
    """Today's, and the next after it, soonest first."""

    today: list[MyMeeting]
    later: list[MyMeeting]


def list_my_meetings(
    session: Reader, me: UUID, subjects: Mapping[UUID, Subject], *, now: datetime
) -> MyMeetings:
    """Return the meetings I am in with those I help, today's also when they are over. Two queries."""
    today = danish_day(now)
    asked: dict[str, Any] = {"me": me, "ids": list(subjects), "morning": span_edge(today, time())}
    rows = session.exec(_MEETINGS, params=asked) if subjects else ()
    found = [MyMeeting(*row) for row in rows if may_see(subjects[row.citizen_id], Field.MEETING, own=True)]
    later = [one for one in found if one.day > today]
    now_on = [one for one in found if one.day == today]
    last = _last_words(session, me, [one.id for one in now_on])
    return MyMeetings([replace(one, last_words=last.get(one.id)) for one in now_on], later[:LATER_MOST])


def _last_words(session: Reader, me: UUID, meeting_ids: Sequence[UUID]) -> dict[UUID, str | None]:
    rows = session.exec(_LAST_WORDS_OF, params={"me": me, "ids": meeting_ids}) if meeting_ids else ()
    return {row[0]: row[1] for row in rows}
