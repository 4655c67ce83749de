"""Citizens who have no contact person: all of them are reached, and each gets one, once."""

import re

import pytest
from flask import Flask
from sqlmodel import Session, select

from app.access.act_kinds import ActKind
from app.access.models import AccessLogEntry, AdministrationAct
from app.plan.models import ContactAssignment
from tests.administration.test_new_person import HERE, add
from tests.cast import People
from tests.conftest import Browser
from tests.house.receipts import as_it_stands, words_of


@pytest.mark.both_databases
def test_citizens_without_a_contact_person_are_all_reached_some_at_a_time(
    app: Flask, browser_of: Browser, people: People
) -> None:
    with app.extensions["db"].writing() as writing:
        for number in range(45):  # and Frede, who comes first
            add(writing, f"Mette Prøve {number:02}")
    browser, url = browser_of(people.admin), HERE[:-1]
    pages = [
        browser.get(url, query_string={"uden": "kontaktperson", "side": side}).text for side in range(1, 5)
    ]
    shown = [re.findall(r"[\w-]+(?=/kontaktperson)", one) for one in pages]
    assert list(map(len, shown)) == [20, 20, 6, 0]
    assert len({one for some in shown for one in some}) == 46
    ways = [
        [side for side in range(1, 5) if f'href="{url}?side={side}&amp;uden=kontaktperson"' in one]
        for one in pages
    ]
    assert ways == [[2], [3], [2], [3]]
    assert f'href="{url}?uden=kontaktperson"' in pages[1]
    assert "Side 2." in words_of(pages[1])
    assert ("Her står ikke mere." in pages[3], "Ingen mangler" in pages[3]) == (True, False)


@pytest.mark.both_databases
def test_a_citizen_without_a_contact_person_is_seen_and_gets_one_once(
    browser_of: Browser, people: People, session: Session
) -> None:
    browser, theirs = browser_of(people.admin), f"{HERE}{people.fremmed.id}/kontaktperson"
    assert "uden=kontaktperson" in browser.get("/administration").text
    listed = browser.get(HERE[:-1], query_string={"uden": "kontaktperson"})
    assert theirs in listed.text
    assert f"{people.anna.id}" not in listed.text
    looks = select(AccessLogEntry.action).where(AccessLogEntry.citizen_id == people.fremmed.id)
    assert session.exec(looks).all() == ["people:read"]
    assert theirs in browser.get(f"{HERE}{people.fremmed.id}").text
    for said, wrong in (
        ("Napoleon", "Vi fandt ingen kontaktperson"),
        ("", "Skriv, hvem der skal"),
    ):
        page = browser.post(theirs, data={"contact": said})
        assert (page.status_code, wrong in page.text) == (422, True)
    assert browser.post(theirs, data={"contact": "010190-1234"}).text.count("010190") == 0
    sent = as_it_stands(browser.get(theirs).text, "/kontaktperson", contact="omar saleh")
    for _tapped_twice in range(2):
        page = browser.post(sent[0], data=sent[1], follow_redirects=True)
        assert "Frede Mikkelsen har nu en kontaktperson." in words_of(page.text)
    session.rollback()
    standing = select(ContactAssignment.person_id, ContactAssignment.ends_at).where(
        ContactAssignment.citizen_id == people.fremmed.id
    )
    assert session.exec(standing).all() == [(people.omar.id, None)]
    acts = session.exec(select(AdministrationAct.kind)).all()
    assert list(acts) == [ActKind.CONTACT_GIVEN]
    page = browser.post(f"{HERE}{people.anna.id}/kontaktperson", data={"contact": "Omar Saleh"})
    assert (page.status_code, "overdrage borgeren" in page.text) == (409, True)
    page = browser.post(f"{HERE}{people.jonas.id}/kontaktperson", data={"contact": "Omar Saleh"})
    assert (page.status_code, "Kun en borger har en kontaktperson." in page.text) == (422, True)
    assert "Ingen mangler" in browser.get(HERE[:-1], query_string={"uden": "kontaktperson"}).text
    assert theirs not in browser.get(f"{HERE}{people.fremmed.id}").text
