"""How long somebody needs from one place to the next. Pure."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from app.calendar.rules import Channel

USUAL = timedelta(minutes=15)
HOME = "home"  # where a citizen is before the first meeting of a day

Spot = UUID | str  # a known place, or its name as somebody wrote it
Known = Mapping[frozenset[UUID], int]  # minutes between two known places, either way


def spot_of(channel: Channel, place_id: UUID | None, place: str | None) -> Spot | None:
    """Return where the citizen must be for a meeting; None by phone and by video, from anywhere."""
    if channel is Channel.HOME:
        return HOME
    if channel is not Channel.IN_PERSON:
        return None
    return place_id or (place or "").strip()


def lead(before: Spot, to: Spot, known: Known) -> timedelta:
    """Return how long it takes from one spot to another: nothing, what the table says, or the usual time."""
    if before == to:
        return timedelta()
    if isinstance(before, UUID) and isinstance(to, UUID):
        minutes = known.get(frozenset((before, to)))
        return USUAL if minutes is None else timedelta(minutes=minutes)
    return USUAL
