"""A handover that is done is taken back for ten minutes; one to be is withdrawn by who leads them."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, col, select

from app.access.models import AccessLogEntry
from app.booking.models import MeetingTask
from app.booking.rules import TaskKind
from app.booking.tasks import open_task
from app.dates.clock import fixed_clock
from app.entries.rules import EntryKind
from app.goals.promises import make_promise
from app.goals.service import set_step_details
from app.identity.models import Person, PersonRole
from app.plan.models import ContactAssignment, ContactHandover
from app.plan.service import assign_contact, get_plan
from app.run.worker import run_due_jobs
from app.store.db import Database
from tests.booking.fixtures import Booked
from tests.cast import NOW, People, Someone
from tests.conftest import Browser
from tests.writing import SITE, wrote

HERE, LED = "/borgere/overdragelse", "/ledelse/overdragelse"
LATER = "2026-03-09"
MINUTE = timedelta(minutes=1)
PROMISE, STEP = "Jeg ringer til udlejeren", "Finde papirerne frem"
NO_MORE = "Det kan ikke fortrydes mere. Den nye kontaktperson kan overdrage borgerne igen."

Send = Callable[..., Any]


@pytest.fixture
def send(people: People, browser_of: Browser) -> Send:
    """Line hands citizens over to Omar, today unless another day is said."""

    def go(*citizens: Someone, on: str = "2026-03-02") -> Any:
        form = {"citizens": [str(one.id) for one in citizens], "to": str(people.omar.id), "on": on}
        return browser_of(people.line).post(HERE, data=form | {"trin": "send"})

    return go


@pytest.fixture
def line(browser_of: Browser, people: People) -> FlaskClient:
    return browser_of(people.line)


def contact(session: Session, citizen: Someone) -> Any:
    session.rollback()
    standing = select(ContactAssignment.person_id).where(
        ContactAssignment.citizen_id == citizen.id, col(ContactAssignment.ends_at).is_(None)
    )
    return session.exec(standing).one()


def undo_in(client: FlaskClient, where: str = HERE) -> dict[str, str]:
    """Return what the page's first button to take a handover back sends."""
    found = re.search(r'name="gjort" value="([^"]+)"', client.get(where).text)
    assert found is not None
    return {"gjort": found[1].replace("&#43;", "+")}


@pytest.mark.both_databases
def test_what_was_done_a_moment_ago_is_taken_back_by_who_did_it(
    app: Flask, send: Send, line: FlaskClient, session: Session, people: People, browser_of: Browser
) -> None:
    app.extensions["clock"] = fixed_clock(NOW + timedelta(seconds=7, microseconds=123_456))  # as clocks go
    omar, anna = browser_of(people.omar), browser_of(people.anna)
    send(people.anna, people.bent)
    page = line.get(HERE).text
    assert "Omar Saleh har overtaget 2 borgere" in page
    assert people.anna.name not in page
    answers = [line.post(f"{HERE}/fortryd", data=undo) for undo in [undo_in(line)] for _twice in range(2)]
    told = "Overdragelsen er fortrudt. Du er kontaktperson igen."
    for one in answers:  # tapped twice, it is undone and not too late
        assert one.status_code == 303
        assert told in line.get(one.location).text
    assert {contact(session, one) for one in (people.anna, people.bent)} == {people.line.id}
    assert line.get(f"{people.anna.url}/plan").status_code == 200
    assert omar.get(f"{people.anna.url}/plan").status_code == 404
    assert "Omar" not in anna.get("/").text  # she had not read it
    assert "Anna: Du er nu kontaktperson." not in omar.get("/dag").text
    assert "har overtaget" not in line.get("/dag").text
    acts = select(AccessLogEntry.relation).where(AccessLogEntry.action == "contact:hand_over")
    assert session.exec(acts).all() == ["contact"] * 4
    assert send(people.anna).status_code == 303  # and it can be done again
    assert contact(session, people.anna) == people.omar.id


@pytest.mark.both_databases
def test_what_the_new_contact_person_had_agreed_since_goes_with_it(
    send: Send, line: FlaskClient, session: Session, people: People, browser_of: Browser
) -> None:
    send(people.anna)
    omar = browser_of(people.omar)
    back = {"to": str(people.line.id), "on": LATER, "citizens": [str(people.anna.id)], "trin": "send"}
    assert omar.post(HERE, data=back).status_code == 303
    open_ones = select(ContactHandover.id).where(
        col(ContactHandover.done_at).is_(None), col(ContactHandover.withdrawn_at).is_(None)
    )
    assert len(session.exec(open_ones).all()) == 1
    assert line.post(f"{HERE}/fortryd", data=undo_in(line)).status_code == 303
    session.rollback()
    assert session.exec(open_ones).all() == []


def test_a_citizen_who_had_read_it_is_told_who_stays(
    send: Send, line: FlaskClient, people: People, browser_of: Browser
) -> None:
    anna = browser_of(people.anna)
    send(people.anna)
    news = re.search(r'href="(/nyt/[^"]+)"[^>]*>Omar er nu din kontaktperson', anna.get("/").text)
    assert news is not None
    anna.get(news[1], follow_redirects=True)
    line.post(f"{HERE}/fortryd", data=undo_in(line))
    assert "Du beholder din kontaktperson: Line." in anna.get("/").text


def test_after_ten_minutes_or_by_another_it_stands(
    send: Send, line: FlaskClient, session: Session, people: People, browser_of: Browser, app: Flask
) -> None:
    send(people.anna)
    undo = undo_in(line)
    assert browser_of(people.omar).post(f"{HERE}/fortryd", data=undo).status_code == 409
    assert line.post(f"{HERE}/fortryd", data={"gjort": "i går"}).status_code == 409
    app.extensions["clock"] = fixed_clock(NOW + 11 * MINUTE)
    assert "Fortryd overdragelsen" not in line.get(HERE).text
    assert line.post(f"{HERE}/fortryd", data=undo).status_code == 409
    assert contact(session, people.anna) == people.omar.id


def test_who_has_gone_on_to_a_third_stays_there(
    send: Send, line: FlaskClient, database: Database, session: Session, people: People
) -> None:
    send(people.anna, people.bent)
    undo = undo_in(line)
    with database.writing() as writing:
        assign_contact(writing, people.anna.id, people.sara.id, now=NOW + MINUTE)
    assert line.post(f"{HERE}/fortryd", data=undo).status_code == 303
    assert contact(session, people.anna) == people.sara.id
    assert contact(session, people.bent) == people.line.id


@pytest.mark.both_databases
def test_nothing_is_asked_about_the_meetings_any_more(
    send: Send, line: FlaskClient, booked: Booked, app: Flask, session: Session, people: People
) -> None:
    booked("2026-03-05 10:00", 45, "line", said_yes=True)
    send(people.anna)
    run_due_jobs(app.extensions["db"], SITE, now=NOW + MINUTE)
    tasks = select(MeetingTask).where(MeetingTask.kind == "leaving", col(MeetingTask.done_at).is_(None))
    assert len(session.exec(tasks).all()) == 1
    assert line.post(f"{HERE}/fortryd", data=undo_in(line)).status_code == 303
    session.rollback()
    assert session.exec(tasks).all() == []


@pytest.mark.both_databases
def test_what_is_asked_of_another_who_leaves_or_of_who_stays_with_the_new_one_is_asked_still(
    send: Send, line: FlaskClient, booked: Booked, database: Database, session: Session, people: People
) -> None:
    of_jonas = booked("2026-03-05 10:00", 45, "jonas", said_yes=True)
    of_line = booked("2026-03-06 10:00", 45, "line", said_yes=True)
    of_bent = booked("2026-03-06 13:00", 45, "line", said_yes=True, citizen="bent")
    send(people.anna, people.bent)
    with database.writing() as writing:
        for meeting, whose in ((of_jonas, people.anna), (of_line, people.anna), (of_bent, people.bent)):
            open_task(writing, whose.id, meeting, TaskKind.LEAVING, now=NOW, workdays=SITE.workdays)
        assign_contact(writing, people.bent.id, people.sara.id, now=NOW + MINUTE)  # he stays with another
    line.post(f"{HERE}/fortryd", data=undo_in(line))
    session.rollback()
    still = select(MeetingTask.meeting_id).where(col(MeetingTask.done_at).is_(None))
    assert set(session.exec(still)) == {of_jonas, of_bent}


def test_to_one_whose_role_has_an_end_nobody_goes_back(
    send: Send, line: FlaskClient, database: Database, people: People
) -> None:
    send(people.anna)
    assert "Fortryd overdragelsen" in line.get(HERE).text
    undo = undo_in(line)
    with database.writing() as writing:
        held = select(PersonRole).where(PersonRole.person_id == people.line.id)
        writing.exec(held).one().ends_at = NOW + timedelta(days=30)
    assert "Fortryd overdragelsen" not in line.get(HERE).text
    assert line.post(f"{HERE}/fortryd", data=undo).status_code == 409


def test_what_stays_with_the_one_before_is_named_and_taken_over(
    send: Send, line: FlaskClient, database: Database, people: People, browser_of: Browser
) -> None:
    step = wrote(database, people.anna, "in_plan", words=STEP, kind=EntryKind.STEP)
    with database.writing() as writing:
        plan = get_plan(writing, people.anna.id)
        make_promise(writing, plan.id, PROMISE, by=people.line.id, due_on=NOW.date(), now=NOW)
        set_step_details(writing, step.id, doer_id=people.line.id)
    sent = {"citizens": str(people.anna.id), "to": str(people.omar.id), "trin": "se"}
    review = line.post(HERE, data=sent).text
    assert PROMISE in review
    assert STEP in review
    send(people.anna)
    omar, there = browser_of(people.omar), f"{people.anna.url}/overdragelse"
    page = omar.get(there).text
    assert "Det skulle Line gøre" in page
    for address in re.findall(r'action="([^"]+/overtag)"', page):
        assert omar.post(address).status_code == 303
    assert "Det skulle Line gøre" not in omar.get(there).text
    plan_of = omar.get(f"{people.anna.url}/plan?alle=1").text
    assert "Omar, senest i dag" in plan_of
    assert "Omar har overtaget et løfte i din plan." in browser_of(people.anna).get("/nyt").text


@pytest.mark.both_databases
def test_a_leader_withdraws_what_is_agreed_and_learns_no_name(
    send: Send, line: FlaskClient, session: Session, people: People, browser_of: Browser
) -> None:
    lone, anna = browser_of(people.lone), browser_of(people.anna)
    send(people.anna, people.bent, on=LATER)
    page = lone.get(LED).text
    assert "2 borgere går over til Omar Saleh mandag den 9. marts." in page
    assert people.anna.name not in page
    news = re.search(r'href="(/nyt/[^"]+)"[^>]*>Omar bliver din kontaktperson', anna.get("/").text)
    assert news is not None
    anna.get(news[1], follow_redirects=True)
    form = {"fra": str(people.line.id), "til": str(people.omar.id), "dag": LATER}
    answers = [lone.post(f"{LED}/traek-tilbage", data=form) for _twice in range(2)]
    assert [one.location for one in answers] == [f"{LED}?gemt=fortrudt", LED]
    assert "Overdragelsen er fortrudt." in lone.get(answers[0].location).text
    standing = select(ContactHandover).where(col(ContactHandover.withdrawn_at).is_(None))
    assert session.exec(standing).all() == []
    day = line.get("/dag").text
    for name in ("Anna", "Bent"):
        assert f"{name}: Du er stadig kontaktperson. Overdragelsen blev ikke til noget." in day
    assert "Du beholder din kontaktperson: Line." in anna.get("/").text
    assert "Du beholder din kontaktperson" not in browser_of(people.bent).get("/").text
    assert "bliver din kontaktperson" not in browser_of(people.bent).get("/").text
    acts = select(AccessLogEntry.actor_id).where(AccessLogEntry.action == "contact:hand_over")
    assert session.exec(acts).all().count(people.lone.id) == 2


def test_a_leader_withdraws_nothing_of_another_department_and_nobody_else_does(
    send: Send, database: Database, session: Session, people: People, browser_of: Browser
) -> None:
    send(people.anna, on=LATER)
    form = {"fra": str(people.line.id), "til": str(people.omar.id), "dag": LATER}
    with database.writing() as writing:
        writing.get_one(Person, people.line.id).department_id = None
    lone = browser_of(people.lone)
    assert "går over til" not in lone.get(LED).text
    assert lone.post(f"{LED}/traek-tilbage", data=form).location == LED
    assert browser_of(people.omar).post(f"{LED}/traek-tilbage", data=form).status_code == 404
    assert lone.post(f"{LED}/traek-tilbage", data=form | {"dag": "mandag"}).status_code == 404
    assert session.exec(select(ContactHandover)).one().withdrawn_at is None


def test_a_leader_takes_back_what_the_leader_has_done(
    session: Session, people: People, browser_of: Browser
) -> None:
    lone = browser_of(people.lone)
    form = {"person": str(people.line.id), "to": str(people.omar.id), "trin": "send"}
    assert lone.post(LED, data=form).status_code == 303
    assert lone.post(f"{LED}/fortryd", data=undo_in(lone, LED)).location == f"{LED}?gemt=fortrudt"
    assert contact(session, people.anna) == people.line.id
    assert "Anna: Du er nu kontaktperson." in browser_of(people.line).get("/dag").text
