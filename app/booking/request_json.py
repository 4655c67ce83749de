"""A request for a meeting as text: what is asked for waits, and is asked for later."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from app.meetings.rules import Channel, MeetingRequest, Slot

IDS = ("with_ids", "optional_ids", "companion_ids")
ONE_ID = (
    *("citizen_id", "organiser_id", "system_id", "place_id", "room_id", "interpreter_id", "message_id"),
)


def encode_request(request: MeetingRequest) -> str:
    """Return the request as JSON; `decode_request` gives it back."""
    return json.dumps(asdict(request), default=_plain, sort_keys=True, ensure_ascii=False)


def decode_request(text: str) -> MeetingRequest:
    """Return the request that `encode_request` wrote."""
    found: dict[str, Any] = json.loads(text)
    found |= {name: tuple(map(UUID, found[name])) for name in IDS}
    found |= {name: UUID(found[name]) for name in ONE_ID if found[name]}
    found |= {name: datetime.fromisoformat(found[name]) for name in ("starts_at", "ends_at")}
    found["channel"] = Channel(found["channel"])
    found["options"] = tuple(
        Slot(*(datetime.fromisoformat(one[edge]) for edge in ("start", "end"))) for one in found["options"]
    )
    return MeetingRequest(**found)


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
