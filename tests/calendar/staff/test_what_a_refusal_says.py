"""How much a citizen can take is told to who may know it; to others such a time is taken, as any other is."""

import pytest

from app.availability.models import CalendarLimits
from app.meetings.rules import Channel
from app.store.db import Database
from tests.booking.fixtures import Booked
from tests.booking.requests import can_take_much
from tests.calendar.staff.test_edit import of
from tests.calendar.staff.test_propose import carried, need, times
from tests.cast import NOW, People
from tests.conftest import Browser

AGREED = {"said_yes": True, "channel": Channel.PHONE}


def one_is_enough(database: Database, booked: Booked, people: People, starts: str) -> None:
    """Fill a week of Anna's with somebody else's meeting, and let her say that one a week is enough."""
    booked(starts, 30, "sara", **AGREED)
    enough = CalendarLimits(citizen_id=people.anna.id, per_day=1, per_week=1, notice_days=0, updated_at=NOW)
    with database.writing() as session:
        session.merge(enough)


def says_full(page: str) -> bool:
    return "Ugen er fuld" in page or "Spørg Anna" in page


@pytest.mark.parametrize(("slug", "is_told"), [("jonas", False), ("line", True)])
def test_a_meeting_that_is_moved_into_a_full_week(
    browser_of: Browser, database: Database, booked: Booked, people: People, slug: str, is_told: bool
) -> None:
    mine = booked("2026-03-05 10:00", 45, "jonas", "line", organiser_id=people.jonas.id, **AGREED)
    helper, url = browser_of(getattr(people, slug)), of(people, mine, "/nye-tider")
    next_week = next(one for one in times(helper.get(url).text) if one >= "2026-03-09")
    one_is_enough(database, booked, people, "2026-03-12 10:00")
    answer = helper.post(url, data={"how": "flyt", "tid": [next_week], "seen": "0"})
    assert (answer.status_code, "Tiden er optaget nu" in answer.text) == (409, True)
    assert says_full(answer.text) is is_told


@pytest.mark.parametrize(("slug", "is_told"), [("jonas", False), ("line", True)])
def test_a_series_with_one_in_a_full_week(
    browser_of: Browser, database: Database, booked: Booked, people: People, slug: str, is_told: bool
) -> None:
    can_take_much(database)
    helper, url = browser_of(getattr(people, slug)), f"{people.anna.url}/kalender/nyt"
    shown = helper.post(url, data=need(people, slug, every="1", times="3")).text
    one_is_enough(database, booked, people, "2026-03-12 16:00")
    page = helper.post(url, data=carried(shown) | {"tid": times(shown)[0], "trin": "serie"}).text
    assert ("Tiden er optaget." in page, says_full(page)) == (not is_told, is_told)


def test_a_professional_who_proposes_is_told_no_more_than_that_it_is_taken(
    browser_of: Browser, database: Database, booked: Booked, people: People
) -> None:
    jonas, url = browser_of(people.jonas), f"{people.anna.url}/kalender/nyt"
    shown = jonas.post(url, data=need(people)).text
    one_is_enough(database, booked, people, "2026-03-06 10:00")
    answer = jonas.post(url, data=carried(shown) | {"tid": times(shown)[0], "trin": "send"})
    assert (answer.status_code, "Tiden er optaget nu" in answer.text) == (409, True)
    assert not says_full(answer.text)


def test_that_two_proposals_wait_is_told_and_nothing_of_them(
    browser_of: Browser, database: Database, booked: Booked, people: People
) -> None:
    """That it is enough is no secret: nobody may ask for more. Whose they are, and when, is told to none."""
    can_take_much(database)
    jonas, url = browser_of(people.jonas), f"{people.anna.url}/kalender/nyt"
    shown = jonas.post(url, data=need(people)).text
    for day, purpose in (("2026-03-10 10:00", "Om min ryg"), ("2026-03-11 10:00", "Om min søvn")):
        booked(day, 45, "sara", purpose=purpose, channel=Channel.PHONE)
    before = jonas.get(url)
    sent = jonas.post(url, data=carried(shown) | {"tid": times(shown)[0], "trin": "send"})
    assert (before.status_code, sent.status_code) == (200, 409)
    for page in (before.text, sent.text):
        assert "Anna har allerede to forslag at svare på." in page
        assert [word for word in ("ryg", "søvn", "10. marts", "11. marts") if word in page] == []
    assert "Sæt i kø hos Line" in sent.text
