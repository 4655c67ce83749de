"""A step or a promise is written outside meetings too: under a goal, because of a message, once per form."""

import re
from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from app.entries.models import Entry
from app.entries.rules import EntryState
from app.goals.models import Promise, Step
from app.notifications.models import Notice
from app.plan.consent_effects import withdraw_yes
from app.store.db import Database
from tests.access.planted_plan import chose
from tests.cast import NOW, People
from tests.conftest import Browser
from tests.goals.plans import GOAL, TODAY, Laid, lay_plan

DAY = (TODAY + timedelta(days=5)).isoformat()
STEP, PROMISE = "Ringe til boligforeningen", "Vi betaler flyttebilen"
OTHERS = {"anna": 403, "fremmed": 404, "lone": 404, "omar": 404, "vibeke": 404}
KEY = "a" * 32


@pytest.fixture
def laid(database: Database) -> Laid:
    return lay_plan(database)


@pytest.fixture
def there(laid: Laid, people: People) -> str:
    return f"{people.anna.url}/plan"


@pytest.mark.both_databases
def test_line_writes_a_step_for_anna_under_her_goal_and_anna_reads_it(
    there: str, laid: Laid, people: People, browser_of: Browser, session: Session
) -> None:
    line = browser_of(people.line)
    road = f"{there}/nyt-skridt?maal={laid.goal}"
    assert road in line.get(there).text
    assert f'value="{laid.goal}" selected' in line.get(road).text
    sent = {"words": STEP, "who": str(people.anna.id), "due": DAY, "goal": str(laid.goal), "key": KEY}
    answers = [line.post(f"{there}/nyt-skridt", data=sent) for _twice in range(2)]
    assert {one.status_code for one in answers} == {303}
    assert len({one.location for one in answers}) == 1
    assert "Skridtet står i planen." in line.get(answers[0].location).text
    entry = session.exec(select(Entry).where(Entry.author_id == people.line.id)).one()
    assert (entry.state, entry.answered_by) == (EntryState.IN_PLAN, people.line.id)
    step = session.get_one(Step, entry.id)
    assert (step.doer_id, step.goal_id, str(step.due_on)) == (people.anna.id, laid.goal, DAY)
    anna = browser_of(people.anna)
    assert "Line tog et skridt med i din plan." in anna.get("/").text
    assert STEP in anna.get("/plan").text
    assert f"/plan/skridt/{entry.id}/gjort" in anna.get("/plan").text
    assert "Ingen venter på svar" in line.get("/godkend").text


@pytest.mark.both_databases
def test_line_promises_for_jonas_and_both_are_told(
    there: str, laid: Laid, people: People, browser_of: Browser, session: Session
) -> None:
    line = browser_of(people.line)
    sent = {"words": PROMISE, "who": str(people.jonas.id), "due": DAY, "goal": str(laid.goal), "key": KEY}
    assert [line.post(f"{there}/nyt-loefte", data=sent).status_code for _twice in range(2)] == [303, 303]
    promise = session.exec(select(Promise).where(Promise.words == PROMISE)).one()
    assert (promise.by_id, promise.goal_id) == (people.jonas.id, laid.goal)
    told = session.exec(select(Notice.person_id).where(Notice.kind == "promise_made")).all()
    assert set(told) == {people.anna.id, people.jonas.id}
    anna = browser_of(people.anna)
    assert "Der er et nyt løfte i din plan. Line har skrevet det." in anna.get("/").text
    plan = anna.get("/plan").text
    assert PROMISE in plan
    assert re.search(rf"Til målet:\s*<span[^>]*>{GOAL}", plan)
    assert f"/loefter/{promise.id}/holdt" in browser_of(people.jonas).get(there).text


@pytest.mark.both_databases
def test_a_professional_promises_for_himself_alone_and_line_is_told(
    there: str, laid: Laid, people: People, browser_of: Browser, session: Session
) -> None:
    jonas = browser_of(people.jonas)
    page = jonas.get(f"{there}/nyt-loefte").text
    assert str(people.jonas.id) in page
    assert str(people.line.id) not in page
    sent = {"words": PROMISE, "who": str(people.line.id), "due": DAY, "goal": ""}
    assert jonas.post(f"{there}/nyt-loefte", data=sent).status_code == 422
    assert jonas.post(f"{there}/nyt-loefte", data=sent | {"who": str(people.jonas.id)}).status_code == 303
    told = session.exec(select(Notice.person_id).where(Notice.kind == "promise_made")).all()
    assert set(told) == {people.anna.id, people.line.id}


@pytest.mark.both_databases
def test_a_professional_writes_a_step_that_he_does_himself_and_anna_and_line_are_told(
    there: str, laid: Laid, people: People, browser_of: Browser, session: Session
) -> None:
    jonas = browser_of(people.jonas)
    assert f"{there}/nyt-skridt?maal={laid.goal}" in jonas.get(there).text
    page = jonas.get(f"{there}/nyt-skridt").text
    assert "Kontaktpersonen får det at vide." in page
    assert [str(one.id) in page for one in (people.jonas, people.line)] == [True, False]
    sent = {"words": STEP, "due": DAY, "goal": str(laid.goal), "key": KEY}
    for other in (people.anna, people.line):
        refused = jonas.post(f"{there}/nyt-skridt", data=sent | {"who": str(other.id)})
        assert (refused.status_code, STEP in refused.text) == (422, True)
    assert jonas.post(f"{there}/nyt-skridt", data=sent | {"who": str(people.jonas.id)}).status_code == 303
    entry = session.exec(select(Entry).where(Entry.author_id == people.jonas.id, Entry.kind == "step")).one()
    assert (entry.state, entry.answered_by) == (EntryState.IN_PLAN, people.jonas.id)
    assert session.get_one(Step, entry.id).doer_id == people.jonas.id
    assert "Jonas tog et skridt med i din plan." in browser_of(people.anna).get("/").text
    line = browser_of(people.line)
    assert "Anna: Der er et nyt skridt i planen." in line.get("/dag").text
    assert "Ingen venter på svar" in line.get("/godkend").text
    assert STEP in jonas.get("/dag").text
    assert f"/skridt/{entry.id}/gjort" in jonas.get(there).text


def test_a_professional_of_one_area_writes_under_its_goals_alone(
    there: str, laid: Laid, database: Database, people: People, browser_of: Browser
) -> None:
    chose(database, "area", people.jonas)  # who helps with work; the goal is about a home
    jonas = browser_of(people.jonas)
    page = jonas.get(f"{there}/nyt-skridt").text
    assert (str(laid.proposed) in page, str(laid.goal) in page, "Intet mål" in page) == (True, False, False)
    sent = {"words": STEP, "who": str(people.jonas.id), "due": DAY}
    for goal in ("", str(laid.goal)):
        assert jonas.post(f"{there}/nyt-skridt", data=sent | {"goal": goal}).status_code == 422
    assert jonas.post(f"{there}/nyt-skridt", data=sent | {"goal": str(laid.proposed)}).status_code == 303
    assert STEP in jonas.get(there).text


@pytest.mark.both_databases
def test_a_promise_is_of_its_goals_area(
    there: str, laid: Laid, database: Database, people: People, browser_of: Browser
) -> None:
    chose(database, "area", people.jonas)  # who helps with work; the goal is about a home
    line, jonas = browser_of(people.line), browser_of(people.jonas)
    of_home = {"words": PROMISE, "who": str(people.jonas.id), "due": DAY, "goal": str(laid.goal)}
    line.post(f"{there}/nyt-loefte", data=of_home)
    assert PROMISE not in jonas.get(there).text
    assert GOAL not in jonas.get(f"{there}/nyt-loefte").text
    line.post(f"{there}/nyt-loefte", data=of_home | {"goal": str(laid.proposed)})
    assert PROMISE in jonas.get(there).text


@pytest.mark.parametrize(
    ("page", "wrong"),
    [
        ("skridt", {"words": ""}),
        ("skridt", {"due": "i morgen"}),
        ("skridt", {"due": "2020-01-01"}),
        ("skridt", {"who": "nobody"}),
        ("skridt", {"goal": "none"}),
        ("loefte", {"due": ""}),
        ("loefte", {"who": ""}),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    there: str, people: People, browser_of: Browser, session: Session, page: str, wrong: dict[str, str]
) -> None:
    sent = {"words": STEP, "who": str(people.line.id), "due": DAY, "goal": ""} | wrong
    answer = browser_of(people.line).post(f"{there}/nyt-{page}", data=sent)
    assert answer.status_code == 422
    assert sent["words"] in answer.text
    written = select(Entry.id).where(col(Entry.author_id) == people.line.id)
    promised = select(Promise.id).where(Promise.words == STEP)
    assert (session.exec(written).all(), session.exec(promised).all()) == ([], [])


def test_nobody_else_writes(there: str, people: People, browser_of: Browser) -> None:
    for page in ("nyt-skridt", "nyt-loefte"):
        asked = {slug: browser_of(getattr(people, slug)).get(f"{there}/{page}") for slug in OTHERS}
        assert {slug: answer.status_code for slug, answer in asked.items()} == OTHERS
    assert "/nyt-loefte" not in browser_of(people.anna).get("/plan").text


def test_in_a_closed_plan_nothing_is_written(
    there: str, database: Database, people: People, browser_of: Browser
) -> None:
    with database.writing() as session:
        withdraw_yes(session, people.anna.id, by=people.anna.id, now=NOW)
    assert browser_of(people.line).post(f"{there}/nyt-loefte").status_code == 403
    assert browser_of(people.jonas).post(f"{there}/nyt-loefte").status_code == 403


@pytest.mark.both_databases
def test_a_message_leads_to_both_and_stands_beside_the_form_but_in_no_plan(
    there: str, database: Database, people: People, browser_of: Browser
) -> None:
    asked = "Kan du ringe til boligforeningen for mig?"
    anna, line = browser_of(people.anna), browser_of(people.line)
    anna.post("/beskeder", data={"words": asked, "gem": "del", "key": KEY})
    thread = line.get(f"{people.anna.url}/beskeder").text
    message = ""
    for page in ("skridt", "loefte"):
        road = re.search(rf'href="([^"]+/nyt-{page}\?besked=[^"]+)"', thread)
        assert road
        form = line.get(road[1]).text
        assert asked in form
        assert f'value="{asked}"' not in form  # it is hers to say whether her words stand in the plan
        message = road[1].partition("=")[2]
    assert asked not in line.get(f"{people.bent.url}/plan/nyt-loefte?besked={message}").text
    assert asked not in browser_of(people.jonas).get(f"{there}/nyt-loefte?besked={message}").text
