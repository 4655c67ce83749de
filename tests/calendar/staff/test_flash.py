"""After each change of a meeting, the page that follows says once what was done, where it is read aloud."""

import re
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient

from tests.booking.fixtures import Booked
from tests.calendar.staff.test_edit import of, saved
from tests.calendar.staff.test_settle import asked_for_another, sent
from tests.cast import People
from tests.conftest import Browser

THURSDAY = "2026-03-05 10:00"
TOLD = "Anna har fået besked."  # nobody else is in it


def told(browser: FlaskClient, answer: Any) -> str:
    """Return what the status line of the next page says."""
    assert answer.status_code == 303
    found = re.search(r'role="status"[^>]*><span>(.*?)</span>', browser.get(answer.location).text)
    assert found is not None
    return found[1]


def seen(browser: FlaskClient, url: str) -> str:
    found = re.search(r'name="seen" value="(\d+)"', browser.get(url).text)
    assert found is not None
    return found[1]


def agreed(booked: Booked, people: People) -> UUID:
    return booked(THURSDAY, 45, "line", said_yes=True, organiser_id=people.line.id, channel="phone")


def test_changed_moved_called_off_and_brought_back(
    browser_of: Browser, people: People, booked: Booked
) -> None:
    meeting, line = agreed(booked, people), browser_of(people.line)
    change, off = of(people, meeting), of(people, meeting, "/aflys")
    assert told(line, saved(line, change)) == "Mødet er, som det var."
    assert told(line, saved(line, change, bring="Briller")) == f"Mødet er rettet. {TOLD}"
    assert told(line, sent(line, of(people, meeting, "/nye-tider"), "flyt", 0)) == f"Mødet er flyttet. {TOLD}"
    data = {"seen": seen(line, off), "reason": "Jeg er syg."}
    assert told(line, line.post(off, data=data)) == f"Mødet er aflyst. {TOLD}"
    assert "Du har aflyst det." in line.get(of(people, meeting, "")).text
    again = line.post(off, data=data | {"felter": '{"reason": "Hvorfor bliver mødet aflyst?"}'})
    assert again.status_code == 409
    assert "Mødet er slut eller aflyst. Intet er ændret." in again.text
    assert "\nJeg er syg.</textarea>" in again.text
    assert f'href="{of(people, meeting, "")}"' in again.text
    assert told(line, line.post(of(people, meeting, "/fortryd"))) == f"Mødet gælder igen. {TOLD}"
    assert 'role="status"' in line.get(of(people, meeting, "")).text
    assert "Mødet gælder igen." not in line.get(of(people, meeting, "")).text


def test_new_times_an_answer_written_down_and_what_is_settled(
    browser_of: Browser, people: People, booked: Booked
) -> None:
    meeting, line = agreed(booked, people), browser_of(people.line)
    times, answer = of(people, meeting, "/nye-tider"), of(people, meeting, "/svaret")
    assert told(line, sent(line, times, "spoerg", 0, 1)) == "Forslaget er sendt til Anna."
    data = {"seen": seen(line, answer), "said": "1"}
    assert told(line, line.post(answer, data=data)) == "Svaret er skrevet ned. Anna kan se det."
    assert told(line, sent(line, times, "ja", 0)) == f"Mødet er aftalt. {TOLD}"
    asked_for_another(browser_of, people, meeting)
    assert told(line, line.post(of(people, meeting, "/paa-plads"))) == "Det er klaret."


def test_nothing_is_said_to_the_citizen_or_for_words_of_another_address(
    browser_of: Browser, people: People, booked: Booked
) -> None:
    meeting = agreed(booked, people)
    assert "Mødet er aflyst." not in browser_of(people.anna).get(f"/kalender/{meeting}?gjort=aflyst").text
    unknown = browser_of(people.line).get(of(people, meeting, "") + "?gjort=<b>")
    assert (unknown.status_code, "&lt;b&gt;" in unknown.text) == (200, False)


def test_others_are_told_of_only_where_there_are_others(
    browser_of: Browser, people: People, booked: Booked
) -> None:
    both = {"said_yes": True, "organiser_id": people.line.id, "channel": "phone"}
    meeting, line = booked(THURSDAY, 45, "line", "jonas", **both), browser_of(people.line)
    said = told(line, saved(line, of(people, meeting), bring="Briller"))
    assert said == "Mødet er rettet. Anna og de andre har fået besked."
    assert "Anna: Et møde er ændret." in browser_of(people.jonas).get("/dag").text
