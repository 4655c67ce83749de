"""What somebody must settle about a meeting. Pure."""

from enum import StrEnum


class TaskKind(StrEnum):
    """What somebody must settle about a meeting."""

    OTHER_TIME = "other_time"  # the citizen asked for another time
    CANNOT = "cannot"  # the citizen can't come
    CALL = "call"  # the citizen wants to be called
    CANCELLED = "cancelled"  # the citizen cancelled on the day itself
    EXPIRED = "expired"  # nobody answered a proposal
    BUSY_ELSEWHERE = "busy_elsewhere"  # a professional's own calendar says something else
    LEAVING = "leaving"  # a professional leaves
