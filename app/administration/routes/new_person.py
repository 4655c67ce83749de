"""/administration/personer/ny-medarbejder and /ny-borger: one person, by the rules of a list.

And <id>/kontaktperson: a contact person for a citizen who has none.
"""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access.act_kinds import ActKind
from app.access.guard import allows
from app.access.policy import Action
from app.administration.forms.new_person import (
    ContactForm,
    NewCitizenForm,
    NewPersonForm,
    NewStaffForm,
)
from app.administration.queries import get_person, list_department_names
from app.administration.routes.overview import texts
from app.administration.routes.people import log_citizens
from app.administration.rules import GIVEN, ContactToGive, HasContact
from app.administration.service import NewPerson, add_new_person, find_done, give_contact_person
from app.administration.texts import role_choices
from app.i18n import gettext as _
from app.people_import.line_errors import BadFile, InvalidCell
from app.people_import.lookup import read_found
from app.people_import.single import AlreadyHere, MayBeHere, SecretOfSite
from app.store.key_fingerprint import OtherSecretKey
from app.web.context import clock, db, prepared_reader, settings
from app.web.events import Event, record_event
from app.web.page import page

bp = Blueprint("administration_new", __name__)
bp.context_processor(texts)

MOST_SHOWN = 20  # of those who may be meant


@bp.get("/administration/personer/ny-medarbejder")
@allows(Action.PEOPLE_CHANGE)
def staff() -> ResponseReturnValue:
    return _page(_staff_form())


@bp.post("/administration/personer/ny-medarbejder")
@allows(Action.PEOPLE_CHANGE)
def add_staff() -> ResponseReturnValue:
    return _add(_staff_form())


@bp.get("/administration/personer/ny-borger")
@allows(Action.PEOPLE_CHANGE)
def citizen() -> ResponseReturnValue:
    return _page(_citizen_form())


@bp.post("/administration/personer/ny-borger")
@allows(Action.PEOPLE_CHANGE)
def add_citizen() -> ResponseReturnValue:
    return _add(_citizen_form())


@bp.get("/administration/personer/<uuid:person_id>/kontaktperson")
@allows(Action.PEOPLE_CHANGE)
def ask_contact(person_id: UUID) -> ResponseReturnValue:
    return _contact_page(ContactForm(), person_id)


@bp.post("/administration/personer/<uuid:person_id>/kontaktperson")
@allows(Action.PEOPLE_CHANGE)
def give_contact(person_id: UUID) -> ResponseReturnValue:
    """Give a citizen who has none a contact person; one they have changes by a handover alone."""
    now, me, site, form = clock()(), current_user.id, settings(), ContactForm(request.form)
    get_person(prepared_reader(), person_id, now=now)
    if not form.check():
        return _contact_page(form, person_id, status=422)
    secret, named = _secret(), ContactToGive(person_id, form.contact.data, form.sent)
    try:
        act_id = db().retrying(
            lambda session: give_contact_person(session, site.site, secret, named, by=me, now=now)
        )
    except (InvalidCell, BadFile) as why:
        form.refuse(why)
        return _contact_page(form, person_id, status=422)
    except OtherSecretKey:
        form.say_other_key()
        return _contact_page(form, person_id, status=503)
    except HasContact as refused:
        before = _done_before(ActKind.CONTACT_GIVEN, person_id, form.sent)
        if before is not None:  # tapped twice
            return _done(person_id, before)
        form.say(_(refused.reason))
        return _contact_page(form, person_id, status=409)
    record_event(Event.CONTACT_GIVEN)
    return _done(person_id, act_id)


def _contact_page(form: ContactForm, person_id: UUID, *, status: int = 200) -> ResponseReturnValue:
    person = get_person(prepared_reader(), person_id, now=clock()())
    log_citizens([person_id])
    return page("administration/give_contact.html", status=status, form=form, person=person, now=clock()())


def _secret() -> SecretOfSite:
    return SecretOfSite(settings().secret_key, settings().secret_key_old)


def _staff_form() -> NewStaffForm:
    form = NewStaffForm(request.form or None)
    departments = list_department_names(prepared_reader())
    form.offer(role_choices(GIVEN), [(name, name) for name in departments])
    return form


def _citizen_form() -> NewCitizenForm:
    form = NewCitizenForm(request.form or None)
    form.offer()
    return form


def _add(form: NewStaffForm | NewCitizenForm) -> ResponseReturnValue:
    now, me, site = clock()(), current_user.id, settings()
    if not form.check(now):
        return _page(form, status=422)
    new, secret = NewPerson(form.written(now), form.sent), _secret()
    try:
        added, act_id = db().retrying(
            lambda session: add_new_person(session, site.site, secret, new, by=me, now=now)
        )
    except BadFile as bad:
        form.refuse(bad.lines)
        return _page(form, status=422)
    except OtherSecretKey:
        form.say_other_key()
        return _page(form, status=503)
    except AlreadyHere as here:
        before = _done_before(ActKind.PERSON_ADDED, here.person_id, form.sent)
        return _done(here.person_id, before) if before else _page(form, [here.person_id], status=409)
    except MayBeHere as maybe:
        return _page(form, maybe.people, is_doubt=True, status=409)
    record_event(Event.PERSON_ADDED, role=str(added.role))
    return _done(added.id, act_id)


def _done_before(kind: ActKind, person_id: UUID, sent: str) -> UUID | None:
    """Return by what the reader did that to this person a little while ago: the form was sent twice.

    What was corrected after the way back is no second tap: it would be dropped, and called done.
    """
    with db().reading() as session:
        return find_done(session, kind, person_id, sent=sent, by=current_user.id, now=clock()())


def _done(person_id: UUID, act_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("administration_people.person", person_id=person_id, gjort=act_id), code=303)


def _page(
    form: NewPersonForm, known: Sequence[UUID] = (), *, is_doubt: bool = False, status: int = 200
) -> ResponseReturnValue:
    """Show the form, and above it who is here already, or may be."""
    shown = known[:MOST_SHOWN]
    log_citizens(shown)
    with db().reading() as session:
        found = read_found(session, shown, now=clock()())
    return page(
        "administration/new_person.html",
        status=status,
        form=form,
        is_staff=isinstance(form, NewStaffForm),
        known=found,
        is_doubt=is_doubt,
    )
