"""A meeting that must be settled: other times, moved, called off, brought back, an answer from the phone."""

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, select

from app.access.models import AccessLogEntry
from app.booking import tasks
from app.booking.cancel import expire_proposals
from app.booking.models import MeetingTask
from app.booking.rules import TaskKind
from app.dates.clock import fixed_clock
from app.meetings.life_cycle import MeetingState
from app.meetings.models import Meeting, MeetingOption, Participant
from app.meetings.rules import Channel, Reply
from app.store.db import Database
from tests.booking.desk import Desk
from tests.booking.fixtures import Booked
from tests.booking.requests import WORKDAYS, can_take_much
from tests.cast import NOW, People, Someone
from tests.conftest import Browser

THURSDAY = "2026-03-05 10:00"


@pytest.fixture
def meeting(booked: Booked, people: People) -> UUID:
    """An agreed call of Anna's with Jonas, who called it."""
    return booked(THURSDAY, 45, "jonas", said_yes=True, organiser_id=people.jonas.id, channel=Channel.PHONE)


@pytest.fixture
def proposed(booked: Booked, people: People) -> UUID:
    return booked(THURSDAY, 45, "jonas", organiser_id=people.jonas.id, channel=Channel.PHONE)


def of(people: People, meeting: UUID, page: str = "") -> str:
    return f"{people.anna.url}/kalender/{meeting}{page}"


def read(session: Session, meeting: UUID) -> Meeting:
    session.rollback()
    return session.get_one(Meeting, meeting, populate_existing=True)


def said(session: Session, meeting: UUID, people: People) -> Reply | None:
    session.rollback()
    return session.get_one(Participant, (meeting, people.anna.id), populate_existing=True).reply


def open_tasks(session: Session) -> list[str]:
    session.rollback()
    return sorted(session.exec(select(MeetingTask.kind).where(MeetingTask.done_at == None)).all())  # noqa: E711


def asked_for_another(browser_of: Browser, people: People, meeting: UUID) -> None:
    answer = browser_of(people.anna).post(f"/kalender/{meeting}/svar", data={"reply": "other_time"})
    assert answer.status_code == 303


def times(html: str) -> list[str]:
    return re.findall(r'name="tid" value="([^"]+)"', html)


def sent(browser: FlaskClient, url: str, how: str, *which: int, seen: str = "") -> Any:
    html = browser.get(url).text
    found = re.search(r'name="seen" value="(\d+)"', html)
    assert found is not None
    chosen = [times(html)[number] for number in which]
    return browser.post(url, data={"how": how, "tid": chosen, "seen": seen or found[1]})


def test_three_new_times_settle_what_the_citizen_asked_for(
    browser_of: Browser, session: Session, people: People, meeting: UUID
) -> None:
    asked_for_another(browser_of, people, meeting)
    assert open_tasks(session) == [TaskKind.OTHER_TIME]
    line = browser_of(people.line)
    asked = line.get(of(people, meeting)).text
    assert "Anna vil gerne have en anden tid" in asked
    assert re.search(r'href="tel:[^"]+"[^>]*>.*?Ring til Anna<', asked)
    answer = sent(line, of(people, meeting, "/nye-tider"), "spoerg", 0, 1, 2)
    assert (answer.status_code, answer.location) == (303, of(people, meeting) + "?gjort=spurgt")
    assert (read(session, meeting).state, open_tasks(session)) == (MeetingState.AGREED, [])
    held = session.exec(select(MeetingOption).where(MeetingOption.meeting_id == meeting)).all()
    assert len(held) == 3
    assert "Anna kan vælge mellem:" in line.get(of(people, meeting)).text
    assert browser_of(people.anna).get(f"/kalender/{meeting}").text.count('name="tid"') == 3


def test_the_time_the_citizen_asked_to_leave_is_no_other_time_nor_what_is_right_beside_it(
    browser_of: Browser, session: Session, people: People, proposed: UUID
) -> None:
    line, url = browser_of(people.line), of(people, proposed, "/nye-tider")
    before = line.get(url).text
    assert any(one.startswith("2026-03-05") for one in times(before))
    asked_for_another(browser_of, people, proposed)
    begins = read(session, proposed).starts_at
    offered = [datetime.fromisoformat(one) for one in times(line.get(url).text)]
    assert offered
    assert min(abs(one - begins) for one in offered) >= timedelta(hours=2)
    beside = {"tid": "2026-03-05T10:15+01:00", "how": "ja", "seen": str(read(session, proposed).sequence)}
    assert line.post(url, data=beside).status_code == 409


def test_what_the_citizen_has_said_yes_to_on_the_phone_is_agreed_at_its_new_time(
    browser_of: Browser, session: Session, people: People, meeting: UUID
) -> None:
    answer = sent(browser_of(people.line), of(people, meeting, "/nye-tider"), "ja", 0)
    assert answer.status_code == 303
    moved = read(session, meeting)
    assert (moved.state, moved.moved_from is not None) == (MeetingState.AGREED, True)
    assert said(session, meeting, people) is Reply.COMING
    page = browser_of(people.line).get(of(people, meeting)).text
    assert "Line skrev svaret ned efter en snak med Anna." in page
    own = "Line skrev svaret ned for dig. Passer det ikke, så ændr det."
    assert own in browser_of(people.anna).get(f"/kalender/{meeting}").text


def test_who_called_the_meeting_moves_it_and_the_citizen_is_asked(
    browser_of: Browser, session: Session, people: People, meeting: UUID
) -> None:
    jonas, url = browser_of(people.jonas), of(people, meeting, "/nye-tider")
    assert 'value="spoerg"' not in jonas.get(url).text
    assert sent(jonas, url, "spoerg", 0).status_code == 422
    assert sent(jonas, url, "flyt", 0).status_code == 303
    moved = read(session, meeting)
    assert (moved.state, moved.moved_from is not None) == (MeetingState.PROPOSED, True)
    assert said(session, meeting, people) is None


@pytest.mark.parametrize("page", ["/nye-tider", "/aflys"])
def test_others_in_the_circle_change_no_meeting_they_did_not_call(
    browser_of: Browser, people: People, meeting: UUID, page: str
) -> None:
    thea = browser_of(people.thea)
    assert thea.get(of(people, meeting, page)).status_code == 404
    assert thea.post(of(people, meeting, "/fortryd")).status_code == 404
    assert "Aflys mødet" not in thea.get(of(people, meeting)).text


def test_one_who_saw_an_older_meeting_is_shown_both(
    browser_of: Browser, session: Session, people: People, meeting: UUID
) -> None:
    url = of(people, meeting, "/nye-tider")
    assert sent(browser_of(people.line), url, "flyt", 3).status_code == 303
    answer = sent(browser_of(people.jonas), url, "flyt", 0, seen="0")
    assert answer.status_code == 409
    assert "Du ville foreslå:" in answer.text
    assert "Sådan er mødet nu" in answer.text
    assert 'name="seen" value="1"' in answer.text
    late = browser_of(people.jonas).post(
        of(people, meeting, "/aflys"), data={"seen": "0", "reason": "Jeg er syg."}
    )
    assert (late.status_code, "Jeg er syg." in late.text) == (409, True)
    assert read(session, meeting).state is MeetingState.PROPOSED


def test_that_enough_is_asked_already_is_said_and_not_that_the_times_are_taken(
    browser_of: Browser, database: Database, people: People, booked: Booked, meeting: UUID
) -> None:
    can_take_much(database)
    for day in ("2026-03-10 10:00", "2026-03-11 10:00"):
        booked(day, 45, "jonas", channel=Channel.PHONE)
    answer = sent(browser_of(people.line), of(people, meeting, "/nye-tider"), "spoerg", 0)
    assert answer.status_code == 409
    assert "Anna har allerede to forslag at svare på." in answer.text
    assert "Tiden er optaget nu" not in answer.text


def test_a_time_that_was_never_shown_is_not_to_be_had(
    browser_of: Browser, session: Session, people: People, meeting: UUID
) -> None:
    data = {"how": "flyt", "tid": ["2026-03-06T03:00+01:00"], "seen": "0"}
    answer = browser_of(people.line).post(of(people, meeting, "/nye-tider"), data=data)
    assert (answer.status_code, "Tiden er optaget nu." in answer.text) == (409, True)
    assert read(session, meeting).sequence == 0


def test_called_off_with_a_reason_and_brought_back_within_ten_minutes(
    browser_of: Browser, session: Session, people: People, meeting: UUID
) -> None:
    jonas, url = browser_of(people.jonas), of(people, meeting, "/aflys")
    assert "Skriv én sætning om" in jonas.post(url, data={"seen": "0", "reason": " "}).text
    assert jonas.post(url, data={"seen": "0", "reason": "Gartneriet har lukket."}).status_code == 303
    assert read(session, meeting).cancel_reason == "Gartneriet har lukket."
    assert "Gartneriet har lukket." in browser_of(people.anna).get(f"/kalender/{meeting}").text
    assert "Fortryd aflysningen" in jonas.get(of(people, meeting)).text
    assert "Fortryd aflysningen" not in browser_of(people.line).get(of(people, meeting)).text
    assert jonas.post(of(people, meeting, "/fortryd")).status_code == 303
    assert read(session, meeting).state is MeetingState.AGREED


def test_what_is_called_off_leads_to_another_day_with_the_same_in_it(
    browser_of: Browser, people: People, meeting: UUID
) -> None:
    jonas = browser_of(people.jonas)
    jonas.post(of(people, meeting, "/aflys"), data={"seen": "0", "reason": "Jeg er syg."})
    link = re.search(r'href="([^"]+\?som=[^"]+)"', jonas.get(of(people, meeting)).text)
    assert link is not None
    again = jonas.get(link[1]).text
    assert 'name="purpose" value="Samtale om din bolig"' in again
    assert re.findall(r'name="(?:needed|channel)" value="([^"]+)" checked', again) == [
        str(people.jonas.id),
        "phone",
    ]
    assert '<option value="45" selected>' in again
    assert jonas.get(f"{people.anna.url}/kalender/nyt?som={people.anna.id}").status_code == 404
    assert browser_of(people.thea).get(of(people, meeting)).text.count("?som=") == 0


def test_what_is_taken_meanwhile_is_not_brought_back(
    browser_of: Browser, database: Database, people: People, booked: Booked, meeting: UUID
) -> None:
    can_take_much(database)
    jonas = browser_of(people.jonas)
    jonas.post(of(people, meeting, "/aflys"), data={"seen": "0", "reason": "Jeg er syg."})
    booked(THURSDAY, 45, "line", said_yes=True, channel=Channel.PHONE)
    answer = jonas.post(of(people, meeting, "/fortryd"))
    assert answer.status_code == 409
    assert "Tiden er optaget nu" in answer.text
    assert answer.text.count("<li>") >= 3


def test_after_ten_minutes_nothing_is_brought_back(
    browser_of: Browser, people: People, meeting: UUID
) -> None:
    jonas = browser_of(people.jonas)
    jonas.post(of(people, meeting, "/aflys"), data={"seen": "0", "reason": "Jeg er syg."})
    jonas.application.extensions["clock"] = fixed_clock(NOW + timedelta(minutes=11))
    assert "Fortryd" not in jonas.get(of(people, meeting)).text
    answer = jonas.post(of(people, meeting, "/fortryd"))
    assert (answer.status_code, "Det kan ikke fortrydes mere" in answer.text) == (409, True)


def test_the_contact_person_writes_a_yes_down_and_it_says_who_did(
    browser_of: Browser, session: Session, people: People, proposed: UUID
) -> None:
    line, url = browser_of(people.line), of(people, proposed, "/svaret")
    assert line.post(url, data={"seen": "0"}).status_code == 422
    assert line.post(url, data={"seen": "0", "said": "coming"}).status_code == 303
    assert read(session, proposed).state is MeetingState.AGREED
    assert "Line skrev svaret ned" in line.get(of(people, proposed)).text
    again = line.post(url, data={"seen": "1", "said": "coming"})
    assert (again.status_code, "Svaret gælder stadig." in again.text) == (409, True)


def test_the_citizens_own_answer_is_nobody_elses(browser_of: Browser, people: People, proposed: UUID) -> None:
    browser_of(people.anna).post(f"/kalender/{proposed}/svar", data={"reply": "coming"})
    assert "skrev svaret ned" not in browser_of(people.line).get(of(people, proposed)).text


@pytest.mark.parametrize("slug", ["jonas", "thea", "anna"])
def test_nobody_but_the_contact_person_answers_for_the_citizen(
    browser_of: Browser, session: Session, people: People, proposed: UUID, slug: str
) -> None:
    who: Someone = getattr(people, slug)
    answer = browser_of(who).post(of(people, proposed, "/svaret"), data={"seen": "0", "said": "coming"})
    assert answer.status_code == 403
    assert said(session, proposed, people) is None


def test_another_time_from_the_phone_becomes_something_to_settle(
    browser_of: Browser, session: Session, people: People, proposed: UUID
) -> None:
    line = browser_of(people.line)
    line.post(of(people, proposed, "/svaret"), data={"seen": "0", "said": "other_time"})
    assert open_tasks(session) == [TaskKind.OTHER_TIME]
    assert line.post(of(people, proposed, "/paa-plads")).status_code == 303
    assert open_tasks(session) == []


def test_what_nobody_answered_in_time_is_offered_anew(
    browser_of: Browser, session: Session, people: People, desk: Desk
) -> None:
    offered = desk.offer("2026-03-12 10:00", "2026-03-13 10:00", channel=Channel.PHONE)
    desk.now = NOW + timedelta(days=5)
    assert desk.do(expire_proposals) == 1
    browser_of(people.line).application.extensions["clock"] = fixed_clock(desk.now)
    line = browser_of(people.line)
    inbox = line.get("/borgere/moeder").text
    assert "Ingen svarede i tide" in inbox
    assert sent(line, of(people, offered.id, "/nye-tider"), "spoerg", 0, 1).status_code == 303
    assert read(session, offered.id).state is MeetingState.PROPOSED
    assert "Alt er klaret" in line.get("/borgere/moeder").text


# --- the list of what must be settled ---


def test_the_list_names_what_whom_and_by_when_and_leads_to_where_it_is_settled(
    browser_of: Browser, session: Session, people: People, meeting: UUID
) -> None:
    line = browser_of(people.line)
    assert "Alt er klaret" in line.get("/borgere/moeder").text
    assert "skal klares" not in line.get("/borgere").text
    asked_for_another(browser_of, people, meeting)
    assert "1 møde skal klares" in line.get("/borgere").text
    html = line.get("/borgere/moeder").text
    for words in ("Anna Jensen", "Anna vil gerne have en anden tid", "Klares senest onsdag"):
        assert words in html
    assert f'href="{of(people, meeting, "/nye-tider")}"' in html
    logged = select(AccessLogEntry.relation).where(AccessLogEntry.action == "tasks:read")
    assert session.exec(logged).all() == ["contact"]


def test_what_was_not_settled_in_time_is_marked_late(
    browser_of: Browser, database: Database, people: People, meeting: UUID
) -> None:
    asked_for_another(browser_of, people, meeting)
    later = NOW + timedelta(days=4)
    with database.writing() as session:
        tasks.escalate_tasks(session, now=later)
    line = browser_of(people.line)
    line.application.extensions["clock"] = fixed_clock(later)
    assert "Forsinket" in browser_of(people.line).get("/borgere/moeder").text


@pytest.mark.parametrize("slug", ["omar", "jonas", "thea", "lone"])
def test_others_see_nothing_of_it(browser_of: Browser, people: People, meeting: UUID, slug: str) -> None:
    asked_for_another(browser_of, people, meeting)
    html = browser_of(getattr(people, slug)).get("/borgere/moeder").text
    assert "Alt er klaret" in html
    assert "Anna" not in html


def test_a_professional_closes_what_was_asked_of_them_alone(
    browser_of: Browser, database: Database, session: Session, people: People, meeting: UUID
) -> None:
    asked_for_another(browser_of, people, meeting)
    jonas, url = browser_of(people.jonas), of(people, meeting, "/paa-plads")
    assert jonas.post(url).status_code == 404
    with database.writing() as writing:
        kind = TaskKind.BUSY_ELSEWHERE
        for one in (people.jonas.id, people.sara.id):
            tasks.open_task(writing, people.anna.id, meeting, kind, now=NOW, workdays=WORKDAYS, person_id=one)
    assert "En arbejdskalender siger noget andet" in jonas.get("/borgere/moeder").text
    assert jonas.post(url).status_code == 303
    assert open_tasks(session) == [TaskKind.BUSY_ELSEWHERE, TaskKind.OTHER_TIME]  # Sara's is Sara's
