"""The places at the bottom of the screen: five for a citizen, and those of the caseload for staff."""

from typing import Any

from flask import Flask, g, request
from flask_login import current_user
from sqlmodel import select

from app.i18n import lazy_gettext as _
from app.identity.models import Person
from app.web.context import db
from app.web.page import Tab

CITIZEN = (
    ("home.index", "today"),
    ("goals.index", "plan"),
    ("calendar.index", "calendar"),
    ("assessments.index", "progress"),
    ("plan.contact", "contact"),
)
STAFF = (("caseload.index", "people"), ("caseload.queue", "pen"))


LABELS = {
    "home.index": _("I dag"),
    "goals.index": _("Plan"),
    "calendar.index": _("Kalender"),
    "assessments.index": _("Fremgang"),
    "plan.contact": _("Kontakt"),
    "caseload.index": _("Borgere"),
    "caseload.queue": _("Godkend"),
}


def init_app(app: Flask) -> None:
    """Offer templates the tabs of this reader; only places that exist are shown."""
    known = set(app.view_functions)
    address: Any = app.jinja_env.globals["url_for"]

    def tabs(places: tuple[tuple[str, str], ...], **values: Any) -> list[Tab]:
        here = request.endpoint
        return [
            Tab(str(LABELS[endpoint]), icon, address(endpoint, **values), endpoint == here)
            for endpoint, icon in places
            if endpoint in known
        ]

    @app.context_processor
    def navigation() -> dict[str, Any]:
        reader, seen = current_user._get_current_object(), g.get("viewer")
        if not reader.is_authenticated:
            return {"tabs": []}
        helped = seen is not None and not seen.own
        places = tabs(CITIZEN) if reader.is_citizen else tabs(STAFF)
        if not helped:
            return {"tabs": places}
        open_to_reader = tuple(one for one in CITIZEN[1:] if one[0] in known and _may(app, one[0], seen))
        about = tabs(open_to_reader, citizen_id=seen.subject.citizen_id)
        return {"tabs": places, "citizen_tabs": about, "citizen_phone": lambda: _phone_of(seen)}


def _may(app: Flask, endpoint: str, seen: Any) -> bool:
    """Say whether one who looks at a citizen may open this page of theirs; each view carries its action."""
    view: Any = app.view_functions[endpoint]
    return bool(seen.may(view.action))


def _phone_of(seen: Any) -> str | None:
    """Return the citizen's number for those who may see it; None for others, or if there is none."""
    if not seen.may_see("phone"):
        return None
    with db().reading() as session:
        return session.exec(select(Person.phone).where(Person.id == seen.subject.citizen_id)).first()
