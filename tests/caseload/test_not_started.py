"""A citizen without a yes: what those who help can do until then, and what they can't."""

import re

import pytest

from app.config import Settings
from app.identity.invitations import make_invitation
from app.identity.models import Person
from app.notifications.rules import NoticeContent
from app.notifications.service import add_notice
from app.plan.consent_effects import withdraw_yes
from app.plan.news import CONSENT_GIVEN
from app.store.db import Database
from tests.cast import NOW, People
from tests.conftest import Browser


@pytest.fixture
def url(people: People) -> str:
    return f"{people.ny.url}/begynd"


def test_the_contact_person_can_invite_propose_and_ring(
    database: Database, people: People, browser_of: Browser, url: str
) -> None:
    with database.writing() as session:
        session.get_one(Person, people.ny.id).phone = "12345678"
    page = browser_of(people.line).get(url).text
    for said in (
        "Planen for Nynne er ikke åben",
        "Nynne har ikke sagt ja til én plan. Planen er lukket for dig, til Nynne siger ja.",
        f'href="{people.ny.url}/invitation"',
        f'href="{people.ny.url}/kalender/nyt"',
        'href="tel:+4512345678"',
        "Det første er en invitation.",
    ):
        assert said in page


def test_without_a_number_it_says_so(people: People, browser_of: Browser, url: str) -> None:
    page = browser_of(people.line).get(url).text
    assert "Én plan har ikke noget telefonnummer til Nynne." in page
    assert "Ring til Nynne" not in page


def test_an_invitation_that_is_open_is_told(
    database: Database, settings: Settings, people: People, browser_of: Browser, url: str
) -> None:
    with database.writing() as session:
        make_invitation(session, settings.secret_key, people.ny.id, by=people.line.id, now=NOW)
    page = browser_of(people.line).get(url).text
    assert "Nynne er inviteret. Invitationen gælder til torsdag den 5. marts 2026 kl. 10.00." in page


def test_after_a_no_it_says_that_and_nothing_is_lost(
    database: Database, people: People, browser_of: Browser
) -> None:
    with database.writing() as session:
        withdraw_yes(session, people.anna.id, by=people.anna.id, now=NOW)
    line = browser_of(people.line)
    assert f'href="{people.anna.url}/begynd"' in line.get("/borgere").text
    page = line.get(f"{people.anna.url}/begynd").text
    assert "Anna trak sit ja tilbage den 2. marts 2026. Planen er lukket, og intet er slettet." in page
    assert "Så kan Anna logge ind igen." in page
    assert "Anna har ingen adgangsnøgle nu. Lav en invitation." in page  # she has been in: it is no beginning


def test_at_17_the_other_yes_is_what_is_waited_for(
    database: Database, people: People, browser_of: Browser
) -> None:
    with database.writing() as session:
        withdraw_yes(session, people.emil.id, by=people.mette.id, now=NOW)
    page = browser_of(people.omar).get(f"{people.emil.url}/begynd").text
    assert "Emil har sagt ja. Planen venter på et ja fra en, der har forældremyndigheden." in page
    assert "Emil og en, der har forældremyndigheden, siger ja hver for sig." in page
    assert "Kun Emil selv" not in page


def test_a_professional_proposes_a_meeting_and_neither_invites_nor_learns_of_the_no(
    database: Database, people: People, browser_of: Browser
) -> None:
    with database.writing() as session:
        withdraw_yes(session, people.anna.id, by=people.anna.id, now=NOW)
    page = browser_of(people.jonas).get(f"{people.anna.url}/begynd").text
    assert f'href="{people.anna.url}/kalender/nyt"' in page
    assert "Der er ikke et ja til én plan lige nu. Så længe er planen lukket for dig." in page
    for unsaid in ("/invitation", "trak sit ja", "har ikke sagt ja", "adgangsnøgle", "kan ikke logge ind"):
        assert unsaid not in page


def test_with_a_yes_it_leads_to_the_plan(people: People, browser_of: Browser) -> None:
    answer = browser_of(people.line).get(f"{people.anna.url}/begynd")
    assert (answer.status_code, answer.location) == (303, f"{people.anna.url}/plan")


@pytest.mark.parametrize(("slug", "status"), [("vibeke", 403), ("lone", 404), ("omar", 404), ("ny", 404)])
def test_it_is_for_those_who_help_her_alone(
    people: People, browser_of: Browser, slug: str, status: int
) -> None:
    whose = people.bent if slug == "vibeke" else people.ny
    asked = "/begynd" if slug == "ny" else f"{whose.url}/begynd"
    assert browser_of(getattr(people, slug)).get(asked).status_code == status


def test_a_representative_is_led_to_kontakt(database: Database, people: People, browser_of: Browser) -> None:
    with database.writing() as session:
        withdraw_yes(session, people.bent.id, by=people.bent.id, now=NOW)
    assert f'href="{people.bent.url}/kontakt"' in browser_of(people.vibeke).get("/borgere").text


def test_what_is_new_stands_first(database: Database, people: People, browser_of: Browser) -> None:
    """Four are told of; three stand open, and the fourth one tap away."""
    told = (people.anna, people.karim, people.bent, people.ny)
    with database.writing() as session:
        for one in told:
            add_notice(session, people.line.id, NoticeContent(CONSENT_GIVEN, one.id, by=one.id), now=NOW)
    page = browser_of(people.line).get("/dag").text
    said = re.findall(r">([^<>]*Der er sagt ja til planen.)</a>", page)
    assert len(said) == len(told)
    assert page.index(said[2]) < page.index("Se 1 mere") < page.index(said[3])
