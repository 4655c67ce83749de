"""A step must wait, is dropped, goes on again or is taken over: with a reason, and the citizen is told."""

import pytest
from sqlmodel import Session, select

from app.goals.models import Step, StepHalt
from app.goals.service import next_step, set_step_details
from app.notifications.models import Notice
from app.plan.models import PlanRevision
from app.store.db import Database
from tests.cast import People
from tests.conftest import Browser
from tests.goals.plans import LATER_STEP, STEP, TODAY, Laid, lay_plan

pytestmark = pytest.mark.both_databases

BLOCKED = {"how": "blocked", "reason": "Udlejeren svarer ikke"}
DROPPED = {"how": "dropped", "reason": "Det er klaret på en anden måde"}
OTHERS = {"jonas": 404, "fremmed": 404, "lone": 404, "omar": 404, "vibeke": 404}


@pytest.fixture
def laid(database: Database) -> Laid:
    return lay_plan(database)


@pytest.fixture
def url(laid: Laid, people: People) -> str:
    return f"{people.anna.url}/plan/skridt/{laid.step}"


def test_what_must_wait_is_no_next_step_and_says_why(
    url: str, people: People, browser_of: Browser, session: Session
) -> None:
    line, anna = browser_of(people.line), browser_of(people.anna)
    assert STEP in anna.get("/").text
    assert "Hvad skal der ske med skridtet?" in line.get(f"{url}/stop").text
    assert [line.post(f"{url}/stop", data=BLOCKED).status_code for _twice in range(2)] == [303, 303]
    assert session.exec(select(PlanRevision.what)).all().count("step_blocked") == 1
    plan, today = anna.get("/plan").text, anna.get("/").text
    assert "Må vente" in plan
    assert BLOCKED["reason"] in plan
    assert "Et skridt i din plan må vente. Line har skrevet hvorfor." in today
    assert STEP not in today
    assert next_step(session, people.anna.id, today=TODAY) is None


def test_it_goes_on_again_and_what_nobody_has_read_is_no_news(
    url: str, people: People, browser_of: Browser, session: Session
) -> None:
    line, anna = browser_of(people.line), browser_of(people.anna)
    line.post(f"{url}/stop", data=DROPPED)
    assert f"{url}/igen" in line.get(f"{people.anna.url}/plan").text
    assert "Line droppede det i dag" in anna.get("/plan").text
    for page in ("gjort", "stop"):
        late = line.post(f"{url}/{page}", data=BLOCKED)
        assert (late.status_code, "stoppet i mellemtiden" in late.text) == (409, True)
    assert [line.post(f"{url}/igen").status_code for _twice in range(2)] == [303, 303]
    today = anna.get("/").text
    assert "er droppet" not in today
    assert STEP in today
    assert session.exec(select(StepHalt.reason)).all() == [DROPPED["reason"]]  # no word is lost


def test_anna_stops_her_own_step_on_her_own_page_and_line_is_told(
    laid: Laid, people: People, browser_of: Browser, session: Session
) -> None:
    anna, there = browser_of(people.anna), f"/plan/skridt/{laid.step}/stop"
    page = anna.get("/plan").text
    assert there in page
    assert f"/plan/skridt/{laid.later_step}/stop" not in page  # that is Line's
    assert anna.post(there, data={"how": "blocked"}).status_code == 422
    assert anna.post(there, data=DROPPED).status_code == 303
    told = session.exec(select(Notice.person_id).where(Notice.kind == "step_dropped")).all()
    assert told == [people.line.id]


def test_who_does_it_may_and_nobody_else(
    url: str, laid: Laid, database: Database, people: People, browser_of: Browser, session: Session
) -> None:
    for slug, status in OTHERS.items():
        other = browser_of(getattr(people, slug))
        answers = [
            other.get(f"{url}/stop"),
            other.post(f"{url}/stop", data=DROPPED),
            other.post(f"{url}/igen"),
        ]
        assert (slug, {one.status_code for one in answers}) == (slug, {status})
    with database.writing() as writing:
        set_step_details(writing, laid.step, doer_id=people.jonas.id)
    assert browser_of(people.jonas).post(f"{url}/stop", data=BLOCKED).status_code == 303
    assert session.exec(select(Step.halted_by).where(Step.entry_id == laid.step)).one() == people.jonas.id


def test_line_takes_over_what_one_who_left_was_to_do_and_anna_sees_it(
    laid: Laid, database: Database, people: People, browser_of: Browser
) -> None:
    with database.writing() as writing:
        set_step_details(writing, laid.later_step, doer_id=people.omar.id)
    line, there = browser_of(people.line), f"{people.anna.url}/plan/skridt/{laid.later_step}/overtag"
    page = line.get(f"{people.anna.url}/plan").text
    assert "Omar hjælper ikke længere" in page
    assert there in page
    assert browser_of(people.jonas).post(there).status_code == 403
    assert browser_of(people.anna).post(there).status_code == 403
    assert [line.post(there).status_code for _twice in range(2)] == [303, 303]
    anna = browser_of(people.anna)
    assert "Line har overtaget et skridt i din plan." in anna.get("/").text
    assert LATER_STEP in anna.get("/plan").text
    line.post(f"{people.anna.url}/plan/skridt/{laid.later_step}/gjort")
    assert browser_of(people.omar).post(there).status_code == 404
