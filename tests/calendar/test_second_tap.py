"""What is tapped twice is one answer; a yes is to what was seen, never to another time or one gone by."""

import re
import threading
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlmodel import Session

from app.booking import tasks
from app.booking.reschedule import reschedule_meeting
from app.booking.rules import TaskKind
from app.booking.tasks import list_open_tasks
from app.calendar import service
from app.dates.clock import fixed_clock
from app.meetings.life_cycle import MeetingChanged, MeetingState
from app.meetings.models import Participant
from app.meetings.rules import Channel, Reply, Slot
from app.scheduling.service import other_times_for_meeting
from app.store.db import Database
from tests.booking.desk import Desk, slot
from tests.booking.fixtures import Booked
from tests.booking.requests import WORKDAYS
from tests.cast import NOW, People
from tests.conftest import Browser

pytestmark = pytest.mark.both_databases

PEOPLE = People()
ANNA, LINE = PEOPLE.anna, PEOPLE.line


def test_a_yes_twice_from_the_same_page_is_one(browser_of: Browser, desk: Desk) -> None:
    one = desk.place(channel=Channel.PHONE)
    two = desk.offer("2026-03-09 10:00", "2026-03-10 10:00", channel=Channel.PHONE)
    client = browser_of(ANNA)
    for meeting, which in ((one, ""), (two, "2")):
        here, said = f"/kalender/{meeting.id}/svar", {"reply": "coming", "tid": which, "seen": "0"}
        assert [client.post(here, data=said).status_code for _ in range(2)] == [303, 303]
        assert desk.read(meeting).sequence == 1
    other = {"reply": "coming", "tid": "1", "seen": "0"}  # not the same yes
    assert client.post(f"/kalender/{two.id}/svar", data=other).status_code == 409
    desk.move(two, "2026-03-11 10:00", said_yes=True, sequence=1)  # moved to what she never saw
    assert client.post(f"/kalender/{two.id}/svar", data=other | {"tid": ""}).status_code == 409


def shown(html: str) -> dict[str, str]:
    """Return what the page's form says that it showed."""
    return dict(re.findall(r'name="(seen|stood)" value="([^"]*)"', html))


def test_an_older_tab_changes_no_answer_and_says_so(browser_of: Browser, desk: Desk) -> None:
    """She asks for another time; the tab from before says that she can't: that would call the meeting off."""
    meeting = desk.place(channel=Channel.PHONE, said_yes=True)
    client, here = browser_of(ANNA), f"/kalender/{meeting.id}/svar"
    before = dict(
        re.findall(r'name="(seen|stood)" value="([^"]*)"', client.get(f"/kalender/{meeting.id}").text)
    )
    assert client.post(here, data=before | {"reply": "other_time"}).status_code == 303
    assert client.post(here, data=before | {"reply": "other_time"}).status_code == 303  # the same twice
    late = client.post(here, data=before | {"reply": "cannot"})
    assert (late.status_code, "I mellemtiden har du svaret på mødet et andet sted." in late.text) == (
        409,
        True,
    )
    assert desk.read(meeting).state is MeetingState.AGREED
    now = shown(late.text)
    assert client.post(here, data=now | {"reply": "cannot"}).status_code == 303
    assert desk.read(meeting).state is MeetingState.CANCELLED


def test_another_time_chosen_twice_is_one(browser_of: Browser, desk: Desk) -> None:
    meeting = desk.place(channel=Channel.PHONE)
    around = Slot(meeting.starts_at, meeting.ends_at)
    with desk.database.reading() as session:
        chosen = other_times_for_meeting(session, meeting.id, around, now=NOW, workdays=WORKDAYS)[0]
    here, said = f"/kalender/{meeting.id}/tid", {"start": chosen.start.isoformat(), "seen": "0"}
    client = browser_of(ANNA)
    assert [client.post(here, data=said).status_code for _ in range(2)] == [303, 303]
    assert desk.read(meeting).starts_at == chosen.start


def test_one_who_takes_back_a_no_is_coming_and_twice_is_one(
    browser_of: Browser, booked: Booked, session: Session
) -> None:
    meeting = booked(channel=Channel.PHONE, said_yes=True)
    client, here = browser_of(ANNA), f"/kalender/{meeting}"
    client.post(f"{here}/svar", data={"reply": "cannot", "seen": "0"})
    undone = [client.post(f"{here}/fortryd") for _ in range(2)]
    assert [one.status_code for one in undone] == [303, 303]
    assert session.get_one(Participant, (meeting, ANNA.id)).reply is Reply.COMING
    page = client.get(here).text
    assert "Du har sagt ja" in page
    assert "ikke kan" not in page.partition('id="meeting-answer"')[2].partition("<details")[0]


@pytest.mark.parametrize("start", ["9999-12-31T23:59:00+00:00", "0001-01-01T00:00:00+14:00"])
def test_a_time_at_the_edge_of_the_calendar_is_none(browser_of: Browser, booked: Booked, start: str) -> None:
    answer = browser_of(ANNA).post(f"/kalender/{booked()}/tid", data={"start": start, "seen": "0"})
    assert answer.status_code == 422


def test_what_is_agreed_moves_to_no_time_that_has_begun(app: Flask, browser_of: Browser, desk: Desk) -> None:
    meeting = desk.offer("2026-03-03 14:00", "2026-03-06 10:00", channel=Channel.PHONE)
    desk.accept(meeting, 2)
    app.extensions["clock"] = fixed_clock(datetime(2026, 3, 3, 13, 30, tzinfo=UTC))
    browser_of(ANNA).post(f"/kalender/{meeting.id}/svar", data={"reply": "coming", "tid": "1", "seen": "1"})
    assert desk.read(meeting).starts_at == datetime(2026, 3, 6, 9, tzinfo=UTC)


def test_a_yes_that_waits_for_a_move_is_no_yes_to_the_new_time(database: Database, desk: Desk) -> None:
    """On SQLite the move has everything to itself; on PostgreSQL the yes has begun before it is there."""
    meeting = desk.place(channel=Channel.PHONE)
    said = service.CitizenReply(ANNA.id, meeting.id, ANNA.id, NOW, meeting.sequence, WORKDAYS)
    refused = []

    def say_yes() -> None:
        try:
            database.retrying(lambda session: service.accept_proposal(session, said, None))
        except MeetingChanged as changed:
            refused.append(changed)

    answering = threading.Thread(target=say_yes)
    with database.writing() as session:
        new = slot("2026-03-10 10:00")
        reschedule_meeting(session, meeting.id, new, sequence=0, by=LINE.id, now=NOW, workdays=WORKDAYS)
        session.flush()
        answering.start()
        answering.join(0.3)  # long enough to come as far as the lock; it can't come further
    answering.join()
    assert len(refused) == 1
    assert desk.read(meeting).state is MeetingState.PROPOSED


def test_what_is_asked_again_after_it_was_settled_is_asked_anew(
    browser_of: Browser, desk: Desk, session: Session
) -> None:
    meeting = desk.place(channel=Channel.PHONE, duty=True)
    client, here = browser_of(ANNA), f"/kalender/{meeting.id}/svar"
    for _ in range(2):
        client.post(here, data={"reply": "call_me", "seen": "0"})
    desk.do(tasks.settle_tasks, meeting.id, by=LINE.id)
    assert list_open_tasks(session, LINE.id, now=NOW) == []
    session.rollback()
    client.post(here, data={"reply": "call_me", "seen": "0"})
    assert [one.kind for one in list_open_tasks(session, LINE.id, now=NOW)] == [TaskKind.CALL]


@pytest.mark.parametrize("reply", ["cannot", "other_time"])
def test_case_18_a_no_written_down_this_moment_does_not_take_the_place_of_her_own_answer(
    app: Flask, browser_of: Browser, desk: Desk, reply: str
) -> None:
    meeting = desk.place(channel=Channel.PHONE, said_yes=True, duty=False)
    app.extensions["clock"] = fixed_clock(NOW + timedelta(hours=1))
    browser_of(ANNA).post(f"/kalender/{meeting.id}/svar", data={"reply": "call_me", "seen": "0"})
    line, there = browser_of(LINE), f"{ANNA.url}/kalender/{meeting.id}/svaret"
    written = {"said": reply, "seen": "0"}
    told = line.post(there, data=written)
    assert (told.status_code, "Der er svaret på mødet." in told.text) == (409, True)
    assert desk.read(meeting).state is MeetingState.AGREED
    app.extensions["clock"] = fixed_clock(NOW + timedelta(hours=1, minutes=1))  # Line has seen it now
    assert line.post(there, data=written).status_code == 303
