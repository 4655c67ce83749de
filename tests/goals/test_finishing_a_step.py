from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlmodel import Session, select

from app.dates.clock import fixed_clock
from app.entries.rules import EntryKind
from app.goals.models import Step
from app.goals.rules import is_late
from app.goals.service import next_step, set_step_details
from app.notifications.models import Notice
from app.plan.consent_effects import withdraw_yes
from app.plan.models import PlanRevision
from app.store.db import Database
from tests.access.planted_plan import chose
from tests.cast import NOW, People
from tests.conftest import Browser
from tests.goals.plans import LATER_STEP, STEP, TODAY, Laid, lay_plan
from tests.writing import wrote

OTHERS = {"jonas": 404, "fremmed": 404, "lone": 404, "omar": 404, "vibeke": 404}


@pytest.fixture
def laid(database: Database) -> Laid:
    return lay_plan(database)


@pytest.fixture
def url(laid: Laid) -> str:
    return f"/plan/skridt/{laid.step}/gjort"


def _done_by(session: Session, laid: Laid) -> object:
    return session.exec(select(Step.done_by).where(Step.entry_id == laid.step)).one()


def test_she_says_it_is_done_and_the_contact_person_is_told(
    url: str, laid: Laid, people: People, browser_of: Browser, session: Session
) -> None:
    client = browser_of(people.anna)
    answer = client.post(url)
    assert (answer.status_code, answer.location) == (
        303,
        f"/plan?nyt=gjort&ved={laid.step}#skridt-{laid.step}",
    )
    assert "Du gjorde det i dag" in client.get("/plan").text
    told = session.exec(select(Notice.person_id).where(Notice.kind == "step_done")).all()
    assert told == [people.line.id]


def test_a_double_tap_is_one_change(url: str, people: People, browser_of: Browser, session: Session) -> None:
    client = browser_of(people.anna)
    assert [client.post(url).status_code for _again in range(2)] == [303, 303]
    assert session.exec(select(PlanRevision.what)).all().count("step_done") == 1


def test_the_contact_person_says_it_for_her_and_she_is_told(
    url: str, laid: Laid, people: People, browser_of: Browser, session: Session
) -> None:
    assert browser_of(people.line).post(people.anna.url + url).status_code == 303
    assert _done_by(session, laid) == people.line.id
    told = session.exec(select(Notice.person_id).where(Notice.kind == "step_done")).all()
    assert told == [people.anna.id]


def test_nobody_else_says_it(
    url: str, laid: Laid, people: People, browser_of: Browser, session: Session
) -> None:
    asked = {slug: browser_of(getattr(people, slug)).post(people.anna.url + url) for slug in OTHERS}
    assert {slug: answer.status_code for slug, answer in asked.items()} == OTHERS
    assert _done_by(session, laid) is None


@pytest.fixture
def _of_jonas(laid: Laid, database: Database, people: People) -> None:
    with database.writing() as session:
        set_step_details(session, laid.later_step, doer_id=people.jonas.id)


@pytest.mark.both_databases
@pytest.mark.usefixtures("_of_jonas")
def test_a_professional_finishes_the_own_step_and_no_other(
    laid: Laid, people: People, browser_of: Browser, session: Session
) -> None:
    jonas, steps = browser_of(people.jonas), f"{people.anna.url}/plan/skridt"
    page = jonas.get(f"{people.anna.url}/plan").text
    assert f"{steps}/{laid.later_step}/gjort" in page
    assert f"{steps}/{laid.step}/gjort" not in page
    assert [jonas.post(f"{steps}/{laid.later_step}/gjort").status_code for _twice in range(2)] == [303, 303]
    assert f"{steps}/{laid.later_step}/fortryd" in jonas.get(f"{people.anna.url}/plan").text
    told = session.exec(select(Notice.person_id).where(Notice.kind == "step_done")).all()
    assert set(told) == {people.anna.id, people.line.id}
    assert "Jonas gjorde det i dag" in browser_of(people.anna).get("/plan").text
    assert "Jonas er færdig med et skridt i din plan." in browser_of(people.anna).get("/").text
    assert jonas.post(f"{steps}/{laid.later_step}/fortryd").status_code == 303


@pytest.mark.parametrize(("extent", "status"), [("none", 403), ("area", 404)])
@pytest.mark.usefixtures("_of_jonas")
def test_a_professional_finishes_no_step_that_the_citizen_has_closed_to_him(
    laid: Laid, database: Database, people: People, browser_of: Browser, extent: str, status: int
) -> None:
    chose(database, extent, people.jonas)
    answer = browser_of(people.jonas).post(f"{people.anna.url}/plan/skridt/{laid.later_step}/gjort")
    assert answer.status_code == status


def test_she_is_offered_only_her_own_steps_and_line_all(
    laid: Laid, people: People, browser_of: Browser
) -> None:
    mine, hers = (
        browser_of(people.anna).get("/plan").text,
        browser_of(people.line).get(people.anna.url + "/plan").text,
    )
    assert f"/plan/skridt/{laid.step}/gjort" in mine
    assert f"/plan/skridt/{laid.later_step}/gjort" not in mine
    assert f"/plan/skridt/{laid.later_step}/gjort" in hers


def test_it_can_be_undone_the_same_day_by_the_one_who_said_it(
    url: str, laid: Laid, people: People, browser_of: Browser, session: Session
) -> None:
    anna, back = browser_of(people.anna), f"/plan/skridt/{laid.step}/fortryd"
    anna.post(url)
    assert back in anna.get("/plan").text
    assert browser_of(people.line).post(people.anna.url + back).status_code == 409
    assert anna.post(back).status_code == 303
    assert anna.post(back).status_code == 303  # twice changes nothing
    assert _done_by(session, laid) is None


def test_another_day_it_stands(
    app: Flask, url: str, laid: Laid, people: People, browser_of: Browser, session: Session
) -> None:
    browser_of(people.anna).post(url)
    app.extensions["clock"] = fixed_clock(NOW + timedelta(days=1))
    anna = browser_of(people.anna)
    assert "Fortryd" not in anna.get("/plan").text
    assert anna.post(f"/plan/skridt/{laid.step}/fortryd").status_code == 409
    assert _done_by(session, laid) == people.anna.id


def test_a_step_of_somebody_else_or_of_nobody_is_not_there(
    laid: Laid, people: People, browser_of: Browser
) -> None:
    for step in (laid.step, uuid4()):
        assert browser_of(people.karim).post(f"/plan/skridt/{step}/gjort").status_code == 404
    assert browser_of(people.anna).post(f"/plan/skridt/{laid.goal}/gjort").status_code == 404


def test_a_suggestion_or_a_closed_plan_waits(
    url: str, database: Database, people: People, browser_of: Browser
) -> None:
    anna = browser_of(people.anna)
    suggested = wrote(database, people.anna, "shared", kind=EntryKind.STEP)
    answer = anna.post(f"/plan/skridt/{suggested.id}/gjort")
    assert answer.status_code == 409
    assert "ikke med i planen endnu" in answer.text
    with database.writing() as session:
        withdraw_yes(session, people.anna.id, by=people.anna.id, now=NOW)
    assert anna.post(url).status_code == 409


def test_the_next_step_is_her_own_that_falls_due_first(
    laid: Laid, database: Database, people: People, session: Session
) -> None:
    loose = wrote(database, people.anna, "in_plan", words="Ring til lægen", kind=EntryKind.STEP)
    first = next_step(session, people.anna.id, today=TODAY)
    assert first is not None
    assert (first.words, first.own, first.late) == (STEP, True, False)
    with database.writing() as writing:
        set_step_details(writing, loose.id, due_on=TODAY - timedelta(days=1))
    with database.reading() as fresh:
        now_first = next_step(fresh, people.anna.id, today=TODAY)
    assert now_first is not None
    assert (now_first.words, now_first.own, now_first.late) == ("Ring til lægen", False, True)


def test_lines_step_is_never_hers_to_take_next(
    laid: Laid, url: str, people: People, browser_of: Browser, session: Session
) -> None:
    browser_of(people.anna).post(url)
    assert next_step(session, people.anna.id, today=TODAY) is None
    assert LATER_STEP in browser_of(people.anna).get("/plan").text


def test_the_last_day_is_in_time() -> None:
    assert not is_late(TODAY, done=False, today=TODAY)
    assert is_late(TODAY - timedelta(days=1), done=False, today=TODAY)
    assert not is_late(TODAY - timedelta(days=1), done=True, today=TODAY)
    assert not is_late(None, done=False, today=TODAY)
