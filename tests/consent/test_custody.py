"""Under 18 it takes two: one who has custody says yes and takes it back on a page of their own."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from app.consent.models import Consent
from app.consent.rules import ActingScope, RepresentationKind
from app.demo.cast import add_acting
from app.identity.models import Person
from app.plan.consent_effects import record_yes, withdraw_yes
from app.plan.models import Plan
from app.plan.rules import PlanState
from app.store.db import Database
from tests.cast import NOW, People
from tests.conftest import Browser
from tests.consent.forms import YES
from tests.writing import wrote


@pytest.fixture
def url(people: People) -> str:
    return f"{people.emil.url}/samtykke"


def state(database: Database, people: People) -> PlanState:
    with database.reading() as session:
        return session.exec(select(Plan).where(Plan.citizen_id == people.emil.id)).one().state


def test_she_finds_the_page_and_sees_both_with_their_days(
    people: People, browser_of: Browser, url: str
) -> None:
    mette = browser_of(people.mette)
    assert f'href="{url}"' in mette.get(f"{people.emil.url}/kontakt").text
    page = mette.get(url).text
    for said in (
        "Dit ja til én plan for Emil",
        "Emil sagde ja den",
        "Du sagde ja den",
        "Træk dit ja tilbage",
    ):
        assert said in page


def test_she_takes_it_back_and_gives_it_again_and_he_is_told(
    database: Database, people: People, browser_of: Browser, url: str
) -> None:
    mette, emil = browser_of(people.mette), browser_of(people.emil)
    assert mette.post(f"{url}/nej").location == f"{url}?nyt=nej"
    assert state(database, people) is PlanState.CLOSED
    assert "Du trak dit ja tilbage den 2. marts 2026." in mette.get(f"{url}?nyt=nej").text
    today = emil.get("/").text
    for said in (
        "Mette trak sit ja til din plan tilbage.",
        "Planen mangler stadig et ja",
        "Du har sagt ja.",
    ):
        assert said in today
    assert "Du har trukket dit ja tilbage" not in today + emil.get("/plan").text
    assert mette.post(f"{url}/ja", data=YES).location == f"{url}?nyt=ja"
    assert state(database, people) is PlanState.ACTIVE
    assert "Mette sagde ja til din plan." in emil.get("/").text


def test_who_has_said_yes_is_not_told_to_say_it(
    database: Database, people: People, browser_of: Browser, url: str
) -> None:
    """His yes stands, hers does not: what is missing is an open plan."""
    draft = wrote(database, people.emil, "draft").id
    browser_of(people.mette).post(f"{url}/nej")
    emil = browser_of(people.emil)
    for address in ("/skriv?slags=droem", f"/skriv/{draft}"):
        page = emil.get(address).text
        assert "Du kan dele den, når din plan er åben." in page
        assert 'href="/samtykke"' in page
        assert "når du har sagt ja" not in page


def test_her_yes_is_hers_and_not_his(
    database: Database, session: Session, people: People, browser_of: Browser, url: str
) -> None:
    with database.writing() as writing:
        for one in (people.emil, people.mette):
            withdraw_yes(writing, people.emil.id, by=one.id, now=NOW)
    browser_of(people.mette).post(f"{url}/ja", data=YES)
    stands = select(Consent.given_by).where(
        Consent.citizen_id == people.emil.id, col(Consent.revoked_at).is_(None)
    )
    assert session.exec(stands).all() == [people.mette.id]
    assert state(database, people) is PlanState.CLOSED


def test_of_two_who_have_custody_one_is_enough(
    database: Database, people: People, browser_of: Browser, url: str
) -> None:
    """His father, who is somebody of the cast here, has said yes too."""
    father = people.vibeke
    with database.writing() as session:
        custody, since = RepresentationKind.CUSTODY, NOW.date() - timedelta(days=9)
        add_acting(session, people.emil.id, father.id, custody, [ActingScope.CONSENT], since=since)
        record_yes(session, people.emil.id, by=father.id, text_version=YES["version"], now=NOW)
    browser_of(people.mette).post(f"{url}/nej")
    assert state(database, people) is PlanState.ACTIVE
    browser_of(father).post(f"{url}/nej")
    assert state(database, people) is PlanState.CLOSED


def test_a_yes_to_another_text_is_not_taken(people: People, browser_of: Browser, url: str) -> None:
    mette = browser_of(people.mette)
    mette.post(f"{url}/nej")
    answer = mette.post(f"{url}/ja", data={"version": "2025-1"})
    assert answer.status_code == 409
    assert "Teksten er ændret, siden du åbnede siden." in answer.text


def test_it_is_not_for_a_guardian_nor_for_a_child_who_has_grown_up(
    database: Database, people: People, browser_of: Browser, url: str
) -> None:
    vibeke, mette = browser_of(people.vibeke), browser_of(people.mette)
    bents = f"{people.bent.url}/samtykke"
    asked = [vibeke.get(bents), vibeke.post(f"{bents}/ja", data=YES), vibeke.post(f"{bents}/nej")]
    assert [one.status_code for one in asked] == [403, 403, 403]
    assert f'href="{bents}"' not in vibeke.get(f"{people.bent.url}/kontakt").text
    with database.writing() as session:
        session.get_one(Person, people.emil.id).born_on = NOW.date() - timedelta(days=19 * 365)
    assert mette.get(url).status_code == 404
    assert mette.post(f"{url}/nej").status_code == 404


def test_his_contact_person_says_neither(people: People, browser_of: Browser, url: str) -> None:
    omar = browser_of(people.omar)
    assert [omar.get(url).status_code, omar.post(f"{url}/ja", data=YES).status_code] == [403, 403]
