"""The places at the bottom of the screen: five for a citizen, and those of the caseload for staff."""

from typing import Any

from flask import Flask, g, request, url_for

from app.i18n import gettext as _
from app.identity.login import find_account
from app.web import Tab

CITIZEN = (
    ("home.index", "today"),
    ("goals.index", "plan"),
    ("calendar.index", "calendar"),
    ("assessments.index", "progress"),
    ("plan.contact", "contact"),
)
STAFF = (("caseload.index", "people"), ("caseload.queue", "pen"))


def _label(endpoint: str) -> str:
    return {
        "home.index": _("I dag"),
        "goals.index": _("Plan"),
        "calendar.index": _("Kalender"),
        "assessments.index": _("Fremgang"),
        "plan.contact": _("Kontakt"),
        "caseload.index": _("Borgere"),
        "caseload.queue": _("Godkend"),
    }[endpoint]


def init_app(app: Flask) -> None:
    """Offer templates the tabs of this reader; only places that exist are shown."""
    known = set(app.view_functions)

    def tabs(places: tuple[tuple[str, str], ...], **values: Any) -> list[Tab]:
        return [
            Tab(_label(endpoint), icon, url_for(endpoint, **values), request.endpoint == endpoint)
            for endpoint, icon in places
            if endpoint in known
        ]

    @app.context_processor
    def navigation() -> dict[str, Any]:
        reader, seen = find_account(), g.get("viewer")
        if reader is None:
            return {"tabs": []}
        helped = seen is not None and not seen.own
        places = tabs(CITIZEN) if reader.is_citizen else tabs(STAFF)
        about = tabs(CITIZEN[1:], citizen_id=seen.subject.citizen_id) if helped else []
        return {"tabs": places, "citizen_tabs": about}
