import pytest
from sqlmodel import Session, select

from app.consent.models import Consent
from app.notifications.models import Notice
from app.plan.consent_effects import withdraw_yes
from app.plan.models import Plan
from app.plan.rules import PlanState
from app.store.db import Database
from tests.cast import NOW, People, Someone
from tests.conftest import Browser
from tests.consent.forms import YES

pytestmark = pytest.mark.both_databases


def _plan(session: Session, citizen: Someone) -> Plan:
    return session.exec(select(Plan).where(Plan.citizen_id == citizen.id)).one()


def test_the_invited_reads_what_the_yes_means_and_says_it(
    people: People, browser_of: Browser, session: Session
) -> None:
    client = browser_of(people.ny)
    before = client.get("/samtykke").text
    for said in ("Du kan få én samlet plan", "Serviceloven § 141", "Ja, jeg vil have én plan", "Line Madsen"):
        assert said in before
    assert "Træk dit ja tilbage" not in before
    answer = client.post("/samtykke/ja", data=YES)
    assert (answer.status_code, answer.location) == (303, "/samtykke?nyt=ja")
    assert _plan(session, people.ny).state is PlanState.ACTIVE
    after = client.get(answer.location).text
    for said in ("Du sagde ja den 2. marts 2026", "Tak. Nu har du én plan.", "Line kan se det, du deler."):
        assert said in after
    assert 'href="/plan"' in after
    assert "Tak." not in client.get("/samtykke").text


def test_somebody_without_any_plan_gets_one_by_saying_yes(
    people: People, browser_of: Browser, session: Session
) -> None:
    assert browser_of(people.fremmed).post("/samtykke/ja", data=YES).status_code == 303
    assert _plan(session, people.fremmed).state is PlanState.ACTIVE


def test_a_double_tap_is_one_yes(people: People, browser_of: Browser, session: Session) -> None:
    client = browser_of(people.ny)
    assert [client.post("/samtykke/ja", data=YES).status_code for _again in range(2)] == [303, 303]
    assert len(session.exec(select(Consent).where(Consent.citizen_id == people.ny.id)).all()) == 1


def test_she_sees_who_can_see_and_says_no_again_in_one_tap(
    people: People, browser_of: Browser, session: Session
) -> None:
    client = browser_of(people.anna)
    before = client.get("/samtykke").text
    for said in (
        "Dit ja gælder",
        "Line Madsen",
        "Jonas Friis",
        "Så lukker planen for de andre med det samme",
    ):
        assert said in before
    answer = client.post("/samtykke/nej")
    assert (answer.status_code, answer.location) == (303, "/samtykke?nyt=nej")
    after = client.get(answer.location).text
    assert "Du har trukket dit ja tilbage. Planen er lukket for de andre.</span>" in after
    for said in ("Du trak dit ja tilbage den 2. marts 2026", "Intet er slettet", "Ja, jeg vil have én plan"):
        assert said in after
    assert _plan(session, people.anna).state is PlanState.CLOSED
    told = select(Notice.person_id).where(Notice.kind == "consent_revoked")
    assert session.exec(told).all() == [people.line.id]


def test_a_new_yes_brings_the_same_plan_back(
    database: Database, people: People, browser_of: Browser, session: Session
) -> None:
    with database.writing() as writing:
        withdraw_yes(writing, people.anna.id, by=people.anna.id, now=NOW)
    assert browser_of(people.line).get(f"{people.anna.url}/plan").status_code == 403
    browser_of(people.anna).post("/samtykke/ja", data=YES)
    assert _plan(session, people.anna).state is PlanState.ACTIVE
    assert browser_of(people.line).get(f"{people.anna.url}/plan").status_code == 200


def test_at_17_a_custody_holder_must_say_yes_too(
    database: Database, people: People, browser_of: Browser
) -> None:
    client = browser_of(people.emil)
    assert "også sagt ja" in client.get("/samtykke").text
    with database.writing() as session:
        withdraw_yes(session, people.emil.id, by=people.mette.id, now=NOW)
    text = client.get("/samtykke").text
    assert "Derfor skal Mette også sige ja." in text
    assert "også siger ja." in text
    assert "Dit ja gælder" not in text


@pytest.mark.parametrize("slug", ["line", "vibeke", "lone"])
def test_it_is_only_for_citizens(people: People, browser_of: Browser, slug: str) -> None:
    client = browser_of(getattr(people, slug))
    asked = [client.get("/samtykke"), client.post("/samtykke/ja", data=YES), client.post("/samtykke/nej")]
    assert {answer.status_code for answer in asked} == {404}


def test_late_on_a_borrowed_phone_nothing_is_done(browser_of: Browser, session: Session) -> None:
    assert browser_of(None).post("/samtykke/nej").status_code == 401
    assert not session.exec(select(Consent).where(Consent.revoked_at.is_not(None))).all()  # type: ignore[union-attr]
