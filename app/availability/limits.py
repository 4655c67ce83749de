"""How much a citizen can take, and the hours that can't be: looked at under the lock of whoever books.

Only the citizen's own yes to that very time goes beyond. A refusal because of a limit or a wish is the same
Clash as any other, so that nobody learns a private cause; `over_limit` is for the contact
person's page alone.
"""

from collections.abc import Collection
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import Uuid, bindparam
from sqlmodel import col, or_, select

from app.availability.models import CalendarLimits, CalendarWish
from app.availability.rules import USUAL, CitizenLimits, Planned, is_too_much, wish_spans
from app.dates.local_time import danish_day
from app.meetings.models import Meeting, Occupancy
from app.meetings.rules import Clash, OccupancyKind, Slot
from app.store.db import UtcDateTime
from app.store.prepared import Reader, execute_prepared
from app.store.query import select_columns

DAY = timedelta(days=1)
WEEK = timedelta(days=7)


_CITIZEN = bindparam("citizen_id", type_=Uuid())
_LIMITS = select(
    CalendarLimits.per_day,
    CalendarLimits.per_week,
    CalendarLimits.notice_days,
    CalendarLimits.rest_after,
).where(CalendarLimits.citizen_id == _CITIZEN)
_HARD = select_columns(CalendarWish).where(
    CalendarWish.citizen_id == _CITIZEN, col(CalendarWish.hard).is_(True)
)
_TAKEN = (
    select(Occupancy.meeting_id, Occupancy.starts_at)
    .join(Meeting, col(Meeting.id) == Occupancy.meeting_id)
    .where(
        Occupancy.subject_id == _CITIZEN,
        Occupancy.kind != OccupancyKind.TRAVEL,
        Occupancy.starts_at > bindparam("first", type_=UtcDateTime()),
        Occupancy.starts_at < bindparam("last", type_=UtcDateTime()),
        or_(
            col(Meeting.expires_at).is_(None),
            Meeting.expires_at > bindparam("now", type_=UtcDateTime()),
        ),
    )
)


def read_limits(session: Reader, citizen_id: UUID) -> CitizenLimits:
    """Return what the citizen has said, or the usual."""
    row = execute_prepared(session, _LIMITS, {"citizen_id": citizen_id}).first()
    return CitizenLimits(*row) if row else USUAL


def check_limits(
    session: Reader, citizen_id: UUID, coming: Collection[tuple[UUID, Slot]], *, now: datetime
) -> None:
    """See that the citizen can take what is coming: meetings, each with a time or several to choose from.

    The meetings that come don't count as they stand now. The citizen is locked already.

    Raises:
        Clash: a time is more than the limits allow, or lies in hours that can't be.
    """
    if not coming:
        return
    new = {meeting_id for meeting_id, _slot in coming}
    days = [(meeting_id, danish_day(slot.start)) for meeting_id, slot in coming]
    limits, stored = read_limits(session, citizen_id), _planned(session, citizen_id, days, new, now)
    for meeting_id, day in days:
        others = stored | {one for one in days if one[0] != meeting_id}
        if is_too_much(limits, others, day):
            raise Clash(over_limit=True)
    if slots_in_hard_wishes(session, citizen_id, [slot for _meeting, slot in coming]):
        raise Clash


def slots_in_hard_wishes(session: Reader, citizen_id: UUID, slots: Collection[Slot]) -> list[Slot]:
    """Return those of the times that lie in hours of which the citizen has said "kan ikke"."""
    wishes = execute_prepared(session, _HARD, {"citizen_id": citizen_id})
    if not wishes:
        return []
    found = []
    for slot in slots:  # one by one: the times of a series lie far apart
        closed = wish_spans(wishes, danish_day(slot.start) - DAY, danish_day(slot.end))
        if any(start < slot.end and slot.start < end for start, end in closed):
            found.append(slot)
    return found


def _planned(
    session: Reader, citizen_id: UUID, days: list[Planned], new: set[UUID], now: datetime
) -> set[Planned]:
    """Return the citizen's other meetings around these days; a proposal counts wherever it could be."""
    reach = [datetime.combine(day, time(), UTC) for _meeting, day in days]
    first, last = min(reach) - WEEK - DAY, max(reach) + WEEK + DAY
    rows = execute_prepared(
        session, _TAKEN, {"citizen_id": citizen_id, "first": first, "last": last, "now": now}
    )
    return {(row.meeting_id, danish_day(row.starts_at)) for row in rows if row.meeting_id not in new}
