"""The life of a meeting: where it can go from each state, whether it goes on, and what can be undone. Pure.

    foreslået ──yes──▶ aftalt ──time──▶ har været
       │  ▲   ◀─moved─── │
       │  │              └──▶ aflyst ──undo──▶ as it was
       │  └──offered anew──┐
       └──nobody answers──▶ udløbet ──a late yes──▶ aftalt

`meetings.service.transition_meeting` is the only one that writes it.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from app.errors import Refused

UNDO = timedelta(minutes=10)


class MeetingState(StrEnum):
    PROPOSED = "proposed"  # its times are held
    AGREED = "agreed"
    HELD = "held"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class OptionState(StrEnum):
    """One of the up to three times of a proposal."""

    OPEN = "open"
    TAKEN = "taken"  # the one the citizen said yes to
    RELEASED = "released"


# A state that leads to itself can be changed: another time, another place, other people. An agreed meeting is
# proposed again when it is moved to a time that the citizen has not said yes to. What is cancelled can be
# undone; what expired can be offered anew, or be had by a yes that comes late.
NEXT = {
    MeetingState.PROPOSED: {
        MeetingState.PROPOSED,
        MeetingState.AGREED,
        MeetingState.CANCELLED,
        MeetingState.EXPIRED,
    },
    MeetingState.AGREED: {
        MeetingState.AGREED,
        MeetingState.PROPOSED,
        MeetingState.CANCELLED,
        MeetingState.HELD,
    },
    MeetingState.HELD: set[MeetingState](),
    MeetingState.CANCELLED: {MeetingState.PROPOSED, MeetingState.AGREED},
    MeetingState.EXPIRED: {MeetingState.PROPOSED, MeetingState.AGREED},
}
STANDING = (MeetingState.PROPOSED, MeetingState.AGREED)
CAN_GET_A_TIME = (*STANDING, MeetingState.EXPIRED)  # times can be offered and taken


class MeetingIsOver(Refused):
    reason = "Mødet er slut eller aflyst. Ring til din kontaktperson, hvis der er noget."


class MeetingChanged(Refused):
    """The meeting is not what the reader saw: its sequence has grown."""

    reason = "Mødet er lige blevet ændret. Se det igen, og prøv så igen."


class MeetingAlreadyAnswered(Refused):
    """The citizen's answer stands; whoever answers for her comes second."""

    reason = "Der er svaret på mødet. Svaret gælder stadig."


class TooLateToUndo(Refused):
    reason = "Det kan ikke fortrydes mere. Ring til din kontaktperson."


def next_meeting_state(current: MeetingState, wanted: MeetingState) -> MeetingState:
    """Return `wanted`, if a meeting can go there from `current`.

    Raises:
        MeetingIsOver: it stands no longer, and can't come back that way.
        MeetingChanged: it stands, but is not what it was taken for.
    """
    if wanted not in NEXT[current]:
        raise MeetingChanged if current in STANDING else MeetingIsOver
    return wanted


def goes_on(state: MeetingState, ends_at: datetime, now: datetime) -> bool:
    """Say whether a meeting stands and has not ended. In a statement: `meetings.queries.goes_on_at`."""
    return state in STANDING and ends_at > now


def is_given_up(state: MeetingState, ends_at: datetime, now: datetime) -> bool:
    """Say whether nobody answered in time and its time has not come: it can be offered anew."""
    return state is MeetingState.EXPIRED and ends_at > now


def undo_until(cancelled_at: datetime | None) -> datetime | None:
    """Return the last moment to take a cancellation back; None: it is not cancelled."""
    return cancelled_at and cancelled_at + UNDO


def refuse_undo(
    cancelled_at: datetime | None,
    cancelled_by: UUID | None,
    starts_at: datetime,
    *,
    who: UUID | None,
    now: datetime,
) -> Refused | None:
    """Return why `who` (None: a system) can't bring a meeting back to begin at `starts_at`; None: they can.

    In a statement: `meetings.queries.can_be_undone_by`.
    """
    until = undo_until(cancelled_at)
    if until is None or cancelled_by != who or now > until:
        return TooLateToUndo()
    return MeetingIsOver() if starts_at <= now else None
