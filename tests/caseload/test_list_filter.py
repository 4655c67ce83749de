"""What one wants to see of the list is kept with the person, and a change that one has seen is none."""

from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, col, select

from app.availability.models import CalendarLimits
from app.entries.rules import EntryKind
from app.goals.models import Goal
from app.plan.models import CaseloadFilter, LifeArea, PlanLook
from app.store.db import Database
from tests.booking.requests import can_take_much
from tests.cast import NOW, People, Someone
from tests.conftest import Browser
from tests.writing import wrote

pytestmark = pytest.mark.both_databases

HERE = "/borgere"
HERS = ("anna", "karim", "bent", "ny")
CHANGED = "Ændret, siden du så planen: Anna Jensen"


def shown(client: FlaskClient, people: People, address: str = HERE) -> set[str]:
    text = client.get(address).text
    return {slug for slug in HERS if getattr(people, slug).url in text}


def choose(client: FlaskClient, **form: str) -> None:
    assert client.post(f"{HERE}/filter", data=form).location == HERE


def opened(client: FlaskClient, citizen: Someone, page: str = "plan") -> None:
    assert client.get(f"{citizen.url}/{page}").status_code == 200


@pytest.fixture
def line(people: People, browser_of: Browser) -> FlaskClient:
    return browser_of(people.line)


def test_filters_hold_on_every_device_until_one_tap_takes_them_away(
    line: FlaskClient, people: People, database: Database, browser_of: Browser
) -> None:
    assert shown(line, people) == set(HERS)
    for _twice in range(2):  # a double tap is no other wish
        choose(line, til="uden-ja")
    phone = browser_of(people.line)
    assert shown(phone, people) == {"ny"}
    page = phone.get(HERE).text
    assert "Du ser 1 af 4 borgere:" in page
    assert 'name="fra" value="uden-ja"' in page
    assert shown(browser_of(people.omar), people) == set()
    choose(phone, til="tolk")
    assert shown(line, people) == set()
    assert "Filteret skjuler alle dine borgere." in line.get(HERE).text
    choose(line, fra="uden-ja")
    assert shown(line, people) == {"karim"}
    can_take_much(database)
    with database.writing() as writing:  # as a citizen says it herself, of no language
        writing.get_one(CalendarLimits, people.anna.id).needs_interpreter = True
    assert shown(line, people) == {"anna", "karim"}
    found = line.get(f"{HERE}?navn=bent")  # who is searched for is found all the same
    assert found.location.startswith(people.bent.url)
    choose(line, fra="alle")
    assert shown(line, people) == set(HERS)


def test_who_waits_and_whose_goal_is_in_an_area_is_shown_alone(
    line: FlaskClient, people: People, database: Database, session: Session
) -> None:
    wrote(database, people.bent, "shared")
    hidden = "1 borger, du ikke ser her, venter på dig."
    choose(line, til="uden-ja")
    assert hidden in line.get(HERE).text
    assert hidden not in line.get(f"{HERE}?alle=1").text
    choose(line, fra="uden-ja")
    choose(line, til="venter")
    assert shown(line, people) == {"bent"}
    assert hidden not in line.get(HERE).text
    choose(line, fra="venter")
    goal = wrote(database, people.karim, "in_plan", kind=EntryKind.GOAL).id
    area = session.exec(select(LifeArea.id).order_by(col(LifeArea.position))).all()[0]
    with database.writing() as writing:
        writing.add(Goal(entry_id=goal, area_id=area))
    choose(line, til=str(area))
    assert shown(line, people) == {"karim"}
    assert line.post(f"{HERE}/filter", data={"til": str(UUID(int=1))}).status_code == 404
    assert line.post(f"{HERE}/filter", data={"til": "noget"}).location == HERE
    session.rollback()
    assert session.exec(select(CaseloadFilter)).one().area_id == area


def test_a_change_by_others_is_marked_until_it_is_opened(
    line: FlaskClient, people: People, database: Database, session: Session
) -> None:
    wrote(database, people.anna, "shared")
    assert CHANGED not in line.get(HERE).text  # never opened: there is no "since"
    opened(line, people.anna)
    assert CHANGED not in line.get(HERE).text
    wrote(database, people.anna, "shared", at=NOW)
    assert CHANGED in line.get(HERE).text
    choose(line, til="aendret")
    assert shown(line, people) == {"anna"}
    opened(line, people.anna, "plan/historie")
    assert shown(line, people) == set()
    look = session.exec(select(PlanLook)).one()
    assert look.person_id == people.line.id


def test_ones_own_change_and_another_persons_look_are_none(
    line: FlaskClient, people: People, database: Database, browser_of: Browser
) -> None:
    opened(line, people.anna)
    entry = wrote(database, people.anna, "shared")
    opened(line, people.anna)
    approve = f"{people.anna.url}/forslag/{entry.id}/godkend"
    assert line.post(approve, data={"version": "1"}).status_code == 303
    assert CHANGED not in line.get(HERE).text
    wrote(database, people.anna, "shared", at=NOW)
    opened(browser_of(people.jonas), people.anna)
    browser_of(people.anna).get("/plan")
    assert CHANGED in line.get(HERE).text
