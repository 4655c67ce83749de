"""What machines are told: a meeting, or a problem whose type is an address that people can read."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response

from app.calendar.models import Meeting
from app.calendar.rules import Clash, Slot
from app.clock import DANISH_TIME
from app.i18n import gettext as _
from app.problems import problem_json
from app.web import settings

Fault = tuple[str, str]  # the member of the body, and what to do about it

KINDS = ("clash", "invalid", "idempotency", "token")


def problem(status: int, title: str, kind: str, **more: Any) -> Response:
    """Return problem+json of one of our KINDS."""
    return problem_json(status, title, f"{settings().origin}/problems/{kind}", **more)


def invalid(faults: Sequence[Fault]) -> Response:
    """Return what is wrong with a body, field by field; `field` is the first of them."""
    return problem(
        422,
        _("Noget i det, du sendte, kan ikke bruges"),
        "invalid",
        field=faults[0][0],
        detail=faults[0][1],
        errors=[{"field": field, "detail": detail} for field, detail in faults],
    )


def taken(clash: Clash) -> Response:
    """Return that somebody is taken, and other times; never who, by whom or by what."""
    return problem(
        409,
        _("Tiden er optaget"),
        "clash",
        detail=_(clash.reason),
        alternatives=[slot_json(slot) for slot in clash.alternatives],
    )


def instant(moment: datetime) -> str:
    """Return ISO 8601 with Denmark's offset at that moment."""
    return moment.astimezone(DANISH_TIME).isoformat(timespec="seconds")


def slot_json(slot: Slot) -> dict[str, str]:
    return {"starts_at": instant(slot.start), "ends_at": instant(slot.end)}


def meeting_json(meeting: Meeting, with_ids: Iterable[UUID]) -> dict[str, Any]:
    """Return a meeting by the names it was asked for with."""
    return {
        "id": str(meeting.id),
        "citizen": str(meeting.citizen_id),
        "with": sorted(str(one) for one in with_ids),
        "starts_at": instant(meeting.starts_at),
        "ends_at": instant(meeting.ends_at),
        "channel": meeting.channel.value,
        "purpose": meeting.purpose,
        "why": meeting.why,
        "bring": meeting.bring,
        "duty": meeting.duty,
        "place": meeting.place,
        "state": meeting.state.value,
        "sequence": meeting.sequence,
        "closing_day": meeting.starts_at.astimezone(DANISH_TIME).date() in settings().site.closing_days,
    }
