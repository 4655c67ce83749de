"""What a citizen can say to a meeting: yes to one time, another time, can't, no thanks, call me.

Callers own the transaction. Silence is never a yes, and a no frees nothing until somebody has talked with the
citizen. But a meeting that is agreed and an offer is hers to call off, with ten minutes to think again.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, select

from app.booking import tasks
from app.booking.accept import accept_meeting, check_sequence_seen, is_just_answered
from app.booking.cancel import cancel_meeting, restore_meeting
from app.booking.locking import lock_meetings
from app.booking.notify import notify_everybody
from app.booking.reschedule import repropose_meeting, reschedule_meeting
from app.booking.rules import TaskKind
from app.dates.workdays import WorkingCalendar
from app.errors import Missing, Refused
from app.meetings.life_cycle import (
    MeetingAlreadyAnswered,
    MeetingChanged,
    MeetingIsOver,
    MeetingState,
    goes_on,
)
from app.meetings.models import Meeting, MeetingOption, Participant
from app.meetings.news import MEETING_ANSWERED
from app.meetings.queries import get_citizens_meeting
from app.meetings.rules import Clash, Reply, Slot
from app.scheduling.service import other_times_for_meeting

ASKS = {
    Reply.OTHER_TIME: TaskKind.OTHER_TIME,
    Reply.CANNOT: TaskKind.CANNOT,
    Reply.CALL_ME: TaskKind.CALL,
}


NO_REPLY = "-"


class AnsweredSince(Refused):
    """The citizen has answered otherwise since the page was drawn: an older tab changes nothing."""

    reason = "I mellemtiden har du svaret på mødet et andet sted. Det svar gælder. Du kan ændre det her."


@dataclass(frozen=True, slots=True)
class CitizenReply:
    """Whose answer to which meeting, as seen when, said by whom."""

    citizen_id: UUID
    meeting_id: UUID
    by: UUID
    now: datetime
    sequence: int | None  # of the meeting as the page showed it; None: the page is too old to tell
    workdays: WorkingCalendar
    stood: str | None = None  # the answer that the page showed, or NO_REPLY; None: it doesn't say


def accept_proposal(session: Session, said: CitizenReply, position: int | None) -> Meeting:
    """Take the citizen's yes to one of the times; `position` None: the only one.

    The same yes twice, from the same page, is one.

    Raises:
        Missing, MeetingIsOver, MeetingAlreadyAnswered, Clash: see `booking.accept`.
        MeetingChanged, AnsweredSince: the meeting is no longer what she saw, or she has answered since.
    """
    seen = said.sequence
    _check_answer_seen(session, said, Reply.COMING)
    try:
        return _accept(session, said, position, seen=seen)
    except MeetingChanged:
        meeting = get_citizens_meeting(session, said.citizen_id, said.meeting_id)
        if (
            seen is not None
            and meeting.sequence == seen + 1
            and _is_already_answered(session, meeting, position)
        ):
            return meeting
        raise


def decline_meeting(session: Session, said: CitizenReply, reply: Reply) -> Meeting:
    """Take an answer that isn't a yes, and give the contact person the task; the same one twice is one.

    "Jeg kan ikke" to an agreed offer calls it off, and "nej tak" to any. Everything else stands until it is
    settled; asked again after that, it is asked anew.

    Raises:
        Missing: the citizen has no such meeting, or it is a duty, to which there is no "nej tak".
        MeetingIsOver: it has ended or will not be.
        MeetingChanged, AnsweredSince: it is no longer what she saw, or she has answered since.
        MeetingAlreadyAnswered: somebody else answers for the citizen, who has answered this very moment.
    """
    get_citizens_meeting(session, said.citizen_id, said.meeting_id)
    (meeting,) = lock_meetings(session, [said.meeting_id])
    if not goes_on(meeting.state, meeting.ends_at, said.now):
        raise MeetingIsOver
    check_sequence_seen(meeting, said.sequence, now=said.now)
    own = session.get_one(Participant, (meeting.id, said.citizen_id), populate_existing=True)
    _check_answer_seen(session, said, reply)
    if said.by != said.citizen_id and is_just_answered(own, now=said.now):
        raise MeetingAlreadyAnswered
    if reply is Reply.DECLINED and meeting.duty:
        raise Missing
    if calls_off(reply, meeting):
        own.reply, own.replied_at = reply, said.now
        seen = meeting.sequence
        return cancel_meeting(
            session, meeting.id, sequence=seen, by=said.by, now=said.now, workdays=said.workdays
        )
    waits = {one.kind for one in tasks.list_meeting_tasks(session, said.citizen_id, meeting.id)}
    if own.reply is reply and ASKS[reply] in waits:
        return meeting
    own.reply, own.replied_at, meeting.was = reply, said.now, None
    tasks.settle_tasks(session, meeting.id, by=said.by, now=said.now, kinds=list(ASKS.values()))
    tasks.open_task(session, said.citizen_id, meeting.id, ASKS[reply], now=said.now, workdays=said.workdays)
    notify_everybody(session, meeting, MEETING_ANSWERED, by=said.by, now=said.now)
    return meeting


def calls_off(reply: Reply, meeting: Meeting) -> bool:
    """Say whether the citizen's no calls the meeting off at once: never a duty."""
    if meeting.duty:
        return False
    return reply is Reply.DECLINED or (reply is Reply.CANNOT and meeting.state is MeetingState.AGREED)


def choose_other_time(session: Session, said: CitizenReply, start: datetime) -> Meeting:
    """Move a meeting to a time that the citizen chose of those that suit everybody; chosen twice it is one.

    Raises:
        Missing: the citizen has no such meeting, or it is a duty, whose time is not hers to choose.
        MeetingIsOver, MeetingChanged, AnsweredSince, TooLateToUndo: as above.
        Clash: that time suits everybody no longer; it carries others.
    """
    meeting = get_citizens_meeting(session, said.citizen_id, said.meeting_id)
    if meeting.duty or said.sequence is None:
        raise Missing
    slot = Slot(start, start + (meeting.ends_at - meeting.starts_at))
    if slot.start == meeting.starts_at and _is_already_answered(session, meeting, None):
        return meeting
    _check_answer_seen(session, said, Reply.COMING)
    near = other_times_for_meeting(session, meeting.id, slot, now=said.now, workdays=said.workdays)
    if slot not in near:
        raise Clash(near)
    by, now, workdays = said.by, said.now, said.workdays
    if meeting.state is MeetingState.CANCELLED:  # what an undo asks when the old time is taken
        return restore_meeting(session, meeting.id, by=by, now=now, workdays=workdays, at=slot)
    if meeting.state is MeetingState.EXPIRED:
        seen = said.sequence
        repropose_meeting(
            session, meeting.id, [slot], sequence=seen, by=by, now=now, workdays=workdays, answered=True
        )
        return _accept(session, said, 1)
    moved = reschedule_meeting(
        session, meeting.id, slot, sequence=said.sequence, by=by, now=now, workdays=workdays, said_yes=True
    )
    own = session.get_one(Participant, (meeting.id, said.citizen_id), populate_existing=True)
    own.reply, own.replied_at = Reply.COMING, said.now
    return moved


def undo_cancellation(session: Session, said: CitizenReply) -> Meeting:
    """Bring back what the citizen cancelled within the last ten minutes; what is back stays as it is.

    Raises:
        Missing: the citizen has no such meeting.
        TooLateToUndo, MeetingIsOver, Clash: see `restore_meeting`.
    """
    meeting = get_citizens_meeting(session, said.citizen_id, said.meeting_id)
    if _is_already_answered(session, meeting, None):
        return meeting
    return restore_meeting(session, meeting.id, by=said.by, now=said.now, workdays=said.workdays)


def _check_answer_seen(session: Session, said: CitizenReply, wanted: Reply) -> None:
    """See that the answer which stands is the one that the page showed, or the very one that is given."""
    own = session.get(Participant, (said.meeting_id, said.citizen_id), populate_existing=True)
    stands = own.reply if own else None
    if said.stood is not None and said.stood != (stands or NO_REPLY) and stands is not wanted:
        raise AnsweredSince


def _accept(
    session: Session, said: CitizenReply, position: int | None, *, seen: int | None = None
) -> Meeting:
    by, now, workdays = said.by, said.now, said.workdays
    return accept_meeting(
        session, said.citizen_id, said.meeting_id, position, by=by, now=now, workdays=workdays, seen=seen
    )


def _is_already_answered(session: Session, meeting: Meeting, position: int | None) -> bool:
    """Say whether her yes is the last that happened to a meeting: a second tap asks for what stands.

    `position`: to that one of its times; None: to the time that it has.
    """
    own = session.get_one(Participant, (meeting.id, meeting.citizen_id), populate_existing=True)
    if meeting.state is not MeetingState.AGREED or own.reply is not Reply.COMING:
        return False
    if own.replied_at != meeting.changed_at:
        return False
    if position is None:
        return True
    chosen = select(MeetingOption.starts_at).where(
        MeetingOption.meeting_id == meeting.id, MeetingOption.position == position
    )
    return session.exec(chosen).first() in (None, meeting.starts_at)
