"""The page about the yes is reached in every state: before a yes, after it, after a no; and one can ask."""

import pytest

from app.plan.consent_effects import record_yes, withdraw_yes
from app.store.db import Database
from tests.cast import NOW, People
from tests.conftest import Browser

LINK = 'href="/samtykke"'


@pytest.mark.parametrize("page", ["/kontakt", "/indstillinger", "/privatliv", "/plan"])
@pytest.mark.parametrize("slug", ["ny", "anna", "bent", "fremmed"])
def test_it_is_reached_in_every_state(
    database: Database, people: People, browser_of: Browser, slug: str, page: str
) -> None:
    with database.writing() as session:
        withdraw_yes(session, people.bent.id, by=people.bent.id, now=NOW)
    html = browser_of(getattr(people, slug)).get(page).text
    body, _foot, footer = html.partition('<footer class="foot">')
    assert LINK in footer
    assert LINK in body or page not in ("/kontakt", "/indstillinger")


@pytest.mark.parametrize("slug", ["line", "jonas", "lone", "vibeke"])
def test_those_who_help_have_no_link_to_it(people: People, browser_of: Browser, slug: str) -> None:
    assert LINK not in browser_of(getattr(people, slug)).get("/indstillinger").text


def test_from_kontakt_the_yes_is_taken_back_in_two_taps(people: People, browser_of: Browser) -> None:
    client = browser_of(people.anna)
    assert LINK in client.get("/kontakt").text.partition("<footer")[0]
    assert 'action="/samtykke/nej"' in client.get("/samtykke").text
    assert client.post("/samtykke/nej").location == "/samtykke?nyt=nej"


@pytest.mark.parametrize("slug", ["ny", "anna"])
def test_one_can_ask_the_contact_person(people: People, browser_of: Browser, slug: str) -> None:
    page = browser_of(getattr(people, slug)).get("/samtykke").text
    for said in ("Vil du spørge om noget?", "Du kan spørge Line", 'href="tel:+4570123461"'):
        assert said in page


@pytest.mark.usefixtures("line_is_away")
def test_while_she_is_away_one_asks_who_answers(people: People, browser_of: Browser) -> None:
    page = browser_of(people.anna).get("/samtykke").text
    for said in ("Omar svarer i stedet", "Du kan spørge Omar", 'href="tel:+4570123462"'):
        assert said in page


def test_without_a_contact_person_one_asks_the_municipality(people: People, browser_of: Browser) -> None:
    page = browser_of(people.fremmed).get("/samtykke").text
    assert "Du har ikke en kontaktperson endnu. Ring til kommunen" in page


def test_both_yeses_of_a_17_year_old_are_shown_with_their_days(
    database: Database, people: People, browser_of: Browser
) -> None:
    """The demo lays both at 1 January; then his mother takes hers back, and gives it again."""
    client, day = browser_of(people.emil), "den 1. januar 2026"
    page = client.get("/samtykke").text
    assert f"Du sagde ja {day}." in page
    assert f"Mette Østergaard sagde ja {day}." in page
    with database.writing() as session:
        withdraw_yes(session, people.emil.id, by=people.mette.id, now=NOW)
    assert "Mette Østergaard trak sit ja tilbage den 2. marts 2026." in client.get("/samtykke").text
    with database.writing() as session:
        record_yes(session, people.emil.id, by=people.mette.id, text_version="2026-2", now=NOW)
        withdraw_yes(session, people.emil.id, by=people.emil.id, now=NOW)
    page = client.get("/samtykke").text
    assert "Mette Østergaard sagde ja den 2. marts 2026." in page
    assert "Du trak dit ja tilbage den 2. marts 2026." in page


def test_of_a_grown_up_one_yes_is_asked_for_and_one_is_shown(people: People, browser_of: Browser) -> None:
    assert "begge-ja" not in browser_of(people.bent).get("/samtykke").text
