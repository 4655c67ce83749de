"""Edge case 50: the citizen gets another contact person. Meetings stay; the old one is out at once."""

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session

from app.booking.rules import TaskKind
from app.booking.tasks import list_open_tasks, open_task
from app.plan.service import assign_contact
from app.store.db import Database
from tests.booking.fixtures import Booked
from tests.booking.requests import WORKDAYS
from tests.cast import NOW, People
from tests.conftest import Browser
from tests.minutes.held_meetings import NOW_ON, WORDS, wrote_down

pytestmark = pytest.mark.both_databases


def status(client: FlaskClient, address: str) -> int:
    return client.get(address).status_code


def test_case_50_meetings_stay_the_new_name_is_on_them_and_the_old_one_is_out(
    browser_of: Browser, database: Database, session: Session, people: People, booked: Booked
) -> None:
    held, to_come = booked(NOW_ON, 30, "thea", said_yes=True), booked("2026-03-10 10:00", duty=True)
    wrote_down(database, held, share=False)
    with database.writing() as writing:
        open_task(writing, people.anna.id, to_come, TaskKind.OTHER_TIME, now=NOW, workdays=WORKDAYS)
        assign_contact(writing, people.anna.id, people.omar.id, now=NOW)
    anna, line, omar = (browser_of(getattr(people, slug)) for slug in ("anna", "line", "omar"))
    page = anna.get("/kalender").text
    assert str(held) in page
    assert str(to_come) in page
    card = anna.get(f"/kalender/{to_come}").text
    assert "Omar" in card
    assert "din kontakt" not in card.partition("Line")[2].partition("</p>")[0]
    for address in ("kalender", f"kalender/{to_come}", f"kalender/{held}/referat"):
        assert status(line, f"{people.anna.url}/{address}") == 404
        assert status(omar, f"{people.anna.url}/{address}") == 200
    assert list_open_tasks(session, people.line.id, now=NOW) == []
    assert [one.meeting_id for one in list_open_tasks(session, people.omar.id, now=NOW)] == [to_come]
    assert WORDS not in omar.get(f"{people.anna.url}/kalender/{held}/referat").text
