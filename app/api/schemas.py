"""What goes over the wire, as JSON Schema (2020-12): the same limits as those that the readers keep."""

from typing import Any

from app.api.parsing import TIME_MOST
from app.api.request_bodies import MINUTES_MOST, REASON_MOST, TWO
from app.api.responses import KINDS
from app.meetings.life_cycle import MeetingState
from app.meetings.rules import (
    BRING_MOST,
    MOST_OPTIONS,
    MOST_PEOPLE,
    PLACE_MOST,
    PURPOSE_MOST,
    WHY_MOST,
    Channel,
)
from app.meetings.video_link import LINK_MOST
from app.store.idempotency import KEY_MOST

Shape = dict[str, Any]

UUID: Shape = {
    "type": "string",
    "format": "uuid",
    "pattern": "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$",
}
INSTANT: Shape = {
    "type": "string",
    "format": "date-time",
    "maxLength": TIME_MOST,
    "description": "ISO 8601 med tidszone, i hele minutter.",
    "examples": ["2027-03-03T10:00:00+01:00"],
}
PEOPLE: Shape = {"type": "array", "items": UUID, "minItems": 1, "maxItems": MOST_PEOPLE}
MINUTES: Shape = {"type": "integer", "minimum": 1, "maximum": MINUTES_MOST}
KEY: Shape = {"type": "string", "minLength": 1, "maxLength": KEY_MOST, "pattern": "^[ -~]+$"}
ETAG: Shape = {"type": "string", "examples": ['"0"']}
CHANNEL: Shape = {"type": "string", "enum": [one.value for one in Channel]}


def text_schema(most: int, *, needed: bool = False) -> Shape:
    """Return a text of at most so many characters, once white space around it is gone."""
    if needed:
        return {"type": "string", "minLength": 1, "maxLength": most}
    return {"type": ["string", "null"], "maxLength": most}


def nullable(shape: Shape) -> Shape:
    return {"anyOf": [shape, {"type": "null"}]}


def ref(name: str) -> Shape:
    return {"$ref": f"#/components/schemas/{name}"}


def object_schema(shapes: dict[str, Shape], *, needed: tuple[str, ...] = ()) -> Shape:
    return {"type": "object", "properties": shapes, "required": list(needed or shapes)}


WORDS = {
    "purpose": text_schema(PURPOSE_MOST, needed=True),
    "why": text_schema(WHY_MOST),
    "bring": text_schema(BRING_MOST),
    "place": text_schema(PLACE_MOST),
    "place_id": nullable(UUID),
    "link": {
        "type": ["string", "null"],
        "maxLength": LINK_MOST,
        "description": "Til et møde på video. Begynder med https:// eller http://.",
    },
}
MEETING_REQUEST: Shape = {
    "citizen": UUID,
    "with": PEOPLE,
    "channel": CHANNEL,
    **WORDS,
    "duty": {"type": ["boolean", "null"], "description": "true er en pligt. Ellers er det et tilbud."},
}
_TIME = {"starts_at": INSTANT, "ends_at": INSTANT}
_ASKED = ("citizen", "with", "channel", "purpose")
_OPTIONS: Shape = {
    "type": "array",
    "items": ref("Slot"),
    "minItems": TWO,
    "maxItems": MOST_OPTIONS,
    "description": "Tider, som borgeren kan vælge mellem. De bliver alle holdt.",
}

SCHEMAS: dict[str, Shape] = {
    "Slot": object_schema(_TIME),
    "FreeSlot": object_schema({**_TIME, "why": {"type": "string"}}, needed=("starts_at", "ends_at")),
    "FreeSlots": object_schema({"slots": {"type": "array", "items": ref("FreeSlot")}}),
    "MeetingWish": {
        "oneOf": [
            object_schema(
                {**MEETING_REQUEST, **_TIME, "options": {"type": "null"}},
                needed=(*_ASKED, "starts_at", "ends_at"),
            ),
            object_schema({**MEETING_REQUEST, "options": _OPTIONS}, needed=(*_ASKED, "options"))
            | {"not": {"anyOf": [{"required": ["starts_at"]}, {"required": ["ends_at"]}]}},
        ]
    },
    "MeetingMove": object_schema(_TIME)
    | {"not": {"anyOf": [{"required": [name]} for name in ("with", "channel", *WORDS)]}},
    "MeetingChange": {
        "type": "object",
        "properties": {"with": PEOPLE, "channel": CHANNEL, **WORDS},
        "anyOf": [{"required": [name]} for name in ("with", "channel", *WORDS)],
        "not": {"anyOf": [{"required": ["starts_at"]}, {"required": ["ends_at"]}]},
    },
    "Cancellation": {"type": "object", "properties": {"reason": text_schema(REASON_MOST)}},
    "Meeting": object_schema(
        {
            "id": UUID,
            "citizen": UUID,
            "with": {"type": "array", "items": UUID},
            **_TIME,
            "options": {"type": "array", "items": ref("Slot"), "maxItems": MOST_OPTIONS},
            "expires_at": nullable(INSTANT),
            "channel": CHANNEL,
            **WORDS,
            "duty": {"type": "boolean"},
            "state": {"type": "string", "enum": [one.value for one in MeetingState]},
            "sequence": {"type": "integer", "minimum": 0},
            "closing_day": {"type": "boolean", "description": "Kommunen har lukket den dag."},
        }
    ),
    "Problem": {
        "type": "object",
        "properties": {
            "type": {
                "type": "string",
                "format": "uri-reference",
                "pattern": f"^(about:blank|.+/problems/({'|'.join(KINDS)}))$",
            },
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "field": {"type": "string"},
            "errors": {
                "type": "array",
                "items": object_schema({"field": {"type": "string"}, "detail": {"type": "string"}}),
            },
            "alternatives": {"type": "array", "items": ref("Slot"), "maxItems": 3},
        },
        "required": ["type", "title", "status"],
    },
}
