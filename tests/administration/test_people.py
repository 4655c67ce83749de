"""Who there is, found by name or by what else they are known by; that a citizen was looked up is logged."""

import logging
from typing import Any

import pytest
from sqlmodel import Session, col, select, update

from app.access.models import AccessLogEntry
from app.administration.queries import MOST_STAFF
from app.administration.routes.people import MOST_SHOWN
from app.demo.cast import CAST
from app.identity.models import Person, PersonNameWord
from app.identity.name_search import write_name_words
from app.identity.rules import Role
from app.people_import.matching import number_hashes
from app.store.db import Database
from app.store.key_fingerprint import SecretKeys
from tests.administration.test_new_person import add
from tests.cast import People
from tests.conftest import Browser
from tests.house.receipts import words_of

URL = "/administration/personer"
SECRET = "only for tests, 32 bytes and more"


def looks(session: Session, people: People) -> dict[object, str]:
    wanted = select(AccessLogEntry).where(AccessLogEntry.actor_id == people.admin.id)
    return {one.citizen_id: f"{one.action} {one.relation}" for one in session.exec(wanted)}


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "said", ["20 30 40 50", "+45 20304050", "ANNA@kommunen.example", "B-0107", "Anna Jensen"]
)
def test_one_is_found_by_phone_e_mail_number_and_name(
    said: str, browser_of: Browser, people: People, database: Database, session: Session
) -> None:
    with database.writing() as writing:
        key = number_hashes(SecretKeys(SECRET), "b-0107")[0]
        changed = update(Person).where(col(Person.id) == people.anna.id)
        writing.exec(changed.values(email="anna@kommunen.example", external_key=key))
    browser = browser_of(people.admin)
    page = browser.post(URL, data={"wanted": said}, follow_redirects=True)
    assert f"{URL}/{people.anna.id}" in page.request.url + page.text
    assert looks(session, people)[people.anna.id] == "people:read administrator"
    for _again in range(2):
        browser.get(f"{URL}/{people.anna.id}")
    rows = select(AccessLogEntry).where(AccessLogEntry.citizen_id == people.anna.id)
    assert len(session.exec(rows).all()) == 1


def test_names_are_listed_some_at_a_time_and_who_works_here_is_not_logged(
    browser_of: Browser, people: People, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    browser = browser_of(people.admin)
    with caplog.at_level(logging.INFO, "enplan.event"):
        page = words_of(browser.post(URL, data={"wanted": "al"}, follow_redirects=True).text)
    assert "Ali Demir Fagperson. Børn og familie Har ingen adgangsnøgle" in page
    assert looks(session, people) == {}
    found = [one.__dict__["facts"] for one in caplog.records if one.message == "people_looked_up"]
    assert found == [{"found": 1}]
    nobody = words_of(browser.post(URL, data={"wanted": "xyzzy"}, follow_redirects=True).text)
    assert "Vi fandt ingen" in nobody
    many = words_of(browser.post(URL, data={"wanted": "e"}, follow_redirects=True).text)
    assert "Dem, vi fandt" not in many


@pytest.mark.both_databases
def test_each_word_of_a_name_is_found_by_how_it_begins_however_it_is_typed(
    browser_of: Browser, people: People, database: Database, session: Session
) -> None:
    browser = browser_of(people.admin)
    names = {people.anna: "Åse-Marie O’Brien Østergård", people.jonas: "Aase Andersen", people.sara: "Éva Ak"}
    with database.writing() as writing:
        write_name_words(writing, {one.id: name for one, name in names.items()})
    found = {
        "aase": {people.anna, people.jonas},
        "ÅS": {people.anna, people.jonas},
        "a": {people.anna, people.jonas, people.sara, people.ali, people.admin},
        "mar obr": {people.anna},
        "oestergaard ma": {people.anna},
        "eva": {people.sara},
        "anna": set(),  # her name before
        "rie": set(),  # no word begins so
        "aase xyzzy": set(),
    }
    everybody = [getattr(people, one.slug) for one in CAST]
    for said, wanted in found.items():
        page = browser.get(URL, query_string={"navn": said}).text
        links = {one for one in everybody if f"{URL}/{one.id}" in page}
        assert {one for one in links if one in wanted or one in names} == wanted, said
    unfound = select(Person.name).where(
        ~select(PersonNameWord).where(PersonNameWord.person_id == Person.id).exists()
    )
    assert session.exec(unfound).all() == []


def test_of_many_some_are_shown_and_the_page_says_that_there_are_more(
    browser_of: Browser, people: People, database: Database
) -> None:
    with database.writing() as writing:
        department = writing.get_one(Person, people.line.id).department_id
        for number in range(120):
            office: dict[str, Any] = {"phone": "70707070", "department_id": department}
            add(writing, f"Bo Bosen {number}", role=Role.PROFESSIONAL, **office)
    browser = browser_of(people.admin)
    for said in ("bo", "70707070"):
        page = words_of(browser.post(URL, data={"wanted": said}, follow_redirects=True).text)
        assert page.count("Bo Bosen") == MOST_SHOWN
        assert "Der er flere." in page
    page = words_of(browser.get(URL, query_string={"afdeling": department}).text)
    assert "Der er flere. Skriv et navn ovenfor." in page
    assert page.count("Bo Bosen") <= MOST_STAFF


@pytest.mark.parametrize("said", ["010190-1234", "01 01 90 1234", "Anna 010190-1234"])
def test_a_cpr_number_is_not_looked_for_and_not_given_back(
    said: str, browser_of: Browser, people: People
) -> None:
    for answer in (
        browser_of(people.admin).post(URL, data={"wanted": said}),
        browser_of(people.admin).get(URL, query_string={"navn": said}),
    ):
        assert answer.status_code == 422
        assert "Skriv ikke et CPR-nummer her." in answer.text
        assert said not in answer.text


def test_nothing_typed_is_asked_for(browser_of: Browser, people: People) -> None:
    answer = browser_of(people.admin).post(URL, data={"wanted": "  "})
    assert (answer.status_code, "Skriv et navn, et nummer" in answer.text) == (422, True)
    long = "a" * 121
    answer = browser_of(people.admin).post(URL, data={"wanted": long})
    assert (answer.status_code, long in answer.text) == (422, True)


@pytest.mark.both_databases
def test_a_department_lists_who_works_there(browser_of: Browser, people: People, database: Database) -> None:
    browser = browser_of(people.admin)
    with database.writing() as session:
        session.exec(update(Person).where(col(Person.id) == people.jonas.id).values(department_id=None))
        department = session.exec(select(Person.department_id).where(Person.id == people.line.id)).one()
    page = words_of(browser.get(URL, query_string={"afdeling": department}).text)
    assert "Asta Riis Administrator" in page
    assert "Line Madsen Kontaktperson" in page
    assert "Jonas" not in page
    assert "Jonas Friis Fagperson" in words_of(browser.get(URL, query_string={"afdeling": "ingen"}).text)
    assert browser.get(URL, query_string={"afdeling": people.line.id}).status_code == 404
