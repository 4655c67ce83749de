"""A goal is one row that opens in place: what is late or waits for the reader stands in the row itself."""

import re
from datetime import timedelta

import pytest

from app.entries.rules import EntryKind
from app.goals.rules import Agreement, GoalAnswer
from app.goals.service import answer_goal, set_goal_details, set_step_details
from app.store.db import Database
from tests.cast import NOW, People
from tests.conftest import Browser
from tests.goals.plans import GOAL, PROPOSED, STEP, TODAY, area_id, lay_plan, propose
from tests.writing import wrote

ANNA = People().anna


def rows(page: str) -> dict[str, tuple[bool, str]]:
    """Return, by name, whether each goal stands open, and what its row says."""
    found = re.findall(r'<details class="goal"[^>]*?( open)?>\s*<summary>(.*?)</summary>', page, re.S)
    said = [(bool(stands), re.sub(r"<svg.*?</svg>|<[^>]+>", " ", row)) for stands, row in found]
    names = [re.search(r"<h3[^>]*>(.*?)</h3>", row, re.S) for _stands, row in found]
    return {
        name[1].strip(): (one[0], " ".join(one[1].split()))
        for name, one in zip(names, said, strict=True)
        if name
    }


def test_a_row_says_the_agreement_and_the_next_step(database: Database, browser_of: Browser) -> None:
    lay_plan(database)
    stands, said = rows(browser_of(ANNA).get("/plan").text)[GOAL]
    assert not stands
    assert "I er enige" in said
    assert f"Du: {STEP}" in said
    assert "Jonas" not in said


def test_what_waits_for_her_stands_first_in_its_area_and_in_the_closed_row(
    database: Database, browser_of: Browser
) -> None:
    lay_plan(database)
    own = wrote(database, ANNA, "in_plan", words="Mit eget mål", kind=EntryKind.GOAL)
    waits = propose(database, "Et forslag mere")
    with database.writing() as session:
        for goal_id in (own.id, waits.id):  # in one area, and the one that waits was written last
            set_goal_details(session, goal_id, area_id=area_id(session, "Helbred"))
    found = rows(browser_of(ANNA).get("/plan").text)
    assert "Venter på dit svar" in found["Et forslag mere"][1]
    assert list(found).index("Et forslag mere") < list(found).index("Mit eget mål")


def test_a_late_step_is_told_in_the_closed_row(database: Database, browser_of: Browser) -> None:
    laid = lay_plan(database)
    with database.writing() as session:
        late = TODAY - timedelta(days=3)
        set_step_details(session, laid.step, goal_id=laid.goal, doer_id=ANNA.id, due_on=late)
    assert "Forsinket" in rows(browser_of(ANNA).get("/plan").text)[GOAL][1]


@pytest.mark.parametrize("asked", ["ved", "alle"])
def test_one_opens_by_its_address_its_step_or_all_at_once(
    database: Database, browser_of: Browser, asked: str
) -> None:
    laid, client = lay_plan(database), browser_of(ANNA)
    opens = {"ved": [f"?ved={laid.goal}", f"?ved={laid.step}"], "alle": ["?alle=1"]}[asked]
    for query in opens:
        page = client.get(f"/plan{query}").text
        stand = [name for name, (stands, _said) in rows(page).items() if stands]
        assert stand == ([GOAL] if asked == "ved" else list(rows(page)))
    assert [stands for stands, _said in rows(client.get("/plan").text).values()] == [False, False]


def test_after_a_step_is_done_its_goal_still_stands_open(database: Database, browser_of: Browser) -> None:
    laid, client = lay_plan(database), browser_of(ANNA)
    there = client.post(f"/plan/skridt/{laid.step}/gjort").location
    assert rows(client.get(there).text)[GOAL][0]


def test_the_first_dream_is_whole_and_one_that_waits_for_a_talk_is_it(
    database: Database, browser_of: Browser
) -> None:
    for words in ("Drøm et", "Drøm to"):
        wrote(database, ANNA, "in_plan", words=words)
    wrote(database, ANNA, "talk", words="Drøm tre")
    page = browser_of(ANNA).get("/plan").text
    first, folded = page.partition("Se 2 drømme mere")[::2]
    assert ("Drøm tre" in first, "Læs svaret" in first) == (True, True)
    assert "Drøm et" not in first.partition('id="droemme"')[2]
    assert "Drøm to" in folded


def test_her_answer_changes_the_row(database: Database, browser_of: Browser) -> None:
    goal = propose(database)
    with database.writing() as session:
        answer_goal(session, ANNA.id, goal.id, GoalAnswer(Agreement.DISAGREE, "Nej"), by=ANNA.id, now=NOW)
    assert "Du er uenig" in rows(browser_of(ANNA).get("/plan").text)[PROPOSED][1]
    assert "Anna er uenig" in rows(browser_of(People().jonas).get(f"{ANNA.url}/plan").text)[PROPOSED][1]


@pytest.mark.parametrize(("days", "folded"), [(0, True), (30, False)])
def test_a_dream_that_waits_for_the_contact_person_folds_until_the_answer_is_late(
    database: Database, browser_of: Browser, days: int, folded: bool
) -> None:
    wrote(database, ANNA, "in_plan", words="Drøm et")
    wrote(database, ANNA, "shared", words="Drøm to", at=NOW - timedelta(days=days))
    first, rest = browser_of(ANNA).get("/plan").text.partition("Se en drøm mere")[::2]
    assert ("Drøm to" in rest.partition("</details>")[0]) == folded
    assert ("Dit forslag" in rest.partition("</summary>")[0]) == folded
    assert ("Drøm to" in first) == (not folded)
    assert "Drøm to" in browser_of(People().line).get(f"{ANNA.url}/plan").text.partition("Se en drøm")[0]
