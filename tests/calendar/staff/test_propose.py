"""Foreslå et møde: the need first, then times that suit all, then it is sent and held."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, col, select

from app.booking.book import book_meeting
from app.meetings.life_cycle import MeetingState
from app.meetings.models import Meeting, MeetingOption, MeetingSeries, Participant
from app.meetings.rules import Channel, ParticipantRole, Reply
from app.store.db import Database
from tests.booking.requests import WORKDAYS, can_take_much, request_for
from tests.cast import NOW, People
from tests.conftest import Browser
from tests.web.typed_forms import FormsOfPage

WORDS = {"purpose": "Praktik i gartneriet", "why": "Vi skal vælge en dag."}


def need(people: People, *slugs: str, **more: Any) -> dict[str, Any]:
    """Return what the first step sends; `slugs` are who must come."""
    return {
        **WORDS,
        "needed": [str(getattr(people, slug).id) for slug in slugs or ("jonas",)],
        "minutes": "45",
        "within": "14",
        "channel": "phone",
        "place_id": "",
        "duty": "nej",
        "every": "0",
        "trin": "tider",
    } | more


def carried(html: str) -> dict[str, list[str]]:
    """Return what the page's form sends beside the times to choose, as a browser would send it."""
    found: dict[str, list[str]] = {}
    for one in (control for form in FormsOfPage(html).forms for control in form.controls):
        chooses = one.kind in ("checkbox", "radio", "option")
        if one.kind != "submit" and (one.on or not chooses) and not (chooses and one.name == "tid"):
            found.setdefault(one.name, []).append(one.value)
    return found


def times(html: str) -> list[str]:
    return re.findall(r'name="tid" value="([^"]+)"', html)


def shown(browser: FlaskClient, url: str, sent: dict[str, Any]) -> str:
    answer = browser.post(url, data=sent)
    assert answer.status_code == 200
    return answer.text


def meetings(session: Session) -> list[Meeting]:
    session.rollback()
    return list(session.exec(select(Meeting).order_by(col(Meeting.starts_at))).all())


@pytest.fixture
def url(people: People) -> str:
    return f"{people.anna.url}/kalender/nyt"


def test_who_opens_the_page_is_to_come_and_no_time_is_chosen(
    browser_of: Browser, people: People, url: str
) -> None:
    html = browser_of(people.jonas).get(url).text
    assert times(html) == []
    assert f'value="{people.jonas.id}" checked' in html
    assert f'value="{people.line.id}">' in html


def test_three_times_with_why_are_shown_and_three_can_be_sent_and_are_held(
    browser_of: Browser, session: Session, people: People, url: str
) -> None:
    browser = browser_of(people.jonas)
    html = shown(browser, url, need(people))
    assert html.count("En dag uden andre møder, og ikke dagen efter et møde.") == 1  # the same for all three
    assert re.findall(r'name="tid" value="([^"]+)" checked', html) == times(html)[:3]
    assert "Vi kan ikke se din kalender." in html
    chosen = times(html)[:3]
    answer = browser.post(url, data=carried(html) | {"tid": chosen, "trin": "send"})
    assert answer.status_code == 303
    (meeting,) = meetings(session)
    assert (meeting.state, meeting.purpose, meeting.why) == (MeetingState.PROPOSED, *WORDS.values())
    assert (meeting.organiser_id, meeting.citizen_id) == (people.jonas.id, people.anna.id)
    held = session.exec(select(MeetingOption).where(MeetingOption.meeting_id == meeting.id)).all()
    assert len(held) == 3
    page = browser.get(answer.location).text
    assert "Sendt til Anna" in page
    assert "Anna kan svare til og med onsdag den 4. marts." in page  # the day before the first


def test_the_same_sent_twice_is_one_meeting(
    browser_of: Browser, session: Session, people: People, url: str
) -> None:
    browser = browser_of(people.jonas)
    html = shown(browser, url, need(people))
    sent = carried(html) | {"tid": times(html)[:2], "trin": "send"}
    first, second = browser.post(url, data=sent), browser.post(url, data=sent)
    assert (first.status_code, first.location) == (second.status_code, second.location)
    assert len(meetings(session)) == 1


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        pytest.param({"purpose": ""}, "Skriv, hvad I skal tale om.", id="purpose"),
        pytest.param({"why": " "}, "Skriv én sætning om, hvorfor I skal mødes.", id="why"),
        pytest.param({"needed": []}, "Vælg mindst én, der skal med.", id="nobody"),
        pytest.param({"channel": "in_person", "place": ""}, "Skriv, hvor I skal mødes.", id="place"),
        pytest.param({"minutes": "600"}, "Vælg en fra listen.", id="minutes"),
        pytest.param({"every": "1", "times": "99"}, "Skriv et tal fra 2 til 30.", id="series"),
    ],
)
def test_what_is_missing_is_said_and_everything_typed_is_kept(
    browser_of: Browser, people: People, url: str, wrong: dict[str, Any], sentence: str
) -> None:
    answer = browser_of(people.jonas).post(url, data=need(people, bring="Din kalender") | wrong)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Din kalender" in answer.text


def test_nobody_from_outside_the_circle_can_be_asked_to_come(
    browser_of: Browser, session: Session, people: People, url: str
) -> None:
    answer = browser_of(people.jonas).post(url, data=need(people, "lone"))
    assert answer.status_code == 422
    assert meetings(session) == []


@pytest.mark.parametrize(
    ("which", "sentence"),
    [
        pytest.param([], "Vælg mindst én tid.", id="none"),
        pytest.param([0, 1, 2, 3], "Vælg højst tre tider.", id="four"),
    ],
)
def test_one_to_three_times_are_chosen(
    browser_of: Browser, people: People, url: str, which: list[int], sentence: str
) -> None:
    browser = browser_of(people.jonas)
    html = shown(browser, url, need(people))
    chosen = [times(html)[number] for number in which]
    answer = browser.post(url, data=carried(html) | {"tid": chosen, "trin": "send"})
    assert (answer.status_code, sentence in answer.text) == (422, True)


def test_a_time_that_was_never_shown_is_not_to_be_had(
    browser_of: Browser, session: Session, people: People, url: str
) -> None:
    browser = browser_of(people.jonas)
    html = shown(browser, url, need(people))
    night = carried(html) | {"tid": ["2026-03-05T02:00:00+00:00"], "trin": "send"}
    answer = browser.post(url, data=night)
    assert answer.status_code == 409
    assert meetings(session) == []


def test_a_clash_while_sending_shows_three_other_times_and_keeps_what_was_typed(
    browser_of: Browser, database: Database, people: People, url: str
) -> None:
    can_take_much(database)
    browser = browser_of(people.jonas)
    html = shown(browser, url, need(people))
    first = times(html)[0]
    local = NOW.fromisoformat(first).strftime("%Y-%m-%d %H:%M")
    taken = request_for(local, 45, "jonas", citizen="karim", said_yes=True, channel=Channel.PHONE)
    book_meeting(database, taken, now=NOW, workdays=WORKDAYS)
    answer = browser.post(url, data=carried(html) | {"tid": [first], "trin": "send"})
    assert answer.status_code == 409
    assert "Tiden er optaget nu. Her er andre tider." in answer.text
    assert first not in times(answer.text)
    assert len(times(answer.text)) >= 3
    assert carried(answer.text)["why"] == [WORDS["why"]]


def test_a_third_proposal_is_refused_kindly_and_kept(
    browser_of: Browser, database: Database, session: Session, people: People, url: str
) -> None:
    can_take_much(database)
    for day in ("2026-03-09 10:00", "2026-03-10 10:00"):
        book_meeting(database, request_for(day, 30, "sara"), now=NOW, workdays=WORKDAYS)
    browser = browser_of(people.jonas)
    assert "Anna har allerede to forslag at svare på." in browser.get(url).text
    html = shown(browser, url, need(people))
    answer = browser.post(url, data=carried(html) | {"tid": times(html)[:1], "trin": "send"})
    assert answer.status_code == 409
    assert "Dit forslag er ikke sendt. Det, du skrev, står her endnu." in answer.text
    assert carried(answer.text)["purpose"] == [WORDS["purpose"]]
    assert len(meetings(session)) == 2


def test_a_yes_on_the_phone_books_at_once_and_only_the_contact_person_writes_it_down(
    browser_of: Browser, session: Session, people: People, url: str
) -> None:
    for who, state in ((people.jonas, MeetingState.PROPOSED), (people.line, MeetingState.AGREED)):
        browser = browser_of(who)
        html = shown(browser, url, need(people, who.slug))
        assert ("har sagt ja i telefonen" in html) is (who == people.line)
        chosen = {"tid": times(html)[-1:], "said_yes": "y"}
        html = shown(browser, url, carried(html) | chosen | {"trin": "tider"})
        assert browser.post(url, data=carried(html) | chosen | {"trin": "send"}).status_code == 303
        meeting = next(one for one in meetings(session) if one.organiser_id == who.id)
        own = session.get_one(Participant, (meeting.id, people.anna.id))
        said = Reply.COMING if state is MeetingState.AGREED else None
        assert (meeting.state, own.reply) == (state, said)


def test_a_yes_is_to_one_time(browser_of: Browser, people: People, url: str) -> None:
    browser = browser_of(people.line)
    html = shown(browser, url, need(people, "line", said_yes="y"))
    answer = browser.post(url, data=carried(html) | {"tid": times(html)[:2], "trin": "send"})
    assert (answer.status_code, "Vælg den ene tid" in answer.text) == (422, True)


def test_what_blocks_is_told_to_the_contact_person_alone(
    browser_of: Browser, database: Database, people: People, url: str
) -> None:
    """Jonas is taken whenever Anna could."""
    can_take_much(database, "karim")
    for day in ("04", "05", "06", "09"):
        for hour in ("08:00", "12:00"):
            other: dict[str, Any] = {"citizen": "karim", "said_yes": True, "channel": Channel.VIDEO}
            taken = request_for(f"2026-03-{day} {hour}", 240, "jonas", **other)
            book_meeting(database, taken, now=NOW, workdays=WORKDAYS)
    sent = need(people, "jonas", within="7")
    mine, others = (shown(browser_of(who), url, sent) for who in (people.line, people.jonas))
    assert "Ingen tid passer alle" in mine
    assert re.search(r"Uden Jonas: \d+ tider", mine)
    assert "Uden Jonas" not in others
    assert "Line kan se, hvad der står i vejen." in others


def test_those_who_may_come_hinder_nobody(
    browser_of: Browser, session: Session, people: People, url: str
) -> None:
    browser = browser_of(people.jonas)
    html = shown(browser, url, need(people, welcome=[str(people.sara.id), str(people.jonas.id)]))
    browser.post(url, data=carried(html) | {"tid": times(html)[:1], "trin": "send"})
    (meeting,) = meetings(session)
    roles = {
        one.subject_id: one.role
        for one in session.exec(select(Participant).where(Participant.meeting_id == meeting.id))
    }
    assert roles[people.sara.id] is ParticipantRole.OPTIONAL
    assert roles[people.jonas.id] is ParticipantRole.REQUIRED


def test_each_meeting_of_a_series_is_shown_before_it_is_sent(
    browser_of: Browser, database: Database, session: Session, people: People, url: str
) -> None:
    """Every Thursday from the 5th of March: the 2nd of April is a holiday, and one day is left out."""
    can_take_much(database)
    browser = browser_of(people.line)
    html = shown(browser, url, need(people, "line", every="1", times="8"))
    thursday = next(one for one in times(html) if NOW.fromisoformat(one).weekday() == 3)
    plan = shown(browser, url, carried(html) | {"tid": [thursday], "trin": "serie"})
    assert plan.count('name="dag"') == 7
    assert "Det er skærtorsdag." in plan.lower().replace("det er", "Det er")
    days = re.findall(r'name="dag" value="([^"]+)"', plan)
    answer = browser.post(url, data=carried(plan) | {"dag": days[:-1], "trin": "send"})
    assert answer.status_code == 303
    assert len(meetings(session)) == 6
    assert len(session.exec(select(MeetingSeries)).all()) == 1
    assert browser.get(answer.location).text.count("<li>På") >= 1


def test_a_protected_address_is_not_asked_for_nor_told(browser_of: Browser, people: People) -> None:
    url = f"{people.signe.url}/kalender/nyt"
    html = shown(browser_of(people.thea), url, need(people, "thea", channel="home"))
    assert carried(html)["place"] == [""]
