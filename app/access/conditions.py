"""On what a line of the policy's table hangs. Pure."""

from enum import StrEnum


class When(StrEnum):
    """On what a line hangs."""

    ALWAYS = "yes"
    CONSENTED = "yes*"  # while the citizen's yes to one plan stands, and lets a professional see any of it
    WHOLE = "whole"  # as yes*, while it lets them see all of it
    OWN = "own"  # what the line says is theirs, and nothing else
    CONSENTED_AND_OWN = "own*"  # what the line says is theirs, while yes* holds
    CONSENTED_OR_OWN = "yes*/own"  # all of it while the yes stands, else what is theirs
    PLAN = "plan*"  # their scope says so; with a star, and the citizen's yes stands
    WRITE = "write*"
    MEETINGS = "meetings"
    MESSAGES = "messages"
    CONSENT = "consent"
    NEVER = "-"
