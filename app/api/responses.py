"""What machines are told: a meeting, or a problem whose type is an address that people can read."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Response

from app.dates.local_time import DANISH_TIME
from app.errors import Refused
from app.i18n import gettext as _
from app.meetings.rules import Clash, Slot
from app.web.context import settings
from app.web.error_pages import problem_json

Fault = tuple[str, str]  # the member of the body, and what to do about it

KINDS = ("clash", "invalid", "idempotency", "token", "changed", "over", "pace", "no-consent")


class ApiError(Exception):
    """A request that can't be answered as it came; it carries the problem."""

    def __init__(self, status: int, title: str, kind: str, **more: Any) -> None:
        super().__init__(kind)
        self.status, self.title, self.kind, self.more = status, title, kind, more

    def answer(self) -> Response:
        return problem(self.status, self.title, self.kind, **self.more)


class NoConsent(Refused):
    reason = "Borgeren har ikke sagt ja til én plan."


def problem(status: int, title: str, kind: str, **more: Any) -> Response:
    """Return problem+json of one of our KINDS."""
    return problem_json(status, title, f"{settings().origin}/problems/{kind}", **more)


def invalid_fields(faults: Sequence[Fault]) -> Response:
    """Return what is wrong with a body, field by field; `field` is the first of them."""
    return problem(
        422,
        _("Noget i det, du sendte, kan ikke bruges"),
        "invalid",
        field=faults[0][0],
        detail=faults[0][1],
        errors=[{"field": field, "detail": detail} for field, detail in faults],
    )


def clash_problem(clash: Clash) -> Response:
    """Return that somebody is taken, and other times; never who, by whom or by what."""
    return problem(
        409,
        _("Tiden er optaget"),
        "clash",
        detail=_(clash.reason),
        alternatives=[slot_json(slot) for slot in clash.alternatives],
    )


def iso_with_offset(moment: datetime) -> str:
    """Return ISO 8601 with Denmark's offset at that moment."""
    return moment.astimezone(DANISH_TIME).isoformat(timespec="seconds")


def slot_json(slot: Slot) -> dict[str, str]:
    return {"starts_at": iso_with_offset(slot.start), "ends_at": iso_with_offset(slot.end)}


def meeting_response(body: str, status: int = 200, location: str | None = None) -> Response:
    """Return a meeting as it is told, with the ETag to change it by."""
    response = Response(body, status, mimetype="application/json")
    response.set_etag(str(json.loads(body)["sequence"]))
    if location:
        response.headers["Location"] = location
    return response
