"""The first yes and the first words of somebody who has no plan yet, at the same moment."""

from sqlmodel import Session, col, select

from app.entries.models import Entry
from app.plan.models import Plan
from app.plan.rules import PlanState
from tests.booking.race import at_once
from tests.cast import People
from tests.conftest import Browser
from tests.consent.forms import YES

MANY = 12


def test_a_yes_and_first_words_that_come_at_once_are_all_kept_in_one_plan(
    people: People, browser_of: Browser, session: Session
) -> None:
    browsers = [browser_of(people.fremmed) for _one in range(MANY)]

    def ask(number: int) -> int:
        if number % 2:
            return browsers[number].post("/samtykke/ja", data=YES).status_code
        words = {"slags": "droem", "words": f"Drøm nummer {number}"}
        return browsers[number].post("/skriv", data=words).status_code

    assert at_once(ask, MANY) == {303: MANY}
    plan = session.exec(select(Plan).where(Plan.citizen_id == people.fremmed.id)).one()
    assert plan.state is PlanState.ACTIVE
    assert len(session.exec(select(Entry).where(col(Entry.plan_id) == plan.id)).all()) == MANY // 2
