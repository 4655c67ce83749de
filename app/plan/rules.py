"""The states of the one plan. Pure."""

from enum import StrEnum


class PlanState(StrEnum):
    WAITING = "waiting"  # waits for the citizen's yes
    ACTIVE = "active"
    CLOSED = "closed"
