"""The citizen chooses on /samtykke how much each professional sees; what is said of it is true."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from app.access.policy import PlanExtent
from app.consent.models import Representation, RepresentationScope
from app.consent.rules import ActingScope, RepresentationKind
from app.demo.cast import person_id
from app.identity.models import PersonRole
from app.identity.rules import Role
from app.plan.models import PlanAccess
from app.plan.queries import list_plan_readers
from app.plan.service import assign_contact
from app.plan.texts import name_area_readers, name_readers
from app.store.db import Database
from tests.access.planted_plan import ANNA, THEA, chose
from tests.cast import NOW, People
from tests.conftest import Browser
from tests.goals.plans import TODAY
from tests.house.receipts import words_of

CHOOSE = f"/samtykke/fagperson/{THEA.id}"
STOP = f"{CHOOSE}/luk"


def test_one_tap_closes_the_plan_and_another_choice_opens_it(
    browser_of: Browser, database: Database, people: People
) -> None:
    anna, thea = browser_of(ANNA), browser_of(THEA)
    page = anna.get("/samtykke").text
    assert "Luk planen for Thea" in page
    assert "Skift, hvad Thea ser</span></summary>" in page  # folded, and named
    assert "Thea ser så kun sine egne møder. Du kan åbne den igen." in page
    assert anna.post(STOP).status_code == 303
    page = anna.get("/samtykke").text
    assert ("Luk planen for Thea" in page, "Ser ikke planen." in page) == (False, True)
    assert thea.get(f"{ANNA.url}/plan").status_code == 403
    assert "Anna har ændret, hvad du kan se af planen." in thea.get("/dag").text
    listed = thea.get("/borgere").text
    assert (f'href="{ANNA.url}/begynd"' in listed, f'href="{ANNA.url}/plan"' in listed) == (True, False)
    assert "Planen er ikke åben for dig." in listed
    assert "Planen for Anna er ikke åben for dig" in thea.get(f"{ANNA.url}/begynd").text
    assert anna.post(CHOOSE, data={"extent": "area"}).status_code == 303
    assert thea.get(f"{ANNA.url}/plan").status_code == 200
    assert "Luk planen for Thea" in anna.get("/samtykke").text


@pytest.mark.both_databases
def test_what_was_said_before_stays(browser_of: Browser, session: Session) -> None:
    """One counts for each professional, and the same again is no new one."""
    anna = browser_of(ANNA)
    for data in ({"extent": "area"}, {"extent": "area"}, {"extent": "none"}):
        anna.post(CHOOSE, data=data)
    rows = session.exec(select(PlanAccess).where(PlanAccess.citizen_id == ANNA.id)).all()
    assert sorted((one.extent, one.replaced_at is None) for one in rows) == [("area", False), ("none", True)]


def test_the_last_day_is_read_and_stands_on_the_page(browser_of: Browser) -> None:
    anna = browser_of(ANNA)
    day = {"last_day": "5", "last_month": "3", "last_year": "2026"}
    assert anna.post(CHOOSE, data={"extent": "area"} | day).status_code == 303
    assert "Ser kun Bolig og økonomi, til og med den 5. marts 2026." in words_of(anna.get("/samtykke").text)
    assert anna.post(CHOOSE, data={"extent": "plan"} | day).status_code == 303
    assert "Ser hele planen til og med den 5. marts 2026." in words_of(anna.get("/samtykke").text)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Vælg, hvad der må ses."),
        ({"extent": "all"}, "Vælg, hvad der må ses."),
        ({"extent": "plan", "last_day": "31", "last_month": "2", "last_year": "2026"}, "Skriv dagen med tal"),
        ({"extent": "plan", "last_day": "1", "last_month": "3", "last_year": "2026"}, "Dagen er gået."),
        (
            {"extent": "none", "last_day": "5", "last_month": "3", "last_year": "2026"},
            "Du har valgt »Ikke planen«",
        ),
    ],
)
def test_what_cannot_be_chosen_is_explained_at_the_field(
    browser_of: Browser, session: Session, sent: dict[str, str], said: str
) -> None:
    answer = browser_of(ANNA).post(CHOOSE, data=sent)
    assert (answer.status_code, said in answer.text) == (422, True)
    assert session.exec(select(PlanAccess).where(PlanAccess.citizen_id == ANNA.id)).first() is None


@pytest.mark.parametrize("slug", ["line", "omar", "lone", "fremmed"])
def test_it_is_chosen_for_those_alone_who_help(browser_of: Browser, slug: str) -> None:
    there = f"/samtykke/fagperson/{person_id(slug)}"
    anna = browser_of(ANNA)
    assert anna.post(there, data={"extent": "none"}).status_code == 404
    assert anna.post(f"{there}/luk").status_code == 404


def test_nothing_is_chosen_for_the_contact_person_who_is_on_the_team_too(
    browser_of: Browser, database: Database
) -> None:
    """She sees all of it, and the page says so: a button that closes it would do nothing."""
    with database.writing() as session:
        assign_contact(session, ANNA.id, THEA.id, now=NOW)
    anna = browser_of(ANNA)
    page = anna.get("/samtykke").text
    assert ("Ser hele planen og det, du deler" in page, "Luk planen for Thea" in page) == (True, False)
    assert [anna.post(STOP).status_code, anna.post(CHOOSE, data={"extent": "none"}).status_code] == [404, 404]


def test_who_sees_what_is_shown_to_the_citizen_and_the_contact_person(
    browser_of: Browser, database: Database, people: People
) -> None:
    chose(database, "area")
    says = "Ser kun Bolig og økonomi."
    anna, line, jonas = (browser_of(one) for one in (ANNA, people.line, people.jonas))
    page = anna.get("/kontakt").text
    assert (says in page, 'href="/samtykke#laesere"' in page) == (True, True)
    assert says in line.get(f"{ANNA.url}/kontakt").text
    assert "Ser " not in jonas.get(f"{ANNA.url}/kontakt").text


def test_a_choice_before_the_yes_holds_when_it_is_given(browser_of: Browser, people: People) -> None:
    anna, thea = browser_of(ANNA), browser_of(THEA)
    anna.post("/samtykke/nej")
    assert "Ingen af dem ser planen nu." in anna.get("/samtykke").text
    assert anna.post(STOP).status_code == 303
    version = thea.application.extensions["settings"].site.consent_version
    assert browser_of(ANNA).post("/samtykke/ja", data={"version": version}).status_code == 303
    assert thea.get(f"{ANNA.url}/plan").status_code == 403
    assert browser_of(people.jonas).get(f"{ANNA.url}/plan").status_code == 200


# --- by name, before something is shared ---


def test_the_names_before_sharing_are_of_those_who_will_see_it(
    browser_of: Browser, database: Database
) -> None:
    """A dream is of no area; a goal may come to be of one."""
    chose(database, "area")
    chose(database, "none", People().ali)
    anna = browser_of(ANNA)
    whole = "Når det er med i planen: Jonas og Sara ser det også."
    part = "Kun hvis det handler om Bolig og økonomi: Thea ser det også."
    for kind, of_an_area in (("droem", False), ("maal", True), ("skridt", True)):
        page = anna.get(f"/skriv?slags={kind}").text
        assert (whole in page, part in page, "Ali" in page) == (True, of_an_area, False)


def test_nobody_is_named_who_sees_a_part_where_something_comes_of_a_message(
    database: Database, session: Session
) -> None:
    chose(database, "area")
    readers = list_plan_readers(session, ANNA.id, now=NOW)
    assert name_readers(readers) == ["Jonas", "Sara", "Ali"]
    assert name_area_readers(readers) == [(("Bolig og økonomi",), ["Thea"])]


def test_who_is_limited_and_represents_the_citizen_is_named_for_what_they_see(
    database: Database, session: Session
) -> None:
    chose(database, "none")
    with database.writing() as writing:
        kind = RepresentationKind.POWER_OF_ATTORNEY
        acting = Representation(citizen_id=ANNA.id, person_id=THEA.id, kind=kind, starts_on=TODAY)
        writing.add(acting)
        writing.add(PersonRole(person_id=THEA.id, role=Role.REPRESENTATIVE, starts_at=NOW))
        writing.flush()
        writing.add(RepresentationScope(representation_id=acting.id, scope=ActingScope.PLAN, starts_on=TODAY))
    assert "Thea med fuldmagt fra dig" in name_readers(list_plan_readers(session, ANNA.id, now=NOW))


# --- the database is the last gate ---


@pytest.mark.parametrize(
    "wrong",
    [
        {"extent": PlanExtent.NONE, "to_on": TODAY},
        {"extent": PlanExtent.AREA, "to_on": TODAY - timedelta(days=1)},
        {"extent": PlanExtent.AREA, "replaced_at": NOW - timedelta(days=1)},
        {"extent": PlanExtent.AREA, "person_id": ANNA.id},
    ],
)
def test_the_database_refuses_what_cannot_be(database: Database, wrong: dict[str, Any]) -> None:
    right: dict[str, Any] = {"citizen_id": ANNA.id, "person_id": THEA.id, "from_on": TODAY, "set_at": NOW}
    with pytest.raises(IntegrityError), database.writing() as session:
        session.add(PlanAccess(**(right | wrong)))


def test_the_database_refuses_a_second_that_counts(database: Database) -> None:
    chose(database, "area")
    again: dict[str, Any] = {"citizen_id": ANNA.id, "person_id": THEA.id, "from_on": TODAY, "set_at": NOW}
    with pytest.raises(IntegrityError), database.writing() as session:
        session.add(PlanAccess(extent=PlanExtent.NONE, **again))
    with database.writing() as session:
        standing = col(PlanAccess.replaced_at).is_(None)
        mine = select(PlanAccess).where(PlanAccess.person_id == THEA.id, PlanAccess.citizen_id == ANNA.id)
        assert session.exec(mine.where(standing)).one().extent is PlanExtent.AREA
