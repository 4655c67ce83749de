"""A series as it would be: every meeting, and what stands in its way. Reads only; booking checks again."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from sqlmodel import Session

from app.calendar import limits
from app.calendar.booking.asking import check_time
from app.calendar.booking.calendars import Calendar, Claim, has_room
from app.calendar.booking.people import Members, check_people
from app.calendar.booking.reading import known_ways, read_the_rest
from app.calendar.booking.series import days_of, length_of, on_day
from app.calendar.rules import (
    Clash,
    ClosedThatDay,
    MeetingWish,
    NoSuchTime,
    Obstacle,
    OccupancyKind,
    Occurrence,
    ParticipantRole,
    Slot,
)
from app.calendar.travel import Stay, spot_for, spot_of
from app.clock import DANISH_TIME, danish_day


def plan_series(
    session: Session,
    wish: MeetingWish,
    every_weeks: int,
    occurrences: int,
    *,
    now: datetime,
    closing_days: Collection[date] = (),
) -> list[Occurrence]:
    """Return every meeting of the series with what stands in its way; nothing is written.

    Raises:
        NotBookable: it is no series, or somebody in it is not known here.
    """
    members = check_people(session, wish, now=now)
    found = [_by_the_calendar(wish, day, now) for day in days_of(wish, every_weeks, occurrences)]
    taken = _taken(session, wish, members, [one.slot for one in found if one.obstacle is None])
    plan = []
    for one in found:
        obstacle = one.obstacle or (Obstacle.TAKEN if one.slot in taken else None)
        obstacle = obstacle or _too_much(session, wish, members, one.slot, now=now)
        if obstacle is None and danish_day(one.slot.start) in closing_days:
            obstacle = Obstacle.CLOSING
        plan.append(replace(one, obstacle=obstacle))
    return plan


def _by_the_calendar(wish: MeetingWish, day: date, now: datetime) -> Occurrence:
    """Return the meeting of one day, with what would keep anybody from having it."""
    try:
        return Occurrence(check_time(on_day(wish, day), now=now))
    except NoSuchTime:
        at = wish.starts_at.astimezone(DANISH_TIME).time()
        start = datetime.combine(day, at, DANISH_TIME).astimezone(UTC)
        return Occurrence(Slot(start, start + length_of(wish)), Obstacle.NO_SUCH_TIME)
    except ClosedThatDay as closed:
        at_that_time = on_day(wish, day)
        slot = Slot(at_that_time.starts_at, at_that_time.ends_at)
        return Occurrence(slot, Obstacle.HOLIDAY, closed.params["name"])


def _too_much(
    session: Session, wish: MeetingWish, members: Members, slot: Slot, *, now: datetime
) -> Obstacle | None:
    """Return whether it is more than the citizen can take, or in hours that can't be."""
    if not wish.said_yes:
        try:
            for one in members.on_the_citizens_side:
                limits.check(session, one, [(uuid4(), slot)], now=now)
        except Clash as clash:
            return Obstacle.LIMIT if clash.over_limit else Obstacle.TAKEN
    return None


def _taken(session: Session, wish: MeetingWish, members: Members, slots: Sequence[Slot]) -> set[Slot]:
    """Return those of the times at which somebody who must be there is taken, or would come too late."""
    if not slots:
        return set()
    here = spot_of(wish.channel, wish.place_id, wish.place)
    calendars: dict[UUID, Calendar] = {}
    for one in members.ids:
        if members.roles[one] is not ParticipantRole.OPTIONAL:
            kind = members.kinds[one]
            spot = spot_for(kind, wish.citizen_id, here)
            stays = [Stay(slot.start, slot.end, uuid4(), spot) for slot in slots]
            claims = [Claim(one, OccupancyKind.HOLD, False, stay) for stay in stays]
            calendars[one] = Calendar(kind, claims=claims)
    read_the_rest(session, calendars, {danish_day(slot.start) for slot in slots})
    known = known_ways(session, calendars.values())
    return {
        Slot(claim.stay.start, claim.stay.end)
        for calendar in calendars.values()
        for claim in calendar.claims
        if not has_room(calendar, [], claim.stay, known)
    }
