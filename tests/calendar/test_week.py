"""A week of meetings: which days, what stands in each, and in whose eyes."""

import re
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlmodel import Session, select

from app.calendar.week import monday_of
from app.dates.clock import fixed_clock
from app.meetings.models import Occupancy
from app.meetings.rules import Channel, OccupancyKind
from tests.booking.desk import slot
from tests.booking.fixtures import Booked
from tests.cast import NOW, People
from tests.conftest import Browser

WEEK = "/kalender/uge?dato=2026-03-12"  # a Thursday, of week 11


def cells(page: str) -> dict[str, str]:
    """Return what stands under each day, as words."""
    heads, bodies = (re.findall(rf"<{tag}.*?>(.*?)</{tag}>", page, re.DOTALL) for tag in ("th", "td"))
    return {_words(head): _words(body) for head, body in zip(heads, bodies, strict=True)}


def _words(html: str) -> str:
    spoken = re.sub(r'<span data-zone.*?</span>|<span class="spoken">.*?</span>', "", html)
    return " ".join(re.sub(r"<[^>]+>", " ", spoken).split())


def test_each_day_has_its_column_and_its_meetings_in_order(
    browser_of: Browser, people: People, booked: Booked
) -> None:
    booked("2026-03-10 13:00", said_yes=True, channel=Channel.VIDEO, purpose="Praktik")
    booked("2026-03-10 10:00", said_yes=True, place="Rådhuset", purpose="Bolig")
    booked("2026-03-17 10:00", said_yes=True, purpose="En anden uge")
    page = browser_of(people.anna).get(WEEK).text
    assert cells(page) == {
        "mandag den 9. marts": "Ingen møder",
        "tirsdag den 10. marts": (
            "kl. 10.00–11.00 Bolig Rådhuset Tag af sted kl. 9.45 Du kommer"
            " kl. 13.00–14.00 Praktik På video Du er med"
        ),
        "onsdag den 11. marts": "Ingen møder",
        "torsdag den 12. marts": "Ingen møder",
        "fredag den 13. marts": "Ingen møder",
    }
    assert '<h1 tabindex="-1" id="uge">Uge 11</h1>' in page
    assert "Mandag den 9. marts til søndag den 15. marts 2026" in page
    for leads_to in ("2026-03-02", "2026-03-16"):
        assert f'href="/kalender/uge?dato={leads_to}"' in page


def test_a_proposal_holds_each_of_its_times_in_words_also_on_a_saturday(
    browser_of: Browser, people: People, booked: Booked
) -> None:
    times = (slot("2026-03-09 10:00"), slot("2026-03-14 12:00"))
    booked("2026-03-09 10:00", options=times, channel=Channel.PHONE, purpose="Bolig")
    client = browser_of(people.anna)
    found = cells(client.get(WEEK).text)
    assert list(found)[-2:] == ["lørdag den 14. marts", "søndag den 15. marts"]
    held = "Bolig På telefon Et forslag. Vi holder tiden til dig."
    assert found["mandag den 9. marts"] == f"kl. 10.00–11.00 {held}"
    assert found["lørdag den 14. marts"] == f"kl. 12.00–13.00 {held}"
    helper = cells(browser_of(people.line).get(f"{people.anna.url}{WEEK}").text)
    assert helper["mandag den 9. marts"].endswith("Et forslag. Vi holder tiden.")


def test_what_is_cancelled_takes_no_place_and_what_was_held_stays(
    app: Flask, browser_of: Browser, people: People, booked: Booked
) -> None:
    off = booked("2026-03-10 10:00", said_yes=True, channel=Channel.PHONE, purpose="Aflyst snak")
    booked("2026-03-02 11:00", 30, said_yes=True, channel=Channel.PHONE, purpose="Forbi")
    client = browser_of(people.anna)
    client.post(f"/kalender/{off}/svar", data={"reply": "cannot"})
    assert "Du har ingen møder i den uge." in client.get(WEEK).text
    app.extensions["clock"] = fixed_clock(NOW + timedelta(days=2))
    assert "Forbi" in browser_of(people.anna).get("/kalender/uge").text


@pytest.mark.parametrize(
    ("day", "named"),
    [("2026-04-02", "Helligdag: skærtorsdag"), ("2026-12-24", "Kommunen har lukket")],
)
def test_a_day_that_is_closed_says_why(browser_of: Browser, people: People, day: str, named: str) -> None:
    page = browser_of(people.anna).get(f"/kalender/uge?dato={day}").text
    assert any(head.endswith(named) for head in cells(page))


def test_those_who_help_see_the_week_and_no_way_of_hers(
    browser_of: Browser, people: People, booked: Booked, session: Session
) -> None:
    booked("2026-03-10 10:00", 60, "line", "jonas", said_yes=True, place="Rådhuset", purpose="Bolig")
    ways = select(Occupancy).where(
        Occupancy.kind == OccupancyKind.TRAVEL, Occupancy.subject_id == people.anna.id
    )
    assert len(session.exec(ways).all()) == 1
    page = browser_of(people.jonas).get(f"{people.anna.url}{WEEK}")
    assert cells(page.text)["tirsdag den 10. marts"] == "kl. 10.00–11.00 Bolig Rådhuset Anna kommer"
    assert browser_of(people.fremmed).get(f"{people.anna.url}{WEEK}").status_code == 404
    assert "Bolig" not in browser_of(people.bent).get(WEEK).text


def test_today_is_marked_and_no_day_at_all_is_this_week(
    browser_of: Browser, people: People, booked: Booked
) -> None:
    booked("2026-03-03 10:00")
    client = browser_of(people.anna)
    for asked in ("", "?dato=i-dag", "?dato=2031-01-01", "?dato=2026-03-08"):
        page = client.get(f"/kalender/uge{asked}").text
        assert re.search(r'<th scope="col" aria-current="date">mandag den 2. marts .*I dag', page)
        assert "Denne uge" not in page
    assert "Denne uge" in client.get(WEEK).text


def test_weeks_are_those_of_the_iso_calendar_over_new_year(browser_of: Browser, people: People) -> None:
    assert monday_of(date(2027, 1, 3)) == date(2026, 12, 28)
    assert "Uge 53" in browser_of(people.anna).get("/kalender/uge?dato=2027-01-01").text


def test_the_list_leads_to_the_week_and_back(browser_of: Browser, people: People) -> None:
    client = browser_of(people.anna)
    assert 'href="/kalender/uge"' in client.get("/kalender").text
    assert 'href="/kalender"' in client.get("/kalender/uge").text
