"""What upkeep says no with. Pure."""


class UnsafeOperation(Exception):
    """It can't be done safely, and nothing is changed. The text is the one Danish sentence that says why."""
