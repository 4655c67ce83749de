"""Aflys resten af møderne: all that is shown is called off with one reason, and nothing else is."""

import re
from datetime import datetime
from typing import Any

import pytest
from sqlmodel import Session, col, select

from app.booking.series import book_series
from app.dates.local_time import DANISH_TIME
from app.meetings.life_cycle import MeetingState
from app.meetings.models import Meeting
from app.meetings.rules import Channel
from app.notifications.models import Notice
from tests.booking.desk import Desk
from tests.booking.requests import can_take_much, request_for
from tests.calendar.staff.test_edit import fields, of
from tests.cast import People
from tests.conftest import Browser

WHY = {"reason": "Jeg skifter job."}


@pytest.fixture
def weekly(desk: Desk, people: People) -> list[Meeting]:
    """Three calls of Anna's with Jonas, who called them, a week apart."""
    can_take_much(desk.database)
    more: dict[str, Any] = {"said_yes": True, "organiser_id": people.jonas.id, "channel": Channel.PHONE}
    asked = request_for("2026-03-05 10:00", 45, "jonas", **more)
    found: list[Meeting] = desk.do(book_series, asked, 1, 3, skip=frozenset())
    return found


def states(session: Session) -> list[MeetingState]:
    session.rollback()
    found = session.exec(select(Meeting).order_by(col(Meeting.starts_at))).all()
    return [one.state for one in found]


def test_the_rest_is_shown_called_off_with_one_reason_and_told_once(
    browser_of: Browser, session: Session, people: People, weekly: list[Meeting], desk: Desk
) -> None:
    jonas, url = browser_of(people.jonas), of(people, weekly[1].id, "/aflys-resten")
    desk.cancel(weekly[0], reason="Line er syg.")
    assert url in jonas.get(of(people, weekly[1].id, "")).text
    html = jonas.get(url).text
    assert "2 møder bliver aflyst" in html
    assert re.findall(r"<li>\D*(1[29]). marts kl. 10.00–10.45</li>", html) == ["12", "19"]
    assert "Skriv én sætning om" in jonas.post(url, data=fields(html) | {"reason": ""}).text
    done = jonas.post(url, data=fields(html) | WHY)
    assert done.status_code == 303
    assert "Resten af møderne er aflyst." in jonas.get(done.location).text
    assert states(session) == [MeetingState.CANCELLED] * 3
    reasons = session.exec(select(Meeting.cancel_reason).order_by(col(Meeting.starts_at))).all()
    assert reasons == ["Line er syg.", WHY["reason"], WHY["reason"]]
    told = select(Notice).where(Notice.person_id == people.anna.id, Notice.kind == "meeting_cancelled")
    assert len(session.exec(told).all()) == 2  # of the first alone, and of the rest
    assert "Der er ikke flere møder at aflyse." in jonas.get(url).text


def test_nothing_is_called_off_that_was_changed_since_it_was_shown(
    browser_of: Browser, session: Session, people: People, weekly: list[Meeting], desk: Desk
) -> None:
    line, url = browser_of(people.line), of(people, weekly[0].id, "/aflys-resten")
    shown = fields(line.get(url).text)
    desk.change(weekly[2], bring="Briller")
    answer = line.post(url, data=shown | WHY)
    assert (answer.status_code, "Et af møderne er lige blevet ændret." in answer.text) == (409, True)
    assert states(session) == [MeetingState.AGREED] * 3
    assert WHY["reason"] in answer.text
    assert line.post(url, data=fields(answer.text)).status_code == 303
    assert states(session) == [MeetingState.CANCELLED] * 3


@pytest.mark.parametrize("rest", ["", "x", "1:2:3", f"{People().anna.id}:x"])
def test_what_no_page_of_ours_sends_calls_nothing_off(
    browser_of: Browser, session: Session, people: People, weekly: list[Meeting], rest: str
) -> None:
    url = of(people, weekly[0].id, "/aflys-resten")
    assert browser_of(people.line).post(url, data={"seen": "0", "rest": rest, **WHY}).status_code == 409
    assert states(session) == [MeetingState.AGREED] * 3


def test_only_who_called_them_and_who_answers_for_the_plan_can(
    browser_of: Browser, session: Session, people: People, weekly: list[Meeting], desk: Desk
) -> None:
    url = of(people, weekly[0].id, "/aflys-resten")
    assert browser_of(people.thea).get(url).status_code == 404
    assert "/aflys-resten" not in browser_of(people.thea).get(of(people, weekly[0].id, "")).text
    sent = {"seen": "0", "rest": "", **WHY}
    assert browser_of(people.thea).post(url, data=sent).status_code == 404
    assert browser_of(people.anna).get(f"/kalender/{weekly[0].id}").text.count("aflys-resten") == 0
    alone = desk.place("2026-03-12 13:00", 30, "jonas", said_yes=True, channel=Channel.PHONE)
    assert browser_of(people.line).get(of(people, alone.id, "/aflys-resten")).status_code == 404
    assert "/aflys-resten" not in browser_of(people.line).get(of(people, alone.id, "")).text


def test_it_ends_from_the_one_it_is_ended_from(
    browser_of: Browser, session: Session, people: People, weekly: list[Meeting]
) -> None:
    line, url = browser_of(people.line), of(people, weekly[1].id, "/aflys-resten")
    html = line.get(url).text
    assert "2 møder bliver aflyst" in html
    assert line.post(url, data=fields(html) | WHY).status_code == 303
    assert states(session) == [MeetingState.AGREED, MeetingState.CANCELLED, MeetingState.CANCELLED]


@pytest.mark.both_databases
def test_from_one_on_they_move_as_many_days_and_to_the_same_hour(
    browser_of: Browser, session: Session, people: People, weekly: list[Meeting]
) -> None:
    line, url = browser_of(people.line), of(people, weekly[1].id, "/nye-tider")
    html = line.get(url).text
    assert "2 møder bliver flyttet lige mange dage" in html
    chosen = next(one for one in re.findall(r'name="tid" value="([^"]+)"', html) if "T09:" in one)
    sent = fields(html) | {"tid": [chosen], "how": "ja", "which": "resten"}
    done = line.post(url, data=sent)
    assert done.status_code == 303
    assert "Møderne er flyttet." in line.get(done.location).text
    session.rollback()
    found = session.exec(select(Meeting).order_by(col(Meeting.starts_at))).all()
    assert found[0].starts_at == weekly[0].starts_at
    moved = found[1].starts_at - weekly[1].starts_at
    assert moved
    assert found[2].starts_at - weekly[2].starts_at == moved
    assert [one.state for one in found] == [MeetingState.AGREED] * 3


def test_none_moves_when_one_of_them_was_changed_or_somebody_is_taken(
    browser_of: Browser, session: Session, people: People, weekly: list[Meeting], desk: Desk
) -> None:
    line, url = browser_of(people.line), of(people, weekly[1].id, "/nye-tider")
    html = line.get(url).text
    chosen = next(one for one in re.findall(r'name="tid" value="([^"]+)"', html) if "T09:" in one)
    sent = fields(html) | {"tid": [chosen], "how": "ja", "which": "resten"}
    days = datetime.fromisoformat(chosen) - weekly[1].starts_at
    at = (weekly[2].starts_at + days).astimezone(DANISH_TIME)
    busy: dict[str, Any] = {"citizen": "karim", "said_yes": True, "channel": Channel.PHONE}
    other = desk.place(f"{at:%Y-%m-%d %H:%M}", 30, "jonas", **busy)
    taken = line.post(url, data=sent)
    assert (taken.status_code, "Ingen af dem er flyttet." in taken.text) == (409, True)
    desk.cancel(other)
    desk.change(weekly[2], bring="Briller")
    assert line.post(url, data=sent).status_code == 409
    session.rollback()
    found = session.exec(select(Meeting.starts_at).where(Meeting.citizen_id == people.anna.id)).all()
    assert sorted(found) == [one.starts_at for one in weekly]
