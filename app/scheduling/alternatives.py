"""Three times that differ: the first, one on another day, one in the other half of the day. Pure."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from app.dates.local_time import DANISH_TIME, danish_day
from app.meetings.rules import Slot

NOON = 12
APART = timedelta(hours=2)  # nearer on the same day is hardly another time
T = TypeVar("T")


def three_alternatives(choices: Sequence[T], slot_of: Callable[[T], Slot]) -> list[T]:
    """Return up to three of `choices`, which come best first.

    Where one of the three does not exist, the best that is left stands in: one that is apart from the others
    if there is any.
    """
    left = list(choices)
    if not left:
        return []
    picked = [left.pop(0)]
    best = slot_of(picked[0])

    def on_another_day(one: T) -> bool:
        return danish_day(slot_of(one).start) != danish_day(best.start)

    def in_the_other_half(one: T) -> bool:
        return _is_morning(slot_of(one)) != _is_morning(best)

    def apart(one: T) -> bool:
        return is_apart(slot_of(one), map(slot_of, picked))

    for differs in (on_another_day, in_the_other_half):
        if left:
            picked.append(left.pop(_first(left, differs, apart)))
    return picked


def is_apart(slot: Slot, others: Iterable[Slot]) -> bool:
    """Say whether a time is another day than each of the others, or begins two hours or more from it."""
    return all(
        danish_day(slot.start) != danish_day(other.start) or abs(slot.start - other.start) >= APART
        for other in others
    )


def distance(start: datetime, around: datetime) -> tuple[int, int]:
    """Return how many days and how many minutes on the clock lie between two moments in Denmark."""
    one, other = start.astimezone(DANISH_TIME), around.astimezone(DANISH_TIME)
    minutes = (one.hour - other.hour) * 60 + one.minute - other.minute
    return abs((one.date() - other.date()).days), abs(minutes)


def _first(left: Sequence[T], differs: Callable[[T], bool], apart: Callable[[T], bool]) -> int:
    """Return the place of the first that is both; else of one that is apart, of one that differs, or 0."""
    for must_be_apart, must_differ in ((True, True), (True, False), (False, True)):
        for place, one in enumerate(left):
            if (apart(one) or not must_be_apart) and (differs(one) or not must_differ):
                return place
    return 0


def _is_morning(slot: Slot) -> bool:
    return slot.start.astimezone(DANISH_TIME).hour < NOON
