"""The citizen's side of the talk about a meeting: which time, another time, can't, and think again."""

import re
from datetime import date, datetime, time, timedelta

import pytest
from flask import Flask
from sqlmodel import Session, select

from app.availability.rules import TimeRule, WishKind
from app.availability.service import add_wish
from app.booking.models import MeetingTask
from app.booking.rules import TaskKind
from app.dates.clock import fixed_clock
from app.dates.local_time import DANISH_TIME
from app.meetings.life_cycle import MeetingState
from app.meetings.models import Meeting, Occupancy, Participant
from app.meetings.rules import Channel, Reply, Slot
from tests.booking.fixtures import Booked
from tests.cast import NOW, People
from tests.conftest import Browser


def at(text: str, minutes: int = 60) -> Slot:
    start = datetime.fromisoformat(text).replace(tzinfo=DANISH_TIME)
    return Slot(start, start + timedelta(minutes=minutes))


THREE = (at("2026-03-09 10:00"), at("2026-03-10 13:00"), at("2026-03-11 10:00"))


def button_value(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found
    return found[1]


def test_each_of_three_times_has_its_own_yes(
    browser_of: Browser, people: People, booked: Booked, session: Session
) -> None:
    meeting = booked("2026-03-09 10:00", channel=Channel.PHONE, options=THREE)
    client, here = browser_of(people.anna), f"/kalender/{meeting}"
    page = client.get(here).text
    assert "Hvilken tid passer dig?" in page
    assert "Tiden er ikke valgt endnu" in page
    assert "Vi holder tiderne fri til dig. Svar senest torsdag den 5. marts." in page
    for day in ("mandag den 9", "tirsdag den 10", "onsdag den 11"):
        assert page.count(f'Ja tak<span class="spoken">: {day}') == 1
    client.post(f"{here}/svar", data={"reply": "coming", "tid": "2", "seen": "0"})
    found = session.get_one(Meeting, meeting)
    assert (found.state, Slot(found.starts_at, found.ends_at)) == (MeetingState.AGREED, THREE[1])
    taken = session.exec(select(Occupancy.starts_at)).all()
    assert set(taken) == {THREE[1].start}  # the other two are free again
    assert "tirsdag den 10. marts kl. 13.00–14.00" in client.get(here).text


@pytest.mark.parametrize("position", ["x", "-1", "999999", "²"])
def test_a_time_that_is_no_number_is_the_same_page_again(
    browser_of: Browser, people: People, booked: Booked, position: str
) -> None:
    here = f"/kalender/{booked('2026-03-09 10:00', options=THREE)}"
    refused = browser_of(people.anna).post(f"{here}/svar", data={"reply": "coming", "tid": position})
    assert (refused.status_code, "Vælg et af svarene." in refused.text) == (422, True)


def test_asking_for_another_time_shows_three_at_once_and_one_tap_takes_one(
    browser_of: Browser, people: People, booked: Booked, session: Session
) -> None:
    meeting = booked("2026-03-09 10:00", channel=Channel.PHONE, said_yes=True)
    client, here = browser_of(people.anna), f"/kalender/{meeting}"
    asked = client.post(f"{here}/svar", data={"reply": "other_time", "seen": "0"}, follow_redirects=True).text
    assert "Vælg en tid her. Ellers finder Line en senest onsdag den 4. marts." in asked
    assert "Mødet gælder stadig, indtil I har aftalt en ny tid." in asked
    assert asked.count('name="start"') == 3
    assert 'value="2026-03-09T10:00+01:00"' not in asked  # where it is now is no other time
    assert session.exec(select(MeetingTask.kind)).one() is TaskKind.OTHER_TIME
    session.rollback()
    chosen = button_value(asked, "start")
    client.post(f"{here}/tid", data={"start": chosen, "seen": "0"})
    found = session.get_one(Meeting, meeting)
    assert (found.state, found.starts_at) == (MeetingState.AGREED, datetime.fromisoformat(chosen))
    assert session.get_one(Participant, (meeting, people.anna.id)).reply is Reply.COMING
    assert session.exec(select(MeetingTask.done_at)).one() is not None
    assert "Flyttet fra mandag den 9. marts 2026 kl. 10.00." in client.get(here).text


def test_another_time_is_never_within_two_hours_of_the_one_to_leave(
    browser_of: Browser, people: People, booked: Booked, session: Session
) -> None:
    client, here = browser_of(people.anna), f"/kalender/{booked('2026-03-09 10:00', said_yes=True)}"

    def offered() -> list[str]:
        client.post(f"{here}/svar", data={"reply": "other_time"})
        return re.findall(r'name="start" value="2026-([^"]+)\+', client.get(here).text)

    assert offered() == ["03-09T12:00", "03-10T10:00", "03-11T10:00"]
    rest = TimeRule(starts_on=date(2026, 3, 2), ends_on=date(2026, 5, 1))
    for rule in (rest, TimeRule(weekday=0, from_time=time(11, 30), until_time=time(16))):
        add_wish(session, people.anna.id, rule, WishKind.OTHER, hard=True, now=NOW)
    session.commit()
    assert offered() == []


def test_other_times_lie_on_both_sides_of_the_one_to_leave(
    browser_of: Browser, people: People, booked: Booked, session: Session
) -> None:
    client, here = browser_of(people.anna), f"/kalender/{booked('2026-03-13 10:00', said_yes=True)}"
    client.post(f"{here}/svar", data={"reply": "other_time"})
    offered = re.findall(r'name="start" value="2026-([^"]+)\+', client.get(here).text)
    assert offered == ["03-11T10:00", "03-12T10:00", "03-13T12:00"]


def test_a_time_that_was_not_offered_is_not_taken(
    browser_of: Browser, people: People, booked: Booked, session: Session
) -> None:
    meeting = booked("2026-03-09 10:00", channel=Channel.PHONE, said_yes=True)
    client, here = browser_of(people.anna), f"/kalender/{meeting}"
    night = client.post(f"{here}/tid", data={"start": "2026-03-10T03:00+01:00", "seen": "0"})
    assert night.status_code == 409
    assert "Tiden er optaget nu. Her er andre tider." in night.text
    assert session.get_one(Meeting, meeting).starts_at == at("2026-03-09 10:00").start


@pytest.mark.parametrize("start", ["", "i morgen", "2026-03-10T10:00"])
def test_a_time_without_a_day_is_the_same_page_again(
    browser_of: Browser, people: People, booked: Booked, start: str
) -> None:
    here = f"/kalender/{booked('2026-03-09 10:00')}"
    refused = browser_of(people.anna).post(f"{here}/tid", data={"start": start, "seen": "0"})
    assert refused.status_code == 422


def test_a_duty_is_moved_by_the_contact_person_alone(
    browser_of: Browser, people: People, booked: Booked, session: Session
) -> None:
    meeting = booked("2026-03-09 10:00", channel=Channel.PHONE, duty=True)
    client, here = browser_of(people.anna), f"/kalender/{meeting}"
    asked = client.post(f"{here}/svar", data={"reply": "other_time"}, follow_redirects=True).text
    assert 'name="start"' not in asked
    assert "Line finder en anden tid senest onsdag den 4. marts og giver dig besked." in asked
    forced = client.post(f"{here}/tid", data={"start": "2026-03-10T10:00+01:00", "seen": "0"})
    assert forced.status_code == 404
    no = client.post(f"{here}/svar", data={"reply": "cannot"}, follow_redirects=True).text
    told = "Mødet gælder stadig. Line skriver senest onsdag den 4. marts. Hører du ikke fra Line, så ring."
    assert told in no
    assert session.get_one(Meeting, meeting).state is MeetingState.AGREED


def test_cancel_undo_cancel(browser_of: Browser, people: People, booked: Booked, session: Session) -> None:
    meeting = booked("2026-03-09 10:00", channel=Channel.PHONE, said_yes=True)
    client, here = browser_of(people.anna), f"/kalender/{meeting}"
    off = client.post(f"{here}/svar", data={"reply": "cannot", "seen": "0"}, follow_redirects=True).text
    assert "Du har aflyst det. De andre har fået besked." in off
    assert "Fortryd, og behold mødet" in off
    assert ">Aflyst<" in client.get("/kalender").text
    assert session.exec(select(Occupancy)).all() == []
    session.rollback()
    back = client.post(f"{here}/fortryd", follow_redirects=True).text
    assert "Mødet er aflyst" not in back
    assert len(session.exec(select(Occupancy)).all()) == 2
    session.rollback()
    client.post(f"{here}/svar", data={"reply": "cannot", "seen": "2"})
    assert session.get_one(Meeting, meeting).state is MeetingState.CANCELLED


def test_after_ten_minutes_nothing_is_undone(
    app: Flask, browser_of: Browser, people: People, booked: Booked, session: Session
) -> None:
    meeting = booked("2026-03-09 10:00", channel=Channel.PHONE, said_yes=True)
    client, here = browser_of(people.anna), f"/kalender/{meeting}"
    client.post(f"{here}/svar", data={"reply": "cannot"})
    app.extensions["clock"] = fixed_clock(NOW + timedelta(minutes=11))
    assert "Fortryd" not in client.get(here).text
    late = client.post(f"{here}/fortryd")
    assert (late.status_code, "Det kan ikke fortrydes mere." in late.text) == (409, True)
    assert session.get_one(Meeting, meeting).state is MeetingState.CANCELLED


def test_case_10_the_time_was_taken_before_the_undo(
    browser_of: Browser, people: People, booked: Booked, session: Session
) -> None:
    meeting = booked("2026-03-09 10:00", channel=Channel.PHONE, said_yes=True)
    client, here = browser_of(people.anna), f"/kalender/{meeting}"
    client.post(f"{here}/svar", data={"reply": "cannot"})
    booked("2026-03-09 10:00", 60, "jonas", channel=Channel.PHONE)
    taken = client.post(f"{here}/fortryd")
    assert taken.status_code == 409
    assert "Tiden er optaget nu. Her er andre tider." in taken.text
    assert session.get_one(Meeting, meeting).state is MeetingState.CANCELLED
    session.rollback()
    chosen = button_value(taken.text, "start")
    client.post(f"{here}/tid", data={"start": chosen, "seen": "1"})
    found = session.get_one(Meeting, meeting)
    assert (found.state, found.starts_at) == (MeetingState.AGREED, datetime.fromisoformat(chosen))


def test_case_15_a_late_yes_is_taken_while_the_time_is_free(
    app: Flask, browser_of: Browser, people: People, booked: Booked, session: Session
) -> None:
    meeting = booked("2026-03-19 10:00", channel=Channel.PHONE)
    app.extensions["clock"] = fixed_clock(NOW + timedelta(days=5))
    browser_of(people.anna).post(f"/kalender/{meeting}/svar", data={"reply": "coming"})
    assert session.get_one(Meeting, meeting).state is MeetingState.AGREED


def test_case_59_an_answer_to_what_has_changed_is_asked_again(
    browser_of: Browser, people: People, booked: Booked, session: Session
) -> None:
    meeting = booked("2026-03-09 10:00", channel=Channel.PHONE, said_yes=True)
    client, here = browser_of(people.anna), f"/kalender/{meeting}"
    old = client.post(f"{here}/svar", data={"reply": "cannot", "seen": "7"})
    assert old.status_code == 409
    assert "Mødet er lige blevet ændret." in old.text
    assert session.get_one(Meeting, meeting).state is MeetingState.AGREED


def test_what_was_is_kept_by_month_with_what_was_agreed(
    app: Flask, browser_of: Browser, people: People, booked: Booked
) -> None:
    booked("2026-03-09 10:00", purpose="Om boligen", said_yes=True)
    client = browser_of(people.anna)
    assert "Du har ingen tidligere møder" in client.get("/kalender/tidligere").text
    app.extensions["clock"] = fixed_clock(NOW + timedelta(days=20))
    client = browser_of(people.anna)
    page = client.get("/kalender/tidligere").text
    assert "Om boligen" in page
    assert ">marts 2026<" in page
    assert "Om boligen" not in client.get("/kalender").text
