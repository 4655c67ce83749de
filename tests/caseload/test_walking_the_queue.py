"""/godkend is walked whole or citizen by citizen, shows what one must know, and says what comes next."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, select

from app.access.models import AccessLogEntry
from app.entries.models import Entry
from app.entries.rules import EntryKind
from app.entries.service.authoring import revise_entry
from app.goals.rules import Agreement, GoalAnswer
from app.goals.service import answer_goal, set_step_details
from app.identity.models import Person
from app.store.db import Database
from tests.assessments.answers import told
from tests.cast import NOW, People
from tests.conftest import Browser
from tests.goals.plans import BECAUSE, DREAM, GOAL, PROPOSED, TODAY, Laid, lay_plan
from tests.house.receipts import as_it_stands, words_of
from tests.messages.thread import asked
from tests.writing import WORDS, share, wrote

LATE = NOW - timedelta(days=20)
ARABIC = "أريد أن أذهب وحدي"


@pytest.fixture
def line(people: People, browser_of: Browser) -> FlaskClient:
    return browser_of(people.line)


@pytest.fixture
def waiting(database: Database, people: People) -> dict[str, Entry]:
    """Two of Anna's with one of Karim's between them."""
    return {
        "first": wrote(database, people.anna, "shared", words="Først", at=LATE),
        "karims": wrote(database, people.karim, "shared", words="Karims", at=NOW - timedelta(days=9)),
        "last": wrote(database, people.anna, "shared", words="Sidst"),
    }


def links(html: str) -> dict[str, str]:
    """Return where each link of the page leads, by its words; the last of those that say the same."""
    found = re.findall(r'<a class="(?:link|button)" href="([^"]+)"[^>]*>(.*?)</a>', html, re.S)
    return {words_of(said): href.replace("&amp;", "&") for href, said in found}


def shown(html: str) -> str:
    """Return which of the words in `waiting` the card shows; beside it they may stand too."""
    card = html.partition("Fra planen for")[0]
    return next(one for one in ("Først", "Karims", "Sidst") if f">{one}<" in card)


def press(client: FlaskClient, html: str, action: str, **said: object) -> str:
    """Send a form of the page as it stands, and return the page that follows."""
    address, sent = as_it_stands(html, action, **said)
    return client.post(address, data=sent, follow_redirects=True).text


def test_back_and_forth_through_the_whole_queue(line: FlaskClient, waiting: dict[str, Entry]) -> None:
    page, met = line.get("/godkend").text, []
    for way in ("Næste", "Næste", "Næste", "Forrige", "Forrige"):
        page = line.get(links(page)[way]).text
        met.append(shown(page))
    assert met == ["Karims", "Sidst", "Først", "Sidst", "Karims"]


def test_it_goes_on_from_where_one_answered(line: FlaskClient, waiting: dict[str, Entry]) -> None:
    page = line.get(f"/godkend?vis={waiting['karims'].id}").text
    assert shown(press(line, page, "/godkend")) == "Sidst"


@pytest.mark.both_databases
def test_it_stays_with_the_citizen_one_came_from_and_says_when_all_is_answered(
    line: FlaskClient, waiting: dict[str, Entry], people: People
) -> None:
    mark = re.search(
        r'href="(/godkend\?borger=[^"]+)"[^>]*aria-label="2 forslag at svare på', line.get("/borgere").text
    )
    assert mark
    page = line.get(mark[1]).text
    assert "1 af 2" in page
    page = press(line, page, "/godkend")
    assert "Sidst" in page
    assert "1 af 1" in page
    page = press(line, page, "/tal", words="Skal vi tale om det?")
    said = words_of(page)
    assert "Du har svaret på alt fra Anna" in said
    assert "Der er en ting i køen fra en anden. Det første er forsinket." in said
    assert "Karims" not in said
    roads = links(page)
    assert roads["Til planen for Anna"] == f"{people.anna.url}/plan"
    assert "Karims" in line.get(roads["Gå videre i køen"]).text


def test_a_refusal_stays_with_the_citizen_too(line: FlaskClient, waiting: dict[str, Entry]) -> None:
    page = line.get(f"/godkend?borger={waiting['first'].author_id}").text
    again = press(line, page, "/tal", words=" ")
    assert "1 af 2" in again
    assert 'name="hos"' in again


def test_one_goes_citizen_by_citizen_and_nobody_is_named_or_logged_on_the_way(
    line: FlaskClient, waiting: dict[str, Entry], people: People, session: Session
) -> None:
    page = line.get("/godkend").text
    assert links(page)["Kun Anna (2)"].startswith(f"/godkend?borger={people.anna.id}")
    assert "Karim" not in page
    assert [one.citizen_id for one in session.exec(select(AccessLogEntry))] == [people.anna.id]
    page = line.get(links(page)["Til næste borger"]).text
    assert "Karims" in page
    assert "1 af 1" in page
    assert "Karims" in line.get(links(page)["Hele køen (3)"]).text
    assert "Først" in line.get(links(page)["Til næste borger"]).text


def test_what_waits_on_min_dag_and_in_the_plan_lead_to_the_citizens_alone(
    line: FlaskClient, waiting: dict[str, Entry], people: People
) -> None:
    one = f"/godkend?vis={waiting['last'].id}&amp;borger={people.anna.id}"
    assert one in line.get("/dag").text
    assert one in line.get(f"{people.anna.url}/plan").text


def test_an_answer_to_how_it_goes_goes_on_with_the_citizen(
    line: FlaskClient, waiting: dict[str, Entry], database: Database, people: People
) -> None:
    told(database, people.anna, "shown")
    page = line.get(f"/godkend?borger={people.anna.id}&laes=1").text
    assert "3 af 3" in page
    assert "Først" in press(line, page, "/laest")


def test_an_empty_queue_says_what_else_waits_and_by_when(
    line: FlaskClient, database: Database, people: People
) -> None:
    said = words_of(line.get("/godkend").text)
    assert "Ingen venter på svar" in said
    assert "Der venter heller ikke andet på dig." in said
    asked(database, people.anna)
    said = words_of(line.get("/godkend").text)
    assert "Der venter noget andet på dig på Min dag." in said
    assert "Det første skal være klaret senest torsdag den 5. marts." in said
    assert "Anna" not in said


@pytest.fixture
def laid(database: Database) -> Laid:
    return lay_plan(database)


def step_to(database: Database, people: People, goal_id: UUID) -> Entry:
    step = wrote(database, people.anna, "shared", words="Tage bussen", kind=EntryKind.STEP)
    with database.writing() as session:
        set_step_details(session, step.id, goal_id=goal_id, doer_id=people.anna.id, due_on=TODAY)
    return step


def test_what_one_must_know_of_a_step_stands_with_it(
    line: FlaskClient, database: Database, people: People, laid: Laid
) -> None:
    step_to(database, people, laid.proposed)
    with database.writing() as session:
        said = GoalAnswer(Agreement.DISAGREE, "Det er for meget")
        answer_goal(session, people.anna.id, laid.proposed, said, by=people.anna.id, now=NOW)
    page = words_of(line.get("/godkend").text)
    card, _, beside = page.partition("Fra planen for Anna")
    assert f"Til målet: {PROPOSED}" in card
    assert "Hører til: Job og uddannelse" in card
    assert "Anna gør det senest mandag den 2. marts." in card
    assert "Målet: Anna er uenig Det er for meget Se alle svar på målet" in card
    assert DREAM in beside
    assert PROPOSED in beside
    assert GOAL not in beside  # of another area


def test_a_goal_tells_why_and_what_is_not_agreed_on_elsewhere_stands_beside(
    line: FlaskClient, database: Database, people: People, laid: Laid
) -> None:
    with database.writing() as session:
        said = GoalAnswer(Agreement.TALK, None)
        answer_goal(session, people.anna.id, laid.proposed, said, by=people.anna.id, now=NOW)
        revise_entry(session, people.anna.id, laid.goal, "Tre værelser", by=people.anna.id, now=NOW)
        share(session, session.get_one(Entry, laid.goal))
    page = line.get("/godkend").text
    card, _, beside = words_of(page).partition("Fra planen for Anna")
    assert f"Hvorfor? {BECAUSE}" in card
    assert GOAL in card  # what stands in the plan meanwhile
    assert f"{people.anna.url}/plan/historie/{laid.goal}" in page
    assert PROPOSED in beside
    assert GOAL not in beside  # it is the one that is answered


@pytest.mark.parametrize(
    ("words", "language", "says"),
    [
        (ARABIC, "ar", "Skrevet på arabisk"),
        (ARABIC, "fa", "Skrevet på persisk"),
        (ARABIC, "da", "Skrevet på arabisk"),
        ("Хочу сам", "uk", "Skrevet på ukrainsk"),
        (WORDS, "pl", "Karim bruger Én plan på polsk."),
        (WORDS, "da", None),
    ],
)
def test_the_language_is_said_as_far_as_it_is_known(
    line: FlaskClient, database: Database, people: People, words: str, language: str, says: str | None
) -> None:
    with database.writing() as session:
        session.get_one(Person, people.karim.id).language = language
    wrote(database, people.karim, "shared", words=words)
    page = words_of(line.get("/godkend").text)
    assert (says or "") in page
    assert ("Skrevet på" in page or "bruger Én plan" in page) is (says is not None)


def test_who_needs_an_interpreter_has_the_way_to_one(
    line: FlaskClient, database: Database, people: People
) -> None:
    for one in (people.karim, people.anna):
        wrote(database, one, "shared")
    hers, his = (line.get(f"/godkend?borger={one.id}").text for one in (people.anna, people.karim))
    assert "Karim har brug for tolk: arabisk" in words_of(his)
    assert links(his)["Foreslå et møde med tolk"] == f"{people.karim.url}/kalender/nyt"
    assert "tolk" not in words_of(hers)
