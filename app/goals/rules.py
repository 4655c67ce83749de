"""Agreement on goals, and when a step or a promise is late. Pure."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.errors import Refused

SAID_MOST = 1000


class Agreement(StrEnum):
    """What the citizen says of a goal: enig, uenig, ved ikke, vil tale om det."""

    AGREE = "agree"
    DISAGREE = "disagree"
    UNSURE = "unsure"
    TALK = "talk"


@dataclass(frozen=True, slots=True)
class GoalAnswer:
    """What the citizen says of a goal, with words of one's own or without."""

    agreement: Agreement
    words: str | None = None


class NotOpen(Refused):
    reason = "Planen er lukket nu. Sig ja til én plan, så kan du gøre det."


class NotInPlan(Refused):
    reason = "Skridtet er ikke med i planen endnu. Du kan gøre det, når der er svaret."


class NotYours(Refused):
    reason = "Skridtet blev gjort en anden dag eller af en anden. Skriv, hvis det ikke passer."


def is_late(due_on: date | None, done: bool, today: date) -> bool:
    """Say whether a step or promise with this last day is late: the day itself is still in time."""
    return due_on is not None and not done and due_on < today
