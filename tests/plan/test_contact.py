import re
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlmodel import select

from app.dates.clock import fixed_clock
from app.identity.models import Person
from app.identity.service import save_office_hours
from app.plan.consent_effects import withdraw_yes
from app.plan.models import Absence
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
    assert re.search(r'href="/beskeder#nyeste"[^>]*>.*Skriv til Line</a>', text)
    assert re.search(
        r'data-kind="main" aria-label="Ring 70 12 34 61 til Line Madsen">.*Ring 70 12 34 61</a>', text
    )
    assert "Fredag kl.\u00a09.00–13.00</p>" in text


@pytest.mark.usefixtures("line_is_away")
def test_while_the_contact_person_is_away_the_call_goes_to_the_substitute(
    people: People, browser_of: Browser
) -> None:
    text = browser_of(people.anna).get("/kontakt").text
    assert "Line er væk og er tilbage mandag den 9. marts. Omar svarer i stedet." in text
    assert 'href="tel:+4570123462"' in text
    assert 'href="tel:+4570123461"' not in text


@pytest.mark.usefixtures("line_is_away")
def test_she_is_back_on_a_day_on_which_the_municipality_works(
    database: Database, people: People, browser_of: Browser
) -> None:
    with database.writing() as session:
        session.exec(select(Absence)).one().ends_at = NOW + timedelta(days=5)  # Saturday
    text = browser_of(people.anna).get("/kontakt").text
    assert "Line er væk og er tilbage mandag den 9. marts. Omar svarer i stedet." in text


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


def is_kept(view: object) -> bool:
    return getattr(view, "is_kept", False)


CALLS = ("/", "/kontakt", "/samtykke")  # where there is a button to call her
AT_HOME = "Line er ikke på arbejde lige nu"
AGAIN_TODAY = "Line er på arbejde igen i dag kl.\u00a09.00."


@pytest.mark.parametrize("here", CALLS)
@pytest.mark.parametrize(
    ("moment", "again"),
    [
        (NOW, None),  # Monday at ten: she is at work
        (NOW.replace(hour=7), AGAIN_TODAY),
        (NOW.replace(hour=15), f"{AT_HOME}: tirsdag kl.\u00a09.00."),
        (NOW.replace(day=7), f"{AT_HOME}: mandag kl.\u00a09.00."),
        (NOW.replace(month=4, day=1, hour=18), f"{AT_HOME}: tirsdag kl.\u00a09.00."),  # over Easter
    ],
)
def test_by_the_button_stands_when_she_is_at_work_again(
    app: Flask, people: People, browser_of: Browser, here: str, moment: datetime, again: str | None
) -> None:
    app.extensions["clock"] = fixed_clock(moment)
    text = browser_of(people.anna).get(here).text
    assert 'href="tel:+4570123461"' in text
    assert again in text if again else (AT_HOME not in text and "på arbejde igen" not in text)


def test_of_hours_that_nobody_can_count_with_nothing_is_said(
    app: Flask, database: Database, people: People, browser_of: Browser
) -> None:
    with database.writing() as session:
        save_office_hours(session, people.line.id, "Når <jeg> er der")
    app.extensions["clock"] = fixed_clock(NOW.replace(day=7))
    text = browser_of(people.anna).get("/kontakt").text
    assert AT_HOME not in text
    assert "<bdi>Når &lt;jeg&gt; er der</bdi>" in text


@pytest.mark.usefixtures("line_is_away")
def test_while_she_is_away_it_is_the_substitute_who_is_at_work_or_not(
    app: Flask, people: People, browser_of: Browser
) -> None:
    app.extensions["clock"] = fixed_clock(NOW.replace(hour=18))
    text = browser_of(people.anna).get("/").text
    assert "Omar er ikke på arbejde lige nu: tirsdag kl.\u00a09.00." in text
    assert AT_HOME not in text


@pytest.mark.both_databases
@pytest.mark.parametrize(("hours", "is_said"), [(15, True), (10, False)])
def test_whoever_goes_away_before_is_not_said_to_be_at_work_then(
    app: Flask, database: Database, people: People, browser_of: Browser, hours: int, is_said: bool
) -> None:
    """On Monday evening she is at work on Tuesday, unless her holiday has begun by then."""
    monday = NOW.replace(hour=18)
    goes = monday + timedelta(hours=hours)  # on Tuesday at ten, or at five
    with database.writing() as session:
        one, other = people.line.id, people.omar.id
        session.add(Absence(person_id=one, substitute_id=other, starts_at=goes, ends_at=goes + timedelta(9)))
    app.extensions["clock"] = fixed_clock(monday)
    assert (AT_HOME in browser_of(people.anna).get("/kontakt").text) == is_said


def test_no_page_that_is_kept_says_who_is_at_work(app: Flask, people: People, browser_of: Browser) -> None:
    app.extensions["clock"] = fixed_clock(NOW.replace(hour=18))
    kept = {rule.rule for rule in app.url_map.iter_rules() if is_kept(app.view_functions[rule.endpoint])}
    own = [address for address in kept if "<" not in address]
    assert own
    assert not [address for address in own if "på arbejde" in browser_of(people.anna).get(address).text]


def test_hours_stand_in_the_language_of_who_reads(app: Flask, people: People, browser_of: Browser) -> None:
    app.extensions["clock"] = fixed_clock(NOW.replace(day=7))
    text = browser_of(people.anna).get("/kontakt?sprog=en").text
    assert "Line is not at work right now: Monday at 09:00." in text
    assert "Monday to Thursday at 09:00–15:00" in text


def test_titles_and_what_people_help_with_are_in_the_readers_language_or_marked_as_danish(
    database: Database, people: People, browser_of: Browser
) -> None:
    anna = browser_of(people.anna)
    text = anna.get("/kontakt?sprog=en").text
    assert "Coordinator" in text
    assert "Helps you with sleep and treatment." in text
    with database.writing() as session:
        session.get_one(Person, people.line.id).title = "Tovholder"
    assert '<span lang="da" dir="ltr">Tovholder</span>' in anna.get("/kontakt").text
