"""Where a goal belongs is changed by the contact person; its words never, and what stood before is kept."""

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, select

from app.goals.goal_details import change_goal_details
from app.goals.models import Goal, GoalChange
from app.goals.rules import GoalDetails
from app.notifications.models import Notice
from app.plan.consent_effects import withdraw_yes
from app.plan.models import PlanRevision
from app.store.db import Database
from tests.access.planted_plan import chose
from tests.calendar.staff.test_propose import carried
from tests.cast import NOW, People
from tests.conftest import Browser
from tests.goals.plans import BECAUSE, DREAM, GOAL, Laid, area_id, lay_plan
from tests.writing import wrote

OTHERS = {"anna": 403, "jonas": 403, "fremmed": 404, "lone": 404, "omar": 404, "vibeke": 404}
ANEW = "så du kan sove uden at blive vækket"
HEALTH, HOME, WORK = "Helbred", "Bolig og økonomi", "Job og uddannelse"


@pytest.fixture
def laid(database: Database) -> Laid:
    return lay_plan(database)


@pytest.fixture
def url(laid: Laid, people: People) -> str:
    return f"{people.anna.url}/plan/maal/{laid.goal}/ret"


def changed(session: Session, **more: str) -> dict[str, str]:
    return {"area": str(area_id(session, HEALTH)), "dream": "", "because": ANEW, "seen": "0"} | more


@pytest.mark.both_databases
def test_line_says_where_a_goal_belongs_and_anna_is_told(
    url: str, laid: Laid, people: People, browser_of: Browser, session: Session
) -> None:
    line, sent = browser_of(people.line), changed(session)
    assert url in line.get(f"{people.anna.url}/plan").text
    answers = [line.post(url, data=sent) for _twice in range(2)]
    assert {one.status_code for one in answers} == {303}
    assert "Målet er rettet." in line.get(answers[0].location).text
    session.rollback()
    goal = session.get_one(Goal, laid.goal)
    assert (goal.area_id, goal.dream_id, goal.because) == (area_id(session, HEALTH), None, ANEW)
    before = session.exec(select(GoalChange)).one()
    assert (before.area_id, before.dream_id) == (area_id(session, HOME), laid.dream)
    assert (before.because, before.actor_id) == (BECAUSE, people.line.id)
    assert session.exec(select(PlanRevision.what)).all().count("goal_placed") == 1

    anna = browser_of(people.anna)
    assert "Line har rettet noget ved et mål i din plan. Selve målet er det samme." in anna.get("/").text
    page = anna.get("/plan").text
    assert ANEW in page
    assert GOAL in page
    assert "/ret" not in page.partition('id="maal-')[2].partition("</details>")[0]  # it is not hers to say
    assert BECAUSE in anna.get(f"/plan/maal/{laid.goal}").text
    for history in ("/plan/historie", f"/plan/historie?maal={laid.goal}"):
        assert "Line rettede, hvor et mål hører til, eller grunden til målet." in anna.get(history).text


@pytest.mark.both_databases
def test_the_page_names_the_dream_it_serves_and_those_before(
    url: str, laid: Laid, people: People, browser_of: Browser, session: Session, database: Database
) -> None:
    line, here = browser_of(people.line), f"/plan/maal/{laid.goal}"
    other = wrote(database, people.anna, "in_plan", words="Jeg vil ud at sejle igen")

    def named(client: FlaskClient, address: str) -> list[bool]:
        """Say whether the dream is named, in the goal's card and among what stood before."""
        now, _title, before = client.get(address).text.partition("Sådan stod der før")
        assert "Hører til drømmen:" in now or "sejle" not in now
        return [words in part for part in (now, before) for words in (DREAM[:40], "sejle igen")]

    anna = browser_of(people.anna)
    assert named(anna, here) == [True, False, False, False]
    line.post(url, data=changed(session, dream=str(other.id)))
    assert named(anna, here) == named(line, f"{people.anna.url}{here}") == [False, True, True, False]
    line.post(url, data=changed(session, dream="", seen="1"))
    assert named(anna, here) == [False, False, True, True]
    line.post(url, data=changed(session, area=str(area_id(session, WORK)), dream=str(laid.dream), seen="2"))
    line.post(url, data=changed(session, area=str(area_id(session, WORK)), dream=str(other.id), seen="3"))
    jonas = browser_of(people.jonas)
    assert named(jonas, f"{people.anna.url}{here}")[:2] == [False, True]
    chose(database, "area", people.jonas)  # dreams are not for who sees an area alone
    assert named(jonas, f"{people.anna.url}{here}") == [False] * 4


def test_who_wrote_a_goal_is_told_too(
    laid: Laid, people: People, browser_of: Browser, session: Session
) -> None:
    address = f"{people.anna.url}/plan/maal/{laid.proposed}/ret"
    assert browser_of(people.line).post(address, data=changed(session)).status_code == 303
    session.rollback()
    told = session.exec(select(Notice.person_id).where(Notice.kind == "goal_placed")).all()
    assert set(told) == {people.anna.id, people.jonas.id}
    assert "Anna: Der er rettet noget ved et mål." in browser_of(people.jonas).get("/dag").text


def test_the_form_shows_how_it_stands_and_what_is_kept_is_the_same(
    url: str, people: People, browser_of: Browser, session: Session
) -> None:
    line = browser_of(people.line)
    html = line.get(url).text
    assert DREAM in html
    assert BECAUSE in carried(html)["because"][0]
    assert line.post(url, data=carried(html)).status_code == 303
    assert session.exec(select(GoalChange)).all() == []  # nothing was changed: nothing is told
    assert session.exec(select(Notice).where(Notice.kind == "goal_placed")).all() == []


@pytest.mark.both_databases
def test_of_two_who_change_it_the_second_sees_what_the_first_wrote(
    url: str, laid: Laid, people: People, browser_of: Browser, database: Database, session: Session
) -> None:
    line = browser_of(people.line)
    sent = changed(session, because="Mine egne ord", dream=str(laid.dream))
    other = GoalDetails(area_id=area_id(session, HEALTH), because="Ord fra en anden")
    with database.writing() as writing:
        change_goal_details(writing, people.anna.id, laid.goal, other, times=0, by=people.omar.id, now=NOW)
    answer = line.post(url, data=sent)
    assert answer.status_code == 409
    assert "En anden har rettet målet imens." in answer.text
    assert "Ord fra en anden" in answer.text
    assert carried(answer.text)["because"] == ["Mine egne ord"]
    assert line.post(url, data=carried(answer.text)).status_code == 303
    session.rollback()
    goal = session.get_one(Goal, laid.goal)
    assert (goal.because, goal.dream_id) == ("Mine egne ord", laid.dream)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"area": "00000000-0000-0000-0000-000000000000"}, "Vælg en fra listen."),
        ({"dream": "00000000-0000-0000-0000-000000000000"}, "Vælg en fra listen."),
        ({"because": "a" * 301}, "Din tekst er 1 tegn for lang."),
    ],
    ids=["area", "dream", "because"],
)
def test_what_is_wrong_is_said_and_all_that_was_typed_stands(
    url: str,
    people: People,
    browser_of: Browser,
    session: Session,
    wrong: dict[str, str],
    sentence: str,
) -> None:
    answer = browser_of(people.line).post(url, data=changed(session) | wrong)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert (wrong.get("because") or ANEW) in answer.text
    assert session.exec(select(GoalChange)).all() == []


@pytest.mark.parametrize(("slug", "status"), OTHERS.items())
def test_nobody_else_says_where_a_goal_belongs(
    url: str, people: People, browser_of: Browser, session: Session, slug: str, status: int
) -> None:
    browser = browser_of(getattr(people, slug))
    assert browser.get(url).status_code == status
    assert browser.post(url, data=changed(session)).status_code == status
    assert session.exec(select(GoalChange)).all() == []


def test_a_goal_that_is_not_there_or_a_closed_plan_is_not_changed(
    url: str, laid: Laid, people: People, browser_of: Browser, database: Database, session: Session
) -> None:
    line = browser_of(people.line)
    missing = f"{people.anna.url}/plan/maal/{laid.step}/ret"
    assert line.get(missing).status_code == line.post(missing, data=changed(session)).status_code == 404
    assert line.get(f"{people.bent.url}/plan/maal/{laid.goal}/ret").status_code == 404
    with database.writing() as writing:
        withdraw_yes(writing, people.anna.id, by=people.anna.id, now=NOW)
    assert line.post(url, data=changed(session)).status_code == 403
    assert session.exec(select(GoalChange)).all() == []
