"""What the citizen says of meetings: page by page, kept to herself, gone with one tap."""

import re
from datetime import date, time

import pytest
from sqlmodel import Session, select

from app.availability import service
from app.availability.models import CalendarLimits, CalendarWish
from app.availability.queries import read_preferences
from app.availability.questions import QUESTIONS
from app.availability.rules import PartOfDay, TimeRule, WishKind
from app.availability.steps import read_steps
from app.identity.models import Person
from app.meetings.rules import Channel
from app.store.db import Database
from tests.cast import NOW, People
from tests.conftest import Browser

HERE = "/kalender/oensker"
TUESDAYS = {"dag": "1", "tid": "foer-12", "hard": "ja"}


def test_a_time_is_said_in_three_taps_and_stands_on_the_page(
    browser_of: Browser, people: People, session: Session
) -> None:
    client = browser_of(people.anna)
    assert "Hvilke dage passer ikke?" in client.get(f"{HERE}/ny").text
    assert "Hver tirsdag: hvornår passer det ikke?" in client.get(f"{HERE}/ny?dag=1").text
    last = client.get(f"{HERE}/ny?dag=1&tid=foer-12").text
    assert "Hver tirsdag før kl. 12.00" in last
    assert "checked" not in last.partition('name="hard"')[2].partition("</fieldset>")[0]
    saved = client.post(f"{HERE}/ny", data=TUESDAYS | {"kind": "treatment"}, follow_redirects=True)
    assert "Tak. Det er gemt." in saved.text
    assert "Hver tirsdag før kl. 12.00" in saved.text
    assert "Behandling. Kun du kan se grunden." in saved.text
    wish = session.exec(select(CalendarWish)).one()
    assert (wish.weekday, wish.from_time, wish.until_time) == (1, time(0), time(12))
    assert (wish.hard, wish.kind) == (True, WishKind.TREATMENT)


def test_why_is_never_asked_for(browser_of: Browser, people: People, session: Session) -> None:
    browser_of(people.anna).post(f"{HERE}/ny", data=TUESDAYS)
    assert session.exec(select(CalendarWish)).one().kind is WishKind.OTHER
    assert "Kun du kan se grunden" not in browser_of(people.anna).get(HERE).text


def test_dates_and_hours_of_ones_own(browser_of: Browser, people: People, session: Session) -> None:
    client = browser_of(people.anna)
    typed = {"first_day": "28", "first_month": "3", "first_year": "2027"}
    moved = client.get(f"{HERE}/ny", query_string={"dag": "dato"} | typed)
    assert moved.location == f"{HERE}/ny?dag=dato&foerste=2027-03-28&sidste=2027-03-28"
    said = {"dag": "dato", "foerste": "2027-03-28", "sidste": "2027-03-29", "tid": "selv"}
    assert (
        "Fra søndag den 28. marts 2027 til mandag den 29. marts 2027: fra hvornår"
        in client.get(f"{HERE}/ny", query_string=said).text
    )
    client.post(f"{HERE}/ny", data=said | {"fra": "22.00", "til": "6.00", "hard": "nej"})
    wish = session.exec(select(CalendarWish)).one()
    assert TimeRule.of(wish) == TimeRule(None, time(22), time(6), date(2027, 3, 28), date(2027, 3, 29))
    page = client.get(HERE).text
    assert "Fra søndag den 28. marts 2027 til mandag den 29. marts 2027 kl. 22.00–6.00" in page


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (("31", "2", "2027", "", "", ""), "Skriv den første dag med tal"),
        (("1", "4", "2027", "x", "4", "2027"), "Skriv den sidste dag med tal"),
        (("2", "4", "2027", "1", "4", "2027"), "Den sidste dag kan ikke ligge før den første."),
        (("1", "2", "2026", "", "", ""), "Dagene er gået."),
    ],
)
def test_a_day_that_cannot_be_is_explained_and_kept(
    browser_of: Browser, people: People, typed: tuple[str, ...], words: str
) -> None:
    names = [f"{which}_{part}" for which in ("first", "last") for part in ("day", "month", "year")]
    asked = {"dag": "dato"} | dict(zip(names, typed, strict=True))
    page = browser_of(people.anna).get(f"{HERE}/ny", query_string=asked)
    assert page.status_code == 422
    assert words in page.text
    assert f'name="first_day" value="{typed[0]}"' in page.text


@pytest.mark.parametrize(
    ("said", "step"),
    [
        ({}, "day"),
        ({"dag": "9"}, "day"),
        ({"dag": "dato", "foerste": "2027-04-02", "sidste": "2027-04-01"}, "dates"),
        ({"dag": "alle"}, "when"),
        ({"dag": "alle", "tid": "x"}, "when"),
        ({"dag": "alle", "tid": "selv", "fra": "9.00", "til": "9.00"}, "hours"),
        ({"dag": "alle", "tid": "selv", "fra": "9.10", "til": "10.00"}, "hours"),
        ({"dag": "4", "tid": "hele"}, "much"),
    ],
)
def test_what_cannot_be_read_is_asked_again(said: dict[str, str], step: str) -> None:
    assert read_steps(said).next == step


def test_the_last_step_asks_how_much(browser_of: Browser, people: People, session: Session) -> None:
    page = browser_of(people.anna).post(f"{HERE}/ny", data={"dag": "1", "tid": "hele"})
    assert page.status_code == 422
    assert "Vælg, om du ikke kan, eller helst ikke vil." in page.text
    assert session.exec(select(CalendarWish)).all() == []


def test_the_same_again_is_one_wish(browser_of: Browser, people: People, session: Session) -> None:
    for hard in ("ja", "ja", "nej"):
        browser_of(people.anna).post(f"{HERE}/ny", data=TUESDAYS | {"hard": hard})
    assert [one.hard for one in session.exec(select(CalendarWish))] == [False]


def test_one_tap_takes_a_wish_away_and_nobody_elses(
    browser_of: Browser, people: People, session: Session
) -> None:
    browser_of(people.anna).post(f"{HERE}/ny", data=TUESDAYS)
    wish = session.exec(select(CalendarWish)).one()
    assert browser_of(people.karim).post(f"{HERE}/{wish.id}/fjern").status_code == 303
    session.rollback()
    assert len(session.exec(select(CalendarWish)).all()) == 1
    for _twice in range(2):
        gone = browser_of(people.anna).post(f"{HERE}/{wish.id}/fjern", follow_redirects=True)
        assert "Tiden er fjernet." in gone.text
    session.rollback()
    assert session.exec(select(CalendarWish)).all() == []


def test_there_is_an_end_to_how_many(database: Database, people: People, browser_of: Browser) -> None:
    with database.writing() as session:
        for day in range(service.MOST_WISHES):
            rule = TimeRule(
                starts_on=date.fromordinal(738_000 + day), ends_on=date.fromordinal(738_000 + day)
            )
            service.add_wish(session, people.anna.id, rule, WishKind.OTHER, hard=True, now=NOW)
    page = browser_of(people.anna).post(f"{HERE}/ny", data=TUESDAYS)
    assert page.status_code == 422
    assert "Fjern en af dem først." in page.text


SAID: list[tuple[str, str, dict[str, object], str]] = [
    ("tidspunkt", "eftermiddag", {"part_of_day": PartOfDay.AFTERNOON}, "Om eftermiddagen"),
    ("en-dag", "1", {"per_day": 1}, "1 møde"),
    ("en-uge", "alle", {"per_week": 30}, "Så mange, som der er brug for"),
    ("hvile", "ja", {"rest_after": True}, "Ja, dagen efter skal være fri"),
    ("samlet", "spredt", {"gather": False, "spread": True}, "Spredt"),
    ("tempo", "god-tid", {"slow": True}, "Jeg vil have god tid"),
    ("varsel", "7", {"notice_days": 7}, "Mindst en uge før"),
    ("maade", "telefon", {"channel": Channel.PHONE}, "På telefon"),
    ("foelge", "  Min   søster ", {"companion": "Min søster"}, "Min søster"),
    ("tolk", "uk", {"needs_interpreter": True}, "Ja, ukrainsk"),
]


def test_each_question_has_a_page_and_its_answer_stands_in_the_list(
    browser_of: Browser, people: People, session: Session
) -> None:
    client = browser_of(people.anna)
    assert {topic for topic, *_rest in SAID} == {one.key for one in QUESTIONS}
    for topic, answer, fields, words in SAID:
        assert client.get(f"{HERE}/{topic}").status_code == 200
        listed = client.post(f"{HERE}/{topic}", data={"answer": answer}, follow_redirects=True).text
        assert words in listed
        session.rollback()
        row = session.get_one(CalendarLimits, people.anna.id)
        assert {name: getattr(row, name) for name in fields} == fields
        again = client.get(f"{HERE}/{topic}").text
        assert f'value="{" ".join(answer.split())}"' in re.sub(r"\s+", " ", again)
    assert session.get_one(Person, people.anna.id).interpreter_language == "uk"


@pytest.mark.parametrize("topic", ["tidspunkt", "tolk"])
def test_no_answer_is_asked_for_again(browser_of: Browser, people: People, topic: str) -> None:
    page = browser_of(people.anna).post(f"{HERE}/{topic}", data={"answer": "x"})
    assert page.status_code == 422
    assert "Vælg et svar." in page.text


@pytest.mark.both_databases
def test_an_interpreter_of_another_language_and_then_none(
    browser_of: Browser, people: People, session: Session
) -> None:
    client = browser_of(people.karim)
    assert "Ja, arabisk" in client.get(HERE).text
    for answer, needs in (("andet", (True, None)), ("nej", (False, None)), ("ar", (True, "ar"))):
        client.post(f"{HERE}/tolk", data={"answer": answer})
        session.rollback()
        found = read_preferences(session, people.karim.id).needs
        assert (found.interpreter, found.language) == needs
    assert client.get(f"{HERE}/findes-ikke").status_code == 404


@pytest.mark.parametrize(
    ("typed", "kept", "said"),
    [
        ("Dari", "fa_AF", "Ja, dari"),
        ("dansk tegnsprog", "dsl", "Ja, dansk tegnsprog"),
        ("  nordtysk  dialekt", "nordtysk dialekt", "Ja, nordtysk dialekt"),
    ],
)
def test_which_other_language_is_asked_and_kept_and_is_an_answer_the_next_time(
    browser_of: Browser, people: People, session: Session, typed: str, kept: str, said: str
) -> None:
    client = browser_of(people.anna)
    asked = client.post(f"{HERE}/tolk", data={"answer": "andet"})
    assert asked.location == f"{HERE}/tolkens-sprog"
    assert "Hvilket sprog skal tolken tale?" in client.get(asked.location).text
    answered = client.post(asked.location, data={"answer": typed})
    assert answered.location == f"{HERE}?nyt=gemt#tolk"
    assert 'id="tolk"' in client.get(HERE).text
    assert said in client.get(HERE).text
    assert session.get_one(Person, people.anna.id).interpreter_language == kept
    assert said in client.get(f"{HERE}/tolk").text


@pytest.mark.parametrize(("typed", "said"), [("", "Skriv, hvilket sprog"), ("x" * 61, "1 tegn for lang")])
def test_a_language_that_is_missing_or_too_long_is_said(
    browser_of: Browser, people: People, typed: str, said: str
) -> None:
    page = browser_of(people.anna).post(f"{HERE}/tolkens-sprog", data={"answer": typed})
    assert page.status_code == 422
    assert said in page.text


def test_it_is_the_citizens_own(browser_of: Browser, people: People) -> None:
    for other in (people.line, people.lone, people.vibeke):
        assert browser_of(other).get(HERE).status_code == 404
    page = browser_of(people.anna).get(HERE).text
    assert "Du behøver ikke sige hvorfor. Vælger du en grund, kan kun du se den." in page
    assert "Line kan se, hvornår du ikke kan, og hvor mange møder du kan klare." in page
    assert "De andre ser kun, hvilke tider der kan bruges." in page
