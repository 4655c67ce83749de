"""A day and an hour that were agreed elsewhere: looked at at once, with what is in the way named."""

import re
from collections.abc import Callable
from datetime import date, time, timedelta
from html import unescape
from typing import Any

import pytest
from sqlmodel import Session

from app.availability.models import BusySource, BusyTime, CalendarLimits, CalendarWish
from app.availability.rules import WishKind
from app.booking.book import book_meeting
from app.meetings.life_cycle import MeetingState
from app.meetings.rules import Channel
from app.plan.models import Absence
from app.store.db import Database
from app.typed_text import read_clock
from tests.booking.requests import WORKDAYS, at, can_take_much, request_for
from tests.calendar.staff.test_propose import WORDS, carried, meetings, need, shown, times
from tests.cast import NOW, People
from tests.conftest import Browser

Fill = Callable[[Database, People], None]
Look = Callable[..., str]
Ways = tuple[list[str], list[str]]  # to Line, and to Jonas
THURSDAY = "2026-03-05"
TEN_PAST = {"day": THURSDAY, "clock": "10.10"}  # no time that is offered: those are quarters of an hour
YES = {"said_yes": "y"}


def is_in_the_way(html: str) -> list[str]:
    """Return the sentences under what is in the way; none: the time can be used."""
    box = html.partition("Det her er i vejen:")[2].partition("</div>")[0]
    return [unescape(one) for one in re.findall(r"<p>([^<]+)</p>", box) if "tæt på" not in one]


@pytest.fixture
def url(people: People) -> str:
    return f"{people.anna.url}/kalender/nyt"


@pytest.mark.both_databases
def test_a_time_agreed_on_the_phone_is_booked_as_it_was_agreed(
    browser_of: Browser, session: Session, people: People, url: str
) -> None:
    browser = browser_of(people.line)
    html = shown(browser, url, need(people, "line", **TEN_PAST, **YES))
    assert "Tiden kan bruges" in html
    assert "Tiden passer alle" not in html
    assert re.findall(r'type="radio"[^>]* name="tid" value="([^"]+)" checked', html) == times(html)
    sent = browser.post(url, data=carried(html) | {"tid": times(html), "trin": "send"})
    assert sent.status_code == 303
    (meeting,) = meetings(session)
    assert (meeting.starts_at, meeting.state) == (at("2026-03-05 10:10"), MeetingState.AGREED)
    assert WORDS["purpose"] in browser_of(people.anna).get("/").text  # as the page said before it was sent


def test_without_a_yes_the_one_time_is_proposed(
    browser_of: Browser, session: Session, people: People, url: str
) -> None:
    browser = browser_of(people.jonas)
    html = shown(browser, url, need(people, **TEN_PAST))
    assert "Vi kan ikke se din kalender." in html
    browser.post(url, data=carried(html) | {"tid": times(html), "trin": "send"})
    (meeting,) = meetings(session)
    assert (meeting.starts_at, meeting.state) == (at("2026-03-05 10:10"), MeetingState.PROPOSED)


def test_a_yes_to_one_time_chooses_no_other(
    browser_of: Browser, database: Database, people: People, url: str
) -> None:
    line = browser_of(people.line)
    html = line.get(f"{url}?aftalt=1").text
    assert re.search(r'name="said_yes"[^>]* checked|checked[^>]* name="said_yes"', html)
    assert not re.search(r'name="said_yes"[^>]* checked|checked[^>]* name="said_yes"', line.get(url).text)
    _taken(database, "jonas")
    html = shown(line, url, need(people, "jonas", **TEN_PAST, **YES))
    assert is_in_the_way(html)
    assert times(html)
    assert not re.search(r'name="tid"[^>]* checked', html)


@pytest.fixture
def look(browser_of: Browser, url: str, people: People) -> Look:
    """Ask as somebody for a meeting with Jonas."""
    return lambda who, **told: shown(browser_of(who), url, need(people, "jonas", **told))


def test_a_duty_at_one_time_is_agreed_and_the_button_says_so(look: Look, people: People) -> None:
    html = look(people.line, **TEN_PAST, duty="ja")
    assert "Mødet er aftalt, når du sender." in html
    assert ("Aftal mødet" in html, "Send til Anna</button>" in html) == (True, False)
    offer = look(people.line, **TEN_PAST)
    assert "Vi holder tiden, til Anna svarer, højst til og med onsdag den 4. marts." in offer


def _taken(database: Database, *people: str, citizen: str = "karim", **more: Any) -> None:
    can_take_much(database, citizen)
    about: dict[str, Any] = {"citizen": citizen, "said_yes": True, "channel": Channel.PHONE} | more
    book_meeting(database, request_for("2026-03-05 10:30", 30, *people, **about), now=NOW, workdays=WORKDAYS)


def _away(database: Database, people: People) -> None:
    with database.writing() as session:
        week: dict[str, Any] = {"starts_at": NOW, "ends_at": NOW + timedelta(days=7)}
        session.add(Absence(person_id=people.jonas.id, substitute_id=people.sara.id, **week))


def _busy(database: Database, people: People) -> None:
    with database.writing() as session:
        source = BusySource(
            person_id=people.jonas.id, url="https://eksempel.dk/a", added_at=NOW, fetched_at=NOW
        )
        session.add(source)
        session.flush()
        span: dict[str, Any] = {"starts_at": at("2026-03-05 10:00"), "ends_at": at("2026-03-05 11:00")}
        session.add(BusyTime(source_id=source.id, person_id=people.jonas.id, **span))


def _cannot(database: Database, people: People) -> None:
    with database.writing() as session:
        wish: dict[str, Any] = {"weekday": 3, "from_time": time(9), "until_time": time(11), "hard": True}
        session.add(CalendarWish(citizen_id=people.anna.id, kind=WishKind.OTHER, created_at=NOW, **wish))


def _full(database: Database, people: People) -> None:
    few = CalendarLimits(citizen_id=people.anna.id, per_day=1, per_week=1, notice_days=0, updated_at=NOW)
    with database.writing() as session:
        session.merge(few)
    book_meeting(
        database,
        request_for("2026-03-04 10:00", 30, "sara", said_yes=True, channel=Channel.PHONE),
        now=NOW,
        workdays=WORKDAYS,
    )


HIDDEN = ["Tiden passer ikke Anna."]


@pytest.mark.parametrize(
    ("fill", "told", "in_the_way"),
    [
        pytest.param(
            lambda database, _people: _taken(database, "jonas"),
            {},
            (["Jonas er optaget på den tid."], ["Du er optaget på den tid."]),
            id="meeting",
        ),
        pytest.param(_away, {}, (["Jonas har fravær den dag."], ["Du har fravær den dag."]), id="away"),
        pytest.param(_busy, {}, ([], []), id="own calendar"),
        pytest.param(
            lambda database, _people: _taken(database, "sara", citizen="anna"),
            {},
            (["Anna har et andet møde på den tid."], HIDDEN),
            id="citizen",
        ),
        pytest.param(_cannot, {}, (["Anna har skrevet, at den tid ikke passer."], HIDDEN), id="cannot"),
        pytest.param(_cannot, YES, ([], HIDDEN), id="cannot, but says yes"),
        pytest.param(
            _full,
            {},
            (["Anna har så mange møder, som der er plads til den dag eller uge."], HIDDEN),
            id="full",
        ),
        pytest.param(_full, YES, ([], HIDDEN), id="full, but says yes"),
        pytest.param(
            lambda *_: None,
            {"day": "2026-03-02", "clock": "14"},
            (["Et møde i dag kan kun aftales, når Anna har sagt ja i telefonen."],) * 2,
            id="today",
        ),
        pytest.param(
            lambda *_: None, {"day": "2026-03-02", "clock": "14", "duty": "ja"}, ([], []), id="a duty today"
        ),
        pytest.param(
            lambda *_: None, {"day": "2026-03-07", "clock": "20:30"}, ([], []), id="an evening in a weekend"
        ),
    ],
)
def test_what_is_in_the_way_is_named_and_what_the_citizen_wishes_not(
    look: Look, database: Database, people: People, fill: Fill, told: dict[str, str], in_the_way: Ways
) -> None:
    fill(database, people)
    for who, words in zip((people.line, people.jonas), in_the_way, strict=True):
        html = look(who, **(TEN_PAST | told))
        assert is_in_the_way(html) == words
        assert ("Tiden kan bruges" in html, "Den tid kan ikke bruges" in html) == (not words, bool(words))


@pytest.mark.parametrize(
    ("fill", "told", "sentence"),
    [
        pytest.param(_busy, {}, "Jonas har noget i sin egen kalender på den tid.", id="own calendar"),
        pytest.param(lambda *_: None, {"day": "2026-03-07"}, "Kommunen har lukket den dag.", id="weekend"),
        pytest.param(lambda *_: None, {"clock": "17:00"}, "Tiden er uden for kl. 9–15.", id="evening"),
        pytest.param(
            lambda *_: None, {"day": "2026-03-03"}, "Anna vil gerne have besked i bedre tid.", id="notice"
        ),
    ],
)
def test_what_can_be_passed_is_said_beside_the_time(
    look: Look, database: Database, people: People, fill: Fill, told: dict[str, str], sentence: str
) -> None:
    fill(database, people)
    html = look(people.line, **(TEN_PAST | told))
    assert sentence in html
    assert len(times(html)) == 1


def test_times_near_it_are_offered_when_it_can_not_be(
    browser_of: Browser, database: Database, people: People, url: str
) -> None:
    _taken(database, "jonas")
    html = shown(browser_of(people.line), url, need(people, "jonas", **TEN_PAST))
    assert "Her er tider tæt på." in html
    assert times(html)[0][:10] == THURSDAY


@pytest.mark.parametrize(
    ("fill", "said"),
    [
        pytest.param(
            lambda database, _people: _taken(database, "jonas"), "Jonas er optaget på den tid.", id="meeting"
        ),
        pytest.param(_away, "Jonas har fravær den dag.", id="absence, which the database knows nothing of"),
    ],
)
def test_a_time_that_was_taken_meanwhile_is_not_booked(
    browser_of: Browser, database: Database, session: Session, people: People, fill: Fill, said: str
) -> None:
    browser, url = browser_of(people.line), f"{people.anna.url}/kalender/nyt"
    html = shown(browser, url, need(people, "jonas", **TEN_PAST, **YES))
    fill(database, people)
    answer = browser.post(url, data=carried(html) | {"tid": times(html), "trin": "send"})
    assert answer.status_code == 409
    assert is_in_the_way(answer.text) == [said]
    assert people.anna.id not in [one.citizen_id for one in meetings(session)]


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        pytest.param({"day": "i morgen"}, "Skriv dagen som 31.3.2026.", id="no day"),
        pytest.param({"day": "31.12.9999"}, "Skriv dagen som 31.3.2026.", id="far away"),
        pytest.param({"day": "1.1.0001"}, "Skriv dagen som 31.3.2026.", id="long ago"),
        pytest.param({"day": ""}, "Skriv dagen som 31.3.2026.", id="a clock alone"),
        pytest.param({"clock": ""}, "Skriv klokken som 10.30.", id="a day alone"),
        pytest.param({"clock": "25.00"}, "Skriv klokken som 10.30.", id="no clock"),
        pytest.param({"day": "2026-03-29", "clock": "2.30"}, "Den tid findes ikke.", id="skipped"),
        pytest.param({"day": "2026-03-01"}, "Tiden er gået.", id="gone"),
        pytest.param({"day": "2026-04-03"}, "Den dag er langfredag.", id="holiday"),
    ],
)
def test_a_time_that_nobody_could_have_is_said_where_it_was_typed(
    browser_of: Browser, people: People, url: str, told: dict[str, str], sentence: str
) -> None:
    wanted = TEN_PAST | told
    answer = browser_of(people.line).post(url, data=need(people, "line", **wanted))
    assert (answer.status_code, sentence.lower() in answer.text.lower()) == (422, True)
    for name, value in wanted.items():
        assert re.search(rf'name="{name}" value="{value}"', answer.text)


def test_after_a_yes_on_the_phone_one_time_is_chosen(browser_of: Browser, people: People, url: str) -> None:
    browser = browser_of(people.line)
    html = shown(browser, url, need(people, "line"))
    assert re.findall(r'type="(checkbox|radio)"[^>]* name="tid"', html)[0] == "checkbox"
    again = shown(browser, url, carried(html) | {"trin": "ja"})
    kinds = re.findall(r'type="(checkbox|radio)"[^>]* name="tid"', again)
    assert set(kinds) == {"radio"}
    assert carried(again)["said_yes"] == ["y"]
    assert "siger ja i telefonen" not in shown(browser_of(people.jonas), url, need(people))


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("9", time(9)),
        ("09:05", time(9, 5)),
        ("23.59", time(23, 59)),
        ("24", None),
        ("9.60", None),
        ("", None),
    ],
)
def test_a_clock_is_read_as_it_is_written(typed: str, read: time | None) -> None:
    assert read_clock(typed) == read


def test_the_day_of_a_time_is_the_one_in_denmark(browser_of: Browser, people: People, url: str) -> None:
    html = shown(browser_of(people.line), url, need(people, "line", day="2026-03-06", clock="00.15"))
    assert date.fromisoformat(times(html)[0][:10]) <= date(2026, 3, 6)
    assert "fredag den 6. marts kl. 0.15" in html
