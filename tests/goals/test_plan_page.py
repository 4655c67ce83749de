import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from app.entries.rules import EntryKind
from app.entries.service.escalation import mark_late
from app.goals.history_statements import HISTORY_MOST
from app.goals.promises import mark_promise_kept
from app.goals.rules import Agreement, GoalAnswer
from app.goals.service import answer_goal, finish_step, set_goal_details, set_step_details
from app.plan.consent_effects import withdraw_yes
from app.plan.service import get_plan, record_revision
from app.store.db import Database
from tests.cast import NOW, People
from tests.conftest import Browser
from tests.goals.plans import (
    BECAUSE,
    DREAM,
    GOAL,
    LATER_STEP,
    PROMISE,
    PROPOSED,
    SENTENCE,
    STEP,
    TODAY,
    area_id,
    lay_plan,
    promise,
    propose,
)
from tests.writing import REPLY, wrote

SECRET = "Det her er kun mit eget"
SHARED = "Jeg vil sove bedre om natten"
MOST_QUERIES = 6  # who reads, what ties them, the plan, its people, its entries, its promises

Read = Callable[[str], TestResponse]


@pytest.fixture
def read(browser_of: Browser, people: People) -> Read:
    """Return how somebody reads Anna's plan."""

    def open_plan(slug: str) -> TestResponse:
        own = "/plan" if slug == "anna" else f"{people.anna.url}/plan"
        return browser_of(getattr(people, slug)).get(own)

    return open_plan


def test_her_dream_comes_first_in_her_own_words(database: Database, read: Read) -> None:
    lay_plan(database)
    text = read("anna").text
    assert text.index(DREAM) < text.index(PROPOSED) < text.index(GOAL) < text.index(PROMISE)
    assert "Skrevet af dig den 1. marts" in text


def test_a_goal_stands_with_its_area_agreement_reason_and_steps(database: Database, read: Read) -> None:
    lay_plan(database)
    text = read("anna").text
    goal = text[text.index(GOAL) : text.index("Det har kommunen lovet")]
    for said in (
        "I er enige",
        BECAUSE,
        STEP,
        "Du, senest i morgen",
        LATER_STEP,
        "Line, senest søndag den 22. marts",
    ):
        assert said in goal
    assert "Bolig og økonomi" in text


@pytest.mark.parametrize("slug", ["line", "jonas", "ali"])
def test_those_who_help_read_the_same_plan_with_her_name(database: Database, read: Read, slug: str) -> None:
    lay_plan(database)
    answer = read(slug)
    assert answer.status_code == 200
    for said in (
        "Plan for Anna",
        DREAM,
        GOAL,
        PROPOSED,
        "Anna kan selv se det, der står her",
        "Anna har ikke svaret endnu",
    ):
        assert said in answer.text
    assert "Skriv noget nyt" not in answer.text


@pytest.mark.usefixtures("line_is_away")
def test_the_substitute_reads_it_while_the_absence_lasts(database: Database, read: Read) -> None:
    wrote(database, People().anna, "shared", words=SHARED)
    answer = read("omar")
    assert SHARED in answer.text
    assert "Omar svarer senest" in answer.text


def test_strangers_leaders_and_the_substitute_of_nobody_learn_nothing(read: Read) -> None:
    assert {read(slug).status_code for slug in ("fremmed", "lone", "omar", "vibeke", "admin")} == {404}


def test_a_guardian_reads_the_plan(database: Database, browser_of: Browser, people: People) -> None:
    wrote(database, people.bent, "in_plan", words=DREAM)
    wrote(database, people.bent, "shared", words=SHARED)
    answer = browser_of(people.vibeke).get(f"{people.bent.url}/plan")
    assert DREAM in answer.text
    assert SHARED not in answer.text


@pytest.mark.parametrize("slug", ["anna", "line", "jonas"])
def test_nobody_sees_a_draft_in_the_plan(database: Database, read: Read, slug: str) -> None:
    wrote(database, People().anna, words=SECRET)
    text = read(slug).text
    assert SECRET not in text
    assert ("Du har en kladde" in text, "Kun du kan se den." in text) == ((slug == "anna"),) * 2


def test_her_suggestion_stands_at_once_for_her_and_the_contact_person_only(
    database: Database, read: Read
) -> None:
    entry = wrote(database, People().anna, "shared", words=SHARED, kind=EntryKind.GOAL)
    mine, hers, jonas = read("anna").text, read("line").text, read("jonas").text
    assert "Dit forslag. Line svarer senest" in mine
    assert SHARED in mine
    assert "Forslag fra Anna. Line svarer senest" in hers
    assert f'href="/godkend?vis={entry.id}&amp;borger={entry.author_id}"' in hers
    assert SHARED not in jonas


def test_an_answer_that_is_late_is_said_plainly_with_who_answers_now(database: Database, read: Read) -> None:
    wrote(database, People().anna, "shared", words=SHARED, at=NOW - timedelta(days=30))
    assert "Line skulle have svaret senest" in read("anna").text
    with database.writing() as session:
        mark_late(session, now=NOW)
    assert "Omar svarer i stedet." in read("anna").text


def test_a_talk_shows_the_sentence_and_the_way_to_share_again(database: Database, read: Read) -> None:
    entry = wrote(database, People().anna, "talk", words=SHARED, kind=EntryKind.GOAL)
    text = read("anna").text
    told = ("Line vil tale med dig om det", "Line skriver:", REPLY, "Ret det, og del igen")
    for said in (*told, f'href="/skriv/{entry.id}"'):
        assert said in text
    assert REPLY not in read("jonas").text


@pytest.mark.parametrize(
    ("answer", "mine", "theirs"),
    [
        (Agreement.AGREE, "I er enige", "Anna er enig"),
        (Agreement.DISAGREE, "Du er uenig", "Anna er uenig"),
        (Agreement.UNSURE, "Du ved det ikke endnu", "Anna ved det ikke endnu"),
        (Agreement.TALK, "Du vil tale om det", "Anna vil tale om det"),
        (None, "Venter på dit svar", "Anna har ikke svaret endnu"),
    ],
)
def test_her_answer_to_a_goal_stands_in_the_plan(
    database: Database, read: Read, answer: Agreement | None, mine: str, theirs: str
) -> None:
    goal = propose(database)
    if answer:
        with database.writing() as session:
            anna = People().anna.id
            answer_goal(session, anna, goal.id, GoalAnswer(answer, SENTENCE), by=anna, now=NOW)
    for text, said in ((read("anna").text, mine), (read("jonas").text, theirs)):
        assert said in text
        assert (SENTENCE in text) == (answer is not None)


def test_a_late_promise_is_as_visible_as_her_own_late_step(database: Database, read: Read) -> None:
    promise(database, due_on=TODAY - timedelta(days=1))
    text = read("anna").text
    assert "Forsinket" in text
    assert "Line lovede, at det ville ske senest i går." in text


def test_a_promise_due_today_is_in_time_and_a_kept_one_says_so(database: Database, read: Read) -> None:
    due = promise(database, due_on=TODAY)
    assert "Forsinket" not in read("anna").text
    with database.writing() as session:
        mark_promise_kept(session, People().anna.id, due, by=People().line.id, now=NOW)
    assert "Holdt i dag" in read("anna").text


def test_an_empty_plan_begins_with_a_dream(read: Read) -> None:
    assert "Der er ikke noget i planen endnu" in read("anna").text
    assert "Den begynder med det, Anna skriver" in read("jonas").text


@pytest.mark.parametrize("slug", ["ny", "fremmed"])
def test_without_a_yes_the_page_says_what_to_do_first(browser_of: Browser, people: People, slug: str) -> None:
    text = browser_of(getattr(people, slug)).get("/plan").text
    assert "Din plan begynder med dit ja" in text
    assert 'href="/samtykke"' in text
    assert "Skriv noget nyt" not in text


def test_after_a_no_only_she_reads_the_plan(database: Database, read: Read, people: People) -> None:
    laid = lay_plan(database)
    wrote(database, people.anna, "shared", words=SHARED)
    wrote(database, people.anna, "talk", words="Jeg vil flytte")
    with database.writing() as session:
        withdraw_yes(session, people.anna.id, by=people.anna.id, now=NOW)
    text = read("anna").text
    assert "Din plan er lukket, fordi du har trukket dit ja tilbage." in text
    assert DREAM in text
    assert f"/plan/skridt/{laid.step}/gjort" not in text
    assert "Dit forslag. Det venter, til planen er åben igen." in text
    assert "svarer senest" not in text
    assert "del igen" not in text
    assert {read(slug).status_code for slug in ("line", "jonas")} == {403}


def test_a_printed_plan_has_name_and_date(read: Read) -> None:
    assert '<p class="on-paper">Anna Jensen, mandag den 2. marts 2026</p>' in read("anna").text


def test_a_long_plan_costs_as_few_queries_as_a_short_one(
    database: Database, browser_of: Browser, people: People, asked: list[str]
) -> None:
    lay_plan(database)
    for number in range(8):
        wrote(database, people.anna, "in_plan", words=f"Mål nummer {number}", kind=EntryKind.GOAL)
    client = browser_of(people.anna)
    asked.clear()
    assert client.get("/plan").status_code == 200
    assert len(asked) <= MOST_QUERIES, asked


def test_the_history_tells_who_did_what_and_nothing_of_drafts(
    database: Database, browser_of: Browser, people: People
) -> None:
    laid = lay_plan(database)
    wrote(database, people.anna, words=SECRET)
    mine = browser_of(people.anna).get("/plan/historie").text
    theirs = browser_of(people.jonas).get(f"{people.anna.url}/plan/historie").text
    linked = re.search(
        rf'Du delte et mål. <a class="link" href="/skriv/{laid.goal}"[^>]*>(.*?)</a>', mine, re.S
    )
    assert linked
    assert GOAL in linked[1]
    assert STEP in mine.partition("Line tog et skridt med i planen.")[2]
    assert "ændrede planen" not in mine
    assert "delte" not in theirs
    assert "Line tog et mål med i planen." in theirs
    assert "/skriv/" not in theirs
    assert f'href="{people.anna.url}/plan?ved={laid.goal}#maal-{laid.goal}"' in theirs
    assert GOAL in theirs
    assert "Anna sagde ja til én plan." in theirs
    assert browser_of(people.fremmed).get(f"{people.anna.url}/plan/historie").status_code == 404


def test_many_drafts_do_not_push_the_rest_out_of_the_history(
    database: Database, browser_of: Browser, people: People
) -> None:
    with database.writing() as session:
        plan = get_plan(session, people.anna.id)
        for _number in range(HISTORY_MOST):
            record_revision(session, plan.id, "entry_written", by=people.anna.id, now=NOW)
    assert (
        "Anna sagde ja til én plan." in browser_of(people.line).get(f"{people.anna.url}/plan/historie").text
    )


def test_the_history_of_nothing_says_so(browser_of: Browser, people: People) -> None:
    assert "Der er ikke sket noget" in browser_of(people.ny).get("/plan/historie").text


def test_steps_without_a_goal_and_other_things_have_their_own_place(database: Database, read: Read) -> None:
    wrote(database, People().anna, "in_plan", words=STEP, kind=EntryKind.STEP)
    wrote(database, People().anna, "in_plan", words=SHARED, kind=EntryKind.OTHER)
    text = read("anna").text
    assert 'id="skridt-title"' in text
    assert "Andet, du har skrevet" in text


def test_a_step_that_nobody_does_says_by_when(database: Database, read: Read) -> None:
    for words, to, days in ((STEP, "in_plan", 5), (LATER_STEP, "shared", 5), (SHARED, "shared", -1)):
        entry = wrote(database, People().anna, to, words=words, kind=EntryKind.STEP)
        with database.writing() as session:
            set_step_details(session, entry.id, due_on=TODAY + timedelta(days=days))
    text = read("anna").text
    assert "Det er ikke aftalt endnu, hvem der gør det. Senest lørdag den 7. marts." in text
    assert ">Senest lørdag den 7. marts<" in text
    assert ">Det skulle have været gjort senest i går.<" in text


def test_every_goal_can_be_found_by_its_id(database: Database, read: Read) -> None:
    goal: UUID = propose(database).id
    assert f'id="maal-{goal}"' in read("anna").text


def test_an_area_of_life_is_one_section_however_many_goals(database: Database, read: Read) -> None:
    lay_plan(database)
    for words in ("Jeg vil spare op", "Jeg vil have et klædeskab"):
        goal = wrote(database, People().anna, "in_plan", words=words, kind=EntryKind.GOAL)
        with database.writing() as session:
            set_goal_details(session, goal.id, area_id=area_id(session, "Bolig og økonomi"))
    text = read("anna").text
    assert text.count("Bolig og økonomi</h2>") == 1
    assert text.count('class="goal"') == 4
    section = text[text.index("Bolig og økonomi</h2>") :]
    assert section.index("klædeskab") < section.index("</section>")


def test_many_done_steps_lie_folded_but_those_of_today_can_be_undone(database: Database, read: Read) -> None:
    goal, anna = propose(database), People().anna
    for number in range(4):
        step = wrote(database, anna, "in_plan", words=f"Skridt nummer {number}", kind=EntryKind.STEP)
        with database.writing() as session:
            set_step_details(session, step.id, goal_id=goal.id, doer_id=anna.id)
            day = NOW - timedelta(days=0 if number == 3 else 5)
            finish_step(session, anna.id, step.id, by=anna.id, now=day)
    text = read("anna").text
    folded = text.partition("3 skridt er gjort")[2].partition("</details>")[0]
    assert "Skridt nummer 0" in folded
    assert "Skridt nummer 3" not in folded
    assert "Skridt nummer 3" in text


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ("gjort", "Skridtet er gjort."),
        ("fortrudt", "Skridtet er ikke gjort endnu."),
        ("svar", "Tak. Dit svar står i planen."),
        ("noget-andet", ""),
    ],
)
def test_what_just_happened_is_told(browser_of: Browser, people: People, new: str, said: str) -> None:
    text = browser_of(people.anna).get(f"/plan?nyt={new}").text
    found = re.search(r'id="status"[^>]*><span>(.*?)</span>', text)
    assert found
    assert found[1] == said


def test_those_who_help_go_between_her_pages_and_call_her(database: Database, read: Read) -> None:
    lay_plan(database)
    ways = {}
    for slug in ("line", "jonas"):
        part = re.search(r'<section class="whose".*?</section>', read(slug).text, re.S)
        assert part
        ways[slug] = re.findall(r'href="([^"]+)"', part[0])
    here = People().anna.url
    shared = ["tel:+4520304050", f"{here}/plan", f"{here}/kalender", f"{here}/kontakt"]
    hers = [*shared[:3], f"{here}/fremgang", shared[3], f"{here}/beskeder"]
    husk = f"{here}/husk"
    assert ways == {"line": [*hers, husk], "jonas": [*shared, husk]}
    assert 'class="about"' not in read("anna").text


def test_who_acts_for_somebody_has_the_ways_but_no_call(browser_of: Browser, people: People) -> None:
    text = browser_of(people.vibeke).get(f"{people.bent.url}/kontakt").text
    ways = text[text.index('class="whose"') : text.index("</nav>")]
    assert f"{people.bent.url}/plan" in ways
    assert "tel:" not in ways


def test_paper_leaves_out_what_only_a_screen_can_do(database: Database, read: Read) -> None:
    lay_plan(database)
    wrote(database, People().anna, words=SECRET)
    wrote(database, People().anna, "shared", words=SHARED)
    text = read("anna").text
    for drawn in (
        r'<section class="card off-paper"[^>]*>.*?Du har en kladde',
        r'<a class="link off-paper"[^>]*>Skriv en ny udgave',
        r'<a class="link off-paper"[^>]*>Se dit forslag',
        r'<form class="off-paper"[^>]*>\s*<button class="button">Det er gjort',
    ):
        assert re.search(drawn, text, re.S), drawn
