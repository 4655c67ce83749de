"""A meeting that will not be: cancelled, brought back within ten minutes, or answered by nobody in time."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, and_, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from app.booking.book import add_options, record_reply
from app.booking.expiry import expire_meetings, expires_at, is_overdue
from app.booking.locking import check_current, lock_meetings, lock_meetings_for_times, lock_subjects
from app.booking.notify import notify_everybody
from app.booking.occupancy import release_occupancy, write_occupancy
from app.booking.participants import read_people_by_meeting
from app.booking.queries import read_meeting_times
from app.booking.reschedule import NewMeetingTime, check_free_day, check_new_times
from app.booking.rules import TaskKind
from app.booking.tasks import BY_AN_ANSWER, open_task, reopen_tasks, settle_tasks
from app.dates.local_time import danish_day
from app.dates.workdays import WorkingCalendar
from app.meetings.life_cycle import MeetingState, OptionState, TooLateToUndo, refuse_undo
from app.meetings.models import Meeting, MeetingOption, Participant
from app.meetings.news import MEETING_CANCELLED, MEETING_MOVED, MEETING_RESTORED
from app.meetings.rules import NoDayToReply, Reply, Slot
from app.meetings.service import release_options, transition_meeting

AT_A_TIME = 200
CALLS_OFF = (Reply.CANNOT, Reply.DECLINED)  # answers that can have cancelled a meeting
WHAT_NO_ANSWER_SETTLES = frozenset(TaskKind) - BY_AN_ANSWER


def cancel_meeting(  # noqa: PLR0913 — which, as seen when, by whom and why
    session: Session,
    meeting_id: UUID,
    *,
    sequence: int,
    by: UUID | None,
    now: datetime,
    workdays: WorkingCalendar,
    reason: str | None = None,
) -> Meeting:
    """Call a meeting off and free its time at once; `reason` in plain words, of a citizen none is asked.

    A citizen who cancels on the day itself also gives the contact person something to see to.

    Raises:
        MeetingIsOver, MeetingChanged: see `check_current`.
    """
    (meeting,) = lock_meetings(session, [meeting_id])
    check_current(meeting, sequence, now=now)
    cancel_locked(session, [meeting], by=by, now=now, reason=reason)
    settle_tasks(session, meeting.id, by=by, now=now)
    if by == meeting.citizen_id and danish_day(meeting.starts_at) == danish_day(now):
        kind = TaskKind.CANCELLED
        open_task(session, meeting.citizen_id, meeting.id, kind, now=now, workdays=workdays)
    notify_everybody(session, meeting, MEETING_CANCELLED, by=by, now=now)
    return meeting


def cancel_locked(
    session: Session, meetings: list[Meeting], *, by: UUID | None, now: datetime, reason: str | None = None
) -> None:
    """Cancel locked meetings. A proposal's times stay open on paper, so that an undo knows what it was."""
    freed = release_occupancy(session, [meeting.id for meeting in meetings])
    for meeting in meetings:
        _record_cancellation(session, meeting)
        transition_meeting(meeting, MeetingState.CANCELLED, now=now)
        meeting.cancelled_at, meeting.cancelled_by, meeting.cancel_reason = now, by, reason
    write_occupancy(session, meetings, freed)


def restore_meeting(
    session: Session,
    meeting_id: UUID,
    *,
    by: UUID | None,
    now: datetime,
    workdays: WorkingCalendar,
    at: Slot | None = None,
) -> Meeting:
    """Bring back what the same person cancelled within the last ten minutes, at its time if that is free.

    `at`: at this time instead, which the citizen chose because the old one is taken.

    Raises:
        TooLateToUndo: it was longer ago, or somebody else, or was not cancelled.
        MeetingIsOver: its time has come.
        NotBookable: nobody could have that other time.
        Clash: the time is taken now.
    """
    if at:
        check_free_day(at, now=now)
    around = [at] if at else read_meeting_times(session, [meeting_id])
    (meeting,) = lock_meetings_for_times(session, [meeting_id], around, now=now, workdays=workdays)
    begins = at.start if at else meeting.starts_at
    if refused := refuse_undo(meeting.cancelled_at, meeting.cancelled_by, begins, who=by, now=now):
        raise refused
    if at:
        return _bring_back_at(session, meeting, at, by=by, now=now)
    held = session.exec(_open_options(meeting_id)).all()
    slots = [Slot(one.starts_at, one.ends_at) for one in held]
    yes = by == meeting.citizen_id or _reply(session, meeting) is Reply.COMING
    if not yes:
        check_new_times(session, [NewMeetingTime(meeting, slot, False) for slot in slots or around], now=now)
    again = WHAT_NO_ANSWER_SETTLES if by == meeting.citizen_id else frozenset(TaskKind) - {TaskKind.CANCELLED}
    _reopen_tasks(session, meeting, again)
    to = MeetingState.PROPOSED if slots else MeetingState.AGREED
    held_until = _held_until(slots, now, workdays)
    own = session.get_one(Participant, (meeting.id, meeting.citizen_id), populate_existing=True)
    by_her_no = own.reply in CALLS_OFF and own.replied_at == meeting.cancelled_at
    transition_meeting(meeting, to, held_until=held_until, now=now)
    if by == meeting.citizen_id:  # her no called it off; now she comes, or is asked again
        record_reply(session, meeting, None if slots else Reply.COMING, now=now)
    elif by_her_no:  # somebody wrote it down: she is asked again
        record_reply(session, meeting, None, now=now)
    write_occupancy(session, [meeting])
    settle_tasks(session, meeting.id, by=by, now=now, kinds=[TaskKind.CANCELLED])
    notify_everybody(session, meeting, MEETING_RESTORED, by=by, now=now)
    return meeting


def _held_until(slots: Sequence[Slot], now: datetime, workdays: WorkingCalendar) -> datetime | None:
    """Return how long a proposal that is brought back holds its times; None: it is none."""
    try:
        return expires_at(slots, now, workdays) if slots else None
    except NoDayToReply as gone:
        raise TooLateToUndo from gone


def _bring_back_at(
    session: Session, meeting: Meeting, at: Slot, *, by: UUID | None, now: datetime
) -> Meeting:
    """Let a cancelled meeting stand at another time, to which the citizen has said yes."""
    release_options(session, [meeting.id])
    _reopen_tasks(session, meeting, [TaskKind.LEAVING])
    meeting.moved_from = meeting.starts_at
    transition_meeting(meeting, MeetingState.AGREED, slot=at, now=now)
    record_reply(session, meeting, Reply.COMING, now=now)
    write_occupancy(session, [meeting])
    settle_tasks(session, meeting.id, by=by, now=now, kinds=[TaskKind.CANCELLED])
    notify_everybody(session, meeting, MEETING_MOVED, by=by, now=now)
    return meeting


def expire_proposals(session: Session, *, now: datetime, workdays: WorkingCalendar) -> int:
    """Give up the times that nobody answered in time; return of how many proposals.

    At most AT_A_TIME: the next round takes the rest. Also done for those who are booked, in the booking.
    """
    ids = [meeting.id for meeting in session.exec(_waiting(now)) if is_overdue(meeting, now=now)]
    if not ids:
        return 0
    people = read_people_by_meeting(session, ids)
    lock_subjects(session, set().union(*people.values()))
    same = read_people_by_meeting(session, ids)
    found = [one for one in ids if same.get(one) == people.get(one)]
    return expire_meetings(session, found, now=now, workdays=workdays)


def _record_cancellation(session: Session, meeting: Meeting) -> None:
    """Let a cancelled proposal of one time keep that time as an open option: so it can be told from an
    agreed meeting. What was offered beside an agreed meeting is let go."""
    if meeting.state is MeetingState.AGREED:
        release_options(session, [meeting.id])
    elif session.exec(_open_options(meeting.id)).first() is None:
        add_options(session, meeting, [Slot(meeting.starts_at, meeting.ends_at)])


def _reopen_tasks(session: Session, meeting: Meeting, kinds: Collection[TaskKind]) -> None:
    """Ask again what the cancellation settled."""
    if meeting.cancelled_at is not None:
        reopen_tasks(session, meeting.id, kinds, settled_at=meeting.cancelled_at)


def _open_options(meeting_id: UUID) -> SelectOfScalar[MeetingOption]:
    wanted = select(MeetingOption).where(
        MeetingOption.meeting_id == meeting_id, MeetingOption.state == OptionState.OPEN
    )
    return wanted.order_by(col(MeetingOption.position))


def _reply(session: Session, meeting: Meeting) -> Reply | None:
    return session.get_one(Participant, (meeting.id, meeting.citizen_id), populate_existing=True).reply


def _waiting(now: datetime) -> SelectOfScalar[Meeting]:
    """Return the question for meetings that may hold time for longer than they should."""
    proposed = and_(col(Meeting.state) == MeetingState.PROPOSED, col(Meeting.expires_at) <= now)
    beside = and_(col(Meeting.state) == MeetingState.AGREED, col(Meeting.offers_until) <= now)
    return select(Meeting).where(or_(proposed, beside)).limit(AT_A_TIME)  # in no order: that would read all
