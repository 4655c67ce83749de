"""When a system may book: a meeting at three at night is a mistake in somebody's program."""

from collections.abc import Sequence
from datetime import datetime, time
from itertools import pairwise

from app.dates.local_time import DANISH_TIME
from app.dates.workdays import holiday_name
from app.meetings.rules import MeetingRequest, NotBookable, Slot, check_slot

OPENS, CLOSES = time(6), time(22)  # Danish time


class OutsideHours(NotBookable):
    reason = "Et system kan booke mellem kl. 6 og 22. Vælg en anden tid."


class OverlappingOptions(NotBookable):
    reason = "To af tiderne ligger oven i hinanden."
    field = "options"


def check_hours(starts_at: datetime, ends_at: datetime, *, now: datetime) -> Slot:
    """Return the time, if a system may book it.

    Raises:
        NotBookable: nobody could have it, or it is at night.
    """
    slot = check_slot(starts_at, ends_at, now=now, zone=DANISH_TIME, holiday_name=holiday_name)
    begins, ends = slot.start.astimezone(DANISH_TIME), slot.end.astimezone(DANISH_TIME)
    if begins.time() < OPENS or ends.time() > CLOSES or begins.date() != ends.date():
        raise OutsideHours
    return slot


def check_request_hours(meeting_request: MeetingRequest, *, now: datetime) -> None:
    """See that a system may book each time of a request; of a choice of times, `options` is at fault.

    Raises:
        NotBookable: see `check_hours`.
    """
    if not meeting_request.options:
        check_hours(meeting_request.starts_at, meeting_request.ends_at, now=now)
        return
    try:
        slots = sorted(check_hours(one.start, one.end, now=now) for one in meeting_request.options)
    except NotBookable as refused:
        refused.field = "options"
        raise
    check_options_apart(slots)


def check_options_apart(slots: Sequence[Slot]) -> None:
    """See that times to choose between don't lie on top of each other; they come earliest first."""
    if any(one.overlaps(other) for one, other in pairwise(slots)):
        raise OverlappingOptions
