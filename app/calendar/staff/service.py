"""What those who help may do with a meeting, and what they see of it that a citizen need not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam
from sqlmodel import Session, col, select

from app.access.policy import Action, Field, Subject, may, may_see
from app.booking import tasks
from app.booking.accept import accept_meeting
from app.booking.models import MeetingTask
from app.booking.reschedule import repropose_meeting, reschedule_meeting
from app.booking.series import SeriesShift, move_series
from app.calendar import service
from app.calendar.recorded_replies import find_recorder
from app.calendar.service import CitizenReply
from app.calendar.staff.series_rest import Seen, list_rest_of_series
from app.dates.local_time import DANISH_TIME, danish_day
from app.errors import Missing
from app.identity.models import Person
from app.meetings.life_cycle import MeetingState, goes_on, is_given_up, refuse_undo
from app.meetings.models import Meeting
from app.meetings.queries import StoredMeeting, get_citizens_meeting, read_citizens_meeting
from app.meetings.rules import Reply, Slot
from app.store.prepared import Reader

_OPEN = (
    select(
        col(MeetingTask.kind), col(MeetingTask.due_on), col(MeetingTask.late_at), col(MeetingTask.person_id)
    )
    .where(MeetingTask.meeting_id == bindparam("meeting_id", type_=Uuid()))
    .where(col(MeetingTask.done_at).is_(None))
    .order_by(col(MeetingTask.due_on), col(MeetingTask.id))
)
_PHONE = select(Person.phone).where(Person.id == bindparam("citizen_id", type_=Uuid()))


@dataclass(frozen=True, slots=True)
class StaffActions:
    """What one who helps can do with a meeting now, and what waits for it to be settled."""

    may_change: bool  # move it, call it off
    may_settle: bool  # offer other times, write the citizen's answer down
    written_by: str | None  # who wrote the citizen's answer down after a call; None: the citizen's own
    can_undo: bool  # this reader called it off just now
    tasks: tuple[tasks.ShownTask, ...]
    phone: str | None  # the citizen's, for who answers for the plan while something waits
    rest: int  # how many meetings of its series this reader can call off at once; 0: it stands alone
    may_propose_anew: bool  # it was called off, and there can be another instead


def read_staff_actions(
    session: Reader, subject: Subject, meeting_id: UUID, *, who: UUID, now: datetime
) -> StaffActions:
    """Return what this reader can do with the meeting."""
    citizen_id = subject.citizen_id
    meeting = read_citizens_meeting(session, citizen_id, meeting_id)
    stands = goes_on(meeting.state, meeting.ends_at, now)
    settles = may(subject, Action.MEETING_SETTLE)
    waiting = tuple(_open(session, subject, meeting.id, who))
    return StaffActions(
        may_change=stands and may_change(meeting, subject, who),
        may_settle=settles and (stands or is_given_up(meeting.state, meeting.ends_at, now)),
        written_by=find_recorder(session, citizen_id, meeting_id),
        can_undo=_can_undo(meeting, who, now),
        tasks=waiting,
        phone=_phone(session, subject) if settles and waiting else None,
        rest=_rest(session, meeting, subject, who, now),
        may_propose_anew=meeting.state is MeetingState.CANCELLED and may_change(meeting, subject, who),
    )


def _phone(session: Reader, subject: Subject) -> str | None:
    if not may_see(subject, Field.PHONE):
        return None
    return session.exec(_PHONE, params={"citizen_id": subject.citizen_id}).first()


def _rest(session: Reader, meeting: StoredMeeting, subject: Subject, who: UUID, now: datetime) -> int:
    left = list_rest_of_series(session, meeting, now=now)
    return len(left) if len(left) > 1 and all(may_change(one, subject, who) for one in left) else 0


def may_change(meeting: StoredMeeting, subject: Subject, who: UUID) -> bool:
    """Say whether this reader may change the meeting; their own is one that they called."""
    return may(subject, Action.MEETING_CHANGE, own=meeting.organiser_id == who)


def _can_undo(meeting: StoredMeeting, who: UUID, now: datetime) -> bool:
    """Say whether this reader called the meeting off so lately that it can be brought back."""
    refused = refuse_undo(meeting.cancelled_at, meeting.cancelled_by, meeting.starts_at, who=who, now=now)
    return refused is None


def get_changeable_meeting(session: Session, subject: Subject, meeting_id: UUID, *, who: UUID) -> Meeting:
    """Return a meeting that this reader may change; raise Missing if there is none."""
    meeting = get_citizens_meeting(session, subject.citizen_id, meeting_id)
    if not may_change(meeting, subject, who):
        raise Missing
    return meeting


def read_changeable_meeting(
    session: Reader, subject: Subject, meeting_id: UUID, *, who: UUID
) -> StoredMeeting:
    """Return what `get_changeable_meeting` does, to be shown."""
    meeting = read_citizens_meeting(session, subject.citizen_id, meeting_id)
    if not may_change(meeting, subject, who):
        raise Missing
    return meeting


def reschedule_by_staff(
    session: Session, meeting: Meeting, slot: Slot, said: CitizenReply, *, said_yes: bool
) -> Meeting:
    """Move a meeting to the one time; `said_yes`: the citizen has said yes to it. Nothing on a refusal.

    Raises:
        As `reschedule_meeting`.
    """
    seen, by, now, workdays = _seen(said), said.by, said.now, said.workdays
    if meeting.state is MeetingState.EXPIRED:
        offer_new_times(session, meeting, [slot], said, answered=said_yes)
        if not said_yes:
            return meeting
        return accept_meeting(session, said.citizen_id, meeting.id, 1, by=by, now=now, workdays=workdays)
    return reschedule_meeting(
        session, meeting.id, slot, sequence=seen, by=by, now=now, workdays=workdays, said_yes=said_yes
    )


def move_rest_of_series(
    session: Session, meeting: Meeting, slot: Slot, said: CitizenReply, *, seen: Seen, said_yes: bool
) -> Meeting:
    """Move a meeting and those after it in its series: as many days on, and to the same time of day.

    Raises:
        Missing: some of them are not in the series, or it is in none.
        As `move_series`.
    """
    if meeting.series_id is None:
        raise Missing
    days = danish_day(slot.start) - danish_day(meeting.original_start or meeting.starts_at)
    move_series(
        session,
        meeting.series_id,
        SeriesShift(days.days, slot.start.astimezone(DANISH_TIME).time()),
        by=said.by,
        now=said.now,
        workdays=said.workdays,
        said_yes=said_yes,
        seen=seen,
        first_id=meeting.id,
    )
    return meeting


def offer_new_times(
    session: Session, meeting: Meeting, slots: Sequence[Slot], said: CitizenReply, *, answered: bool = False
) -> Meeting:
    """Ask the citizen which of these times suits. Raises as `repropose_meeting`, as is `answered`."""
    seen, by, now, workdays = _seen(said), said.by, said.now, said.workdays
    return repropose_meeting(
        session, meeting.id, slots, sequence=seen, by=by, now=now, workdays=workdays, answered=answered
    )


def _seen(said: CitizenReply) -> int:
    """Return the sequence that the page showed, or one that no meeting has."""
    return said.sequence if said.sequence is not None else -1


def record_citizen_reply(session: Session, said: CitizenReply, reply: Reply, position: int | None) -> Meeting:
    """Write down what the citizen said on the phone, as the citizen's answer, by whom it was written.

    Raises:
        MeetingAlreadyAnswered: the citizen has answered; that answer stands.
        MeetingIsOver, MeetingChanged, Clash: as `calendar.service`.
    """
    if reply is Reply.COMING:
        return service.accept_proposal(session, said, position)
    return service.decline_meeting(session, said, reply)


def close_tasks(session: Session, subject: Subject, meeting_id: UUID, *, who: UUID, now: datetime) -> int:
    """Note that what was asked about a meeting is settled: all of it, or what was asked of this reader alone.

    Raises:
        Missing: there is no such meeting, or nothing was asked of this reader.
    """
    get_citizens_meeting(session, subject.citizen_id, meeting_id)
    if may_see(subject, Field.TASKS):
        return tasks.settle_tasks(session, meeting_id, by=who, now=now)
    if not _open(session, subject, meeting_id, who):
        raise Missing
    return tasks.settle_tasks(session, meeting_id, by=who, now=now, of=[who])


def _open(session: Reader, subject: Subject, meeting_id: UUID, who: UUID) -> list[tasks.ShownTask]:
    """Return what waits to be settled, by day: what this reader may see of it."""
    return [
        tasks.ShownTask(kind, due_on, late_at is not None)
        for kind, due_on, late_at, person_id in session.exec(_OPEN, params={"meeting_id": meeting_id})
        if may_see(subject, Field.TASKS, own=person_id == who)
    ]
