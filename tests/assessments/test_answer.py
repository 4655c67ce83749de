"""/fremgang and /fremgang/ny: one topic, one answer, a receipt; and only then what was answered before."""

from datetime import timedelta
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func
from sqlmodel import Session, select

from app.assessments.models import Assessment, AssessmentAnswer, Question, QuestionSet, QuestionStep
from app.assessments.question_sets import SHIPPED
from app.assessments.rules import SKIP, WORDS_MOST, AnswerKind, StepChoice
from app.store.db import Database
from tests.assessments.answers import WORDS, send, told
from tests.cast import NOW, People
from tests.conftest import Browser

pytestmark = pytest.mark.both_databases

KEY = "0123456789abcdef" * 2
BEFORE = NOW - timedelta(days=20)


@pytest.fixture
def anna(people: People, browser_of: Browser) -> FlaskClient:
    return browser_of(people.anna)


def rows(session: Session) -> int:
    session.rollback()
    return session.exec(select(func.count()).select_from(Assessment)).one()


def test_the_first_time_the_page_says_what_it_is(anna: FlaskClient) -> None:
    text = anna.get("/fremgang").text
    for said in ("Hvordan går det?", "Svar nu", "Du har ikke svaret endnu", "om Line må se det"):
        assert said in text


def test_progress_is_one_of_five_places(anna: FlaskClient) -> None:
    text = anna.get("/").text
    assert 'href="/fremgang"' in text[text.index('id="sider"') :]


def test_there_are_six_topics_to_choose_from(anna: FlaskClient) -> None:
    text = anna.get("/fremgang/ny").text
    assert [one.topic for one in SHIPPED.questions if f"emne={one.topic}" in text] == [
        one.topic for one in SHIPPED.questions
    ]
    assert "Hvad handler det om?" in anna.get("/fremgang/ny?emne=vejret").text


def test_a_question_has_five_words_and_two_ways_not_to_answer(anna: FlaskClient) -> None:
    text = anna.get("/fremgang/ny?emne=hverdag").text
    places = [text.index(f">{word}<") for word in (*SHIPPED.steps, "Spring over", "Vil ikke svare")]
    assert places == sorted(places)
    assert text.count('type="radio"') == 7
    assert " checked>" not in text
    assert 'Er det akut: ring <a href="tel:112">112.</a>' in text
    assert text.count('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"') == text.count("<svg")


def test_the_answer_before_never_stands_before_the_new_one(
    anna: FlaskClient, database: Database, people: People
) -> None:
    told(database, people.anna, at=BEFORE)
    for address in ("/fremgang/ny", "/fremgang/ny?emne=hverdag"):
        assert WORDS not in anna.get(address).text
    assert "Sidst svarede du" not in anna.get("/fremgang/ny?emne=hverdag").text
    assert "Sidst svarede du" not in send(anna, None, key=KEY).text
    receipt = anna.get(send(anna, "4", "", key=KEY).location).text
    assert "Sidst svarede du: Svært." in receipt
    assert receipt.index("Godt") < receipt.index("Sidst svarede du: Svært.")


def test_the_receipt_says_that_nobody_else_sees_it(anna: FlaskClient, session: Session) -> None:
    answer = send(anna, key=KEY)
    assert answer.status_code == 303
    text = anna.get(answer.location).text
    for said in (
        "Tak. Lige nu er det kun dig, der kan se det.",
        "Vis det til Line",
        "Gem det kun til mig",
        "Svært",
        WORDS,
    ):
        assert said in text
    assert "Sidst svarede du" not in text
    kept = session.exec(select(AssessmentAnswer)).one()
    assert (kept.kind, kept.value) == (AnswerKind.GIVEN, 2)


@pytest.mark.parametrize(
    ("choice", "kind", "shown"),
    [("spring-over", "skipped", "Du sprang over"), ("vil-ikke", "declined", "Du ville ikke svare")],
)
def test_one_may_skip_or_decline_and_is_thanked_all_the_same(
    anna: FlaskClient, session: Session, choice: str, kind: str, shown: str
) -> None:
    text = anna.get(send(anna, choice, "", key=KEY).location).text
    assert "Tak." in text
    assert shown in text
    assert "Vis det til Line" not in text
    assert "Det tæller ikke med nogen steder." in text
    kept = session.exec(select(AssessmentAnswer)).one()
    assert (kept.kind, kept.value) == (kind, None)


def test_a_skipped_one_is_not_the_answer_before(
    anna: FlaskClient, database: Database, people: People
) -> None:
    told(database, people.anna, at=BEFORE, words=None)
    told(database, people.anna, at=BEFORE + timedelta(days=1), said=SKIP, words=None)
    told(database, people.anna, at=BEFORE + timedelta(days=2), topic="penge", words=None)
    text = anna.get(send(anna, "5", "", key=KEY).location).text
    assert "Sidst svarede du: Svært." in text
    assert "Du sprang over" not in text


def test_without_a_choice_one_is_asked_again_and_no_word_is_lost(anna: FlaskClient, session: Session) -> None:
    answer = send(anna, None)
    assert answer.status_code == 422
    assert "Vælg et svar. Du kan også vælge Spring over." in answer.text
    assert WORDS in answer.text
    assert rows(session) == 0


def test_too_many_words_are_kept_and_the_choice_too(anna: FlaskClient) -> None:
    answer = send(anna, "4", "æ" * (WORDS_MOST + 2))
    assert answer.status_code == 422
    assert "Din tekst er 2 tegn for lang." in answer.text
    assert "æ" * (WORDS_MOST + 2) in answer.text
    assert 'value="4" checked' in answer.text


def test_a_double_tap_is_one_answer(anna: FlaskClient, session: Session) -> None:
    first, second = send(anna, key=KEY), send(anna, key=KEY)
    assert first.location == second.location
    assert rows(session) == 1


def test_the_same_form_with_another_answer_is_asked_about(anna: FlaskClient, session: Session) -> None:
    send(anna, "2", key=KEY)
    answer = send(anna, "5", key=KEY)
    assert answer.status_code == 422
    assert "Det første, du sendte, er gemt" in answer.text
    assert rows(session) == 1
    fresh = answer.text.partition('name="key" value="')[2].partition('"')[0]
    assert send(anna, "5", key=fresh).status_code == 303


@pytest.mark.parametrize("key", ["", "x", "'" * 40, "a" * 5000])
def test_a_strange_key_does_not_stand_in_the_way(anna: FlaskClient, key: str) -> None:
    assert send(anna, key=key).status_code == 303


@pytest.mark.parametrize("emne", ["", "vejret"])
def test_an_answer_to_no_question_leads_to_the_questions(anna: FlaskClient, emne: str) -> None:
    assert send(anna, emne=emne).location == "/fremgang/ny"


def test_my_answers_stand_newest_first_in_words_with_their_day(
    anna: FlaskClient, database: Database, people: People
) -> None:
    told(database, people.anna, at=BEFORE, words="Ældst")
    told(
        database, people.anna, at=NOW - timedelta(days=1), said=StepChoice(AnswerKind.GIVEN, 5), words="Nyest"
    )
    told(database, people.anna, at=BEFORE - timedelta(days=1), said=SKIP, words=None)
    text = anna.get("/fremgang").text
    places = [
        text.index(said)
        for said in ("Rigtig godt", "Nyest", "i går", "Svært", "Ældst", "Du svarede tirsdag den 10. februar")
    ]
    assert places == sorted(places)
    assert "Du sprang over" in text


def test_nobody_elses_answer_can_be_opened(
    anna: FlaskClient, database: Database, people: People, browser_of: Browser
) -> None:
    hers = told(database, people.anna)
    assert anna.get(f"/fremgang/{hers}").status_code == 200
    for slug in ("karim", "line", "vibeke"):
        assert browser_of(getattr(people, slug)).get(f"/fremgang/{hers}").status_code == 404
    assert anna.get(f"/fremgang/{uuid4()}").status_code == 404


@pytest.mark.parametrize(
    ("slug", "said"),
    [("ny", "når din plan er åben"), ("fremmed", "når din plan er åben")],
)
def test_one_may_answer_before_the_yes_and_is_told_when_it_can_be_shown(
    people: People, browser_of: Browser, slug: str, said: str
) -> None:
    client = browser_of(getattr(people, slug))
    text = client.get(send(client, key=KEY).location).text
    assert "Tak. Kun du kan se det." in text
    assert said in text
    assert "/vis" not in text


def test_the_promise_about_money_stands_only_where_the_municipality_gives_it(
    anna: FlaskClient, people: People
) -> None:
    promise = (
        "Når vi taler sammen, bruger vi kun de svar, du viser os."
        " Dine svar får ikke betydning for dine penge."
    )
    assert promise in anna.get("/fremgang").text
    settings = anna.application.extensions["settings"]
    site = type(settings.site)
    values = {name: getattr(settings.site, name) for name in site.__slots__} | {"promise_money": False}
    anna.application.extensions["settings"] = type(settings)(
        settings.database_url, settings.secret_key, settings.origin, demo=True, site=site(**values)
    )
    assert promise not in anna.get("/fremgang").text


def test_an_answer_keeps_the_words_it_was_given_to(
    anna: FlaskClient, database: Database, people: People, session: Session
) -> None:
    hers = told(database, people.anna)
    with database.writing() as writing:  # the next version asks about something else, with other words
        new = uuid4()
        writing.add(QuestionSet(id=new, key="enplan", version=2, owner="Én plan", licence="EUPL-1.2"))
        writing.flush()
        writing.add_all(QuestionStep(set_id=new, value=value, words=f"Nyt {value}") for value in range(1, 6))
        writing.add(
            Question(
                id=uuid4(), set_id=new, position=0, topic="hverdag", title="Hjemmet", text="Hvad med hjemmet?"
            )
        )
    text = anna.get(f"/fremgang/{hers}").text
    assert "Hvordan går det med hverdagen derhjemme?" in text
    assert "Svært" in text
    assert "hjemmet?" not in text
