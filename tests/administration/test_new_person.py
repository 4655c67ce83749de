"""One new person, by a page: by the rules that a list is taken by, once, and nobody doubled."""

from dataclasses import replace
from datetime import date
from itertools import product
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, col, func, select
from werkzeug.test import TestResponse

from app.access.act_kinds import ActKind
from app.access.models import AccessLogEntry, AdministrationAct
from app.demo.cast import person_id
from app.i18n import danish_key
from app.identity.models import Department, Person, PersonRole
from app.identity.name_search import write_name_words
from app.identity.rules import Role
from app.people_import.line_errors import BadFile
from app.people_import.matching import number_hashes
from app.people_import.service import ImportOptions, import_people
from app.plan.bulk import contact_persons
from app.plan.models import ContactAssignment, Plan
from app.plan.rules import PlanState
from app.store.db import Database
from app.store.key_fingerprint import SecretKeys, confirm_secret_key
from tests.cast import NOW, People
from tests.conftest import Browser
from tests.house.receipts import as_it_stands, words_of

HERE = "/administration/personer/"
STAFF, CITIZEN = "ny-medarbejder", "ny-borger"
FATIMA = {
    "name": "Fatima Noor",
    "number": "M-88",
    "email": "fatima@solbjerg.example",
    "phone": "20 11 22 33",
    "title": "Koordinator",
    "role": "contact",
    "department": "Sundhed",
}
PER = {
    "name": "Per Prøve",
    "number": "B-77",
    "phone": "21 11 22 33",
    "born": "24-12-1990",
    "language": "ar",
    "protected": "y",
    "contact": "Line Madsen",
}


def fill(browser: FlaskClient, what: str, **typed: str) -> tuple[str, dict[str, Any]]:
    """Return the form of a new person as it is sent."""
    return as_it_stands(browser.get(HERE + what).text, what, **typed)


def send(browser: FlaskClient, what: str, **typed: str) -> TestResponse:
    action, data = fill(browser, what, **typed)
    return browser.post(action, data=data, follow_redirects=True)


def persons(session: Session) -> int:
    session.rollback()
    return session.exec(select(func.count()).select_from(Person)).one()


def one_named(session: Session, name: str) -> Person:
    session.rollback()
    return session.exec(select(Person).where(Person.name == name)).one()


def add(session: Session, name: str, *, number: str = "", role: Role = Role.CITIZEN, **facts: Any) -> None:
    """Let somebody be here already."""
    key = number_hashes(SecretKeys("only for tests, 32 bytes and more"), number)[0] if number else None
    municipality_id = session.get_one(Person, person_id("anna")).municipality_id
    person = Person(
        municipality_id=municipality_id,
        name=name,
        sort_key=danish_key(name),
        external_key=key,
        created_at=NOW,
        **facts,
    )
    session.add(person)
    session.flush()
    session.add(PersonRole(person_id=person.id, role=role, starts_at=NOW))
    write_name_words(session, {person.id: name})


@pytest.mark.both_databases
def test_a_colleague_is_made_once_and_the_next_step_is_an_invitation(
    browser_of: Browser, people: People, session: Session
) -> None:
    browser, before = browser_of(people.admin), persons(session)
    action, data = fill(browser, STAFF, **FATIMA, last="31.3.2026")
    for _tapped_twice in range(2):
        page = browser.post(action, data=data, follow_redirects=True)
        words = words_of(page.text)
        assert "Fatima Noor er oprettet som kontaktperson." in words
        assert "Fra den 2. marts 2026 til og med den 31. marts 2026" in words
        assert "Lav en invitation" in words
    assert persons(session) == before + 1
    made = one_named(session, "Fatima Noor")
    assert (made.phone, made.email, made.title) == ("20112233", FATIMA["email"], "Koordinator")
    assert session.get_one(Department, made.department_id).name == "Sundhed"
    (act,) = session.exec(select(AdministrationAct)).all()
    assert (act.kind, act.person_id, act.by_id, act.roles) == (
        *(ActKind.PERSON_ADDED, made.id, people.admin.id),
        "contact",
    )
    assert "Skriv siden ud nu." in browser.post(f"{HERE}{made.id}/invitation").text
    assert "Fatima Noor" in browser.get(HERE[:-1], query_string={"navn": "noo"}).text


@pytest.mark.both_databases
def test_a_citizen_is_made_with_plan_and_contact_person_and_it_is_logged(
    browser_of: Browser, people: People, session: Session
) -> None:
    page = send(browser_of(people.admin), CITIZEN, **PER)
    assert "Per Prøve er oprettet som borger." in words_of(page.text)
    made = one_named(session, "Per Prøve")
    assert (made.born_on, made.language, made.protected_address) == (date(1990, 12, 24), "ar", True)
    contact = select(ContactAssignment.person_id).where(ContactAssignment.citizen_id == made.id)
    assert session.exec(contact).all() == [people.line.id]
    plan = session.exec(select(Plan).where(Plan.citizen_id == made.id)).one()
    assert plan.state is PlanState.WAITING
    log = select(AccessLogEntry.action).where(AccessLogEntry.citizen_id == made.id)
    assert "people:change" in session.exec(log).all()
    page = browser_of(people.line).get("/borgere", query_string={"navn": "per"}, follow_redirects=True)
    assert "Per Prøve" in page.text


def test_a_role_that_begins_later_lets_nobody_in_before(
    browser_of: Browser, people: People, session: Session
) -> None:
    browser = browser_of(people.admin)
    page = send(browser, STAFF, **FATIMA, first="2026-03-09")
    assert "Rollen begynder den 9. marts 2026. Du kan lave en invitation fra den første dag." in words_of(
        page.text
    )
    made = one_named(session, "Fatima Noor")
    assert browser.post(f"{HERE}{made.id}/invitation").status_code == 409
    theirs, named = f"{HERE}{people.fremmed.id}/kontaktperson", {"contact": "Fatima Noor"}
    for page in (browser.post(theirs, data=named), send(browser, CITIZEN, **PER | named)):
        assert (page.status_code, "Kontaktpersonens rolle er ikke begyndt." in page.text) == (422, True)
    assert session.exec(select(Person).where(Person.name == "Per Prøve")).all() == []
    assert people.fremmed.id not in contact_persons(session)


def test_what_is_corrected_after_it_was_sent_is_no_second_tap(
    browser_of: Browser, people: People, session: Session
) -> None:
    browser, theirs = browser_of(people.admin), f"{HERE}{people.fremmed.id}/kontaktperson"
    colleague, citizen = fill(browser, STAFF, **FATIMA), fill(browser, CITIZEN, **PER)
    contact = as_it_stands(browser.get(theirs).text, "/kontaktperson", contact="Line Madsen")
    for (action, data), corrected, told in (
        (colleague, {"role": "leader"}, "Personen er her allerede"),
        (colleague, {"department": "Job og uddannelse"}, "Personen er her allerede"),
        (citizen, {"contact": "Omar Saleh"}, "Personen er her allerede"),
        (contact, {"contact": "Omar Saleh"}, "Borgeren har en kontaktperson."),
    ):
        for _tapped_twice in range(2):
            assert browser.post(action, data=data).status_code == 303
        page = browser.post(action, data=data | corrected)  # the same page, by the way back
        assert (page.status_code, told in words_of(page.text)) == (409, True), corrected
        typed, stands = data | corrected, as_it_stands(page.text, action)[1]
        assert {name: _one(stands[name]) for name in typed if name != "key"} == {
            name: _one(value) for name, value in typed.items() if name != "key"
        }
    standing = contact_persons(session)
    assert standing[people.fremmed.id] == standing[one_named(session, "Per Prøve").id] == people.line.id
    acts = session.exec(select(AdministrationAct.details)).all()
    assert len(acts) == 3
    assert not any(
        word in str(acts) for word in ("Line Madsen", "Omar", *(PER | FATIMA).values()) if len(word) > 2
    )


@pytest.mark.parametrize("what", [STAFF, CITIZEN, "kontaktperson"])
def test_another_municipality_s_database_or_another_key_is_said_and_what_was_typed_stands(
    what: str, app: Flask, browser_of: Browser, people: People, database: Database, session: Session
) -> None:
    theirs = HERE + (f"{people.fremmed.id}/{what}" if what == "kontaktperson" else what)
    typed = {STAFF: FATIMA, CITIZEN: PER}.get(what, {"contact": "Omar Saleh"})
    browser, before, settings = browser_of(people.admin), persons(session), app.extensions["settings"]
    app.extensions["settings"] = replace(settings, site=replace(settings.site, name="Ny Kommune"))
    page = browser.post(theirs, data=typed)
    assert (page.status_code, "hører til en anden kommune" in page.text) == (422, True)
    app.extensions["settings"] = settings
    confirm_secret_key(database, "the next one, also 32 bytes and more", now=NOW)
    page = browser.post(theirs, data=typed)
    assert (page.status_code, "Kommunens nøgle bliver skiftet lige nu." in page.text) == (503, True)
    assert all(said in page.text for said in typed.values())
    assert persons(session) == before
    assert session.exec(select(AdministrationAct)).all() == []


def _one(value: Any) -> Any:
    return value[0] if isinstance(value, list) else value


# Who is here already → what is typed → what becomes of it, on the page and by a list alike.
CASES: dict[str, tuple[dict[str, Any], dict[str, str], str]] = {
    "nobody alike": ({}, {"number": "b-1"}, "new"),
    "the number": ({"number": "b-1"}, {"number": "B-1"}, "here"),
    "the number, another's name": ({"number": "b-1", "name": "Ida Vang", "phone": "20000001"},
                                   {"number": "b-1", "phone": "20000002"}, "doubt"),
    "the phone": ({"phone": "20000001"}, {"phone": "2000 0001"}, "here"),
    "another phone": ({"phone": "20000001"}, {"phone": "20000002"}, "new"),
    "one agrees, one doesn't": ({"phone": "20000001", "email": "a@b.dk"},
                                {"phone": "20000001", "email": "c@b.dk"}, "doubt"),
    "the e-mail, another first name": ({"name": "Ida Vang", "email": "a@b.dk"}, {"email": "A@B.dk"}, "doubt"),
    "the e-mail, another surname": ({"name": "Mette Vang", "email": "a@b.dk"}, {"email": "a@b.dk"}, "doubt"),
    "a new number, the same birth date": ({"number": "b-1", "born_on": date(1990, 1, 2)},
                                          {"number": "b-2", "born": "02-01-1990"}, "doubt"),
    "the name alone, in another role": ({"role": Role.CONTACT}, {"email": "a@b.dk"}, "new"),
    "a longer name": ({"name": "Mette Lis Prøve", "number": "b-2"}, {"number": "b-1"}, "new"),
    "spelled in another way": ({"name": "METTE PRØVE", "phone": "20000001"},
                               {"phone": "20000001"}, "here"),
}  # fmt: skip
COLUMN = {"name": "navn", "number": "id", "email": "e-mail", "phone": "telefon", "born": "fødselsdato"}


@pytest.mark.parametrize("case", CASES)
def test_who_somebody_is_a_page_and_a_list_tell_alike(
    case: str, app: Flask, browser_of: Browser, people: People, session: Session
) -> None:
    known, typed, wanted = CASES[case]
    known, typed = {"name": "Mette Prøve"} | known, {"name": "Mette Prøve"} | typed
    with app.extensions["db"].writing() as writing:
        add(writing, **known)
    before = persons(session)
    assert _by_a_list(app, typed) == wanted
    page = send(browser_of(people.admin), CITIZEN, **typed, contact="Line Madsen")
    words = words_of(page.text)
    told = {
        "here": "Personen er her allerede",
        "doubt": "Personen er her måske allerede",
        "new": "er oprettet som borger.",
    }
    assert [one for one, said in told.items() if said in words] == [wanted]
    assert persons(session) == before + (wanted == "new")
    if wanted != "new":  # who it is, or may be, is shown and that is logged; what was typed stands
        assert page.status_code == 409
        assert known["name"] in words
        assert 'value="Line Madsen"' in page.text
        looks = select(AccessLogEntry.citizen_id).where(AccessLogEntry.actor_id == people.admin.id)
        here = select(Person.id).where(Person.sort_key == danish_key(known["name"]))
        assert set(session.exec(here)) <= set(session.exec(looks))


def _by_a_list(app: Flask, typed: dict[str, Any]) -> str:
    """Return what a list with the same line would do, all of which is thrown away."""
    head = ";".join(COLUMN[name] for name in typed)
    raw = f"{head};rolle;kontaktperson\n{';'.join(map(str, typed.values()))};borger;Line Madsen\n".encode()
    site, only_tried = app.extensions["settings"], ImportOptions(preview=True)
    try:
        told = import_people(
            app.extensions["db"], site.site, site.secret_key, raw, now=NOW, options=only_tried
        )
    except BadFile:
        return "doubt"
    return "new" if told.new["citizen"] else "here"


def test_a_cpr_number_is_refused_in_any_field_and_not_given_back(
    browser_of: Browser, people: People, session: Session
) -> None:
    browser, before = browser_of(people.admin), persons(session)
    spelled = ("010190-1234", "01 01 90 12 34", "0101901234 (hende)", "٠١٠١٩٠-١٢٣٤")
    for field, said in product(("name", "number", "email", "phone", "born", "contact"), spelled):
        page = browser.post(HERE + CITIZEN, data=PER | {field: said})
        assert (page.status_code, said in page.text) == (422, False), (field, said)
        assert "Der står et CPR-nummer i feltet." in page.text
    assert persons(session) == before


def test_what_is_wrong_is_said_at_its_field_and_all_that_was_typed_stands(
    browser_of: Browser, people: People, session: Session
) -> None:
    browser, before = browser_of(people.admin), persons(session)
    typed = FATIMA | {"phone": "12", "email": "fatima", "first": "2026-04-02", "last": "2026-04-01"}
    page = browser.post(HERE + STAFF, data=typed)
    assert page.status_code == 422
    told = ("Den sidste dag kan ikke", "Skriv ét telefonnummer med otte tal", "Skriv én e-mailadresse")
    for said in (*typed.values(), *told):
        assert said in page.text
    for contact, said in (
        ("Napoleon", "Vi fandt ingen kontaktperson"),
        ("Jonas Friis", "har ikke rollen kontaktperson"),
        ("", "Hver borger skal have én."),
    ):
        page = browser.post(HERE + CITIZEN, data=PER | {"contact": contact})
        assert (page.status_code, said in words_of(page.text)) == (422, True)
        assert 'value="24-12-1990"' in page.text
        assert "checked" in page.text
    nothing = words_of(browser.post(HERE + STAFF, data={}).text)
    for said in (
        "Skriv personens navn.",
        "Skriv et nummer eller en e-mail",
        "Vælg en rolle.",
        "Vælg en afdeling.",
    ):
        assert said in nothing
    assert persons(session) == before
    assert session.exec(select(AdministrationAct)).all() == []
    assert session.exec(select(col(PersonRole.id)).where(PersonRole.starts_at > NOW)).all() == []
