"""The citizen's yes: a proposal becomes agreed, in the time she chose."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from app.booking.book import record_reply
from app.booking.busy_elsewhere import open_busy_tasks
from app.booking.locking import lock_meetings_for_times
from app.booking.notify import notify_everybody
from app.booking.occupancy import release_occupancy, write_occupancy
from app.booking.queries import read_meeting_times
from app.booking.tasks import BY_AN_ANSWER, BY_ANOTHER_TIME, settle_tasks
from app.dates.workdays import WorkingCalendar
from app.errors import Missing
from app.meetings.life_cycle import (
    CAN_GET_A_TIME,
    MeetingAlreadyAnswered,
    MeetingChanged,
    MeetingIsOver,
    MeetingState,
    OptionState,
)
from app.meetings.models import Meeting, MeetingOption, Participant
from app.meetings.news import MEETING_ANSWERED
from app.meetings.queries import get_citizens_meeting
from app.meetings.rules import Reply, Slot
from app.meetings.service import choose_option, transition_meeting

JUST_NOW = timedelta(minutes=1)


def accept_meeting(  # noqa: PLR0913 — whose, which meeting and time, as seen when, by whom
    session: Session,
    citizen_id: UUID,
    meeting_id: UUID,
    position: int | None,
    *,
    by: UUID,
    now: datetime,
    workdays: WorkingCalendar,
    seen: int | None = None,
) -> Meeting:
    """Write down the citizen's yes to one of the times; `position` None: the only one there is.

    A yes that comes too late is taken while the time is free. The same yes twice changes nothing. Once there
    is an answer only the citizen herself can give another.

    Raises:
        Missing: the citizen has no such meeting, or no such time was offered.
        MeetingIsOver: the time has passed, or the meeting will not be.
        MeetingChanged: its sequence is not `seen`, so the yes is to something else.
        MeetingAlreadyAnswered: somebody else answers for the citizen, who has answered.
        Clash: the time was taken meanwhile; the caller keeps the answer.
    """
    get_citizens_meeting(session, citizen_id, meeting_id)
    around = read_meeting_times(session, [meeting_id])
    (meeting,) = lock_meetings_for_times(session, [meeting_id], around, now=now, workdays=workdays)
    check_sequence_seen(meeting, seen, now=now)
    options = _options(session, meeting_id)
    option = _chosen(meeting, options, position)
    slot = Slot(option.starts_at, option.ends_at) if option else Slot(meeting.starts_at, meeting.ends_at)
    if meeting.state not in CAN_GET_A_TIME or _is_gone(meeting, slot, now=now):
        raise MeetingIsOver
    if by != citizen_id and _is_open(session, meeting, now):
        raise MeetingAlreadyAnswered
    if _is_agreed(meeting, slot, options):
        return _again(session, meeting, by=by, now=now)
    freed = release_occupancy(session, [meeting.id])
    moved = slot.start != meeting.starts_at
    if meeting.state is MeetingState.AGREED and moved:
        meeting.moved_from = meeting.starts_at
    transition_meeting(meeting, MeetingState.AGREED, slot=slot, now=now)
    choose_option(options, option)
    record_reply(session, meeting, Reply.COMING, now=now)
    write_occupancy(session, [meeting], freed)
    settle_tasks(session, meeting.id, by=by, now=now, kinds=BY_ANOTHER_TIME if moved else BY_AN_ANSWER)
    open_busy_tasks(session, meeting, now=now, workdays=workdays)
    notify_everybody(session, meeting, MEETING_ANSWERED, by=by, now=now)
    return meeting


def check_sequence_seen(meeting: Meeting, seen: int | None, *, now: datetime) -> None:
    """See that a meeting is answered as it is: a page may have lain on the phone for days.

    `seen` None: the page is too old to tell. Raises MeetingChanged.
    """
    if seen is not None and meeting.sequence != seen and meeting.ends_at > now:
        raise MeetingChanged


def _options(session: Session, meeting_id: UUID) -> Sequence[MeetingOption]:
    wanted = select(MeetingOption).where(MeetingOption.meeting_id == meeting_id)
    rows = session.exec(
        wanted.order_by(col(MeetingOption.position)).execution_options(populate_existing=True)
    )
    return rows.all()


def _chosen(meeting: Meeting, options: Sequence[MeetingOption], position: int | None) -> MeetingOption | None:
    """Return the option that the yes is to; None: the meeting's own time."""
    if position is not None and options:
        found = next((one for one in options if one.position == position), None)
        if found is None:
            raise Missing
        return found
    if position not in (None, 1):
        raise Missing
    if len(options) > 1 and meeting.state is not MeetingState.AGREED:
        raise Missing
    return options[0] if options and meeting.state is not MeetingState.AGREED else None


def _is_gone(meeting: Meeting, slot: Slot, *, now: datetime) -> bool:
    """Say whether that time is over; what is agreed moves to none that has begun."""
    moves = meeting.state is MeetingState.AGREED and slot.start != meeting.starts_at
    return (slot.start if moves else slot.end) <= now


def _is_agreed(meeting: Meeting, slot: Slot, options: Sequence[MeetingOption]) -> bool:
    """Say whether that time is agreed and no other is on offer."""
    return (
        meeting.state is MeetingState.AGREED
        and slot == Slot(meeting.starts_at, meeting.ends_at)
        and not any(one.state is OptionState.OPEN for one in options)
    )


def is_just_answered(own: Participant, *, now: datetime) -> bool:
    """Say whether an answer is of this very moment: who gives one for the citizen has not seen it."""
    return own.replied_at is not None and now - own.replied_at < JUST_NOW


def _is_open(session: Session, meeting: Meeting, now: datetime) -> bool:
    """Say whether there is an answer that nobody else gives anew: a yes, or one of this very moment."""
    own = _own(session, meeting)
    said_yes = meeting.state is MeetingState.AGREED and own.reply is Reply.COMING
    return said_yes or is_just_answered(own, now=now)


def _own(session: Session, meeting: Meeting) -> Participant:
    return session.get_one(Participant, (meeting.id, meeting.citizen_id), populate_existing=True)


def _again(session: Session, meeting: Meeting, *, by: UUID, now: datetime) -> Meeting:
    """Note the yes to a time that is agreed already; the second one changes nothing."""
    if _own(session, meeting).reply is not Reply.COMING:
        record_reply(session, meeting, Reply.COMING, now=now)
        settle_tasks(session, meeting.id, by=by, now=now, kinds=BY_AN_ANSWER)
        notify_everybody(session, meeting, MEETING_ANSWERED, by=by, now=now)
    return meeting
