"""A yes is given by one who has just shown who they are, to the text they read; a no by anybody who is in."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, col, select

from app.consent.models import Consent
from app.identity.rules import FRESH
from tests.account.conftest import Invite, MovableClock, Phone
from tests.cast import People
from tests.conftest import Browser
from tests.consent.forms import YES

AGAIN = "/log-ind?igen=samtykke"
BACK = "/samtykke?nyt=vist"


def standing(session: Session, people: People) -> list[str]:
    """Return the versions of the text to which Nynne's yes stands."""
    wanted = select(Consent.text_version).where(Consent.citizen_id == people.ny.id)
    return list(session.exec(wanted.where(col(Consent.revoked_at).is_(None))))


@pytest.fixture
def nynne(browser_of: Browser, people: People, clock: MovableClock) -> FlaskClient:
    """Nynne, who has read for five minutes since she signed in."""
    client = browser_of(people.ny)
    clock.now += FRESH
    return client


def test_after_five_minutes_she_shows_first_that_it_is_her(
    nynne: FlaskClient, session: Session, people: People
) -> None:
    answer = nynne.post("/samtykke/ja", data=YES)
    assert (answer.status_code, answer.location) == (303, AGAIN)
    assert standing(session, people) == []
    page = nynne.get(AGAIN).text
    for said in ("Vis, at det er dig", "Du har ikke sagt ja endnu.", 'href="/samtykke"', "JavaScript"):
        assert said in page


def test_in_the_demo_she_chooses_herself_again_and_is_back_with_nothing_lost(
    nynne: FlaskClient, session: Session, people: People
) -> None:
    assert 'href="/demo?igen=samtykke"' in nynne.get(AGAIN).text
    page = nynne.get("/demo?igen=samtykke").text
    assert page.index("Vælg dig selv igen") < page.index("Nynne Bech") < page.index("Anna Jensen")
    answer = nynne.post("/demo/log-ind", data={"person": "ny", "igen": "samtykke"})
    assert (answer.status_code, answer.location) == (303, BACK)
    assert "Nu ved vi, at det er dig. Du har ikke sagt ja endnu." in nynne.get(BACK).text
    assert nynne.post("/samtykke/ja", data=YES).location == "/samtykke?nyt=ja"
    assert standing(session, people) == [YES["version"]]


def test_one_who_becomes_somebody_else_does_not_land_on_her_yes(nynne: FlaskClient) -> None:
    answer = nynne.post("/demo/log-ind", data={"person": "anna", "igen": "samtykke"})
    assert answer.location == "/"


def test_a_passkey_leads_back_to_the_yes(
    phone: Phone,
    invite: Invite,
    people: People,
    clock: MovableClock,
    session: Session,
) -> None:
    phone.try_code(invite(people.ny).code)
    phone.accept()
    clock.now += FRESH
    assert phone.client.post("/samtykke/ja", data=YES).location == AGAIN
    answer = phone.client.post(AGAIN, data={"credential": phone.key.sign(phone.options("/log-ind"))})
    assert answer.location == BACK
    assert phone.client.post("/samtykke/ja", data=YES).location == "/samtykke?nyt=ja"
    assert standing(session, people) == [YES["version"]]


def test_who_came_in_by_invitation_within_five_minutes_has_shown_it(
    phone: Phone,
    invite: Invite,
    people: People,
    clock: MovableClock,
    session: Session,
) -> None:
    phone.try_code(invite(people.ny).code)
    phone.accept()
    clock.now += FRESH - timedelta(microseconds=1)
    assert phone.client.post("/samtykke/ja", data=YES).location == "/samtykke?nyt=ja"
    assert standing(session, people) == [YES["version"]]


def test_taking_it_back_asks_for_nothing(
    browser_of: Browser,
    people: People,
    clock: MovableClock,
    session: Session,
) -> None:
    client = browser_of(people.anna)
    clock.now += FRESH * 2
    assert client.post("/samtykke/nej").location == "/samtykke?nyt=nej"
    stands = select(Consent).where(Consent.citizen_id == people.anna.id, col(Consent.revoked_at).is_(None))
    assert session.exec(stands).all() == []


@pytest.mark.parametrize("sent", [{}, {"version": ""}, {"version": "2025-9"}])
def test_a_yes_to_another_text_is_not_taken_and_the_new_one_is_shown(
    browser_of: Browser, people: People, session: Session, sent: dict[str, str]
) -> None:
    answer = browser_of(people.ny).post("/samtykke/ja", data=sent)
    assert answer.status_code == 409
    for said in ("Teksten er ændret, siden du åbnede siden.", f'value="{YES["version"]}"', "én samlet plan"):
        assert said in answer.text
    assert standing(session, people) == []


@pytest.mark.own_app
def test_what_is_written_down_is_the_text_that_was_read(
    app: Flask,
    browser_of: Browser,
    people: People,
    session: Session,
) -> None:
    """The text becomes another while the page is open: the old yes is not one to the new text."""
    client = browser_of(people.ny)
    settings = app.extensions["settings"]
    new = replace(settings.site, consent_version="2026-3", consent_text=("En helt ny tekst.",))
    app.extensions["settings"] = replace(settings, site=new)
    answer = client.post("/samtykke/ja", data=YES)
    assert answer.status_code == 409
    assert "En helt ny tekst." in answer.text
    client.post("/samtykke/ja", data={"version": "2026-3"})
    assert standing(session, people) == ["2026-3"]


def test_the_yes_on_her_page_is_sent_by_nobody_else(
    browser_of: Browser, people: People, session: Session
) -> None:
    """Nynne leaves her page open on a borrowed phone, and Frede signs in on it."""
    page = browser_of(people.ny).get("/samtykke").text
    mark = page.partition('name="afsender" value="')[2].partition('"')[0]
    assert len(mark) == 32
    answer = browser_of(people.fremmed).post("/samtykke/ja", data=YES | {"afsender": mark})
    assert answer.status_code == 409
    assert not session.exec(select(Consent).where(Consent.citizen_id == people.fremmed.id)).all()


def test_one_who_has_custody_shows_it_too_and_is_back_at_that_page(
    browser_of: Browser, people: People, clock: MovableClock
) -> None:
    mette, url = browser_of(people.mette), f"{people.emil.url}/samtykke"
    mette.post(f"{url}/nej")
    clock.now += FRESH
    asked = mette.post(f"{url}/ja", data=YES).location
    assert f'href="{url}"' in mette.get(asked).text
    back = {"person": "mette", "igen": f"samtykke:{people.emil.id}"}
    assert mette.post("/demo/log-ind", data=back).location == f"{url}?nyt=vist"


@pytest.mark.parametrize("what", ["samtykke:x", "https://example.org", "1"])
def test_an_address_that_is_none_of_ours_leads_to_the_settings(
    browser_of: Browser, people: People, what: str
) -> None:
    page = browser_of(people.ny).get("/log-ind", query_string={"igen": what}).text
    assert 'href="/indstillinger"' in page.partition("<footer")[0]
