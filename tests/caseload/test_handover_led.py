"""A leader hands over all citizens of a colleague, and learns of none who they are."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from app.access.models import AccessLogEntry
from app.identity.models import Person
from app.plan.models import ContactAssignment, ContactHandover
from app.store.db import Database
from tests.booking.race import at_once
from tests.cast import NOW, People
from tests.conftest import Browser

HERE = "/ledelse/overdragelse"
NOTE = "Line er rejst."
HERS = ("anna", "bent", "karim", "ny")


def of(session: Session, person: object) -> int:
    session.rollback()
    standing = select(ContactAssignment).where(
        ContactAssignment.person_id == person, col(ContactAssignment.ends_at).is_(None)
    )
    return len(session.exec(standing).all())


@pytest.fixture
def form(people: People) -> dict[str, str]:
    return {"person": str(people.line.id), "to": str(people.omar.id), "note": NOTE, "trin": "send"}


@pytest.mark.both_databases
def test_a_leader_hands_over_all_of_a_colleagues_without_a_name(
    form: dict[str, str], session: Session, people: People, browser_of: Browser
) -> None:
    lone = browser_of(people.lone)
    assert "Line Madsen, 4 borgere" in lone.get(HERE).text
    later = {"citizens": str(people.ny.id), "to": str(people.omar.id), "on": "2026-03-09", "trin": "send"}
    browser_of(people.line).post("/borgere/overdragelse", data=later)
    review = lone.post(HERE, data=form | {"trin": "se"}).text
    assert "4 borgere går over til Omar Saleh mandag den 2. marts." in review
    for _twice in range(2):
        assert lone.post(HERE, data=form).location == f"{HERE}?gemt=ja"
    shown = review + lone.get(f"{HERE}?gemt=ja").text
    assert not [slug for slug in HERS if getattr(people, slug).name in shown]
    assert "Overdragelsen er skrevet ind. Borgerne har fået besked." in shown
    assert (of(session, people.line.id), of(session, people.omar.id)) == (1, 5)  # one goes over as agreed
    assert "Omar er nu din kontaktperson." in browser_of(people.bent).get("/").text
    said = browser_of(people.bent).get("/kontakt").text
    assert NOTE in said.partition(f"{people.lone.name} skrev om din nye kontaktperson:")[2]
    assert "Karim: Du er nu kontaktperson." in browser_of(people.omar).get("/dag").text
    assert "overtog 3 af dine borgere" in browser_of(people.line).get("/dag").text
    acts = select(AccessLogEntry.relation).where(
        AccessLogEntry.actor_id == people.lone.id, AccessLogEntry.action == "contact:hand_over"
    )
    assert session.exec(acts).all() == ["leader"] * 3


def test_only_of_the_own_department_and_only_leaders(
    form: dict[str, str], database: Database, session: Session, people: People, browser_of: Browser
) -> None:
    assert browser_of(people.line).post(HERE, data=form).status_code == 404
    lone = browser_of(people.lone)
    assert lone.post(HERE, data=form | {"to": str(people.line.id)}).status_code == 422
    assert lone.post(HERE, data=form | {"to": str(people.jonas.id)}).status_code == 422
    assert lone.post(HERE, data=form | {"on": f"{NOW - timedelta(days=1):%Y-%m-%d}"}).status_code == 422
    with database.writing() as writing:
        writing.get_one(Person, people.line.id).department_id = None
    assert lone.post(HERE, data=form).status_code == 422
    assert session.exec(select(ContactHandover)).all() == []


@pytest.mark.both_databases
def test_of_several_at_once_each_citizen_goes_over_once(
    form: dict[str, str], session: Session, people: People, browser_of: Browser
) -> None:
    later = {"on": "2026-03-09"}
    leaders = [browser_of(people.lone) for _one in range(3)]
    own = {"citizens": str(people.anna.id), "to": str(people.omar.id), "trin": "send"} | later
    line = browser_of(people.line)

    def hand_over(number: int) -> int:
        if number < len(leaders):
            return leaders[number].post(HERE, data=form | later).status_code
        return line.post("/borgere/overdragelse", data=own).status_code

    told = at_once(hand_over, len(leaders) + 1)
    assert set(told) <= {303, 409}
    assert told[303] >= len(leaders)
    assert sorted(session.exec(select(ContactHandover.citizen_id)).all()) == sorted(
        getattr(people, slug).id for slug in HERS
    )
