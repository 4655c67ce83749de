"""Three times that differ: the first, one on another day, one in the other half of the day. Pure."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from app.calendar.rules import Slot
from app.clock import DANISH_TIME, danish_day

NOON = 12
T = TypeVar("T")


def three_different(choices: Sequence[T], slot_of: Callable[[T], Slot]) -> list[T]:
    """Return up to three of `choices`, which come best first.

    Where one of the three does not exist, the best that is left stands in.
    """
    left = list(choices)
    if not left:
        return []
    best = left.pop(0)
    day, is_morning = danish_day(slot_of(best).start), _is_morning(slot_of(best))

    def on_another_day(one: T) -> bool:
        return danish_day(slot_of(one).start) != day

    def in_the_other_half(one: T) -> bool:
        return _is_morning(slot_of(one)) != is_morning

    picked = [best]
    for differs in (on_another_day, in_the_other_half):
        if left:
            place = next((place for place, one in enumerate(left) if differs(one)), 0)
            picked.append(left.pop(place))
    return picked


def _is_morning(slot: Slot) -> bool:
    return slot.start.astimezone(DANISH_TIME).hour < NOON
