"""The page of times has what the meeting is for beside it: both can be changed, and neither is lost."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session

from app.i18n import iso
from app.identity.models import Person
from app.meetings.life_cycle import MeetingState
from app.meetings.models import Place
from app.store.db import Database
from tests.calendar.staff.test_propose import WORDS, carried, meetings, need, shown, times
from tests.cast import NOW, People
from tests.conftest import Browser
from tests.web.typed_forms import FormsOfPage

CHANGED = "Du har rettet mødet. Se, om tiderne stadig passer, og tryk igen."
GONE = "Du havde valgt en tid, der ikke kan bruges nu:"


@pytest.fixture
def line(browser_of: Browser, people: People) -> FlaskClient:
    return browser_of(people.line)


@pytest.fixture
def url(people: People) -> str:
    return f"{people.anna.url}/kalender/nyt"


def ticked(html: str) -> list[str]:
    controls = [one for form in FormsOfPage(html).forms for one in form.controls]
    return [one.value for one in controls if one.name == "tid" and one.on]


def seen(html: str) -> set[str]:
    """Return the names of the fields that are not hidden."""
    return {name for form in FormsOfPage(html).forms for name in form.fields}


def test_all_that_a_meeting_is_for_stands_beside_its_times(
    line: FlaskClient, people: People, url: str
) -> None:
    first, html = line.get(url).text, shown(line, url, need(people))
    assert seen(html) == seen(first) | {"tid"}
    assert carried(html)["purpose"] == [WORDS["purpose"]]
    assert "tid" not in seen(first)


@pytest.mark.parametrize("button", ["tider", "send", "ja"])
def test_a_time_that_was_chosen_outlives_a_need_that_lacks_something(
    line: FlaskClient, people: People, url: str, button: str
) -> None:
    html = shown(line, url, need(people))
    chosen = [times(html)[1], times(html)[-1]]
    refused = line.post(url, data=carried(html) | {"tid": chosen, "purpose": "", "trin": button})
    assert refused.status_code == 422
    assert sorted(ticked(refused.text)) == sorted(chosen)
    mended = carried(refused.text) | {"tid": ticked(refused.text), "purpose": "Nu med ord", "trin": "tider"}
    assert sorted(ticked(shown(line, url, mended))) == sorted(chosen)


def test_a_time_that_was_chosen_outlives_that_the_meeting_is_changed(
    line: FlaskClient, people: People, url: str
) -> None:
    """On a phone the way there is a button of its own; what was not among the best is shown all the same."""
    html = shown(line, url, need(people))
    chosen = times(html)[-1:]
    back = shown(line, url, carried(html) | {"tid": chosen, "trin": "ret"})
    assert ticked(back) == chosen
    again = shown(line, url, carried(back) | {"tid": chosen, "minutes": "30", "trin": "tider"})
    assert ticked(again) == chosen
    assert GONE not in again


def test_a_time_that_was_chosen_is_shown_though_it_is_none_of_the_best(
    line: FlaskClient, people: People, url: str
) -> None:
    html = shown(line, url, need(people))
    best = NOW.fromisoformat(times(html)[0])
    chosen = [iso(best + timedelta(minutes=15))]
    assert chosen[0] not in times(html)
    page = shown(line, url, carried(html) | {"tid": chosen, "trin": "tider"})
    assert ticked(page) == chosen
    assert GONE not in page


def test_a_time_that_can_not_be_had_any_more_is_named(line: FlaskClient, people: People, url: str) -> None:
    html = shown(line, url, need(people))
    late = iso(NOW.replace(hour=14, minute=45) + timedelta(days=3))  # 15.45 in Denmark
    page = shown(line, url, carried(html) | {"tid": [late], "minutes": "90", "trin": "tider"})
    assert GONE in page
    assert "<li>På torsdag den 5. marts kl. 15.45–17.15</li>" in page
    assert ticked(page) == []  # and nothing is chosen in its place


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"minutes": "30"}, id="length"),
        pytest.param({"said_yes": "y"}, id="a yes"),
        pytest.param({"duty": "ja"}, id="a duty"),
        pytest.param({"day": "2026-03-12", "clock": "09:00"}, id="another day"),
        pytest.param({"every": "1", "times": "3"}, id="a series"),
    ],
)
def test_a_meeting_that_was_changed_beside_its_times_is_shown_before_it_is_sent(
    line: FlaskClient, session: Session, people: People, url: str, change: dict[str, Any]
) -> None:
    html = shown(line, url, need(people))
    chosen = times(html)[:1]
    sent = carried(html) | change | {"tid": chosen, "trin": "send"}
    answer = line.post(url, data=sent)
    assert (answer.status_code, CHANGED in answer.text) == (422, True)
    assert meetings(session) == []


def test_words_that_were_changed_beside_the_times_are_sent_as_they_stand(
    line: FlaskClient, session: Session, people: People, url: str
) -> None:
    html = shown(line, url, need(people))
    words = {"purpose": "Andre ord", "why": "Vi skal vælge en anden dag.", "bring": "Kalenderen"}
    answer = line.post(url, data=carried(html) | words | {"tid": times(html)[:1], "trin": "send"})
    assert answer.status_code == 303
    (meeting,) = meetings(session)
    assert (meeting.state, meeting.purpose, meeting.bring) == (
        MeetingState.PROPOSED,
        "Andre ord",
        "Kalenderen",
    )


def test_what_is_seen_after_a_change_can_be_sent(
    line: FlaskClient, session: Session, people: People, url: str
) -> None:
    html = shown(line, url, need(people))
    sent = carried(html) | {"minutes": "30", "tid": times(html)[:1], "trin": "send"}
    again = line.post(url, data=sent).text
    assert ticked(again) == times(html)[:1]
    assert line.post(url, data=carried(again) | {"tid": ticked(again), "trin": "send"}).status_code == 303
    (meeting,) = meetings(session)
    assert meeting.ends_at - meeting.starts_at == timedelta(minutes=30)


def test_of_several_times_none_is_chosen_for_who_said_yes_on_the_phone(
    line: FlaskClient, people: People, url: str
) -> None:
    page = shown(line, url, need(people))
    for chosen in (times(page)[:2], times(page)[:1]):
        kept = ticked(shown(line, url, carried(page) | {"tid": chosen, "trin": "ja"}))
        assert kept == (chosen if len(chosen) == 1 else [])


def test_a_hidden_place_is_never_the_one_that_stands_there(
    line: FlaskClient, people: People, url: str, database: Database
) -> None:
    with database.writing() as writing:
        home = writing.get_one(Person, people.anna.id).municipality_id
        for name, hidden in (("Birkehuset", True), ("Rådhuset", False)):
            writing.add(Place(municipality_id=home, name=name, address="Vej 1", hidden=hidden))
    controls = [one for form in FormsOfPage(line.get(url).text).forms for one in form.controls]
    assert [one.words for one in controls if one.name == "place_id" and one.on] == ["Rådhuset"]
