"""The own week of those who help, across citizens."""

from datetime import timedelta
from typing import Any

import pytest

from app.availability.models import BusySource, BusyTime
from app.meetings.rules import Channel
from app.plan.models import Absence
from app.store.db import Database
from tests.booking.fixtures import Booked
from tests.booking.requests import at
from tests.cast import NOW, People
from tests.conftest import Browser

MORE: dict[str, Any] = {"said_yes": True, "channel": Channel.PHONE}


@pytest.mark.both_databases
def test_the_week_holds_own_meetings_own_calendar_and_absence(
    browser_of: Browser, booked: Booked, database: Database, people: People
) -> None:
    mine = booked("2026-03-04 10:00", 30, "jonas", **MORE)
    other = booked("2026-03-04 13:00", 30, "jonas", citizen="karim", organiser_id=people.line.id)
    with database.writing() as session:
        source = BusySource(person_id=people.jonas.id, url="https://eksempel.dk/a", added_at=NOW)
        session.add(source)
        session.flush()
        span: dict[str, Any] = {"starts_at": at("2026-03-05 08:00"), "ends_at": at("2026-03-05 09:00")}
        session.add(BusyTime(source_id=source.id, person_id=people.jonas.id, **span))
        days: dict[str, Any] = {"starts_at": at("2026-03-06 00:00"), "ends_at": at("2026-03-07 00:00")}
        session.add(Absence(person_id=people.jonas.id, substitute_id=people.sara.id, **days))
    page = browser_of(people.jonas).get("/kalender").text
    assert "Min uge 10" in page
    order = [
        *("Mandag den 2. marts", "Ingen møder den dag.", f"{people.anna.url}/kalender/{mine}"),
        *(f"{people.karim.url}/kalender/{other}", "Optaget i din egen kalender", "Du har fravær den dag."),
    ]
    places = [page.index(one) for one in order]
    assert places == sorted(places)
    assert "Lørdag" not in page
    assert "Optaget i din egen" not in browser_of(people.jonas).get("/kalender?dato=2026-03-09").text


def test_nobody_elses_meetings_stand_there(browser_of: Browser, booked: Booked, people: People) -> None:
    booked("2026-03-04 10:00", 30, "jonas", **MORE)
    page = browser_of(people.line).get("/kalender").text
    assert "Samtale om din bolig" not in page


def test_a_day_that_is_none_is_this_week(browser_of: Browser, people: People) -> None:
    line = browser_of(people.line)
    for said in ("x", "9999-12-31", "0001-01-01", (NOW + timedelta(days=3000)).date().isoformat()):
        assert "Det er denne uge." in line.get(f"/kalender?dato={said}").text


def test_it_is_for_those_who_help(browser_of: Browser, people: People) -> None:
    assert browser_of(people.vibeke).get("/kalender").status_code == 404
    assert 'id="dag-' not in browser_of(people.anna).get("/kalender").text
