"""/administration/personer: who there is, by name or what else they are known by, and one of them."""

from collections.abc import Iterable
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.access.guard import allows, log_views
from app.access.policy import Action
from app.administration.forms.acts import FindForm
from app.administration.queries import (
    MOST_LACKING,
    MOST_STAFF,
    count_unplaced,
    find_act,
    get_person,
    list_acts_of,
    list_citizens_among,
    list_departments,
    list_staff,
    list_without_contact,
)
from app.administration.routes.overview import texts
from app.errors import Missing
from app.people_import.line_errors import InvalidCell
from app.people_import.lookup import FoundPerson, search_people
from app.plan.relations import subject_administered
from app.store.key_fingerprint import OtherSecretKey, read_keys
from app.typed_text import read_id, read_page_number
from app.web.context import clock, db, prepared_reader, settings
from app.web.events import Event, record_event
from app.web.page import page

bp = Blueprint("administration_people", __name__)
bp.context_processor(texts)

MOST_SHOWN = 20
CONTACT = "kontaktperson"  # what an address says for citizens without one
NO_DEPARTMENT = "ingen"  # what an address says for those who have none


@bp.get("/administration/personer")
@allows(Action.PEOPLE_READ)
def index() -> ResponseReturnValue:
    name = request.args.get("navn", "")
    if request.args.get("uden") == CONTACT:
        return _without_contact_page()
    if name.strip():
        form = FindForm(data={"wanted": name})
        return _found_page(form) if form.check() else _page(form, status=422)
    return _page(FindForm())


@bp.post("/administration/personer")
@allows(Action.PEOPLE_READ)
def find() -> ResponseReturnValue:
    """Look somebody up: sent, so that no number, phone or e-mail stands in an address or a log.

    A name does, as where those who help look for a citizen: so one comes back to what was found.
    """
    form = FindForm(request.form)
    if not form.check():
        return _page(form, status=422)
    if form.is_name:
        return redirect(url_for(".index", navn=form.wanted.data), code=303)
    return _found_page(form)


@bp.get("/administration/personer/<uuid:person_id>")
@allows(Action.PEOPLE_READ)
def person(person_id: UUID) -> ResponseReturnValue:
    reader, now = prepared_reader(), clock()()
    shown = get_person(reader, person_id, now=now)
    log_citizens([person_id])
    done = find_act(reader, read_id(request.args.get("gjort")))
    return page(
        "administration/person.html",
        person=shown,
        acts=list_acts_of(reader, person_id),
        done=done if done and done.person_id == person_id else None,
        now=now,
    )


def log_citizens(person_ids: Iterable[UUID]) -> None:
    """Write down, before they are shown, which citizens the reader looks up."""
    citizens = list_citizens_among(prepared_reader(), list(person_ids))
    log_views([subject_administered(one) for one in citizens], Action.PEOPLE_READ)


def _found_page(form: FindForm) -> ResponseReturnValue:
    try:
        found = _search(form.wanted.data)
    except InvalidCell:
        form.refuse_cpr()
        return _page(form, status=422)
    record_event(Event.PEOPLE_LOOKED_UP, found=len(found))
    if len(found) == 1 and request.method == "POST":
        return redirect(url_for(".person", person_id=found[0].id), code=303)
    shown = found[:MOST_SHOWN]
    log_citizens(one.id for one in shown)
    return page("administration/people.html", form=form, found=shown, more=len(found) > MOST_SHOWN)


def _without_contact_page() -> ResponseReturnValue:
    """List the citizens who have no contact person, that they get one."""
    side = read_page_number(request.args.get("side"))
    found = list_without_contact(prepared_reader(), side, now=clock()())
    shown = found[:MOST_LACKING]
    log_citizens(person_id for person_id, _name in shown)
    more = len(found) > MOST_LACKING
    return page("administration/without_contact.html", found=shown, side=side, more=more, uden=CONTACT)


def _search(text: str) -> list[FoundPerson]:
    site = settings()
    with db().reading() as session:
        try:
            keys = read_keys(session.connection(), site.secret_key, site.secret_key_old)
        except OtherSecretKey:  # while the key is changed: numbers are not found, names are
            keys = None
        return search_people(session, text, keys, now=clock()(), most=MOST_SHOWN + 1)


def _page(form: FindForm, *, status: int = 200) -> ResponseReturnValue:
    reader, now, asked = prepared_reader(), clock()(), request.args.get("afdeling", "")
    departments = list_departments(reader, now=now)
    chosen = next((one for one in departments if str(one.id) == asked), None)
    if asked and asked != NO_DEPARTMENT and chosen is None:
        raise Missing
    staff = list_staff(reader, chosen.id if chosen else None, now=now) if asked else []
    return page(
        "administration/people.html",
        status=status,
        form=form,
        departments=departments,
        unplaced=count_unplaced(reader, now=now),
        chosen=chosen,
        of_none=asked == NO_DEPARTMENT,
        staff=staff[:MOST_STAFF] if asked else None,
        more_staff=len(staff) > MOST_STAFF,
    )
