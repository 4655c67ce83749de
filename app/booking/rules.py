"""What somebody must settle about a meeting, and what waits in line. Pure."""

from enum import StrEnum

from app.errors import Refused


class TaskKind(StrEnum):
    """What somebody must settle about a meeting."""

    OTHER_TIME = "other_time"  # the citizen asked for another time
    CANNOT = "cannot"  # the citizen can't come
    CALL = "call"  # the citizen wants to be called
    CANCELLED = "cancelled"  # the citizen cancelled on the day itself
    EXPIRED = "expired"  # nobody answered a proposal
    BUSY_ELSEWHERE = "busy_elsewhere"  # a professional's own calendar says something else
    LEAVING = "leaving"  # a professional leaves, or has handed the citizen over
    AWAY = "away"  # somebody who must be there is away that day


class QueueState(StrEnum):
    """What has become of a proposal that was put in line."""

    QUEUED = "queued"
    SENT = "sent"
    RETURNED = "returned"  # to who made it


class QueuedIsSettled(Refused):
    """Somebody has sent it, or given it back, meanwhile."""

    reason = "Forslaget er ikke i kø mere."


class MakerLeft(Refused):
    """Who made it helps the citizen no more."""

    reason = "Den, der lavede forslaget, hjælper ikke her mere."
