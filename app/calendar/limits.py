"""How much a citizen can take, and the hours that can't be: looked at under the lock of whoever books.

Only the citizen's own yes to that very time goes beyond. A refusal because of a limit or a wish is the same
Clash as any other, so that nobody learns a private cause; `over_limit` is for the contact
person's page alone.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import Uuid, bindparam, or_, select
from sqlmodel import Session, col

from app.calendar.models import CalendarLimits, CalendarWish, Meeting, Occupancy
from app.calendar.rules import Clash, OccupancyKind, Slot
from app.calendar.wish_rules import spans
from app.clock import danish_day
from app.db import UtcDateTime
from app.looking import ask

DAY = timedelta(days=1)
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one citizen can take. `notice_days` is for whoever looks for a time, not for booking one."""

    per_day: int = 2
    per_week: int = 3  # in an ISO week of Danish days
    notice_days: int = 3
    rest_after: bool = False  # no meeting the day after one


USUAL = Limits()

_CITIZEN = bindparam("citizen_id", type_=Uuid())
_LIMITS = select(
    col(CalendarLimits.per_day),
    col(CalendarLimits.per_week),
    col(CalendarLimits.notice_days),
    col(CalendarLimits.rest_after),
).where(col(CalendarLimits.citizen_id) == _CITIZEN)
_HARD = select(CalendarWish).where(col(CalendarWish.citizen_id) == _CITIZEN, col(CalendarWish.hard).is_(True))
_TAKEN = (
    select(col(Occupancy.meeting_id), col(Occupancy.starts_at))
    .join(Meeting, col(Meeting.id) == col(Occupancy.meeting_id))
    .where(
        col(Occupancy.subject_id) == _CITIZEN,
        col(Occupancy.kind) != OccupancyKind.TRAVEL,
        col(Occupancy.starts_at) > bindparam("first", type_=UtcDateTime()),
        col(Occupancy.starts_at) < bindparam("last", type_=UtcDateTime()),
        or_(
            col(Meeting.expires_at).is_(None),
            col(Meeting.expires_at) > bindparam("now", type_=UtcDateTime()),
        ),
    )
)

Planned = tuple[UUID, date]  # a meeting, and a day in Denmark on which it is or could be


def read_limits(session: Session, citizen_id: UUID) -> Limits:
    """Return what the citizen has said, or the usual."""
    row = ask(session, _LIMITS, {"citizen_id": citizen_id}).first()
    return Limits(*row) if row else USUAL


def is_too_much(limits: Limits, others: Iterable[Planned], day: date) -> bool:
    """Say whether one more meeting on `day` would be more than the citizen can take, beside the others."""
    planned = set(others)
    that_day = {meeting for meeting, other in planned if other == day}
    week = {meeting for meeting, other in planned if other.isocalendar()[:2] == day.isocalendar()[:2]}
    beside = limits.rest_after and any(abs(other - day) == DAY for _meeting, other in planned)
    return beside or len(that_day) >= limits.per_day or len(week) >= limits.per_week


def check(
    session: Session, citizen_id: UUID, coming: Collection[tuple[UUID, Slot]], *, now: datetime
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
    if in_hours_that_cannot_be(session, citizen_id, [slot for _meeting, slot in coming]):
        raise Clash


def in_hours_that_cannot_be(session: Session, citizen_id: UUID, slots: Collection[Slot]) -> list[Slot]:
    """Return those of the times that lie in hours of which the citizen has said "kan ikke"."""
    wishes = ask(session, _HARD, {"citizen_id": citizen_id})
    if not wishes:
        return []
    found = []
    for slot in slots:  # one by one: the times of a series lie far apart
        closed = spans(wishes, danish_day(slot.start) - DAY, danish_day(slot.end))
        if any(start < slot.end and slot.start < end for start, end in closed):
            found.append(slot)
    return found


def _planned(
    session: Session, citizen_id: UUID, days: list[Planned], new: set[UUID], now: datetime
) -> set[Planned]:
    """Return the citizen's other meetings around these days; a proposal counts wherever it could be."""
    reach = [datetime.combine(day, time(), UTC) for _meeting, day in days]
    first, last = min(reach) - WEEK - DAY, max(reach) + WEEK + DAY
    rows = ask(session, _TAKEN, {"citizen_id": citizen_id, "first": first, "last": last, "now": now})
    return {(row.meeting_id, danish_day(row.starts_at)) for row in rows if row.meeting_id not in new}
