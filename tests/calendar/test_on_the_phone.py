"""What a phone is given to keep, for when there is no line."""

from flask import Flask
from sqlmodel import Session

from app.identity.offline_key import sealing_key
from app.meetings.models import Meeting
from app.meetings.rules import Channel
from tests.booking.fixtures import Booked
from tests.cast import People
from tests.conftest import Browser

ADDRESS = "/kalender/paa-telefonen"


def test_a_phone_is_given_times_and_places_and_the_key_to_seal_them_with(
    app: Flask, browser_of: Browser, people: People, booked: Booked
) -> None:
    booked("2026-03-12 09:00", 30, said_yes=True, channel=Channel.PHONE)
    booked("2026-03-05 10:00", said_yes=True, place="Rådhuset", bring="Brevet", directions="Bus 15")
    answer = browser_of(people.anna).get(ADDRESS)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.get_json() == {
        "fetched_at": "2026-03-02T10:00+01:00",
        "day": "mandag den 2. marts",
        "time": "10.00",
        "times": [
            {
                "ends_at": "2026-03-05T11:00+01:00",
                "words": "torsdag den 5. marts kl. 10.00–11.00",
                "spot": "Rådhuset",
            },
            {
                "ends_at": "2026-03-12T09:30+01:00",
                "words": "torsdag den 12. marts kl. 9.00–9.30",
                "spot": "På telefon",
            },
        ],
        "key": sealing_key(app.extensions["settings"].secret_key, people.anna.id, "moeder"),
    }


def test_what_is_only_proposed_or_at_home_is_not_told_in_full(
    browser_of: Browser, people: People, booked: Booked, session: Session
) -> None:
    proposed = booked("2026-03-05 10:00")
    booked("2026-03-12 10:00", said_yes=True, channel=Channel.HOME, place="Birkevej 7")
    assert session.get_one(Meeting, proposed).state == "proposed"
    [only] = browser_of(people.anna).get(ADDRESS).get_json()["times"]
    assert only["spot"] == "Hjemme hos dig"


def test_it_is_ones_own_alone(browser_of: Browser, people: People, booked: Booked) -> None:
    booked("2026-03-05 10:00", said_yes=True)
    assert browser_of(None).get(ADDRESS).status_code in (302, 303, 401)
    assert browser_of(people.line).get(ADDRESS).status_code == 404
    assert browser_of(people.line).get(f"{people.anna.url}{ADDRESS}").status_code == 404
    assert browser_of(people.bent).get(ADDRESS).get_json()["times"] == []
