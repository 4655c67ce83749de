"""A series as it would be: every meeting, and what stands in its way. Reads only; booking checks again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from app.availability import limits
from app.booking.book import check_requested_time
from app.booking.occupancy_rules import SubjectCalendar, TimeClaim, has_room
from app.booking.participants import MeetingMembers, check_people
from app.booking.queries import read_surroundings, read_travel_times
from app.booking.series import elapsed_length, request_on_day, series_days
from app.dates.local_time import DANISH_TIME, danish_day
from app.dates.workdays import WorkingCalendar
from app.meetings.rules import (
    Clash,
    ClosedThatDay,
    MeetingRequest,
    NoSuchTime,
    Obstacle,
    OccupancyKind,
    Occurrence,
    ParticipantRole,
    Slot,
)
from app.meetings.travel import TravelStay, spot_for, spot_of
from app.store.prepared import Reader


def plan_series(
    session: Reader,
    request: MeetingRequest,
    every_weeks: int,
    occurrences: int,
    *,
    now: datetime,
    workdays: WorkingCalendar,
) -> list[Occurrence]:
    """Return every meeting of the series with what stands in its way; nothing is written.

    Raises:
        NotBookable: it is no series, or somebody in it is not known here.
    """
    members = check_people(session, request, now=now)
    found = [_by_the_calendar(request, day, now) for day in series_days(request, every_weeks, occurrences)]
    taken = _taken(session, request, members, [one.slot for one in found if one.obstacle is None])
    plan = []
    for one in found:
        obstacle = one.obstacle or (Obstacle.TAKEN if one.slot in taken else None)
        obstacle = obstacle or _too_much(session, request, members, one.slot, now=now)
        if obstacle is None and workdays.is_closing_day(danish_day(one.slot.start)):
            obstacle = Obstacle.CLOSING
        plan.append(replace(one, obstacle=obstacle))
    return plan


def _by_the_calendar(request: MeetingRequest, day: date, now: datetime) -> Occurrence:
    """Return the meeting of one day, with what would keep anybody from having it."""
    try:
        return Occurrence(check_requested_time(request_on_day(request, day), now=now))
    except NoSuchTime:
        at = request.starts_at.astimezone(DANISH_TIME).time()
        start = datetime.combine(day, at, DANISH_TIME).astimezone(UTC)
        return Occurrence(Slot(start, start + elapsed_length(request)), Obstacle.NO_SUCH_TIME)
    except ClosedThatDay as closed:
        at_that_time = request_on_day(request, day)
        slot = Slot(at_that_time.starts_at, at_that_time.ends_at)
        return Occurrence(slot, Obstacle.HOLIDAY, closed.params["name"])


def _too_much(
    session: Reader, request: MeetingRequest, members: MeetingMembers, slot: Slot, *, now: datetime
) -> Obstacle | None:
    """Return whether it is more than the citizen can take, or in hours that can't be."""
    if not request.said_yes:
        try:
            for one in members.on_the_citizens_side:
                limits.check_limits(session, one, [(uuid4(), slot)], now=now)
        except Clash as clash:
            return Obstacle.LIMIT if clash.over_limit else Obstacle.TAKEN
    return None


def _taken(
    session: Reader, request: MeetingRequest, members: MeetingMembers, slots: Sequence[Slot]
) -> set[Slot]:
    """Return those of the times at which somebody who must be there is taken, or would come too late."""
    if not slots:
        return set()
    here = spot_of(request.channel, request.place_id, request.place)
    calendars: dict[UUID, SubjectCalendar] = {}
    for one in members.ids:
        if members.roles[one] is not ParticipantRole.OPTIONAL:
            kind = members.kinds[one]
            spot = spot_for(kind, request.citizen_id, here)
            stays = [TravelStay(slot.start, slot.end, uuid4(), spot) for slot in slots]
            claims = [TimeClaim(one, OccupancyKind.HOLD, False, stay) for stay in stays]
            calendars[one] = SubjectCalendar(kind, claims=claims)
    read_surroundings(session, calendars, {danish_day(slot.start) for slot in slots})
    known = read_travel_times(session, calendars.values())
    return {
        Slot(claim.stay.start, claim.stay.end)
        for calendar in calendars.values()
        for claim in calendar.claims
        if not has_room(calendar, [], claim.stay, known)
    }
