"""No time suits all: what can give times, each a button that looks so again; what is the citizen's last."""

import re
from html import unescape
from typing import Any
from uuid import UUID

import pytest

from app.availability.models import CalendarLimits
from app.booking.book import book_meeting
from app.meetings.rules import Channel
from app.store.db import Database
from tests.booking.fixtures import Booked
from tests.booking.requests import WORKDAYS, can_take_much, request_for
from tests.calendar.staff.test_edit import fields
from tests.calendar.staff.test_propose import carried, need, shown, times
from tests.cast import NOW, People
from tests.conftest import Browser

WEEK = ("2026-03-04", "2026-03-05", "2026-03-06", "2026-03-09")  # what is left within seven days


def fill(database: Database, *days: str, who: str = "jonas") -> None:
    """Take all office hours of these days from somebody, and some beside."""
    can_take_much(database, "karim")
    other: dict[str, Any] = {"citizen": "karim", "said_yes": True, "channel": Channel.VIDEO}
    for day in days:
        for hour in ("08:00", "12:00"):
            book_meeting(
                database, request_for(f"{day} {hour}", 240, who, **other), now=NOW, workdays=WORKDAYS
            )


def buttons(html: str) -> dict[str, tuple[str, str]]:
    """Return what can give times: by its words, the name and value of the button."""
    found = re.findall(r'<button class="choice" name="(\w+)" value="([^"]*)"><span[^>]*>([^<]+)<', html)
    return {unescape(words): (name, value) for name, value, words in found}


@pytest.fixture
def url(people: People) -> str:
    return f"{people.anna.url}/kalender/nyt"


@pytest.mark.parametrize("start", ["Uden Jonas", "Op til to uger senere", "Før kl. 9 eller efter kl. 15"])
def test_a_button_looks_again_and_finds_as_many_as_it_said(
    browser_of: Browser, database: Database, people: People, url: str, start: str
) -> None:
    fill(database, *WEEK)
    browser = browser_of(people.line)
    html = shown(browser, url, need(people, "jonas", "line", within="7"))
    name, value = next(one for words, one in buttons(html).items() if words.startswith(start))
    again = shown(browser, url, carried(html) | {name: value})
    assert times(again)
    chosen = times(again)[0]
    assert (chosen[:10] > "2026-03-09") is (start == "Op til to uger senere")
    sent = browser.post(url, data=carried(again) | {"tid": [chosen], "trin": "send"})
    assert sent.status_code == 303


def test_what_is_the_citizens_comes_last_and_is_something_to_ask(
    browser_of: Browser, database: Database, people: People, url: str
) -> None:
    few = CalendarLimits(citizen_id=people.anna.id, per_day=1, per_week=1, notice_days=2, updated_at=NOW)
    with database.writing() as session:
        session.merge(few)
    for day in ("2026-03-03", "2026-03-10"):
        book_meeting(
            database,
            request_for(f"{day} 10:00", 60, "sara", said_yes=True, channel=Channel.PHONE),
            now=NOW,
            workdays=WORKDAYS,
        )
    html = shown(browser_of(people.line), url, need(people, "line", within="7"))
    asked = [unescape(one) for one in re.findall(r'<p class="soft">(Spørg [^<]+)<', html)]
    assert [one.partition(":")[0] for one in asked] == ["Spørg Anna, om der er plads til et møde mere"]
    assert html.index("Op til to uger senere") < html.index("Spørg Anna")


def test_other_times_are_looked_for_farther_on_by_a_link(
    browser_of: Browser, database: Database, people: People, booked: Booked
) -> None:
    can_take_much(database)
    more: dict[str, Any] = {"said_yes": True, "organiser_id": people.line.id, "channel": Channel.PHONE}
    meeting: UUID = booked("2026-03-04 08:00", 60, "line", **more)
    html = browser_of(people.line).get(f"{people.anna.url}/kalender/{meeting}/nye-tider?timer=1").text
    assert 'name="timer" value="1"' in html
    early = [one for one in times(html) if one[11:16] < "09:00"]
    assert early
    data = fields(html) | {"tid": early[0], "how": "flyt"}
    assert (
        browser_of(people.line).post(f"{people.anna.url}/kalender/{meeting}/nye-tider", data=data).status_code
        == 303
    )


def test_ones_own_calendar_is_called_ones_own(browser_of: Browser, people: People, url: str) -> None:
    html = shown(browser_of(people.line), url, need(people, "jonas", "line"))
    assert "Vi kan ikke se din kalender." in html
    assert "Line: Vi kender ikke kalenderen." not in html
    assert "Jonas: Vi kender ikke kalenderen." in html


def test_a_meeting_far_off_is_moved_to_what_is_near_it_on_both_sides(
    browser_of: Browser, people: People, booked: Booked
) -> None:
    may = booked("2026-05-06 10:00", 45, "line", said_yes=True, organiser_id=people.line.id)
    html = browser_of(people.line).get(f"{people.anna.url}/kalender/{may}/nye-tider").text
    offered = re.findall(r'name="tid" value="2026-([^"]+)\+', html)
    assert offered[:3] == ["05-06T09:15", "05-05T10:00", "05-06T12:00"]
    assert {one[:2] for one in offered} <= {"04", "05"}
