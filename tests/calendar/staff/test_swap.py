"""Byt tid: two meetings of one citizen begin when the other did, in one go, or nothing happens."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from app.meetings.life_cycle import MeetingState
from app.meetings.models import Meeting
from app.meetings.rules import Channel
from tests.booking.desk import Desk
from tests.booking.requests import can_take_much
from tests.calendar.staff.test_edit import fields, of
from tests.cast import People
from tests.conftest import Browser

AGREED: dict[str, Any] = {"said_yes": True, "channel": Channel.PHONE}


@pytest.fixture
def pair(desk: Desk, people: People) -> list[Meeting]:
    """A call of Anna's with Jonas, who called it, and a longer one with Sara."""
    one = desk.place("2026-03-05 10:00", 30, "jonas", organiser_id=people.jonas.id, **AGREED)
    return [one, desk.place("2026-03-06 13:00", 60, "sara", purpose="Om søvn", **AGREED)]


def starts(session: Session) -> list[tuple[datetime, datetime, MeetingState]]:
    session.rollback()
    found = session.exec(select(Meeting).order_by(col(Meeting.created_at), col(Meeting.purpose)))
    return sorted((one.starts_at, one.ends_at, one.state) for one in found)


def choices(html: str) -> list[str]:
    return re.findall(r'name="other" value="([^"]+)"', html)


@pytest.mark.both_databases
def test_both_change_times_at_once_with_the_citizens_yes_and_keep_their_lengths(
    browser_of: Browser, session: Session, people: People, pair: list[Meeting]
) -> None:
    line, url = browser_of(people.line), of(people, pair[0].id, "/byt")
    assert f'href="{url}"' in line.get(of(people, pair[0].id, "")).text
    html = line.get(url).text
    assert "Om søvn" in html
    empty = line.post(url, data=fields(html))
    assert (empty.status_code, "Vælg det møde, der skal byttes tid med." in empty.text) == (422, True)
    done = line.post(url, data=fields(html) | {"other": choices(html)[0], "how": "ja"})
    assert done.status_code == 303
    assert "Møderne har byttet tid." in line.get(done.location).text
    early, late = pair[0].starts_at, pair[1].starts_at
    assert starts(session) == [
        (early, early + timedelta(minutes=60), MeetingState.AGREED),
        (late, late + timedelta(minutes=30), MeetingState.AGREED),
    ]


def test_without_her_yes_she_is_asked_and_a_change_meanwhile_moves_nothing(
    browser_of: Browser, session: Session, people: People, pair: list[Meeting], desk: Desk
) -> None:
    line, url = browser_of(people.line), of(people, pair[0].id, "/byt")
    html = line.get(url).text
    sent = fields(html) | {"other": choices(html)[0], "how": "flyt"}
    desk.change(pair[1], bring="Briller")
    before = starts(session)
    refused = line.post(url, data=sent)
    assert (refused.status_code, "Et af møderne er lige blevet ændret." in refused.text) == (409, True)
    assert starts(session) == before
    assert f'value="{choices(refused.text)[0]}" checked' in refused.text
    assert line.post(url, data=fields(refused.text) | {"other": choices(refused.text)[0]}).status_code == 303
    assert [state for _start, _end, state in starts(session)] == [MeetingState.PROPOSED] * 2


def test_who_is_taken_at_the_others_time_keeps_both_where_they_are(
    browser_of: Browser, session: Session, people: People, pair: list[Meeting], desk: Desk
) -> None:
    desk.place("2026-03-06 13:00", 30, "jonas", citizen="karim", **AGREED)
    before = starts(session)
    line, url = browser_of(people.line), of(people, pair[0].id, "/byt")
    html = line.get(url).text
    refused = line.post(url, data=fields(html) | {"other": choices(html)[0]})
    assert (refused.status_code, "Nogen er optaget på en af tiderne." in refused.text) == (409, True)
    assert starts(session) == before


def test_one_who_called_only_the_one_has_nothing_to_change_with(
    browser_of: Browser, people: People, pair: list[Meeting]
) -> None:
    jonas, url = browser_of(people.jonas), of(people, pair[0].id, "/byt")
    html = jonas.get(url).text
    assert "Der er ikke et andet møde, du kan bytte med." in html
    other = f"{pair[1].id}:{pair[1].sequence}"
    assert jonas.post(url, data={"seen": "0", "other": other, "how": "flyt"}).status_code == 422
    assert browser_of(people.thea).get(url).status_code == 404


@pytest.mark.both_databases
def test_two_are_not_asked_about_when_one_waits_already_and_a_yes_needs_no_room(
    browser_of: Browser, session: Session, people: People, pair: list[Meeting], desk: Desk
) -> None:
    """Each alone would be her second proposal; together they are the third."""
    can_take_much(desk.database)
    desk.place("2026-03-09 10:00", 30, "line", channel=Channel.PHONE)
    before = starts(session)
    line, url = browser_of(people.line), of(people, pair[0].id, "/byt")
    html = line.get(url).text
    sent = fields(html) | {"other": choices(html)[0], "how": "flyt"}
    refused = line.post(url, data=sent)
    assert (refused.status_code, "Så får Anna mere end to forslag" in refused.text) == (409, True)
    assert f'value="{sent["other"]}" checked' in refused.text
    assert starts(session) == before
    assert line.post(url, data=sent | {"how": "ja"}).status_code == 303
    assert [state for *_times, state in starts(session)].count(MeetingState.AGREED) == 2
