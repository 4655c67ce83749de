"""Asking for a meeting: checked, locked, checked again under the lock, written whole."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Uuid, and_, bindparam, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from app.calendar import limits
from app.calendar.booking.laying import lay
from app.calendar.booking.locking import lock
from app.calendar.booking.overdue import held_until
from app.calendar.booking.people import (
    Members,
    add_participants,
    check_people,
    make_subjects,
)
from app.calendar.booking.telling import announce
from app.calendar.finder import other_times, times_instead
from app.calendar.models import Meeting, MeetingOption, Participant
from app.calendar.rules import (
    MOST_OPTIONS,
    MOST_PROPOSALS,
    Clash,
    MeetingState,
    MeetingWish,
    OptionState,
    Reply,
    Slot,
    TooManyProposals,
    TooManyTimes,
    slot_of,
)
from app.clock import DANISH_TIME
from app.db import Database, UtcDateTime, breaks
from app.looking import ask
from app.notifications.rules import NoticeKind
from app.workdays import holiday_name

T = TypeVar("T")

SAME_KEY = "request_key"
_NOW = bindparam("now", type_=UtcDateTime())
_WAITING = select(
    col(Meeting.id), func.coalesce(col(Meeting.series_id), col(Meeting.id)).label("which")
).where(
    col(Meeting.citizen_id) == bindparam("citizen_id", type_=Uuid()),
    col(Meeting.starts_at) > bindparam("since", type_=UtcDateTime()),
    col(Meeting.ends_at) > _NOW,
    or_(
        and_(
            col(Meeting.state) == MeetingState.PROPOSED,
            or_(col(Meeting.expires_at).is_(None), col(Meeting.expires_at) > _NOW),
        ),
        col(Meeting.offers_until) > _NOW,
    ),
)
_BY_KEY = select(col(Meeting.id)).where(col(Meeting.request_key) == bindparam("key"))


def book(db: Database, wish: MeetingWish, *, now: datetime, closing_days: Collection[date]) -> UUID:
    """Book a meeting in a transaction of its own and return its id.

    Raises:
        NotBookable: the wish itself can't be met; its `field` says which part.
        Clash: somebody is taken; it carries up to three other times.
    """
    return attempt(
        db, wish, lambda session: place(session, wish, now=now).id, now=now, closing_days=closing_days
    )


def attempt(
    db: Database,
    wish: MeetingWish,
    work: Callable[[Session], T],
    *,
    now: datetime,
    closing_days: Collection[date],
) -> T:
    """Run `work`, which places `wish`, in a transaction; a Clash comes back with other times.

    Of two that came with the same key at once for other people, the second finds the meeting of the first.
    """
    try:
        try:
            return db.retrying(work)
        except IntegrityError as problem:
            if not breaks(problem, SAME_KEY):
                raise
            return db.retrying(work)
    except Clash as clash:
        if isinstance(clash, TooManyProposals):  # at no other time either
            raise
        with db.reading() as session:
            found = other_times(session, wish, now=now, closing_days=closing_days)
        raise Clash(found, over_limit=clash.over_limit) from clash


def attempt_change(
    db: Database,
    meeting_id: UUID,
    work: Callable[[Session], T],
    *,
    around: Slot | None = None,
    now: datetime,
    closing_days: Collection[date],
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
            found = times_instead(session, meeting_id, near, now=now, closing_days=closing_days)
        raise Clash(found, over_limit=clash.over_limit) from clash


def place(session: Session, wish: MeetingWish, *, now: datetime) -> Meeting:
    """Write the meeting, its people and their taken time, and tell them; in the caller's transaction.

    A `request_key` that was used before gives the meeting that it gave then, whatever became of it.

    Raises:
        NotBookable: the wish itself can't be met.
        Clash: somebody is taken, or it is more than the citizen can take.
    """
    slots = times_of(wish, now=now)
    members = check_people(session, wish, now=now)
    make_subjects(session, members)
    lock(session, members.ids, slots, now=now)
    before = find_by_key(session, wish.request_key)
    if before is not None:
        return before
    meeting = draw_up(wish, slots[0], now=now)
    if not wish.said_yes:
        check_limits(session, members, [(meeting.id, slot) for slot in slots], now=now)
    if not wish.agreed:
        check_proposals(session, wish.citizen_id, now=now)
        meeting.expires_at = expiry(slots, now)
    session.add(meeting)
    session.flush()
    add_options(session, meeting, slots if wish.options else ())
    add_participants(session, meeting.id, members)
    if wish.said_yes:
        note_reply(session, meeting, Reply.COMING, now=now)
    lay(session, [meeting])
    announce(session, meeting, NoticeKind.MEETING_NEW, by=wish.organiser_id, now=now)
    return meeting


def times_of(wish: MeetingWish, *, now: datetime) -> list[Slot]:
    """Return the times that are asked for, the first first.

    Raises:
        NotBookable: one of them can't be had by anybody.
    """
    if len(wish.options) > MOST_OPTIONS:
        raise TooManyTimes
    asked = wish.options or (None,)
    return [
        check_time(replace(wish, starts_at=one.start, ends_at=one.end) if one else wish, now=now)
        for one in asked
    ]


def check_time(wish: MeetingWish, *, now: datetime) -> Slot:
    """Return the time of a wish; raise NotBookable if nobody could have it."""
    return slot_of(wish, now=now, zone=DANISH_TIME, holiday_name=holiday_name)


def find_by_key(session: Session, key: str | None) -> Meeting | None:
    if key is None:
        return None
    found = ask(session, _BY_KEY, {"key": key}).first()
    return session.get_one(Meeting, found.id) if found else None


def draw_up(wish: MeetingWish, slot: Slot, *, now: datetime) -> Meeting:
    """Return the meeting that is wished for, at this time; nothing is written."""
    return Meeting(
        citizen_id=wish.citizen_id,
        organiser_id=wish.organiser_id,
        system_id=wish.system_id,
        purpose=wish.purpose,
        why=wish.why,
        bring=wish.bring,
        duty=wish.duty,
        channel=wish.channel,
        place=wish.place,
        place_id=wish.place_id,
        directions=wish.directions,
        companion=wish.companion,
        starts_at=slot.start,
        ends_at=slot.end,
        tz=DANISH_TIME.key,
        wall_start=on_the_wall(slot.start),
        state=MeetingState.AGREED if wish.agreed else MeetingState.PROPOSED,
        created_at=now,
        request_key=wish.request_key,
    )


def on_the_wall(start: datetime) -> str:
    """Return a moment as it stands on the wall in Denmark: YYYY-MM-DDTHH:MM."""
    return start.astimezone(DANISH_TIME).strftime("%Y-%m-%dT%H:%M")


def expiry(slots: Sequence[Slot], now: datetime) -> datetime:
    """Return when a proposal's times are given up: after some days, or when the last has come."""
    return min(held_until(now), max(slot.start for slot in slots))


def check_limits(
    session: Session, members: Members, coming: Sequence[tuple[UUID, Slot]], *, now: datetime
) -> None:
    """See that the citizen, and those of her own who come along, can take what comes; raise Clash if not."""
    for one in members.on_the_citizens_side:
        limits.check(session, one, coming, now=now)


def check_proposals(session: Session, citizen_id: UUID, *, now: datetime, but: Collection[UUID] = ()) -> None:
    """See that the citizen has few enough proposals to answer; a series is one, and so is what is offered
    beside an agreed meeting.

    Raises:
        TooManyProposals: fifteen people could fill a calendar with what they hold.
    """
    asked = {"citizen_id": citizen_id, "now": now, "since": now - timedelta(days=1)}
    waiting = {row.which for row in ask(session, _WAITING, asked) if row.id not in but}
    if len(waiting) >= MOST_PROPOSALS:
        raise TooManyProposals


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


def note_reply(session: Session, meeting: Meeting, reply: Reply | None, *, now: datetime) -> None:
    """Write down what the citizen said, or that she is asked again."""
    own = session.get_one(Participant, (meeting.id, meeting.citizen_id), populate_existing=True)
    own.reply, own.replied_at = reply, now if reply else None
    if reply:  # she has seen how it is
        meeting.was = None
