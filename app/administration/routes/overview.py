"""/administration: what is missing before the first citizen, what was done, what went wrong; and the file."""

from typing import Any

from flask import Blueprint, current_app
from flask.typing import ResponseReturnValue

from app.about.service import Readiness
from app.access.guard import allows
from app.access.policy import Action
from app.administration.queries import list_acts, list_refused_imports
from app.administration.readiness import read_readiness
from app.administration.site_file import list_file_parts
from app.administration.texts import LACK_HELP, act_lines, act_title, lack_title, role_days, role_names
from app.web.context import clock, db, prepared_reader, settings
from app.web.page import page

bp = Blueprint("administration", __name__)

# Where one mends what is missing: an endpoint and what it is asked for; nowhere: in the municipality's file.
MENDS: dict[str, tuple[str, dict[str, Any]]] = {
    "no_contact_person": ("administration_people.index", {}),
    "no_citizens": ("administration_import.index", {}),
    "without_contact": ("administration_people.index", {"uden": "kontaktperson"}),
    "staff_shut_out": ("administration_invitations.many", {}),
    "contacts_without_phone": ("administration_import.index", {}),
    "empty_departments": ("administration_people.index", {}),
    "unplaced": ("administration_people.index", {"afdeling": "ingen"}),
    "one_administrator": ("administration_people.index", {}),
    "no_leader": ("administration_people.index", {}),
    "citizens_shut_out": ("administration_invitations.many", {}),
    **dict.fromkeys(
        ("no_duty_text", "no_message_duty", "no_legal_basis", "no_closing_days", "no_places"),
        ("administration.site_file", {}),
    ),
    "run_out": ("administration_invitations.index", {"vis": "udloebet"}),
}


@bp.get("/administration")
@allows(Action.ADMINISTRATION_READ)
def index() -> ResponseReturnValue:
    reader, now = prepared_reader(), clock()()
    readiness: Readiness = current_app.extensions["readiness"]
    database_lacks = readiness.missing(db(), settings().secret_key)
    return page(
        "administration/index.html",
        report=read_readiness(reader, settings().site, database_lacks=database_lacks, now=now),
        acts=list_acts(reader),
        refused=list_refused_imports(reader)[:3],
        mends=MENDS,
        lack_help=LACK_HELP,
    )


@bp.get("/administration/kommunens-fil")
@allows(Action.ADMINISTRATION_READ)
def site_file() -> ResponseReturnValue:
    """Show closing days, departments and texts as they stand; they are changed in the file."""
    return page("administration/site_file.html", parts=list_file_parts(settings().site))


def texts() -> dict[str, Any]:
    """Return what the templates of this room call roles and acts by; each of its blueprints offers them."""
    return {
        "act_title": act_title,
        "act_lines": act_lines,
        "lack_title": lack_title,
        "role_days": role_days,
        "role_names": role_names,
    }


bp.context_processor(texts)
