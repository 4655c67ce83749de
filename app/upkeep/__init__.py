"""Upkeep: a safe copy of everything, the way back from it, and whether all is as promised."""


class NotSafe(Exception):
    """It can't be done safely, and nothing is changed. The text is the one Danish sentence that says why."""
