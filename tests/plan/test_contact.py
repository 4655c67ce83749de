import re

import pytest

from app.plan.consent_effects import withdraw_yes
from app.store.db import Database
from tests.cast import NOW, People
from tests.conftest import Browser


def test_she_finds_whom_to_call_when_and_who_covers(people: People, browser_of: Browser) -> None:
    text = browser_of(people.anna).get("/kontakt").text
    for said in (
        "Line Madsen",
        'href="tel:+4570123461"',
        "70 12 34 61",
        "Mandag til torsdag",
        "svarer Omar Saleh",
    ):
        assert said in text
    assert re.search(r'href="/skriv\?slags=andet"[^>]*>.*Skriv til Line</a>', text)
    assert re.search(
        r'data-kind="main" aria-label="Ring 70 12 34 61 til Line Madsen">.*Ring 70 12 34 61</a>', text
    )
    assert "kl.\u00a09.00–15.00</bdi></p>" in text


@pytest.mark.usefixtures("line_is_away")
def test_while_the_contact_person_is_away_the_call_goes_to_the_substitute(
    people: People, browser_of: Browser
) -> None:
    text = browser_of(people.anna).get("/kontakt").text
    assert "Line er væk til mandag den 9. marts. Omar svarer i stedet." in text
    assert 'href="tel:+4570123462"' in text
    assert 'href="tel:+4570123461"' not in text


def test_the_circle_stands_by_area_with_what_each_does_and_since_when(
    people: People, browser_of: Browser
) -> None:
    text = browser_of(people.anna).get("/kontakt").text
    order = [text.index(name) for name in ("Jonas Friis", "Sara Holm", "Thea Krogh", "Ali Demir")]
    assert order == sorted(order)
    for said in ("Job og uddannelse", "Hjælper dig med praktik og job.", "Siden den 11. januar 2026."):
        assert said in text


def test_a_representative_is_shown(people: People, browser_of: Browser) -> None:
    text = browser_of(people.bent).get("/kontakt").text
    assert "Vibeke Aagaard" in text
    assert "Værge" in text


def test_without_a_contact_person_there_is_the_municipality(people: People, browser_of: Browser) -> None:
    text = browser_of(people.fremmed).get("/kontakt").text
    assert "Ingen kontaktperson endnu" in text
    assert 'href="tel:+4570123456"' in text


@pytest.mark.parametrize("slug", ["line", "jonas"])
def test_those_who_help_see_who_else_does(people: People, browser_of: Browser, slug: str) -> None:
    text = browser_of(getattr(people, slug)).get(f"{people.anna.url}/kontakt").text
    assert "De hjælper Anna" in text
    assert "Sara Holm" in text
    assert "hjælper dig" not in text.lower()


def test_it_is_there_for_them_also_without_a_yes(
    database: Database, people: People, browser_of: Browser
) -> None:
    with database.writing() as session:
        withdraw_yes(session, people.anna.id, by=people.anna.id, now=NOW)
    assert browser_of(people.line).get(f"{people.anna.url}/kontakt").status_code == 200


@pytest.mark.parametrize("slug", ["fremmed", "lone", "omar", "vibeke", "admin"])
def test_a_stranger_learns_nothing(people: People, browser_of: Browser, slug: str) -> None:
    assert browser_of(getattr(people, slug)).get(f"{people.anna.url}/kontakt").status_code == 404


def test_the_numbers_are_on_paper_too(people: People, browser_of: Browser) -> None:
    text = browser_of(people.anna).get("/kontakt").text
    assert '<p class="on-paper">Ring til Line Madsen: 70 12 34 61</p>' in text
    assert '<p class="on-paper">Ring 70 12 34 56</p>' in text
    assert '<p class="soft">70 12 34 63</p>' in text
    assert 'aria-label="Ring til Jonas Friis"' in text
