"""What those who help may do with a meeting, and what they see of it that a citizen need not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from app.calendar import booking, replying, tasks
from app.calendar.models import Meeting, MeetingTask
from app.calendar.replying import Answer
from app.calendar.rules import STANDING, UNDO, MeetingState, Reply, Slot
from app.calendar.staffing.ending import left_of_series
from app.calendar.staffing.proposing import get_meeting_of
from app.calendar.written import written_by
from app.errors import Missing
from app.identity.models import Person

CONTACTS = ("contact", "substitute")


@dataclass(frozen=True, slots=True)
class Desk:
    """What one who helps can do with a meeting now, and what waits for it to be settled."""

    may_change: bool  # move it, call it off
    may_settle: bool  # offer other times, write the citizen's answer down
    written_by: str | None  # who wrote the citizen's answer down after a call; None: the citizen's own
    can_undo: bool  # this reader called it off just now
    tasks: tuple[tasks.OpenTask, ...]
    phone: str | None  # the citizen's, for who answers for the plan while something waits
    rest: int  # how many meetings of its series this reader can call off at once; 0: it stands alone
    may_propose_anew: bool  # it was called off, and there can be another instead


def read_desk(
    session: Session, citizen_id: UUID, meeting_id: UUID, *, tie: str, who: UUID, now: datetime
) -> Desk:
    """Return what this reader can do with the meeting."""
    meeting = get_meeting_of(session, citizen_id, meeting_id)
    goes_on = meeting.state in STANDING and meeting.ends_at > now
    contact = tie in CONTACTS
    waiting = tuple(_open(session, meeting.id, None if contact else who))
    return Desk(
        may_change=goes_on and is_theirs(meeting, tie, who),
        may_settle=contact and (goes_on or is_given_up(meeting, now)),
        written_by=written_by(session, citizen_id, meeting_id),
        can_undo=_is_fresh(meeting, who, now),
        tasks=waiting,
        phone=session.get_one(Person, citizen_id).phone if contact and waiting else None,
        rest=_rest(session, meeting, tie, who, now),
        may_propose_anew=meeting.state is MeetingState.CANCELLED and is_theirs(meeting, tie, who),
    )


def _rest(session: Session, meeting: Meeting, tie: str, who: UUID, now: datetime) -> int:
    left = left_of_series(session, meeting, now=now)
    return len(left) if len(left) > 1 and all(is_theirs(one, tie, who) for one in left) else 0


def is_theirs(meeting: Meeting, tie: str, who: UUID) -> bool:
    """Say whether this reader may change the meeting: the contact person any, others what they called."""
    return tie in CONTACTS or meeting.organiser_id == who


def is_given_up(meeting: Meeting, now: datetime) -> bool:
    """Say whether nobody answered in time and its time has not come."""
    return meeting.state is MeetingState.EXPIRED and meeting.ends_at > now


def _is_fresh(meeting: Meeting, who: UUID, now: datetime) -> bool:
    """Say whether this reader called the meeting off so lately that it can be brought back."""
    at = meeting.cancelled_at
    return at is not None and meeting.cancelled_by == who and now - at <= UNDO and meeting.starts_at > now


def get_theirs(session: Session, citizen_id: UUID, meeting_id: UUID, *, tie: str, who: UUID) -> Meeting:
    """Return a meeting that this reader may change; raise Missing if there is none."""
    meeting = get_meeting_of(session, citizen_id, meeting_id)
    if not is_theirs(meeting, tie, who):
        raise Missing
    return meeting


def move_to(session: Session, meeting: Meeting, slot: Slot, said: Answer, *, said_yes: bool) -> Meeting:
    """Move a meeting to the one time; `said_yes`: the citizen has said yes to it. Nothing on a refusal.

    Raises:
        As `booking.move`.
    """
    seen = said.sequence if said.sequence is not None else -1
    if meeting.state is MeetingState.EXPIRED:
        booking.repropose(session, meeting.id, [slot], sequence=seen, by=said.by, now=said.now)
        if not said_yes:
            return meeting
        return booking.accept(session, said.citizen_id, meeting.id, 1, by=said.by, now=said.now)
    return booking.move(session, meeting.id, slot, sequence=seen, by=said.by, now=said.now, said_yes=said_yes)


def offer_anew(session: Session, meeting: Meeting, slots: Sequence[Slot], said: Answer) -> Meeting:
    """Ask the citizen which of these times suits. Raises as `booking.repropose`."""
    seen = said.sequence if said.sequence is not None else -1
    return booking.repropose(session, meeting.id, slots, sequence=seen, by=said.by, now=said.now)


def write_answer(session: Session, said: Answer, reply: Reply, position: int | None) -> Meeting:
    """Write down what the citizen said on the phone, as the citizen's answer, by whom it was written.

    Raises:
        AlreadyAnswered: the citizen has answered; that answer stands.
        MeetingIsOver, ChangedMeanwhile, Clash: as `replying`.
    """
    if reply is Reply.COMING:
        return replying.say_yes(session, said, position)
    return replying.say_no(session, said, reply)


def close_tasks(
    session: Session, citizen_id: UUID, meeting_id: UUID, *, tie: str, who: UUID, now: datetime
) -> int:
    """Note that what was asked about a meeting is settled: all of it, or what was asked of this reader alone.

    Raises:
        Missing: there is no such meeting, or nothing was asked of this reader.
    """
    get_meeting_of(session, citizen_id, meeting_id)
    if tie in CONTACTS:
        return tasks.settle(session, meeting_id, by=who, now=now)
    if not _open(session, meeting_id, who):
        raise Missing
    return tasks.settle(session, meeting_id, by=who, now=now, of=[who])


def _open(session: Session, meeting_id: UUID, of: UUID | None) -> list[tasks.OpenTask]:
    """Return what waits to be settled, by day; `of`: only what was asked of this person."""
    wanted = select(MeetingTask).where(
        col(MeetingTask.meeting_id) == meeting_id, col(MeetingTask.done_at).is_(None)
    )
    if of is not None:
        wanted = wanted.where(col(MeetingTask.person_id) == of)
    rows = session.execute(wanted.order_by(col(MeetingTask.due_on), col(MeetingTask.id))).scalars()
    return [tasks.OpenTask(one.kind, one.due_on, one.late_at is not None) for one in rows]
