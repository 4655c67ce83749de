"""One day of two calendars: meetings of this citizen by name, others as taken, "kan ikke" without why."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest

from app.availability.models import BusySource, BusyTime
from app.availability.rules import TimeRule, WishKind
from app.availability.service import add_wish
from app.dates.local_time import DANISH_TIME
from app.identity.rules import first_name
from app.meetings.rules import Channel
from app.plan.models import Absence
from app.store.db import Database
from tests.booking.fixtures import Booked
from tests.cast import NOW, People
from tests.conftest import Browser
from tests.house.receipts import words_of

THURSDAY = "?dato=2026-03-05"


@pytest.fixture
def url(people: People) -> str:
    return f"{people.anna.url}/kalender/dag{THURSDAY}"


def test_own_time_with_other_citizens_is_taken_and_no_more(
    browser_of: Browser, booked: Booked, people: People, url: str
) -> None:
    call = {"said_yes": True, "channel": Channel.PHONE}
    booked("2026-03-05 10:00", 30, "line", purpose="Om din bolig", **call)
    booked("2026-03-05 13:00", 30, "line", citizen="karim", purpose="Om sproget", **call)
    html = browser_of(people.line).get(url).text
    assert html.count("Om din bolig") == 2
    assert "Om sproget" not in html
    assert "Optaget" in html


def test_only_the_contact_person_sees_that_a_citizen_can_not_and_nobody_why(
    browser_of: Browser, database: Database, people: People, url: str
) -> None:
    with database.writing() as session:
        rule = TimeRule(weekday=3, from_time=time(9), until_time=time(11))
        add_wish(session, people.anna.id, rule, WishKind.TREATMENT, hard=True, now=NOW)
    line, jonas = (browser_of(one).get(url).text for one in (people.line, people.jonas))
    assert "Kan ikke" in line
    assert "ehandling" not in line
    assert "Kan ikke" not in jonas


def test_a_whole_day_is_called_so(browser_of: Browser, database: Database, people: People, url: str) -> None:
    with database.writing() as session:
        add_wish(session, people.anna.id, TimeRule(weekday=3), WishKind.TREATMENT, hard=True, now=NOW)
    page = words_of(browser_of(people.line).get(url).text)
    assert "Hele dagen: Kan ikke" in page
    assert "0.00" not in page


@pytest.mark.parametrize("said", ["", "?dato=x", "?dato=9999-12-31", "?dato=0001-01-01"])
def test_a_day_that_is_none_is_today(browser_of: Browser, people: People, said: str) -> None:
    answer = browser_of(people.line).get(f"{people.anna.url}/kalender/dag{said}")
    assert (answer.status_code, "I dag" in answer.text) == (200, True)


@pytest.mark.both_databases
def test_who_else_is_in_the_meeting_is_shown_beside_and_what_we_cant_know_is_said(
    browser_of: Browser, database: Database, people: People, url: str
) -> None:
    begins = datetime(2026, 3, 5, 9, tzinfo=DANISH_TIME)
    with database.writing() as session:
        source = BusySource(person_id=people.jonas.id, url="https://a.dk/1", added_at=NOW, fetched_at=NOW)
        session.add(source)
        session.flush()
        span: Any = {"starts_at": begins, "ends_at": begins + timedelta(hours=1)}
        session.add(BusyTime(source_id=source.id, person_id=people.jonas.id, **span))
        session.add(Absence(person_id=people.sara.id, substitute_id=people.omar.id, **span))
    line = browser_of(people.line)
    alone = line.get(url).text
    both = line.get(f"{url}&med={people.jonas.id}&med={people.sara.id}&med={people.fremmed.id}").text
    assert "Hele dagen er fri" not in alone
    assert "Vi kan ikke se din kalender." in alone
    assert "Vi kender ikke kalenderen" not in alone
    assert (both.count("Optaget"), both.count("Fravær")) == (1, 1)
    assert f"{first_name(people.sara.name)}: Vi kender ikke kalenderen." in both
    assert f"{first_name(people.jonas.name)}: Vi kender ikke kalenderen." not in both
    assert people.fremmed.name not in both
