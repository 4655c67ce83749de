"""Agreement on goals, and when a step or a promise is late. Pure."""

from datetime import date
from enum import StrEnum


class Agreement(StrEnum):
    """What the citizen says of a goal: enig, uenig, ved ikke, vil tale om det."""

    AGREE = "agree"
    DISAGREE = "disagree"
    UNSURE = "unsure"
    TALK = "talk"


def is_late(due_on: date | None, done: bool, today: date) -> bool:
    """Say whether a step or promise with this last day is late: the day itself is still in time."""
    return due_on is not None and not done and due_on < today
