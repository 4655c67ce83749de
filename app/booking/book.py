"""Asking for a meeting: checked, locked, checked again under the lock, written whole."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, and_, col, or_, select

from app.availability import limits
from app.booking.expiry import expires_at
from app.booking.locking import lock_for_booking
from app.booking.notify import notify_everybody
from app.booking.occupancy import write_occupancy
from app.booking.participants import MeetingMembers, add_participants, check_people, ensure_subjects
from app.dates.local_time import DANISH_TIME, wall_time
from app.dates.workdays import WorkingCalendar, holiday_name
from app.meetings.life_cycle import MeetingState, OptionState
from app.meetings.models import Meeting, MeetingOption, Participant
from app.meetings.news import MEETING_NEW
from app.meetings.rules import (
    MOST_OPTIONS,
    MOST_PROPOSALS,
    Clash,
    MeetingRequest,
    Reply,
    Slot,
    TooManyAtOnce,
    TooManyProposals,
    TooManyTimes,
    slot_of,
)
from app.scheduling.service import other_times, other_times_for_meeting
from app.store.db import Database, UtcDateTime, violates
from app.store.prepared import Reader, execute_prepared

T = TypeVar("T")

SAME_KEY = "request_key"
_NOW = bindparam("now", type_=UtcDateTime())
_WAITING = select(Meeting.id, func.coalesce(Meeting.series_id, Meeting.id).label("which")).where(
    Meeting.citizen_id == bindparam("citizen_id", type_=Uuid()),
    Meeting.starts_at > bindparam("since", type_=UtcDateTime()),
    Meeting.ends_at > _NOW,
    or_(
        and_(
            Meeting.state == MeetingState.PROPOSED,
            or_(col(Meeting.expires_at).is_(None), Meeting.expires_at > _NOW),
        ),
        Meeting.offers_until > _NOW,
    ),
)
_BY_KEY = select(Meeting.id).where(Meeting.request_key == bindparam("key"))


def book_meeting(db: Database, request: MeetingRequest, *, now: datetime, workdays: WorkingCalendar) -> UUID:
    """Book a meeting in a transaction of its own and return its id.

    Raises:
        NotBookable: the request itself can't be met; its `field` says which part.
        Clash: somebody is taken; it carries up to three other times.
    """
    return with_alternatives(
        db,
        request,
        lambda session: create_meeting(session, request, now=now, workdays=workdays).id,
        now=now,
        workdays=workdays,
    )


def with_alternatives(
    db: Database,
    request: MeetingRequest,
    work: Callable[[Session], T],
    *,
    now: datetime,
    workdays: WorkingCalendar,
) -> T:
    """Run `work`, which places `request`, in a transaction; a Clash comes back with other times.

    Of two that came with the same key at once for other people, the second finds the meeting of the first.
    """
    try:
        try:
            return db.retrying(work)
        except IntegrityError as problem:
            if not violates(problem, SAME_KEY):
                raise
            return db.retrying(work)
    except Clash as clash:
        if isinstance(clash, TooManyProposals):  # at no other time either
            raise
        with db.reading() as session:
            found = other_times(session, request, now=now, workdays=workdays)
        raise Clash(found, over_limit=clash.over_limit) from clash


def change_with_alternatives(
    db: Database,
    meeting_id: UUID,
    work: Callable[[Session], T],
    *,
    around: Slot | None = None,
    now: datetime,
    workdays: WorkingCalendar,
) -> T:
    """Run `work`, which changes a meeting, in a transaction; a Clash comes back with other times.

    The other times are near `around`, or near where the meeting is.
    """
    try:
        return db.retrying(work)
    except Clash as clash:
        if isinstance(clash, TooManyProposals):
            raise
        with db.reading() as session:
            meeting = session.get_one(Meeting, meeting_id)
            near = around or Slot(meeting.starts_at, meeting.ends_at)
            found = other_times_for_meeting(session, meeting_id, near, now=now, workdays=workdays)
        raise Clash(found, over_limit=clash.over_limit) from clash


def create_meeting(
    session: Session, request: MeetingRequest, *, now: datetime, workdays: WorkingCalendar
) -> Meeting:
    """Write the meeting, its people and their taken time, and tell them; in the caller's transaction.

    A `request_key` that was used before gives the meeting that it gave then, whatever became of it.

    Raises:
        NotBookable: the request itself can't be met.
        Clash: somebody is taken, or it is more than the citizen can take.
    """
    slots = requested_slots(request, now=now)
    members = check_people(session, request, now=now)
    ensure_subjects(session, members)
    lock_for_booking(session, members.ids, slots, now=now, workdays=workdays)
    before = find_by_request_key(session, request.request_key)
    if before is not None:
        return before
    meeting = new_meeting(request, slots[0], now=now)
    if not request.said_yes:
        check_citizen_limits(session, members, [(meeting.id, slot) for slot in slots], now=now)
    if not request.agreed:
        check_proposals(session, request.citizen_id, now=now)
        meeting.expires_at = expires_at(slots, now, workdays)
    session.add(meeting)
    session.flush()
    add_options(session, meeting, slots if request.options else ())
    add_participants(session, meeting.id, members)
    if request.said_yes:
        record_reply(session, meeting, Reply.COMING, now=now)
    write_occupancy(session, [meeting])
    notify_everybody(session, meeting, MEETING_NEW, by=request.organiser_id, now=now)
    return meeting


def requested_slots(request: MeetingRequest, *, now: datetime) -> list[Slot]:
    """Return the times that are asked for, the first first.

    Raises:
        NotBookable: one of them can't be had by anybody.
    """
    if len(request.options) > MOST_OPTIONS:
        raise TooManyTimes
    asked = request.options or (None,)
    return [
        check_requested_time(
            replace(request, starts_at=one.start, ends_at=one.end) if one else request, now=now
        )
        for one in asked
    ]


def check_requested_time(request: MeetingRequest, *, now: datetime) -> Slot:
    """Return the time of a request; raise NotBookable if nobody could have it."""
    return slot_of(request, now=now, zone=DANISH_TIME, holiday_name=holiday_name)


def find_by_request_key(session: Session, key: str | None) -> Meeting | None:
    if key is None:
        return None
    found = execute_prepared(session, _BY_KEY, {"key": key}).first()
    return session.get_one(Meeting, found) if found else None


def new_meeting(request: MeetingRequest, slot: Slot, *, now: datetime) -> Meeting:
    """Return the meeting that is wished for, at this time; nothing is written."""
    return Meeting(
        citizen_id=request.citizen_id,
        organiser_id=request.organiser_id,
        system_id=request.system_id,
        purpose=request.purpose,
        why=request.why,
        bring=request.bring,
        duty=request.duty,
        channel=request.channel,
        place=request.place,
        place_id=request.place_id,
        directions=request.directions,
        link=request.link,
        companion=request.companion,
        message_id=request.message_id,
        starts_at=slot.start,
        ends_at=slot.end,
        tz=DANISH_TIME.key,
        wall_start=wall_time(slot.start),
        state=MeetingState.AGREED if request.agreed else MeetingState.PROPOSED,
        created_at=now,
        request_key=request.request_key,
    )


def check_citizen_limits(
    session: Session, members: MeetingMembers, coming: Sequence[tuple[UUID, Slot]], *, now: datetime
) -> None:
    """See that the citizen, and those of her own who come along, can take what comes; raise Clash if not."""
    for one in members.on_the_citizens_side:
        limits.check_limits(session, one, coming, now=now)


def check_proposals(
    session: Reader,
    citizen_id: UUID,
    *,
    now: datetime,
    but: Collection[UUID] = (),
    coming: frozenset[UUID] = frozenset(),
) -> None:
    """See that the citizen has few enough proposals to answer; a series is one, and so is what is offered
    beside an agreed meeting.

    `coming`: the meetings, and the series, that she is to be asked about; none: something new. `but`: those
    meetings, as they wait now.

    Raises:
        TooManyProposals: fifteen people could fill a calendar with what they hold.
        TooManyAtOnce: there is room for one more, and not for as many as are coming.
    """
    asked = {"citizen_id": citizen_id, "now": now, "since": now - timedelta(days=1)}
    waiting = {row.which for row in execute_prepared(session, _WAITING, asked) if row.id not in but}
    then = len(waiting | coming) if coming else len(waiting) + 1
    if then > MOST_PROPOSALS:
        raise TooManyProposals if len(waiting) >= MOST_PROPOSALS else TooManyAtOnce


def add_options(session: Session, meeting: Meeting, slots: Sequence[Slot]) -> None:
    """Write down the times that are offered, by the place the citizen sees them in."""
    session.add_all(
        MeetingOption(
            meeting_id=meeting.id,
            position=position,
            starts_at=slot.start,
            ends_at=slot.end,
            state=OptionState.OPEN,
        )
        for position, slot in enumerate(slots, 1)
    )


def record_reply(session: Session, meeting: Meeting, reply: Reply | None, *, now: datetime) -> None:
    """Write down what the citizen said, or that she is asked again."""
    own = session.get_one(Participant, (meeting.id, meeting.citizen_id), populate_existing=True)
    own.reply, own.replied_at = reply, now if reply else None
    if reply:  # she has seen how it is
        meeting.was = None
