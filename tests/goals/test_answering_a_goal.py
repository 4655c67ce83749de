import pytest
from sqlmodel import Session, select

from app.goals.models import Goal, GoalResponse
from app.goals.rules import Agreement
from app.goals.service import record_agreement
from app.notifications.models import Notice
from app.plan.consent_effects import withdraw_yes
from app.plan.models import PlanRevision
from app.store.db import Database
from tests.cast import NOW, People
from tests.conftest import Browser
from tests.goals.plans import PROPOSED, SENTENCE, propose
from tests.writing import wrote

DISAGREE = {"answer": "disagree", "words": SENTENCE}


@pytest.fixture
def url(database: Database) -> str:
    return f"/plan/maal/{propose(database).id}"


def _answers(session: Session) -> list[tuple[Agreement, str | None]]:
    return [(one.answer, one.words) for one in session.exec(select(GoalResponse))]


def test_she_is_asked_with_four_answers_and_none_is_chosen(
    url: str, people: People, browser_of: Browser
) -> None:
    text = browser_of(people.anna).get(url).text
    for said in (PROPOSED, "Jeg er enig", "Jeg er uenig", "Jeg ved det ikke", "Jeg vil tale om det"):
        assert said in text
    assert " checked" not in text


def test_her_answer_is_kept_and_the_contact_person_is_told(
    url: str, people: People, browser_of: Browser, session: Session
) -> None:
    answer = browser_of(people.anna).post(url, data=DISAGREE)
    goal = url.rpartition("/")[2]
    assert (answer.status_code, answer.location) == (303, f"/plan?nyt=svar&ved={goal}#maal-{goal}")
    plan = browser_of(people.anna).get(answer.location).text
    assert '<h3 dir="auto" data-hx-disable tabindex="-1" autofocus>' in plan
    assert _answers(session) == [(Agreement.DISAGREE, SENTENCE)]
    told = session.exec(select(Notice.person_id).where(Notice.kind == "goal_answered")).all()
    assert told == [people.line.id]
    assert "goal_answered" in session.exec(select(PlanRevision.what)).all()


def test_the_same_answer_twice_is_one_and_another_stands_beside_it(
    url: str, people: People, browser_of: Browser, session: Session
) -> None:
    client = browser_of(people.anna)
    for data in (DISAGREE, DISAGREE, {"answer": "agree", "words": ""}):
        assert client.post(url, data=data).status_code == 303
    assert sorted(_answers(session)) == [(Agreement.AGREE, None), (Agreement.DISAGREE, SENTENCE)]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"words": SENTENCE}, "Vælg et svar."),
        ({"answer": "maaske", "words": SENTENCE}, "Vælg et svar."),
        ({"answer": "agree", "words": SENTENCE + "x" * 1000}, "tegn for lang. Gør den kortere."),
    ],
)
def test_what_cannot_be_taken_is_explained_and_her_words_still_stand(
    url: str, people: People, browser_of: Browser, session: Session, data: dict[str, str], says: str
) -> None:
    answer = browser_of(people.anna).post(url, data=data)
    assert answer.status_code == 422
    assert says in answer.text
    assert SENTENCE in answer.text
    assert _answers(session) == []


def test_others_read_her_answers_but_never_give_them(
    url: str, people: People, browser_of: Browser, session: Session
) -> None:
    browser_of(people.anna).post(url, data=DISAGREE)
    text = browser_of(people.jonas).get(people.anna.url + url).text
    assert SENTENCE in text
    assert "<textarea" not in text
    assert {browser_of(one).post(url, data=DISAGREE).status_code for one in (people.line, people.jonas)} == {
        404
    }
    assert browser_of(people.fremmed).post(url, data=DISAGREE).status_code == 404
    assert browser_of(people.fremmed).get(people.anna.url + url).status_code == 404
    assert len(_answers(session)) == 1


def test_a_goal_that_waits_for_the_contact_person_cannot_be_answered(
    database: Database, people: People, browser_of: Browser
) -> None:
    entry = wrote(database, people.anna, "shared")
    assert browser_of(people.anna).get(f"/plan/maal/{entry.id}").status_code == 404


def test_nothing_can_be_answered_in_a_closed_plan(
    url: str, database: Database, people: People, browser_of: Browser, session: Session
) -> None:
    with database.writing() as writing:
        withdraw_yes(writing, people.anna.id, by=people.anna.id, now=NOW)
    answer = browser_of(people.anna).post(url, data=DISAGREE)
    assert answer.status_code == 409
    assert "Du kan gøre det, når den er åben igen" in answer.text
    assert _answers(session) == []


def test_an_approved_goal_of_her_own_is_agreed_once(database: Database, people: People) -> None:
    entry = wrote(database, people.anna, "in_plan")
    for _again in range(2):
        with database.writing() as session:
            record_agreement(session, entry.id, people.anna.id, now=NOW)
    with database.reading() as session:
        assert [one.entry_id for one in session.exec(select(Goal))] == [entry.id]
        assert _answers(session) == [(Agreement.AGREE, None)]
