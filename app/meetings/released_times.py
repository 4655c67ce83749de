"""The times of a proposal that are held no longer, because the citizen has said yes to another of them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from app.meetings.life_cycle import OptionState
from app.meetings.models import MeetingOption
from app.store.db import UtcDateTime
from app.store.prepared import Reader

_chosen = aliased(MeetingOption)
_MEETING = bindparam("meeting_id", type_=Uuid())
_RELEASED = (
    select(MeetingOption.starts_at)
    .where(
        MeetingOption.meeting_id == _MEETING,
        MeetingOption.state == OptionState.RELEASED,
        MeetingOption.starts_at > bindparam("now", type_=UtcDateTime()),
        select(_chosen.id).where(_chosen.meeting_id == _MEETING, _chosen.state == OptionState.TAKEN).exists(),
    )
    .order_by(col(MeetingOption.starts_at))
)


def list_released_times(session: Reader, meeting_id: UUID, *, now: datetime) -> Sequence[datetime]:
    """Return when the times begin that a yes to another of them has let go of; those to come."""
    return list(session.exec(_RELEASED, params={"meeting_id": meeting_id, "now": now}))
