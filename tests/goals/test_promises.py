"""A promise is kept by whoever gave it, or by the contact person, and the citizen is told."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlmodel import Session, select

from app.dates.clock import fixed_clock
from app.goals.models import Promise, PromiseChange
from app.goals.promises import make_promise
from app.notifications.models import Notice
from app.plan.consent_effects import withdraw_yes
from app.plan.models import PlanRevision
from app.plan.service import get_plan
from app.store.db import Database
from tests.cast import NOW, People
from tests.conftest import Browser
from tests.goals.plans import PROMISE, TODAY, Laid, lay_plan

OTHERS = {"anna": 403, "jonas": 404, "fremmed": 404, "lone": 404, "omar": 404, "vibeke": 404}
OF_JONAS = "Ringe til skolen"


@pytest.fixture
def laid(database: Database) -> Laid:
    return lay_plan(database)


@pytest.fixture
def url(laid: Laid, people: People) -> str:
    return f"{people.anna.url}/plan/loefter/{laid.promise}"


def kept_by(session: Session, laid: Laid) -> object:
    session.rollback()
    return session.exec(select(Promise.kept_by).where(Promise.id == laid.promise)).one()


@pytest.mark.both_databases
def test_line_keeps_her_promise_and_anna_reads_it(
    url: str, laid: Laid, people: People, browser_of: Browser, session: Session
) -> None:
    line = browser_of(people.line)
    assert f"{url}/holdt" in line.get(f"{people.anna.url}/plan").text
    answers = [line.post(f"{url}/holdt") for _twice in range(2)]
    assert {one.status_code for one in answers} == {303}
    assert "Løftet er holdt." in line.get(answers[0].location).text
    assert kept_by(session, laid) == people.line.id
    assert session.exec(select(PlanRevision.what)).all().count("promise_kept") == 1
    assert session.exec(select(Notice.person_id).where(Notice.kind == "promise_kept")).all() == [
        people.anna.id
    ]
    anna = browser_of(people.anna)
    assert "Line har skrevet, at et løfte er holdt." in anna.get("/").text
    assert "Holdt i dag" in anna.get("/plan").text
    assert "/loefter/" not in anna.get("/plan").text  # it is not hers to say


@pytest.mark.both_databases
def test_a_professional_keeps_the_own_promise_and_the_contact_person_is_told(
    laid: Laid, database: Database, people: People, browser_of: Browser, session: Session
) -> None:
    with database.writing() as writing:
        plan = get_plan(writing, people.anna.id)
        own = make_promise(writing, plan.id, OF_JONAS, by=people.jonas.id, due_on=TODAY, now=NOW).id
    jonas, there = browser_of(people.jonas), f"{people.anna.url}/plan/loefter"
    page = jonas.get(f"{people.anna.url}/plan").text
    assert f"{there}/{own}/holdt" in page
    assert f"{there}/{laid.promise}/holdt" not in page
    assert jonas.post(f"{there}/{own}/holdt").status_code == 303
    told = session.exec(select(Notice.person_id).where(Notice.kind == "promise_kept")).all()
    assert set(told) == {people.anna.id, people.line.id}


def test_nobody_else_says_it(
    url: str, laid: Laid, people: People, browser_of: Browser, session: Session
) -> None:
    asked = {slug: browser_of(getattr(people, slug)).post(f"{url}/holdt") for slug in OTHERS}
    assert {slug: answer.status_code for slug, answer in asked.items()} == OTHERS
    wrong = url.replace(str(people.anna.id), str(people.bent.id))
    assert browser_of(people.line).post(f"{wrong}/holdt").status_code == 404
    assert kept_by(session, laid) is None


@pytest.mark.both_databases
def test_it_can_be_undone_the_same_day_by_the_one_who_said_it(
    app: Flask, url: str, laid: Laid, people: People, browser_of: Browser, session: Session
) -> None:
    line = browser_of(people.line)
    line.post(f"{url}/holdt")
    assert f"{url}/fortryd" in line.get(f"{people.anna.url}/plan").text
    assert [line.post(f"{url}/fortryd").status_code for _twice in range(2)] == [303, 303]
    assert kept_by(session, laid) is None
    assert "at et løfte er holdt" not in browser_of(people.anna).get("/").text
    line.post(f"{url}/holdt")
    app.extensions["clock"] = fixed_clock(NOW + timedelta(days=1))
    later = browser_of(people.line)
    assert f"{url}/fortryd" not in later.get(f"{people.anna.url}/plan").text
    assert later.post(f"{url}/fortryd").status_code == 409
    assert kept_by(session, laid) == people.line.id


def test_a_closed_plan_waits(url: str, database: Database, people: People, browser_of: Browser) -> None:
    with database.writing() as session:
        withdraw_yes(session, people.anna.id, by=people.anna.id, now=NOW)
    assert browser_of(people.line).post(f"{url}/holdt").status_code == 403


def test_today_shows_the_next_promise_no_more(url: str, people: People, browser_of: Browser) -> None:
    anna = browser_of(people.anna)
    assert PROMISE in anna.get("/").text
    browser_of(people.line).post(f"{url}/holdt")
    assert PROMISE not in anna.get("/").text


EDIT = {"words": PROMISE, "due": "2026-03-20", "reason": "Boligforeningen holder lukket"}


@pytest.mark.both_databases
def test_another_day_has_a_reason_and_the_old_one_stands_beside_it(
    url: str, people: People, browser_of: Browser, session: Session
) -> None:
    line, there = browser_of(people.line), f"{url}/ret"
    assert there in line.get(f"{people.anna.url}/plan").text
    assert "Ret løftet" in line.get(there).text
    assert [line.post(there, data=EDIT).status_code for _twice in range(2)] == [303, 303]
    assert session.exec(select(PromiseChange.reason)).all() == [EDIT["reason"]]
    anna = browser_of(people.anna)
    plan = anna.get("/plan").text
    assert "Ændret i dag." in plan
    assert EDIT["reason"] in plan
    assert "Før: senest" in plan
    assert "Line har ændret et løfte. Se hvorfor i din plan." in anna.get("/").text
    assert "Line ændrede et løfte." in anna.get("/plan/historie").text


@pytest.mark.parametrize(
    "wrong", [{"reason": ""}, {"due": ""}, {"due": "2026-02-01"}, {"due": "31"}, {"words": ""}]
)
def test_a_change_says_what_is_missing_and_keeps_what_was_typed(
    url: str, people: People, browser_of: Browser, session: Session, wrong: dict[str, str]
) -> None:
    answer = browser_of(people.line).post(f"{url}/ret", data=EDIT | wrong)
    assert answer.status_code == 422
    assert all(said in answer.text for said in (EDIT | wrong).values())
    assert session.exec(select(PromiseChange)).all() == []


@pytest.mark.both_databases
def test_what_can_not_be_kept_is_withdrawn_with_a_reason_and_stays_to_be_read(
    url: str, laid: Laid, people: People, browser_of: Browser, session: Session
) -> None:
    line, there = browser_of(people.line), f"{url}/ret"
    assert line.post(there, data={"gem": "traek", "words": PROMISE}).status_code == 422
    sent = {"gem": "traek", "words": "", "due": "", "reason": EDIT["reason"]}
    assert [line.post(there, data=sent).status_code for _twice in range(2)] == [303, 303]
    assert line.post(f"{url}/holdt").status_code == 409
    assert line.post(there, data=EDIT).status_code == 409
    assert line.post(f"{url}/overtag").status_code == 303  # it is hers already
    assert kept_by(session, laid) is None
    anna = browser_of(people.anna)
    plan, today = anna.get("/plan").text, anna.get("/").text
    assert "Trukket tilbage i dag" in plan
    assert EDIT["reason"] in plan
    assert "Line har trukket et løfte tilbage. Se hvorfor i din plan." in today
    assert PROMISE not in today


@pytest.mark.both_databases
def test_what_one_who_left_has_promised_is_taken_over_and_anna_sees_by_whom(
    laid: Laid, database: Database, people: People, browser_of: Browser
) -> None:
    with database.writing() as writing:
        plan = get_plan(writing, people.anna.id)
        left = make_promise(writing, plan.id, OF_JONAS, by=people.omar.id, due_on=TODAY, now=NOW).id
    line, there = browser_of(people.line), f"{people.anna.url}/plan/loefter/{left}/overtag"
    page = line.get(f"{people.anna.url}/plan").text
    assert there in page
    assert "Omar hjælper ikke længere" in page
    assert "hjælper ikke længere" not in browser_of(people.jonas).get(f"{people.anna.url}/plan").text
    assert browser_of(people.jonas).post(there).status_code == 403
    assert [line.post(there).status_code for _twice in range(2)] == [303, 303]
    anna = browser_of(people.anna)
    assert "Line, senest i dag" in anna.get("/plan").text
    assert "Line har overtaget et løfte i din plan." in anna.get("/").text


def test_nobody_else_changes_it(url: str, people: People, browser_of: Browser, session: Session) -> None:
    for ask in ("get", "post"):
        asked = {
            slug: getattr(browser_of(getattr(people, slug)), ask)(f"{url}/ret", data=EDIT) for slug in OTHERS
        }
        assert {slug: answer.status_code for slug, answer in asked.items()} == OTHERS
    assert session.exec(select(PromiseChange)).all() == []
