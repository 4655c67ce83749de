"""/indstillinger/telefontid: those who help say when they can be called."""

import pytest

from app.identity.models import Person
from app.store.db import Database
from tests.cast import People
from tests.conftest import Browser

HERE = "/indstillinger/telefontid"


def stored(database: Database, people: People) -> str | None:
    with database.reading() as session:
        return session.get_one(Person, people.line.id).office_hours


@pytest.mark.both_databases
def test_her_hours_are_stored_in_one_form_and_shown_to_the_citizen_at_once(
    database: Database, people: People, browser_of: Browser
) -> None:
    anna = browser_of(people.anna)
    anna.get("/kontakt")
    line = browser_of(people.line)
    assert 'value="Mandag til torsdag kl. 9.00–15.00. Fredag kl. 9.00–13.00."' in line.get(HERE).text
    saved = line.post(HERE, data={"hours": " mandag-onsdag 8-12 "})
    assert (saved.status_code, saved.location) == (303, f"{HERE}?gemt=1")
    assert stored(database, people) == "Mandag til onsdag kl. 8.00–12.00."
    assert "Mandag til onsdag kl.\u00a08.00–12.00" in anna.get("/kontakt").text


def test_an_empty_field_tells_no_hours(database: Database, people: People, browser_of: Browser) -> None:
    browser_of(people.line).post(HERE, data={"hours": " "})
    assert stored(database, people) is None
    hers, _rest = browser_of(people.anna).get("/kontakt").text.split("Ring, hvis du ikke kan få fat i nogen.")
    assert "Mandag til torsdag" not in hers


@pytest.mark.parametrize("typed", ["Når jeg er der", "mandag 15-9", "mandag kl. 9-10. " * 12])
def test_what_can_not_be_counted_with_is_not_stored(
    database: Database, people: People, browser_of: Browser, typed: str
) -> None:
    before = stored(database, people)
    answer = browser_of(people.line).post(HERE, data={"hours": typed})
    assert answer.status_code == 422
    assert "Skriv dage og tider som i eksemplet." in answer.text
    assert typed.strip() in answer.text
    assert stored(database, people) == before


def test_it_is_for_those_who_help(people: People, browser_of: Browser) -> None:
    assert HERE in browser_of(people.line).get("/indstillinger").text
    assert HERE not in browser_of(people.anna).get("/indstillinger").text
    assert browser_of(people.anna).post(HERE, data={"hours": "mandag 9-15"}).status_code == 404
