"""A third proposal waits in line: it holds no time, and is checked anew when it is sent."""

import re
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from app.booking.models import QueuedProposal
from app.booking.queued import queued_slots, return_passed
from app.booking.request_json import decode_request
from app.booking.rules import QueueState
from app.dates.clock import fixed_clock
from app.meetings.life_cycle import MeetingState
from app.meetings.models import Meeting, MeetingOption, Occupancy
from app.meetings.rules import Channel
from app.plan.models import TeamMembership
from tests.booking.desk import Desk
from tests.booking.requests import can_take_much
from tests.calendar.staff.test_propose import carried, need, shown, times
from tests.cast import NOW, People
from tests.conftest import Browser

PURPOSE = "Praktik i gartneriet"


@pytest.fixture
def full(desk: Desk) -> list[Meeting]:
    """Two proposals of others that wait for Anna's answer."""
    can_take_much(desk.database)
    return [desk.place(f"2026-03-1{day} 09:00", 45, "sara", channel=Channel.PHONE) for day in (0, 1)]


def to_times(browser: FlaskClient, people: People) -> str:
    return shown(browser, f"{people.anna.url}/kalender/nyt", need(people))


def in_line(browser: FlaskClient, people: People, count: int = 2) -> str:
    """Put a proposal of Jonas' in line, and return its address."""
    html = to_times(browser, people)
    sent = carried(html) | {"tid": times(html)[:count], "trin": "koe"}
    answer = browser.post(f"{people.anna.url}/kalender/nyt", data=sent)
    assert answer.status_code == 303
    again = browser.post(f"{people.anna.url}/kalender/nyt", data=sent)
    assert again.location == answer.location
    return answer.location.partition("?")[0]


def queued(session: Session) -> QueuedProposal:
    session.rollback()
    return session.exec(select(QueuedProposal)).one()


def third(session: Session) -> Meeting | None:
    session.rollback()
    return session.exec(select(Meeting).where(Meeting.purpose == PURPOSE)).one_or_none()


def answer_one(desk: Desk, full: list[Meeting]) -> None:
    desk.accept(full[0])


@pytest.mark.both_databases
def test_a_third_is_put_in_line_and_tapped_twice_is_one_and_holds_no_time(
    browser_of: Browser, session: Session, people: People, full: list[Meeting]
) -> None:
    jonas = browser_of(people.jonas)
    html = to_times(jonas, people)
    assert "Sæt i kø hos Line" in html
    assert "Send til Anna</button>" not in html
    assert "Vi holder ikke tiderne, mens forslaget er i kø." in html
    there = in_line(jonas, people)
    assert queued(session).maker_id == people.jonas.id
    taken = session.exec(select(Occupancy.meeting_id).distinct()).all()
    assert set(taken) == {one.id for one in full}
    mine = jonas.get(there).text
    assert "Line sender det til Anna, når der er plads." in mine
    assert there in jonas.get(f"{people.anna.url}/kalender").text
    assert "Send til Anna" not in mine


@pytest.mark.both_databases
def test_the_contact_person_meets_it_on_her_day_and_sends_what_still_suits(
    browser_of: Browser, session: Session, people: People, full: list[Meeting], desk: Desk
) -> None:
    jonas, line = browser_of(people.jonas), browser_of(people.line)
    there = in_line(jonas, people)
    assert f'href="{there}"' in line.get("/dag").text
    assert "Send til Anna" not in line.get(there).text
    refused = line.post(f"{there}/send")
    assert (refused.status_code, "Anna har stadig to forslag" in refused.text) == (409, True)
    answer_one(desk, full)
    slots = [one.start for one in _slots(session)]
    first = slots[0].strftime("%Y-%m-%d %H:%M")
    desk.place(_danish(first), 45, "jonas", citizen="karim", said_yes=True, channel=Channel.PHONE)
    html = line.get(there).text
    assert html.count("Passer stadig alle") == 1
    assert "Jonas er optaget på den tid." in html
    sent = line.post(f"{there}/send")
    assert sent.status_code == 303
    assert line.post(f"{there}/send").location == sent.location
    meeting = third(session)
    assert meeting is not None
    assert (meeting.state, meeting.starts_at) == (MeetingState.PROPOSED, slots[1])
    assert session.exec(select(MeetingOption).where(MeetingOption.meeting_id == meeting.id)).all() == []
    assert "Anna: Dit forslag i køen er sendt." in jonas.get("/dag").text
    assert "Der er et nyt møde" not in line.get("/dag").text
    assert there not in line.get("/dag").text
    assert line.post(f"{there}/tilbage").status_code == 409


def _slots(session: Session) -> Any:
    return queued_slots(decode_request(queued(session).request))


def _danish(moment: str) -> str:
    day, clock = moment.split()
    hour, minute = clock.split(":")
    return f"{day} {int(hour) + 1:02}:{minute}"  # winter


def test_none_left_is_said_and_it_is_given_back_and_proposed_again(
    browser_of: Browser, session: Session, people: People, full: list[Meeting], desk: Desk
) -> None:
    jonas, line = browser_of(people.jonas), browser_of(people.line)
    there = in_line(jonas, people, 1)
    answer_one(desk, full)
    start = _danish(_slots(session)[0].start.strftime("%Y-%m-%d %H:%M"))
    desk.place(start, 45, "jonas", citizen="karim", said_yes=True, channel=Channel.PHONE)
    refused = line.post(f"{there}/send")
    assert refused.status_code == 409
    assert "Ingen af tiderne passer mere. Forslaget er ikke sendt." in refused.text
    back = line.post(f"{there}/tilbage")
    assert "Jonas har fået det tilbage." in line.get(back.location).text
    assert line.post(f"{there}/tilbage").status_code == 303
    assert line.post(f"{there}/send").status_code == 409
    assert third(session) is None
    assert "Anna: Dit forslag i køen er kommet tilbage." in jonas.get("/dag").text
    html = jonas.get(there).text
    assert "kommet tilbage" not in jonas.get("/dag").text
    again = re.search(r'href="([^"]+koe=[^"]+)"', html)
    assert again is not None
    form = jonas.get(again[1]).text
    assert PURPOSE in form
    assert f'value="{people.jonas.id}" checked' in form


@pytest.mark.both_databases
def test_it_goes_back_by_itself_when_its_first_time_has_passed(
    browser_of: Browser, session: Session, people: People, full: list[Meeting], desk: Desk, app: Flask
) -> None:
    in_line(browser_of(people.jonas), people)
    first = queued(session).first_at
    for moment, count in ((NOW, 0), (first, 1), (first, 0)):
        with desk.database.writing() as writing:
            assert return_passed(writing, now=moment) == count
    found = queued(session)
    assert (found.state, found.settled_at, found.settled_by) == (QueueState.RETURNED, first, None)
    app.extensions["clock"] = fixed_clock(first)
    assert "Dit forslag i køen er kommet tilbage." in browser_of(people.jonas).get("/dag").text


def test_it_is_its_makers_and_theirs_who_answer_for_the_plan(
    browser_of: Browser, session: Session, people: People, full: list[Meeting], desk: Desk
) -> None:
    there = in_line(browser_of(people.jonas), people)
    thea = browser_of(people.thea)
    assert [thea.get(there).status_code, thea.post(f"{there}/tilbage").status_code] == [404, 404]
    assert there not in thea.get(f"{people.anna.url}/kalender").text
    assert thea.get(f"{people.anna.url}/kalender/nyt?koe={queued(session).id}").status_code == 404
    assert browser_of(people.jonas).post(f"{there}/send").status_code == 403
    assert browser_of(people.jonas).post(f"{there}/tilbage").status_code == 303
    assert queued(session).settled_by == people.jonas.id


def test_of_a_maker_who_helps_no_more_it_is_not_sent(
    browser_of: Browser, session: Session, people: People, full: list[Meeting], desk: Desk
) -> None:
    there = in_line(browser_of(people.jonas), people)
    answer_one(desk, full)
    with desk.database.writing() as writing:
        mine = select(TeamMembership).where(TeamMembership.person_id == people.jonas.id)
        for one in writing.exec(mine.where(col(TeamMembership.citizen_id) == people.anna.id)):
            one.ends_on = NOW.date()
    line = browser_of(people.line)
    html = line.get(there).text
    assert "Jonas hjælper ikke Anna mere." in html
    assert "Send til Anna" not in html
    assert line.post(f"{there}/send").status_code == 409
    assert third(session) is None


def test_the_database_holds_what_becomes_of_it(desk: Desk, session: Session, people: People) -> None:
    row: dict[str, Any] = {
        "citizen_id": people.anna.id,
        "maker_id": people.jonas.id,
        "request": "{}",
        "first_at": NOW,
        "created_at": NOW,
    }
    refused: list[dict[str, Any]] = [
        {"state": QueueState.SENT},
        {"state": QueueState.RETURNED},
        {"settled_at": NOW},
        {"settled_by": people.line.id},
        {"state": QueueState.RETURNED, "settled_at": NOW, "meeting_id": UUID(int=1)},
        {"request": ""},
    ]
    for number, wrong in enumerate(refused):
        session.add(QueuedProposal(**row | {"request_key": str(number)} | wrong))
        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()


def test_a_series_as_the_third_is_refused_with_what_to_do_and_everything_chosen_stands(
    browser_of: Browser, session: Session, people: People, full: list[Meeting], desk: Desk
) -> None:
    line, url = browser_of(people.line), f"{people.anna.url}/kalender/nyt"
    form = shown(line, url, need(people, "line", every="1", times="3"))
    assert "Møder, der gentages, kan ikke stå i kø." in form
    plan = shown(line, url, carried(form) | {"tid": times(form)[0], "trin": "serie"})
    days = re.findall(r'name="dag" value="([^"]+)"', plan)
    sent = carried(plan) | {"dag": days[1:], "trin": "send"}
    refused = line.post(url, data=sent)
    assert refused.status_code == 409
    for said in ("Møderne er ikke sendt.", "Ring til Anna.", "det første møde alene", PURPOSE):
        assert said in refused.text
    assert re.findall(r'value="([^"]+)"\s+checked', refused.text) == days[1:]
    assert (third(session), carried(refused.text)["tid"]) == (None, [times(form)[0]])
    answer_one(desk, full)
    assert line.post(url, data=sent).status_code == 303
