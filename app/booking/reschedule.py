"""Another time for a meeting: moved, swapped, or offered anew. The new is had before the old is gone."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col, select

from app.availability import limits
from app.booking.book import add_options, check_proposals, record_reply
from app.booking.expiry import expires_at, hold_expires_at
from app.booking.locking import check_current, lock_meetings_for_times
from app.booking.notify import notify_everybody
from app.booking.occupancy import release_occupancy, write_occupancy
from app.booking.occupancy_rules import FreedTime
from app.booking.queries import read_meeting_times
from app.booking.tasks import BY_AN_ANSWER, BY_ANOTHER_TIME, settle_tasks
from app.dates.local_time import DANISH_TIME
from app.dates.workdays import WorkingCalendar, holiday_name
from app.errors import Refused
from app.meetings.life_cycle import CAN_GET_A_TIME, MeetingChanged, MeetingIsOver, MeetingState
from app.meetings.models import CalendarSubject, Meeting, MeetingOption, Participant
from app.meetings.news import MEETING_MOVED, MEETING_TIMES_OFFERED
from app.meetings.rules import MOST_OPTIONS, Reply, Slot, SubjectKind, TooManyTimes, check_slot
from app.meetings.service import transition_meeting


class NewMeetingTime(NamedTuple):
    """Where a meeting goes, and whether the citizen has said yes to that very time."""

    meeting: Meeting
    slot: Slot
    said_yes: bool


def reschedule_meeting(  # noqa: PLR0913 — what, where, as seen when, by whom
    session: Session,
    meeting_id: UUID,
    slot: Slot,
    *,
    sequence: int,
    by: UUID | None,
    now: datetime,
    workdays: WorkingCalendar,
    said_yes: bool = False,
) -> Meeting:
    """Give a meeting another time. Nothing has changed if it can't be had.

    It stays agreed if the citizen has said yes to that time, or moves it herself, or if it is a duty. Else
    she is asked: the new time is held, and the old one is given up.

    Raises:
        MeetingIsOver, MeetingChanged: see `check_current`.
        NotBookable: nobody could have that time, or she is asked about one of today's.
        Clash: somebody is taken then, or it is more than the citizen can take.
    """
    check_free_day(slot, now=now)
    (meeting,) = lock_meetings_for_times(session, [meeting_id], [slot], now=now, workdays=workdays)
    check_current(meeting, sequence, now=now)
    new = NewMeetingTime(meeting, slot, said_yes or by == meeting.citizen_id)
    reschedule_locked(session, [new], now=now, workdays=workdays)
    settle_tasks(session, meeting.id, by=by, now=now, kinds=BY_ANOTHER_TIME)
    notify_everybody(session, meeting, MEETING_MOVED, by=by, now=now)
    return meeting


def swap_meetings(  # noqa: PLR0913 — which two, by whom, and what the citizen has said
    session: Session,
    one: tuple[UUID, int],
    other: tuple[UUID, int],
    *,
    by: UUID | None,
    now: datetime,
    workdays: WorkingCalendar,
    said_yes: bool = False,
) -> None:
    """Let two meetings begin when the other did; each keeps its length. Given as id and sequence seen.

    `said_yes`: the citizen has said yes to both of the new times.

    Raises:
        As `reschedule_meeting`.
    """
    both = [one[0], other[0]]
    around = read_meeting_times(session, both)
    first, second = lock_meetings_for_times(session, both, around, now=now, workdays=workdays)
    for meeting, (_id, sequence) in ((first, one), (second, other)):
        check_current(meeting, sequence, now=now)
    moves = [_replacing(*pair, by=by, said_yes=said_yes) for pair in ((first, second), (second, first))]
    for new in moves:
        check_free_day(new.slot, now=now)
    reschedule_locked(session, moves, now=now, workdays=workdays)
    for new in sorted(moves, key=lambda new: str(new.meeting.citizen_id)):
        settle_tasks(session, new.meeting.id, by=by, now=now, kinds=BY_ANOTHER_TIME)
        notify_everybody(session, new.meeting, MEETING_MOVED, by=by, now=now)


def repropose_meeting(  # noqa: PLR0913 — what, where, as seen when, by whom
    session: Session,
    meeting_id: UUID,
    slots: Sequence[Slot],
    *,
    sequence: int,
    by: UUID | None,
    now: datetime,
    workdays: WorkingCalendar,
    answered: bool = False,
) -> Meeting:
    """Offer the citizen other times, and hold them. An agreed meeting keeps its time until she takes one.

    Also for a proposal that nobody answered in time. `answered`: her yes to one of them comes with it.

    Raises:
        As `reschedule_meeting`, and TooManyTimes.
    """
    if not 0 < len(slots) <= MOST_OPTIONS:
        raise TooManyTimes
    for slot in slots:
        check_free_day(slot, now=now)
    (meeting,) = lock_meetings_for_times(session, [meeting_id], slots, now=now, workdays=workdays)
    if meeting.state not in CAN_GET_A_TIME:
        raise MeetingIsOver
    if meeting.sequence != sequence:
        raise MeetingChanged
    check_new_times(session, [NewMeetingTime(meeting, slot, False) for slot in slots], now=now)
    freed = release_occupancy(session, [meeting.id])
    _drop_options(session, [meeting.id])
    stays = meeting.state is MeetingState.AGREED
    transition_meeting(
        meeting,
        MeetingState.AGREED if stays else MeetingState.PROPOSED,
        slot=None if stays else slots[0],
        held_until=hold_expires_at(now, workdays) if answered else expires_at(slots, now, workdays),
        now=now,
    )
    add_options(session, meeting, slots)
    record_reply(session, meeting, None, now=now)
    write_occupancy(session, [meeting], freed)
    settle_tasks(session, meeting.id, by=by, now=now, kinds=BY_AN_ANSWER if stays else BY_ANOTHER_TIME)
    notify_everybody(session, meeting, MEETING_TIMES_OFFERED if stays else MEETING_MOVED, by=by, now=now)
    return meeting


def check_free_day(slot: Slot, *, now: datetime) -> None:
    """Raise NotBookable if nobody could have this time."""
    check_slot(slot.start, slot.end, now=now, zone=DANISH_TIME, holiday_name=holiday_name)


def reschedule_locked(
    session: Session, moves: Sequence[NewMeetingTime], *, now: datetime, workdays: WorkingCalendar
) -> None:
    """Give locked meetings their new times, all or none; ask the citizen where she has not said yes."""
    check_new_times(session, [new for new in moves if not new.said_yes], now=now)
    ids = [new.meeting.id for new in moves]
    freed = release_occupancy(session, ids)
    for new in moves:
        set_new_time(session, new, now=now, workdays=workdays)
    write_occupancy(session, [new.meeting for new in moves], freed)


def reschedule_each(
    session: Session, moves: Sequence[NewMeetingTime], *, now: datetime, workdays: WorkingCalendar
) -> Mapping[UUID, Refused]:
    """Give locked meetings their new times, each that can have it; return why the others can't, by meeting.

    All are let go first, so that one can have the time of another that moves, too. Those that can't have the
    new time have none then: the caller undoes it all.
    """
    freed: dict[UUID, list[FreedTime]] = {}
    for time in release_occupancy(session, [new.meeting.id for new in moves]):
        freed.setdefault(time.stay.meeting_id, []).append(time)
    refused: dict[UUID, Refused] = {}
    for new in moves:
        meeting_id = new.meeting.id
        try:
            with session.begin_nested():
                check_free_day(new.slot, now=now)
                check_new_times(session, [] if new.said_yes else [new], now=now)
                set_new_time(session, new, now=now, workdays=workdays)
                write_occupancy(session, [new.meeting], freed.get(meeting_id, []))
        except Refused as no:
            refused[meeting_id] = no
    return refused


def set_new_time(session: Session, new: NewMeetingTime, *, now: datetime, workdays: WorkingCalendar) -> None:
    """Give a locked meeting, whose time is released, its new one. It is laid by the caller."""
    meeting = new.meeting
    _drop_options(session, [meeting.id])
    if meeting.state is MeetingState.AGREED:
        meeting.moved_from = meeting.starts_at
    agreed = new.said_yes or meeting.duty
    transition_meeting(
        meeting,
        MeetingState.AGREED if agreed else MeetingState.PROPOSED,
        slot=new.slot,
        held_until=None if agreed else expires_at([new.slot], now, workdays),
        now=now,
    )
    record_reply(session, meeting, Reply.COMING if new.said_yes else None, now=now)


def check_new_times(session: Session, asked: Sequence[NewMeetingTime], *, now: datetime) -> None:
    """See that each citizen can take the new times she has not said yes to, and is not asked too much."""
    coming: dict[UUID, list[tuple[UUID, Slot]]] = {}
    anew: dict[UUID, list[Meeting]] = {}
    for new in asked:
        for one in _citizens_side(session, new.meeting.id):
            coming.setdefault(one, []).append((new.meeting.id, new.slot))
        if not new.meeting.duty and new.meeting.state is not MeetingState.PROPOSED:
            anew.setdefault(new.meeting.citizen_id, []).append(new.meeting)
    for citizen_id, meetings in anew.items():  # together: each alone could be the second
        which = frozenset(one.series_id or one.id for one in meetings)
        check_proposals(session, citizen_id, now=now, but=[one.id for one in meetings], coming=which)
    for citizen_id, slots in coming.items():
        limits.check_limits(session, citizen_id, slots, now=now)


def _citizens_side(session: Session, meeting_id: UUID) -> list[UUID]:
    wanted = (
        select(Participant.subject_id)
        .join(CalendarSubject, col(CalendarSubject.id) == Participant.subject_id)
        .where(Participant.meeting_id == meeting_id, CalendarSubject.kind == SubjectKind.CITIZEN)
    )
    return list(session.exec(wanted))


def _drop_options(session: Session, meeting_ids: Sequence[UUID]) -> None:
    session.exec(delete(MeetingOption).where(col(MeetingOption.meeting_id).in_(meeting_ids)))


def _replacing(meeting: Meeting, other: Meeting, *, by: UUID | None, said_yes: bool) -> NewMeetingTime:
    slot = Slot(other.starts_at, other.starts_at + (meeting.ends_at - meeting.starts_at))
    return NewMeetingTime(meeting, slot, said_yes or by == meeting.citizen_id)
