"""The only place that writes a meeting's state, its sequence and its time, and the state of a time on offer.

The demo alone writes beside it: it moves all its days at once.

Callers own the transaction, have locked who is in the meeting, and release and lay the time that is taken.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col

from app.dates.local_time import wall_time
from app.meetings.life_cycle import MeetingState, OptionState, next_meeting_state
from app.meetings.models import Meeting, MeetingOption
from app.meetings.rules import Slot


def transition_meeting(
    meeting: Meeting,
    to: MeetingState,
    *,
    now: datetime | None,
    slot: Slot | None = None,
    held_until: datetime | None = None,
) -> None:
    """Let a meeting go to a state, or be changed where it is, at its time or at that of `slot`.

    `now` None: time alone brings it, and nobody is told of a change. `held_until`: when what it holds for an
    answer is given up, its own times or those beside an agreed one; None: it holds none. What belongs to the
    state that it leaves goes with that.

    Raises:
        MeetingIsOver, MeetingChanged: it can't go there; see `life_cycle.NEXT`.
    """
    meeting.state = next_meeting_state(meeting.state, to)
    if slot:
        meeting.starts_at, meeting.ends_at = slot.start, slot.end
        meeting.wall_start = wall_time(slot.start)
    if to is not MeetingState.EXPIRED:  # that one still says until when it waited
        meeting.expires_at = held_until if to is MeetingState.PROPOSED else None
    meeting.offers_until = held_until if to is MeetingState.AGREED else None
    if to is not MeetingState.CANCELLED:
        meeting.cancelled_at = meeting.cancelled_by = meeting.cancel_reason = None
    if now:
        meeting.sequence += 1
        meeting.changed_at = now


def held_until(meeting: Meeting) -> datetime | None:
    """Return when what a standing meeting holds for an answer is given up; None: it holds none."""
    ends = {MeetingState.AGREED: meeting.offers_until, MeetingState.PROPOSED: meeting.expires_at}
    return ends.get(meeting.state)


def restate_by_time(session: Session, *, now: datetime) -> None:
    """Give agreed and held meetings the state that their time says, where all days have been moved at once.

    Then what was held can come again, as in no meeting's life: for the demo alone.
    """
    for was, over, to in (
        (MeetingState.AGREED, col(Meeting.ends_at) <= now, MeetingState.HELD),
        (MeetingState.HELD, col(Meeting.ends_at) > now, MeetingState.AGREED),
    ):
        session.exec(update(Meeting).where(col(Meeting.state) == was, over).values(state=to))


def choose_option(options: Iterable[MeetingOption], chosen: MeetingOption | None) -> None:
    """Note which of a meeting's times was taken (None: its own), and let go of the others."""
    for one in options:
        one.state = OptionState.TAKEN if one is chosen else OptionState.RELEASED


def release_options(
    session: Session, meeting_ids: Collection[UUID], *, only: Collection[UUID] | None = None
) -> None:
    """Let go of the times that are still on offer; those who look can see what was. `only`: these options."""
    still_open = update(MeetingOption).where(
        col(MeetingOption.meeting_id).in_(meeting_ids), col(MeetingOption.state) == OptionState.OPEN
    )
    if only is not None:
        still_open = still_open.where(col(MeetingOption.id).in_(only))
    session.exec(still_open.values(state=OptionState.RELEASED))
