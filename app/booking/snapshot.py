"""How a meeting was before it was changed, for the citizen to see what is new. Kept until she answers."""

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlmodel import Session

from app.meetings.hidden import is_hidden
from app.meetings.models import Meeting, Place
from app.meetings.rules import ParticipantRole

SPOT = frozenset(("channel", "place", "place_id"))


def save_snapshot(
    session: Session,
    meeting: Meeting,
    different: Collection[str],
    before: Mapping[UUID, ParticipantRole],
    after: Iterable[UUID],
) -> None:
    """Write down what the meeting is now, of all that will be different; call it before the change.

    What changes again before she has answered keeps how it was when she knew it. If it was hidden then
    (skjult), she never knew it, and that is noted: nothing of how it was is told.
    """
    was: dict[str, Any] = {}
    if SPOT.intersection(different):
        known = session.get(Place, meeting.place_id) if meeting.place_id else None
        was["channel"], was["where"] = meeting.channel.value, known.name if known else meeting.place
    if "purpose" in different:
        was["purpose"] = meeting.purpose
    if "bring" in different:
        was["bring"] = meeting.bring or ""
    if "link" in different:
        was["link"] = meeting.link is not None
    people = {str(one) for one in before}
    if people != {str(one) for one in after}:
        was["people"] = sorted(people)
    if was and is_hidden(session, meeting.id):
        was["hidden"] = True
    older = json.loads(meeting.was) if meeting.was else {}
    meeting.was = json.dumps({**was, **older}) if was or older else None
