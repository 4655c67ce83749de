"""Where people go: the places at the bottom of the screen, where one begins, and back from a step-up.

The bar has five places for a citizen, and for those who help what the policy lets them enter.
"""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import Flask, g, request, url_for
from flask_login import current_user

from app.i18n import lazy_gettext as _
from app.identity.rules import STAFF as AT_WORK
from app.identity.rules import Role
from app.typed_text import read_id
from app.web.page import Tab

CITIZEN = (
    ("home.index", "today"),
    ("goals.index", "plan"),
    ("calendar.index", "calendar"),
    ("assessments.index", "progress"),
    ("plan.contact", "contact"),
)
THREAD = ("messages.index", "talk")
REMINDERS = ("reminders.index", "clock")
STAFF = (
    ("my_day.index", "today"),
    ("caseload.index", "people"),
    ("caseload.queue", "pen"),
    THREAD,
    ("calendar.index", "calendar"),
    ("leadership.late", "clock"),
    ("administration.index", "settings"),
)
ADMINISTRATOR = (
    ("administration.index", "list"),
    ("administration_people.index", "people"),
    ("administration_invitations.index", "contact"),
    ("administration_import.index", "arrow"),
    ("administration_systems.index", "lock"),
)

LABELS = {
    "home.index": _("I dag"),
    "goals.index": _("Plan"),
    "calendar.index": _("Kalender"),
    "assessments.index": _("Fremgang"),
    "plan.contact": _("Kontakt"),
    "my_day.index": _("Min dag"),
    "caseload.index": _("Borgere"),
    "caseload.queue": _("Godkend"),
    "messages.index": _("Beskeder"),
    "leadership.late": _("Forsinket"),
    "reminders.index": _("Husk"),
    "administration.index": _("Administration"),
    "administration_people.index": _("Personer"),
    "administration_invitations.index": _("Inviter"),
    "administration_import.index": _("Hent ind"),
    "administration_systems.index": _("Nøgler"),
}
OF_HELPERS = {**LABELS, "calendar.index": _("Min uge")}  # beside the calendar of the citizen they look at
OF_AN_ADMINISTRATOR = {**LABELS, "administration.index": _("Overblik")}  # the first place of a bar of its own
OF_A_CITIZEN = {**LABELS, "messages.index": _("Jeres beskeder")}  # beside the reader's own places

# Where one was who is asked to show once more who they are, by what the address of /log-ind says (`igen`);
# and what tells that page that it has been done. "samtykke:<uuid>" is the page about that citizen's.
STEP_UPS: dict[str, tuple[str, dict[str, Any]]] = {
    "indstillinger": ("account.show_settings", {}),
    "samtykke": ("consent.index", {"nyt": "vist"}),
    "telefon": ("feed.phone_calendar", {}),
}


SHARED_PAGES = ("/beskeder", "/kalender", "/indstillinger")  # each has their own there
PAGES_OF_HELPERS = ("/dag", "/borgere", "/godkend", "/fravaer", "/ledelse", "/administration")


def first_page(roles: frozenset[Role]) -> str:
    """Return the address where somebody with these roles begins."""
    if Role.CITIZEN in roles:
        return "/"
    if roles & {Role.CONTACT, Role.PROFESSIONAL}:
        return url_for("my_day.index")
    if Role.LEADER in roles:
        return url_for("leadership.late")
    return url_for("administration.index" if Role.ADMINISTRATOR in roles else "caseload.index")


def is_page_of(roles: frozenset[Role], address: str) -> bool:
    """Say whether an address can be a page of somebody with these roles; the guard says whether it is."""
    own = first_page(roles)
    if address == own or address.startswith(SHARED_PAGES):
        return address != own
    return address.startswith(PAGES_OF_HELPERS) == (Role.CITIZEN not in roles)


def step_up_named(what: str | None) -> str:
    """Return for which page somebody is asked once more who they are, as an address says; empty: for none."""
    if what is None:
        return ""
    page, _colon, whose = what.partition(":")
    return what if page in STEP_UPS and (not whose or read_id(whose)) else "indstillinger"


def page_after_step_up(what: str, *, done: bool = False) -> str:
    """Return the address one goes back to, `done`: having shown who they are. Of nothing asked, nothing."""
    if not what:
        return ""
    page, _colon, whose = what.partition(":")
    endpoint, told = STEP_UPS[page]
    values = ({"citizen_id": UUID(whose)} if whose else {}) | (told if done else {})
    return url_for(endpoint, **values)


def citizen_places() -> list[Tab]:
    """Return the places of a citizen's bar, as on a page that is none of them."""
    return [Tab(str(LABELS[endpoint]), icon, url_for(endpoint), False) for endpoint, icon in CITIZEN]


def init_app(app: Flask, may_enter: Callable[[Any], bool]) -> None:
    """Offer templates the tabs of this reader: places that exist, and that the reader may enter.

    `may_enter` says so of an action that names no citizen; who decides lives above this floor.
    """
    known = set(app.view_functions)
    address: Any = app.jinja_env.globals["url_for"]

    def tabs(
        places: tuple[tuple[str, str], ...], labels: Mapping[str, Any] = LABELS, **values: Any
    ) -> list[Tab]:
        here = request.endpoint
        return [
            Tab(str(labels[endpoint]), icon, address(endpoint, **values), endpoint == here)
            for endpoint, icon in places
            if endpoint in known
        ]

    def opens(place: tuple[str, str]) -> bool:
        view: Any = app.view_functions[place[0]]
        return may_enter(getattr(view, "helper_action", view.action))

    @app.context_processor
    def navigation() -> dict[str, Any]:
        reader, seen = current_user._get_current_object(), g.get("viewer")
        if not reader.is_authenticated:
            return {"tabs": []}
        helped = seen is not None and not seen.own
        if reader.is_citizen:
            places = tabs(CITIZEN)
        elif reader.roles & AT_WORK == {Role.ADMINISTRATOR}:
            places = tabs(ADMINISTRATOR, OF_AN_ADMINISTRATOR)
        else:
            places = tabs(tuple(filter(opens, STAFF)), OF_HELPERS)
        shown = {"tabs": places, "finds_citizens": not reader.is_citizen and opens(STAFF[0])}
        if not helped:
            return shown
        open_to_reader = tuple(
            one for one in (*CITIZEN[1:], THREAD, REMINDERS) if one[0] in known and _may(app, one[0], seen)
        )
        labels = OF_A_CITIZEN if seen.may("message:write") else LABELS
        about = tabs(open_to_reader, labels, citizen_id=seen.subject.citizen_id)
        return shown | {"citizen_tabs": about}


def _may(app: Flask, endpoint: str, seen: Any) -> bool:
    """Say whether one who looks at a citizen may open this page of theirs; each view carries its action."""
    view: Any = app.view_functions[endpoint]
    return bool(seen.may(view.action))
