import re

import pytest
from sqlmodel import col, select

from app.booking.cancel import cancel_meeting
from app.calendar import queries
from app.plan.models import ContactAssignment
from app.store.db import Database
from tests.booking.fixtures import Booked
from tests.booking.requests import WORKDAYS
from tests.cast import NOW, People
from tests.conftest import Browser

DANISH = "<span data-zone hidden> dansk tid</span>"  # shown where the phone's clock is another


def test_nothing_planned_says_who_writes(browser_of: Browser, people: People) -> None:
    page = browser_of(people.ny).get("/kalender").text
    assert "Du har ingen møder. Line skriver, hvis der kommer et." in page


def test_nothing_planned_and_nobody_to_ask(browser_of: Browser, people: People, database: Database) -> None:
    with database.writing() as session:
        standing = select(ContactAssignment).where(ContactAssignment.citizen_id == people.ny.id)
        session.exec(standing.where(col(ContactAssignment.ends_at).is_(None))).one().ends_at = NOW
    page = browser_of(people.ny).get("/kalender").text
    assert "Du har ingen møder. Når der kommer et, står det her." in page


def test_the_next_meeting_stands_first_in_full(browser_of: Browser, people: People, booked: Booked) -> None:
    booked("2026-03-12 09:00", purpose="Den sene")
    booked("2026-03-03 10:00", 45, "line", "jonas", bring="Brevet", place="Rådhuset, lokale 2")
    page = browser_of(people.anna).get("/kalender").text
    assert f'<time datetime="2026-03-03T10:00+01:00">i morgen kl. 10.00–10.45{DANISH}</time>' in page
    for words in (
        '<p><bdi translate="no">Line Madsen</bdi></p>',
        '<bdi translate="no">Jonas Friis</bdi>, jobkonsulent',
        "Rådhuset, lokale 2",
        "Brevet",
    ):
        assert words in page
    assert page.index("Samtale om din bolig") < page.index("Den sene")


def test_a_meeting_that_is_going_on_is_the_next(browser_of: Browser, people: People, booked: Booked) -> None:
    booked("2026-03-02 10:00", purpose="Lige nu", said_yes=True)
    assert "Lige nu" in browser_of(people.anna).get("/kalender").text


def test_what_waits_for_an_answer_is_marked_where_it_stands_in_time(
    browser_of: Browser, people: People, booked: Booked
) -> None:
    booked("2026-03-03 10:00")
    booked("2026-03-05 10:00", purpose="Besvaret", said_yes=True)
    booked("2026-03-12 10:00", purpose="Venter")
    page = browser_of(people.anna).get("/kalender").text
    order = ("1 møde mere venter på dit svar", "Og så kommer", "Besvaret", 'id="venter"', "Venter</bdi>")
    places = [page.index(words) for words in (*order, "Se en uge ad gangen")]
    assert places == sorted(places)
    assert 'href="#venter"' in page


def test_later_meetings_are_grouped_by_iso_week(browser_of: Browser, people: People, booked: Booked) -> None:
    for day in ("2026-03-03", "2026-03-05", "2026-03-08", "2026-03-09", "2026-12-28", "2027-01-02"):
        booked(f"{day} 10:00", said_yes=True)
    page = browser_of(people.anna).get("/kalender").text
    assert [page.count(f">Uge {number}<") for number in (10, 11, 53, 1)] == [1, 1, 1, 0]


def test_each_button_names_its_meeting(browser_of: Browser, people: People, booked: Booked) -> None:
    booked("2026-03-03 10:00")
    page = browser_of(people.anna).get("/kalender").text
    for label in ("Ja tak", "En anden tid", "Jeg kan ikke", "Nej tak", "Bed Line om at ringe"):
        assert (
            f'{label}<span class="spoken"> (<bdi>Samtale om din bolig</bdi>, tirsdag den 3. marts)</span>'
            in page
        )


def test_each_row_says_duty_answer_and_place_and_no_more(
    browser_of: Browser, people: People, booked: Booked
) -> None:
    booked("2026-03-03 10:00", purpose="Den første")
    booked("2026-03-12 10:00", purpose="Pligt", duty=True, place="Rådhuset", directions="Bus 15")
    booked("2026-03-13 10:00", purpose="Aftalt", said_yes=True)
    page = browser_of(people.anna).get("/kalender").text
    waiting, _row, later = page.partition('id="venter"')[2].partition("<li")
    for words in ("Pligt", "Rådhuset", "Du har pligt til at være med", "Du har ikke svaret endnu"):
        assert words in waiting
    assert "Bus 15" not in waiting
    assert "Du kommer" in later
    assert "pligt" not in later


def test_a_row_says_its_day_in_full_to_those_who_see_and_those_who_listen(
    browser_of: Browser, people: People, booked: Booked
) -> None:
    booked("2026-03-03 10:00")
    booked("2026-03-12 10:00", 20, place="Rådhuset")
    page = browser_of(people.anna).get("/kalender").text
    assert ">Torsdag den 12. marts <" in page
    assert f"kl. 10.00–10.20{DANISH}</span>" in page
    [name] = re.findall(r'<li class="row"[^>]*><h3 class="row__title"><a [^>]+>(.+?)</a></h3>', page)
    heard = re.sub(r"<(svg|span aria-hidden|span data-zone).+?</(svg|span)>|<[^>]+>", "", name)
    assert " ".join(heard.split()) == (
        "Torsdag den 12. marts kl. 10.00–10.20: Samtale om din bolig, Med Line Madsen, Rådhuset"
    )


def test_no_date_is_broken_by_hand(browser_of: Browser, people: People, booked: Booked) -> None:
    """The style sheet breaks long words alike in every engine; what is copied or searched for is a date."""
    booked("2026-12-08 10:00", duty=True)
    page = browser_of(people.anna).get("/kalender").text
    assert ">tirsdag den 8. december kl. 10.00" in page
    assert "\u00ad" not in page.partition("<main")[2].partition("Line Madsen")[0]


def test_what_a_duty_can_mean_for_money_stands_before_and_after_a_no(
    browser_of: Browser, people: People, booked: Booked
) -> None:
    meeting = booked("2026-03-03 10:00", duty=True, said_yes=True)
    anna = browser_of(people.anna)

    def folded(here: str) -> str:
        return anna.get(here).text.partition("Hvis du ikke er med")[2].partition("</details>")[0]

    money = "kan det få betydning for dine penge"
    assert money in folded(f"/kalender/{meeting}")
    anna.post(f"/kalender/{meeting}/svar", data={"reply": "cannot", "seen": "0"})
    assert money in folded(f"/kalender/{meeting}")
    assert money in folded("/")


def test_those_who_help_see_the_meetings_and_no_buttons(
    browser_of: Browser, people: People, booked: Booked
) -> None:
    booked("2026-03-03 10:00", 60, "line", "jonas")
    for helper in (people.line, people.jonas):
        page = browser_of(helper).get(f"{people.anna.url}/kalender").text
        assert "Samtale om din bolig" in page
        assert "Anna har ikke svaret endnu" in page
        assert 'name="reply"' not in page


def test_those_who_help_read_that_there_is_nothing(browser_of: Browser, people: People) -> None:
    assert "Nynne har ingen møder." in browser_of(people.line).get(f"{people.ny.url}/kalender").text


@pytest.mark.parametrize("stranger", ["fremmed", "omar", "lone", "admin", "karim"])
def test_a_stranger_learns_nothing(browser_of: Browser, people: People, stranger: str) -> None:
    client = browser_of(getattr(people, stranger))
    absent = client.get("/borgere/00000000-0000-0000-0000-000000000000/kalender")
    hers = client.get(f"{people.anna.url}/kalender")
    assert (hers.status_code, hers.data) == (404, absent.data)


def test_nobody_signed_in_is_sent_to_sign_in(browser_of: Browser) -> None:
    assert browser_of(None).get("/kalender").status_code == 303


def test_the_list_costs_the_same_few_questions_for_one_meeting_and_for_ten(
    browser_of: Browser, people: People, booked: Booked, asked: list[str]
) -> None:
    client = browser_of(people.anna)
    booked("2026-03-03 10:00", said_yes=True)
    asked.clear()
    client.get("/kalender")
    for_one = len(asked)
    for day in range(4, 13):
        booked(f"2026-03-{day:02} 10:00", said_yes=True)
    asked.clear()
    client.get("/kalender")
    assert len(asked) == for_one <= 6


def test_of_very_many_those_called_off_are_left_out_before_one_that_stands(
    browser_of: Browser, people: People, booked: Booked, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = booked("2026-03-03 10:00", purpose="Aflyst")
    booked("2026-03-12 10:00", purpose="Står")
    with database.writing() as session:
        cancel_meeting(session, gone, sequence=0, by=people.line.id, now=NOW, workdays=WORKDAYS)
    anna = browser_of(people.anna)
    assert "Aflyst</bdi>" in anna.get("/kalender").text
    monkeypatch.setattr(queries, "MOST_SHOWN", 1)
    page = anna.get("/kalender").text
    assert "Står" in page
    assert "Aflyst</bdi>" not in page
